package sandbox

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// maxSpec bounds what the shim reads: a manifest has at most 64 KiB.
const maxSpec = 1 << 20

// Shim is the program "init exec": it reads its Spec, becomes the service, and
// returns the status to end with if it could not. The package doc has its
// descriptors.
//
// They are plain numbers here and no os.File, which would close its number
// when the garbage collector finds it: by then it may be another one.
func Shim(k Kernel) int {
	spec, err := readSpec()
	report := ReportFD
	if err == nil {
		report, err = k.Duplicate(ReportFD, spec.beyond()) // the program may get that number
	}
	if err != nil {
		err = &StepError{"spec", fmt.Errorf("cannot start the service: %w", err)}
	} else {
		err = Run(k, spec)
	}
	if err == nil {
		return 0 // not in this world: the program runs
	}
	writeReport(report, err)
	return ExitStatus(err)
}

// ExitStatus is the status with which the shim ends after this error of Run.
func ExitStatus(err error) int {
	var failed *StepError
	if errors.As(err, &failed) && failed.Step == "program" && errors.Is(err, unix.ENOENT) {
		return 127
	}
	return 126
}

func readSpec() (Spec, error) {
	defer unix.Close(SpecFD)
	var data []byte
	buffer := make([]byte, 4096)
	for len(data) <= maxSpec {
		n, err := unix.Read(SpecFD, buffer)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return Spec{}, fmt.Errorf("descriptor %d: %w", SpecFD, err)
		case n == 0:
			return Decode(data)
		default:
			data = append(data, buffer[:n]...)
		}
	}
	return Spec{}, fmt.Errorf("the specification has more than %d bytes", maxSpec)
}

// writeReport writes the step and the message, a line each, in one write: less
// than a pipe takes at once.
func writeReport(fd int, err error) {
	step := "spec"
	var failed *StepError
	if errors.As(err, &failed) {
		step = failed.Step
	}
	text := step + "\n" + strings.ReplaceAll(err.Error(), "\n", " ") + "\n"
	unix.Write(fd, []byte(text[:min(len(text), 4096)])) // there is nobody to tell of an error
}

// ParseReport returns the failure that the shim has reported, nil if it has
// reported none: then the program runs.
func ParseReport(report []byte) error {
	if len(report) == 0 {
		return nil
	}
	step, message, _ := strings.Cut(strings.TrimSpace(string(report)), "\n")
	return &StepError{step, errors.New(message)}
}
