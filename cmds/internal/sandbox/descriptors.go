package sandbox

import (
	"fmt"
	"math"
	"slices"
)

// The shim's descriptors, as PID 1 passes them.
const (
	SpecFD   = 3
	ReportFD = 4
	FirstFD  = 5 // of those for the program
)

// beyond is a number over all that the shim has and the program will have.
func (s Spec) beyond() int {
	return max(FirstFD+len(s.Descriptors), slices.Max(append([]int{2}, s.Descriptors...))+1)
}

// descriptors gives the program its descriptors, and marks all others to be
// closed at execve. They can't be closed here: some belong to the Go runtime,
// and one is to report that a later step failed.
func (s *shim) descriptors() error {
	// A number that one is to get may be that of another: first all go aside.
	var aside []int
	for i := range s.spec.Descriptors {
		fd, err := s.Duplicate(FirstFD+i, s.spec.beyond())
		if err != nil {
			return fmt.Errorf("descriptor %d: %w", FirstFD+i, err)
		}
		aside = append(aside, fd)
	}
	for i, fd := range s.spec.Descriptors {
		if err := s.Place(aside[i], fd); err != nil {
			return fmt.Errorf("descriptor %d: %w", fd, err)
		}
	}
	first := 3
	for _, fd := range slices.Sorted(slices.Values(s.spec.Descriptors)) {
		if fd > first {
			if err := s.CloseOnExec(first, fd-1); err != nil {
				return err
			}
		}
		first = fd + 1
	}
	return s.CloseOnExec(first, math.MaxInt32)
}
