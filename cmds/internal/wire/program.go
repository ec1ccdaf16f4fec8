package wire

import (
	"strconv"
	"syscall"
	"time"
)

// A Program is a process to be, as the packet Start has it.
type Program struct {
	ID     uint64
	Name   string // of the service, with what the process is to it: "sshd", "sshd probe"
	Path   string
	Argv   []string
	Env    []string
	Flags  uintptr // of clone(2): CLONE_NEW...
	Files  []int   // its descriptors 0, 1, 2 and so on
	Cgroup int     // the descriptor of the cgroup's folder that it starts in; -1 stays here
}

// Packet returns the packet Start.
func (p Program) Packet() Packet {
	text := append([]string{p.Name, p.Path, strconv.Itoa(len(p.Argv))}, p.Argv...)
	m := Packet{Kind: Start, ID: p.ID, Text: append(text, p.Env...), Files: p.Files}
	m.Numbers[0] = int64(p.Flags)
	if p.Cgroup >= 0 {
		m.Numbers[1] = 1
		m.Files = append(m.Files[:len(m.Files):len(m.Files)], p.Cgroup)
	}
	return m
}

// Program reads the packet Start.
func (m Packet) Program() (Program, error) {
	if m.Kind != Start || len(m.Text) < 3 {
		return Program{}, errBroken
	}
	n, err := strconv.Atoi(m.Text[2])
	if err != nil || n < 1 || n > len(m.Text)-3 {
		return Program{}, errBroken
	}
	p := Program{ID: m.ID, Name: m.Text[0], Path: m.Text[1], Argv: m.Text[3 : 3+n], Env: m.Text[3+n:],
		Flags: uintptr(m.Numbers[0]), Files: m.Files, Cgroup: -1}
	if m.Numbers[1] != 0 {
		if len(p.Files) == 0 {
			return Program{}, errBroken
		}
		last := len(p.Files) - 1
		p.Cgroup, p.Files = p.Files[last], p.Files[:last]
	}
	return p, nil
}

// An Exit is how a process ended, as Exited and Child have it.
type Exit struct {
	Status    syscall.WaitStatus
	User      time.Duration // of processor, in its own code
	System    time.Duration // of processor, in the kernel
	MaxMemory int64         // bytes it had at most
	When      time.Duration // it was found, since the start of the kernel
}

// ended marks in Numbers that an Exit is there.
const ended = 1

// SetExit puts the exit into the packet.
func (m *Packet) SetExit(e Exit) {
	m.Numbers = [7]int64{ended, int64(e.Status), int64(e.User), int64(e.System), e.MaxMemory, int64(e.When)}
}

// Exit returns the exit in the packet; false if the process lives.
func (m Packet) Exit() (Exit, bool) {
	n := m.Numbers
	return Exit{syscall.WaitStatus(n[1]), time.Duration(n[2]), time.Duration(n[3]), n[4], time.Duration(n[5])}, n[0] == ended
}

// The ends that the supervisor can ask for, in Numbers[0] of End.
const (
	Halt = 1 + iota
	PowerOff
	Reboot
	Rescue // not an end: the console gets the rescue shell
	Reexec // nor this: process 1 becomes the program that is on disk now
)
