package job

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Terminal is the controlling terminal of the shell.
type Terminal struct {
	fd       int
	shell    int // the shell's process group
	previous int // the group in front before the shell came
}

// OpenTerminal makes the shell the owner of the terminal fd, in a process
// group of its own. If that terminal can't be controlled, the error says why
// there will be no job control.
//
// From then on the kernel doesn't stop the shell for writing to its terminal
// while a job is in front of it.
func OpenTerminal(fd int) (*Terminal, error) {
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 10)
	if err != nil {
		return nil, err
	}
	t := &Terminal{fd: copied}
	if err := t.open(); err != nil {
		unix.Close(copied)
		return nil, err
	}
	return t, nil
}

func (t *Terminal) open() (err error) {
	if t.previous, err = t.front(); errors.Is(err, unix.ENOTTY) && isSessionLeader() {
		// The console of a fresh session: nobody's terminal yet.
		if err := unix.IoctlSetInt(t.fd, unix.TIOCSCTTY, 0); err != nil {
			return fmt.Errorf("cannot take the terminal: %w", err)
		}
		t.previous, err = t.front()
	}
	if err != nil {
		return fmt.Errorf("not on a controlling terminal: %w", err)
	}
	if err := t.comeToFront(); err != nil {
		return err
	}
	IgnoreSignals()
	t.shell = unix.Getpid()
	if unix.Getpgrp() != t.shell {
		if err := unix.Setpgid(0, 0); err != nil {
			return fmt.Errorf("cannot make a process group: %w", err)
		}
	}
	if err := t.give(t.shell); err != nil {
		return fmt.Errorf("cannot own the terminal: %w", err)
	}
	return nil
}

// comeToFront waits until whoever started the shell has put it in front.
func (t *Terminal) comeToFront() error {
	const patience = 20 // an orphaned group is not stopped by SIGTTIN, and never comes to front
	for range patience {
		front, err := t.front()
		if err != nil || front == unix.Getpgrp() || isSessionLeader() {
			return err
		}
		unix.Kill(0, unix.SIGTTIN)
	}
	return errors.New("started in the background")
}

func isSessionLeader() bool {
	sid, err := unix.Getsid(0)
	return err == nil && sid == unix.Getpid()
}

// front returns the process group that owns the terminal, tcgetpgrp(3).
func (t *Terminal) front() (int, error) { return unix.IoctlGetInt(t.fd, unix.TIOCGPGRP) }

// give makes group the owner of the terminal, tcsetpgrp(3).
func (t *Terminal) give(group int) error {
	return unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, group)
}

// Close gives the terminal back to who had it before the shell.
func (t *Terminal) Close() {
	if t.previous != t.shell {
		t.give(t.previous)
	}
	unix.Close(t.fd)
}

func (t *Table) lockedTakeTerminal() {
	if t.tty != nil {
		t.tty.give(t.tty.shell)
	}
}

func (t *Table) lockedModes() *unix.Termios {
	if t.tty == nil {
		return nil
	}
	modes, err := unix.IoctlGetTermios(t.tty.fd, unix.TCGETS)
	if err != nil {
		return nil
	}
	return modes
}

func (t *Table) lockedSetModes(modes *unix.Termios) {
	if t.tty != nil && modes != nil {
		unix.IoctlSetTermios(t.tty.fd, unix.TCSETSW, modes)
	}
}

// Modes returns the state of the terminal, or nil where there is none.
func (t *Table) Modes() *unix.Termios {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lockedModes()
}

// SetModes restores what Modes returned.
func (t *Table) SetModes(modes *unix.Termios) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lockedSetModes(modes)
}

// IgnoreSignals makes the kernel ignore SIGTTOU for this process, and yet not
// for its children. signal.Ignore would be inherited by them. But for a
// signal that Go believes it handles, syscall.ForkExec puts the default back
// in the child. So Go is told to handle it, and the kernel to ignore it.
func IgnoreSignals() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTTOU)
	setAction(syscall.SIGTTOU, sigIgn)
}

// RestoreSignals undoes IgnoreSignals for execve(2), which keeps ignored
// signals ignored.
func RestoreSignals() { setAction(syscall.SIGTTOU, sigDfl) }

const (
	sigDfl = 0 // SIG_DFL
	sigIgn = 1 // SIG_IGN
)

// setAction is sigaction(2) with nothing but a handler. struct sigaction
// starts with the handler on every architecture; the rest is zero.
func setAction(sig syscall.Signal, handler uintptr) {
	const setSize = 8 // bytes in the kernel's sigset_t
	action := [8]uintptr{handler}
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, setSize, 0, 0)
}
