package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/wire"
)

// Stage 2: the machine runs. The supervisor decides, and process 1 sleeps most
// of the time.

// bootPatience is how long the console waits for services that are not ready:
// who has to look why needs a shell.
const bootPatience = 90 * time.Second

// supervise returns when somebody has asked for the end.
func supervise(m *machine) error {
	if m.rescue != "" {
		m.startShell()
	}
	m.late = time.After(bootPatience)
	if m.words.has("init.debug") {
		m.say("since %v: %s", m.began, strings.Join(m.steps, ", "))
	}
	for m.request == none {
		m.watchSafely(func() bool { return m.request != none })
	}
	m.say("%v", m.request)
	return nil
}

// watchSafely is watch, which a panic ends but not process 1.
func (m *machine) watchSafely(done func() bool) {
	if err := survive(func() error { return m.watch(done, nil) }); err != nil {
		m.fail(fmt.Errorf("cannot go on watching: %w", err))
		time.Sleep(time.Second) // a fault that comes back must not eat the CPU
	}
}

// watch is the main loop. It owns the machine, and nothing in it takes long.
func (m *machine) watch(done func() bool, deadline <-chan time.Time) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	m.mend()
	for !done() {
		select {
		case <-m.signals.child:
			m.reap()
		case <-tick.C:
			m.reap() // should a SIGCHLD ever be lost
			m.feed()
		case s := <-m.started:
			m.childStarted(s)
		case <-m.room:
			m.sendUnsent()
		case p, more := <-m.packets:
			m.hear(p, more)
		case exit := <-m.supervisor.exited():
			m.supervisorEnded(exit)
		case <-m.supervisor.again:
			m.startSupervisor()
		case exit := <-m.shell.exited():
			m.shellEnded(exit)
		case <-m.shell.again:
			m.startShell()
		case <-m.late:
			m.bootIsLate()
		case s := <-m.signals.end:
			m.ask(requestBy(s))
		case <-deadline:
			return errors.New("not done in time")
		}
	}
	return nil
}

// ask enters a request for the end. The first one counts.
func (m *machine) ask(r request) {
	if m.request == none {
		m.request = r
	}
}

// mend begins again what a panic has cut short.
func (m *machine) mend() {
	if m.shell.lost() {
		m.startShell()
	}
	if m.supervisor.lost() {
		m.startSupervisor()
	}
}

func (m *machine) reap() {
	m.kernel.reap()
	m.buryChildren()
}

// bootComplete says the one line that tests and people wait for, and gives
// them a shell.
func (m *machine) bootComplete(services int64) {
	if m.shell.started != 0 { // another supervisor's boot
		return
	}
	m.late = nil
	line := fmt.Sprintf("boot complete: %d services in %.2f s", services, m.kernel.sinceStart().Seconds())
	m.kernel.print("init: " + line + "\n")
	m.say("%s", line)
	m.startShell()
}

// bootIsLate gives the person at the console a shell all the same.
func (m *machine) bootIsLate() {
	m.late = nil
	if m.shell.started == 0 {
		m.kernel.print(fmt.Sprintf("init: boot not complete after %v: svc list shows what is missing\n", bootPatience))
		m.startShell()
	}
}

// stopServices asks the supervisor to stop all services, in order.
func stopServices(m *machine) error {
	if m.conn == nil && m.supervisor.again == nil {
		return nil // there never was one
	}
	m.stopping = true
	m.send(wire.Packet{Kind: wire.Stop})
	return m.watch(func() bool { return m.down || m.supervisor.hopeless() }, time.After(timeToStop))
}
