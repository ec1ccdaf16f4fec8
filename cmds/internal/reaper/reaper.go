// Package reaper starts processes and learns how each of them ended, in a
// process that must also bury the children of others.
//
// A process that ends stays in the kernel's table as a zombie until its parent
// asks for its status with wait4(2). PID 1 is the parent of its own children
// and of every orphan on the machine, and must ask for all of them: wait4(-1).
// That same call can swallow the status of a child for which another goroutine
// is waiting with wait4(pid), as os/exec does; one in ten is lost when the
// machine is busy. So here is one owner: nobody but Reap calls wait4, and it
// hands each status to whom it belongs.
//
//	r := reaper.New()
//	p, err := r.Start("/bin/gosh", []string{"gosh"}, &os.ProcAttr{})
//	for range sigchld { // one goroutine
//		r.Reap()
//	}
//	exit := <-p.Exited // any goroutine
//
// One race is left: a child may end, and be reaped, before Start has learnt
// its number. While a Start is under way Reap keeps the statuses of strangers,
// and Start looks there first. No lock is held across a fork, so children
// start in parallel.
//
// SIGCHLD is no counter: many deaths arrive as one signal. Reap always empties
// the table.
//
// # Bugs
//
// A program that uses this package must not use os/exec, nor os.Process.Wait.
//
// Next in the tour: none
package reaper

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// An Exit is how a process ended.
type Exit struct {
	Status syscall.WaitStatus
	Usage  syscall.Rusage
}

// A Process is a child that was started by a Reaper.
type Process struct {
	Pid    int
	Exited <-chan Exit // gets one Exit, when Reap has found it

	exited  chan<- Exit // the same channel; holds one, so that Reap never waits
	mu      sync.Mutex  // guards process: a number may be used again after Release
	process *os.Process // nil once the process has ended
}

// NewProcess returns a Process that ends when exited says so: a stand-in for
// tests of what is built on this package.
func NewProcess(pid int, exited <-chan Exit) *Process {
	return &Process{Pid: pid, Exited: exited}
}

// A Reaper knows the living children of this process.
// mu guards all fields.
type Reaper struct {
	mu       sync.Mutex
	children map[int]*Process
	starting int          // calls of Start under way
	early    map[int]Exit // strangers reaped while starting > 0
	orphans  int          // strangers reaped so far
}

// New returns a Reaper. A process has at most one.
func New() *Reaper {
	return &Reaper{children: map[int]*Process{}, early: map[int]Exit{}}
}

// Start starts a process as os.StartProcess does.
func (r *Reaper) Start(path string, argv []string, attr *os.ProcAttr) (*Process, error) {
	r.mu.Lock()
	r.starting++
	r.mu.Unlock()

	process, err := os.StartProcess(path, argv, attr)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.starting--
	defer r.forgetStrangers()
	if err != nil {
		return nil, err
	}
	exited := make(chan Exit, 1)
	p := &Process{Pid: process.Pid, Exited: exited, process: process, exited: exited}
	r.adopt(p)
	return p, nil
}

// Adopt takes over a child that an earlier program of this process has started:
// a process keeps its children when it becomes another program (execve(2)).
func (r *Reaper) Adopt(pid int) (*Process, error) {
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil, err
	}
	exited := make(chan Exit, 1)
	p := &Process{Pid: pid, Exited: exited, process: process, exited: exited}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.children[pid] = p
	return p, nil
}

// adopt enters p as a living child, or ends it at once if Reap was faster.
// The stranger of that number may also be an older process whose number was
// used again: then p still takes signals. The caller holds mu.
func (r *Reaper) adopt(p *Process) {
	exit, found := r.early[p.Pid]
	if found && errors.Is(p.process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		r.orphans--
		p.end(exit)
		return
	}
	r.children[p.Pid] = p
}

// forgetStrangers keeps early from growing. The caller holds mu.
func (r *Reaper) forgetStrangers() {
	if r.starting == 0 {
		clear(r.early)
	}
}

func (p *Process) end(exit Exit) {
	p.mu.Lock()
	p.process.Release()
	p.process = nil
	p.mu.Unlock()
	p.exited <- exit
}

// Signal sends a signal to the process and to no other one. The error is
// os.ErrProcessDone if it has ended.
func (p *Process) Signal(sig os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.process == nil {
		return os.ErrProcessDone
	}
	return p.process.Signal(sig) // by pidfd, so a used-again number is no danger
}

// Reap buries every child that has ended and reports whether any is alive.
// Only one goroutine may call it.
func (r *Reaper) Reap() (alive bool) {
	for {
		var exit Exit
		pid, err := syscall.Wait4(-1, &exit.Status, syscall.WNOHANG, &exit.Usage)
		switch {
		case err == syscall.EINTR:
		case err != nil: // ECHILD: no children at all
			return false
		case pid == 0:
			return true
		default:
			r.deliver(pid, exit)
		}
	}
}

func (r *Reaper) deliver(pid int, exit Exit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, found := r.children[pid]; found {
		delete(r.children, pid)
		p.end(exit)
		return
	}
	r.orphans++
	if r.starting > 0 {
		r.early[pid] = exit
	}
}

// Orphans returns how many processes were reaped that Start had not started.
func (r *Reaper) Orphans() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.orphans
}
