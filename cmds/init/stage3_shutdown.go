package main

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Stage 3: the way down. Each step has a time limit, since the machine must
// stop even if a disk doesn't answer any more.
const (
	timeToStop    = 90 * time.Second // all services; each has its own limit
	timeToEnd     = 3 * time.Second  // after SIGTERM
	timeToDie     = 2 * time.Second  // after SIGKILL
	timeToUnmount = 10 * time.Second
	timeToSync    = 10 * time.Second
)

// stopProcesses asks everybody to end, then doesn't ask any more. All
// processes are children of init by now or have a parent that is, so when it
// has no child left, nobody is left.
func stopProcesses(m *machine) error {
	if m.shell.process != nil { // an interactive shell does not heed SIGTERM
		m.kernel.kill(-m.shell.process.Pid, syscall.SIGHUP)
	}
	m.kernel.kill(-1, syscall.SIGTERM) // there may be nobody: no failure
	m.kernel.kill(-1, syscall.SIGCONT) // the stopped ones can't hear the first
	if m.allGone(timeToEnd) {
		return nil
	}
	m.say("some processes do not heed SIGTERM: killing them")
	m.kernel.kill(-1, syscall.SIGKILL)
	if !m.allGone(timeToDie) {
		return errors.New("some are still there after SIGKILL")
	}
	return nil
}

// allGone buries children until there are none or the time is over.
func (m *machine) allGone(limit time.Duration) bool {
	deadline := time.After(limit)
	for m.kernel.reap() {
		select {
		case <-m.signals.child:
		case <-time.After(100 * time.Millisecond): // should a SIGCHLD be lost
		case <-deadline:
			return false
		}
	}
	return true
}

func unmountAll(m *machine) error { return within(timeToUnmount, m.unmountFileSystems) }

// unmountFileSystems takes off, newest first, all that holds more than memory.
// One file system can be busy because of another (an image in a file on it),
// so it goes round for as long as that helps.
func (m *machine) unmountFileSystems() error {
	for {
		table, err := m.kernel.mountTable()
		if err != nil {
			return err
		}
		progress := false
		var busy error
		for i := len(table) - 1; i >= 0; i-- {
			if table[i].InMemory() || table[i].Target == "/" {
				continue
			}
			err := m.kernel.unmount(table[i].Target)
			busy = errors.Join(busy, err)
			progress = progress || err == nil
		}
		if !progress {
			return busy
		}
	}
}

func finishRoot(m *machine) error {
	return within(timeToSync, func() error { return m.kernel.makeReadOnly("/") })
}

func syncDisks(m *machine) error {
	return within(timeToSync, func() error { m.kernel.sync(); return nil })
}

// stopMachine does not return. Process 1 of a container is not allowed to stop
// the machine, and ends itself; its runtime stops the rest. With its own
// namespace and the right to, reboot(2) does the same.
func stopMachine(m *machine) error {
	if m.request == halt && m.dog != nil {
		m.dog.Disarm() // else it starts the machine that was to stand still
	}
	err := m.kernel.reboot(m.request.command())
	if errors.Is(err, syscall.EPERM) {
		m.kernel.exit(0)
	}
	if err != nil {
		m.fail(fmt.Errorf("cannot %v: %w", m.request, err))
	}
	m.kernel.rest() // halted, or refused: there is nothing left to do
	return nil
}
