package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Kill sends SIGKILL to every process in the group and below it, those that
// are being forked meanwhile included. They are gone when WaitEmpty says so.
func (g *Group) Kill() error {
	err := write(g.path, "cgroup.kill", "1")
	if errors.Is(err, fs.ErrNotExist) {
		err = g.killOneByOne()
	}
	if err != nil {
		return fmt.Errorf("cannot kill control group %s: %w", g.name, err)
	}
	return nil
}

// rounds bounds killRounds. A frozen group forks no more, so a few do unless
// somebody moves processes in.
const rounds = 100

// killOneByOne is for kernels without cgroup.kill. Freezing first keeps a fork
// bomb from being faster; SIGKILL reaches a frozen process.
//
// A number could be used again between reading and killing, in theory; all
// numbers would have to be used up within those microseconds.
func (g *Group) killOneByOne() error {
	pids, err := g.Pids()
	if err != nil {
		return err
	}
	if slices.Contains(pids, 1) || slices.Contains(pids, os.Getpid()) {
		return errors.New("init is in it") // and would freeze before it can kill
	}
	if err := g.freeze("1"); err != nil {
		return err
	}
	// Thawed again in any case: else what is started here later stands still.
	return errors.Join(g.killRounds(), g.freeze("0"))
}

func (g *Group) killRounds() error {
	for range rounds {
		pids, err := g.Pids()
		if err != nil || len(pids) == 0 {
			return err
		}
		for _, pid := range pids {
			if err := g.tree.kill(pid); err != nil && err != syscall.ESRCH {
				return err
			}
		}
		time.Sleep(time.Millisecond) // to die takes a moment
	}
	return errors.New("processes keep appearing")
}

// freeze stops ("1") or goes on with ("0") the group. A kernel before 5.2
// can't, and a group that is gone needn't.
func (g *Group) freeze(state string) error {
	if err := write(g.path, "cgroup.freeze", state); err != nil && !gone(err) {
		return err
	}
	return nil
}

// Pids returns the processes in the group and below it.
func (g *Group) Pids() ([]int, error) {
	text, err := words(g.path, "cgroup.procs")
	if err != nil {
		return nil, fmt.Errorf("cannot list the processes of control group %s: %w", g.name, err)
	}
	var pids []int
	for _, word := range text {
		pid, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("cannot understand cgroup.procs: %w", err)
		}
		// 0 is a process of an outer pid namespace. To kill(2) it would mean
		// all of the caller's own group.
		if pid > 0 {
			pids = append(pids, pid)
		}
	}
	below, err := g.tree.List(g.name)
	if err != nil {
		return nil, err
	}
	for _, name := range below {
		more, err := g.tree.Group(name).Pids()
		if err != nil {
			return nil, err
		}
		pids = append(pids, more...)
	}
	return pids, nil
}
