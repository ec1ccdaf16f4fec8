package main

import (
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/reaper"
	"github.com/vole-linux/vole/cmds/internal/wire"
)

// Process 1 starts what the supervisor asks for, and remembers it: its number,
// and how it ended, until a supervisor has heard of it. That list is what
// makes a supervisor replaceable.

// Limits on what a supervisor can make process 1 remember.
const (
	maxChildren = 8192
	maxStarting = 64   // at once; the kernel takes about 1 ms for each
	maxKept     = 8192 // open files
	maxUnsent   = 4 * maxChildren
)

// A child is a process that a supervisor has asked for.
type child struct {
	name    string
	process *reaper.Process // nil while it is being started
	exit    *wire.Exit      // nil while it lives
}

// A start is how an attempt to start a child came out.
type start struct {
	id      uint64
	process *reaper.Process
	err     error
}

// startChild starts what the packet describes, beside the main loop: the
// kernel may have to wait for a disk to read the program from.
func (m *machine) startChild(p wire.Packet) {
	asked, err := p.Program()
	switch {
	case err != nil:
		err = syscall.EINVAL
	case m.children[p.ID] != nil:
		err = syscall.EEXIST
	case m.starting >= maxStarting || len(m.children) >= maxChildren:
		err = syscall.EAGAIN
	}
	if err != nil {
		wire.CloseAll(p.Files)
		m.tellStarted(p.ID, 0, err)
		return
	}
	m.children[p.ID] = &child{name: asked.Name}
	m.starting++
	go func() {
		s := start{id: asked.ID, err: syscall.EIO}
		survive(func() error {
			s.process, s.err = m.kernel.start(fromWire(asked))
			return nil
		})
		wire.CloseAll(p.Files)
		m.started <- s // has room for maxStarting
	}()
}

// fromWire makes a program of what came in a packet. The caller closes the
// descriptors.
func fromWire(asked wire.Program) program {
	p := program{path: asked.Path, argv: asked.Argv, env: asked.Env, flags: asked.Flags, dir: "/"}
	for _, fd := range asked.Files {
		p.files = append(p.files, os.NewFile(uintptr(fd), ""))
	}
	if asked.Cgroup >= 0 {
		p.cgroup = os.NewFile(uintptr(asked.Cgroup), "")
	}
	return p
}

// childStarted enters the outcome of startChild.
func (m *machine) childStarted(s start) {
	m.starting--
	if s.err != nil {
		delete(m.children, s.id)
		m.tellStarted(s.id, 0, s.err)
		return
	}
	m.children[s.id].process = s.process
	m.tellStarted(s.id, s.process.Pid, nil)
	m.buryChildren() // it may have ended already
}

// buryChildren notes which children Reap has found.
func (m *machine) buryChildren() {
	for id, c := range m.children {
		if c.process == nil || c.exit != nil {
			continue
		}
		select {
		case exit := <-c.process.Exited:
			c.exit = &wire.Exit{Status: exit.Status, User: time.Duration(exit.Usage.Utime.Nano()),
				System: time.Duration(exit.Usage.Stime.Nano()), MaxMemory: exit.Usage.Maxrss << 10, When: m.kernel.sinceStart()}
			m.tellExited(id, c)
		default:
		}
	}
}

// signalChild sends a signal to a child, and to nobody else.
func (m *machine) signalChild(id uint64, sig syscall.Signal) {
	if c := m.children[id]; c != nil && c.process != nil {
		c.process.Signal(sig) // it may have ended: then there is nobody to tell
	}
}

// forgetChild removes a child that has ended, and that the supervisor knows of.
func (m *machine) forgetChild(id uint64) {
	if c := m.children[id]; c != nil && c.exit != nil {
		delete(m.children, id)
	}
}

// keep keeps an open file under a name, for the next supervisor.
func (m *machine) keep(p wire.Packet) {
	if len(p.Text) != 1 || len(p.Files) != 1 || len(m.kept) >= maxKept {
		wire.CloseAll(p.Files)
		m.fail(errors.New("cannot keep an open file for the supervisor"))
		return
	}
	m.drop(p.Text[0])
	m.kept[p.Text[0]] = p.Files[0]
}

func (m *machine) drop(name string) {
	if fd, found := m.kept[name]; found {
		syscall.Close(fd)
		delete(m.kept, name)
	}
}

// tellStarted answers a Start.
func (m *machine) tellStarted(id uint64, pid int, err error) {
	answer := wire.Packet{Kind: wire.Started, ID: id, Pid: int32(pid)}
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		answer.Numbers[0] = int64(errno)
	case err != nil:
		answer.Numbers[0] = int64(syscall.EIO)
	}
	m.send(answer)
}

// tellExited tells how a child has ended.
func (m *machine) tellExited(id uint64, c *child) {
	p := wire.Packet{Kind: wire.Exited, ID: id, Pid: int32(c.process.Pid)}
	p.SetExit(*c.exit)
	m.send(p)
}

// tellAll tells a new supervisor what there is.
func (m *machine) tellAll() {
	for id, c := range m.children {
		p := wire.Packet{Kind: wire.Child, ID: id, Text: []string{c.name}}
		if c.process != nil {
			p.Pid = int32(c.process.Pid)
		}
		if c.exit != nil {
			p.SetExit(*c.exit)
		}
		m.send(p)
	}
	for name, fd := range m.kept {
		m.send(wire.Packet{Kind: wire.Kept, Text: []string{name}, Files: []int{fd}})
	}
	m.send(wire.Packet{Kind: wire.Hello, Numbers: [7]int64{int64(m.began)}})
	if m.stopping {
		m.send(wire.Packet{Kind: wire.Stop})
	}
}
