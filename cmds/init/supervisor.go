package main

import (
	"fmt"
	"os"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/reaper"
	"github.com/vole-linux/vole/cmds/internal/wire"
)

// The other half of init, as process 1 sees it: a process that is always to be
// there, and a conversation with it. What it does is in
// cmds/internal/supervisor.

// self is the program that this process runs.
const self = "/proc/self/exe"

// A conversation is process 1's end of wire.Pair. Tests bring their own.
type conversation interface {
	TrySend(wire.Packet) error // never waits
	Receive() (wire.Packet, error)
	Close() error
}

// startEarly starts the first supervisor, unless there is no use for one. What
// it asks for is heard in stage 2.
func startEarly(m *machine) error {
	if m.rescue == "" {
		m.startSupervisor()
	}
	return nil
}

// startSupervisor starts one, and tells it what there is.
func (m *machine) startSupervisor() {
	m.supervisor.started = m.kernel.sinceStart() // also of an attempt that fails early
	err := m.tryStartSupervisor()
	if err == nil {
		m.tellAll()
		return
	}
	m.fail(fmt.Errorf("cannot start the supervisor: %w", err))
	m.supervisor.plan(m.kernel)
}

func (m *machine) tryStartSupervisor() error {
	conn, theirs, err := m.kernel.converse()
	if err != nil {
		return err
	}
	defer theirs.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	p := program{path: self, argv: []string{"init", "supervise"}, env: []string{"PATH=" + searchPath}, dir: "/",
		files: []*os.File{null, null, null, theirs}}
	if err := m.supervisor.start(m.kernel, p); err != nil {
		conn.Close()
		return err
	}
	m.conn = conn
	m.packets = listen(conn)
	return nil
}

// listen receives packets until the conversation is over.
func listen(conn conversation) <-chan wire.Packet {
	packets := make(chan wire.Packet)
	go survive(func() error {
		defer close(packets)
		for {
			p, err := conn.Receive()
			if err != nil {
				return err
			}
			packets <- p
		}
	})
	return packets
}

// hangUp ends the conversation.
func (m *machine) hangUp() {
	if m.conn == nil {
		return
	}
	m.conn.Close()
	for p := range m.packets { // lets the listener go on to the end
		wire.CloseAll(p.Files)
	}
	m.conn, m.packets, m.unsent, m.room = nil, nil, nil, nil
}

// supervisorEnded is called once it is buried. The services live on.
func (m *machine) supervisorEnded(exit reaper.Exit) {
	m.fail(fmt.Errorf("the supervisor has ended: %s: starting another one", describe(exit)))
	m.hangUp()
	m.supervisor.plan(m.kernel)
}

// hear does what the supervisor says.
func (m *machine) hear(p wire.Packet, more bool) {
	if !more { // it has closed its end, or sent what can't be read
		m.hangUp()
		m.supervisor.process.Signal(syscall.SIGKILL)
		return
	}
	switch p.Kind {
	case wire.Start:
		m.startChild(p)
		return // the files are the start's
	case wire.Keep:
		m.keep(p)
		return // the file is kept
	case wire.Drop:
		for _, name := range p.Text {
			m.drop(name)
		}
	case wire.Signal:
		m.signalChild(p.ID, syscall.Signal(p.Numbers[0]))
	case wire.Forget:
		m.forgetChild(p.ID)
	case wire.Healthy:
		m.healthy = m.kernel.sinceStart()
	case wire.Up:
		m.bootComplete(p.Numbers[0])
	case wire.Down:
		m.down = true
	case wire.End:
		m.end(p)
	}
	wire.CloseAll(p.Files)
}

// end does what a service's giving up, or svc, asks for.
func (m *machine) end(p wire.Packet) {
	why := "the supervisor asks for it"
	if len(p.Text) > 0 {
		why = p.Text[0]
	}
	switch p.Numbers[0] {
	case wire.Halt:
		m.ask(halt)
	case wire.PowerOff:
		m.ask(powerOff)
	case wire.Reboot:
		m.ask(reboot)
	case wire.Rescue:
		m.offerRescue(why)
		if m.shell.process != nil {
			m.shell.process.Signal(syscall.SIGHUP) // the next one is the rescue shell
		} else {
			m.startShell()
		}
		return
	}
	m.say("%v: %s", m.request, why)
}
