package main

import (
	"fmt"
	"time"
)

// Stage 2: the machine runs, and init mostly sleeps.

// supervise returns when somebody has asked for the end.
func supervise(m *machine) error {
	if m.rescue == "" {
		m.bootComplete()
	}
	for m.request == none {
		if err := survive(m.watch); err != nil {
			m.fail(fmt.Errorf("cannot go on watching: %w", err))
			time.Sleep(time.Second) // a fault that comes back must not eat the CPU
		}
	}
	m.say("%v", m.request)
	return nil
}

// bootComplete says the one line that tests and people wait for.
func (m *machine) bootComplete() {
	line := fmt.Sprintf("boot complete: %d services in %.2f s", 0, m.kernel.sinceStart().Seconds())
	m.kernel.print("init: " + line + "\n")
	m.say("%s", line)
}

// watch is the main loop. It owns the machine, and nothing in it takes long.
func (m *machine) watch() error {
	if m.shell.process == nil {
		m.startShell()
	}
	safety := time.NewTicker(time.Second) // should a SIGCHLD ever be lost
	defer safety.Stop()
	for {
		select {
		case <-m.signals.child:
			m.kernel.reap()
		case <-safety.C:
			m.kernel.reap()
		case exit := <-m.shell.exited():
			m.shellEnded(exit)
		case <-m.shell.again:
			m.startShell()
		case s := <-m.signals.end:
			m.request = requestBy(s)
			return nil
		}
	}
}
