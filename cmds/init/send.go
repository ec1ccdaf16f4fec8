package main

import (
	"errors"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/wire"
)

// Process 1 waits for nobody. What the supervisor has no room for is kept and
// sent again and again; one that takes nothing for a while hangs, and is
// replaced. The next one is told everything anew, so nothing is lost.
const (
	hangs     = 30 * time.Second
	sendAgain = 10 * time.Millisecond
)

// send sends a packet to the supervisor, now or soon.
func (m *machine) send(p wire.Packet) {
	if m.conn == nil {
		return
	}
	m.unsent = append(m.unsent, p)
	if len(m.unsent) == 1 {
		m.took = m.kernel.sinceStart()
		m.sendUnsent()
	}
}

// sendUnsent sends what there is room for.
func (m *machine) sendUnsent() {
	m.room = nil
	now := m.kernel.sinceStart()
	for m.conn != nil && len(m.unsent) > 0 {
		err := m.conn.TrySend(m.unsent[0])
		if errors.Is(err, syscall.EAGAIN) {
			break
		}
		m.unsent, m.took = m.unsent[1:], now // it took it, or it is gone, which shows elsewhere
	}
	switch {
	case m.conn == nil || len(m.unsent) == 0:
		m.unsent = nil
	case len(m.unsent) > maxUnsent || now-m.took > hangs:
		m.fail(errors.New("cannot reach the supervisor: it does not read: replacing it"))
		m.supervisor.process.Signal(syscall.SIGKILL)
		m.hangUp()
	default:
		m.room = time.After(sendAgain)
	}
}
