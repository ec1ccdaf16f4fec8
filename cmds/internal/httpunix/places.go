package httpunix

import (
	"sync"
	"time"
)

// places are the connections that a server holds.
// mu guards conns, closed and the idle field of each conn.
type places struct {
	max int

	mu     sync.Mutex
	conns  map[*conn]bool
	closed bool
}

// admit gives c a place, if need be that of whoever has idled for longest.
func (p *places) admit(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if among := p.crowd(c.peer.UID); among != nil {
		victim := longestIdle(p.conns, among)
		if victim == nil {
			return false
		}
		delete(p.conns, victim)
		victim.socket.Close() // its goroutine sees that, and ends
	}
	p.conns[c] = true
	c.idle = time.Now()
	return true
}

// crowd says which users must give way to one more connection of uid: nil if
// there is room.
func (p *places) crowd(uid int) func(other int) bool {
	all, others, own := 0, 0, 0
	for c := range p.conns {
		all++
		if c.peer.UID != 0 {
			others++
		}
		if c.peer.UID == uid {
			own++
		}
	}
	switch {
	case uid == 0 && all < p.max:
		return nil
	case uid == 0:
		return func(int) bool { return true }
	case own >= max(1, p.max/4):
		return func(other int) bool { return other == uid }
	case others >= max(1, p.max*3/4) || all >= p.max:
		return func(other int) bool { return other != 0 }
	}
	return nil
}

func longestIdle(conns map[*conn]bool, among func(uid int) bool) (victim *conn) {
	for c := range conns {
		if !c.idle.IsZero() && among(c.peer.UID) && (victim == nil || c.idle.Before(victim.idle)) {
			victim = c
		}
	}
	return victim
}

// busy says that c has a request, so its place is safe. It is false if the
// place is gone already.
func (p *places) busy(c *conn) bool { return p.set(c, time.Time{}) }

// idle says that c waits for a request.
func (p *places) idle(c *conn) bool { return p.set(c, time.Now()) }

func (p *places) set(c *conn, idle time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.idle = idle
	return p.conns[c] && !p.closed
}

func (p *places) leave(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// close ends every connection that is idle; the others end when they have
// answered.
func (p *places) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for c := range p.conns {
		if !c.idle.IsZero() {
			c.socket.Close()
		}
	}
}
