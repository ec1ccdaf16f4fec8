package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Usage is what a group takes now and has taken so far. What no controller
// counts is zero.
type Usage struct {
	Memory   uint64        // bytes, caches of files included
	CPU      time.Duration // of all processors, since the group was made
	Pids     uint64        // processes and threads
	OOMKills uint64        // processes that the kernel killed for want of memory
	PidsMax  uint64        // forks that pids.max refused
}

// Usage reads the counters. After a process has ended by SIGKILL, an OOMKills
// that grew tells that the kernel did it for want of memory.
func (g *Group) Usage() (Usage, error) {
	var u Usage
	cpu, err1 := counters(g.path, "cpu.stat")
	memory, err2 := counters(g.path, "memory.events")
	pids, err3 := counters(g.path, "pids.events")
	var err4, err5 error
	u.Memory, err4 = number(g.path, "memory.current")
	u.Pids, err5 = number(g.path, "pids.current")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return Usage{}, fmt.Errorf("cannot measure control group %s: %w", g.name, err)
	}
	u.CPU = time.Duration(cpu["usage_usec"]) * time.Microsecond
	u.OOMKills = memory["oom_kill"]
	u.PidsMax = pids["max"]
	return u, nil
}

// gone tells whether a file isn't there, or was removed with its group after
// it had been opened.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENODEV)
}

// words reads a file of words. A file that isn't there has none: its
// controller is not enabled, or the group is gone.
func words(folder, file string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(folder, file))
	if gone(err) {
		return nil, nil
	}
	return strings.Fields(string(text)), err
}

// number reads a file of one number.
func number(folder, file string) (uint64, error) {
	text, err := words(folder, file)
	if err != nil || len(text) == 0 {
		return 0, err
	}
	n, err := strconv.ParseUint(text[0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot understand %s: %w", file, err)
	}
	return n, nil
}

// counters reads a file of lines with a name and a number. Later kernels have
// more lines.
func counters(folder, file string) (map[string]uint64, error) {
	text, err := os.ReadFile(filepath.Join(folder, file))
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := map[string]uint64{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("cannot understand %s: %w", file, err)
		}
		all[name] = n
	}
	return all, nil
}
