package supervisor

import (
	"fmt"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

// The way down: who needs it first, hooks, the signal, and in the end SIGKILL
// for every process of its cgroup.

// stop makes the service not wanted, and all that require it.
func (s *Supervisor) stop(v *service, reason string) {
	for _, e := range s.set.NeededBy(v.m.Name) {
		if w := s.services[e.From]; w != nil && w.wanted && e.Strength == manifest.Requires {
			w.again = v.again // they come back together
			s.stop(w, fmt.Sprintf("%s is being stopped", v.m.Name))
		}
	}
	v.wanted, v.dirty = false, true
	switch {
	case v.state == Stopping:
	case v.state.active() && (v.main != nil || s.busy(v)):
		s.enter(v, Stopping, reason)
		s.stopWhenFree(v)
	default:
		s.stopped(v)
	}
}

// busy says whether any process of the service is there, or on its way.
func (s *Supervisor) busy(v *service) bool {
	for _, p := range s.processes {
		if p.v == v {
			return true
		}
	}
	return false
}

// stopWhenFree goes on once nobody needs the service any more.
func (s *Supervisor) stopWhenFree(v *service) {
	if v.state != Stopping || v.leaving {
		return
	}
	for _, e := range s.set.NeededBy(v.m.Name) {
		if w := s.services[e.From]; w != nil && w.state.active() && !w.wanted {
			return // wakeOthers comes back here
		}
	}
	v.leaving = true
	s.limit(v, time.Duration(v.m.Stop.Timeout), func() { s.killDeaf(v) })
	s.runHooks(v, "before_stop", v.m.Hooks.BeforeStop, func(err error) {
		if err != nil {
			s.warn("%s: %v", v.m.Name, err)
		}
		if v.main == nil { // only hooks ran, or it has ended meanwhile
			s.kill(v)
			s.later(func() { s.cleanUp(v, func() { s.stopped(v) }) })
			return
		}
		s.signal(v.main, stopSignal(v.m))
	})
}

func stopSignal(m *manifest.Manifest) syscall.Signal { return syscall.Signal(m.Stop.Signal.Number()) }

// killDeaf ends a service that does not heed the signal.
func (s *Supervisor) killDeaf(v *service) {
	v.killed = fmt.Sprintf("killed: it did not end within %v of SIG%s", v.m.Stop.Timeout, v.m.Stop.Signal)
	s.warn("%s: %s", v.m.Name, v.killed)
	s.kill(v)
}

// stopped is called when nothing of the service runs any more.
func (s *Supervisor) stopped(v *service) {
	again := v.again
	v.again, v.failures, v.history, v.status = false, 0, nil, ""
	s.enter(v, Off, "")
	if again {
		s.later(func() { s.want(v.m.Name) })
	}
	s.checkDown()
}

// restart stops the service, and those that require it, and starts them again.
func (s *Supervisor) restart(v *service, reason string) {
	v.again = true
	s.stop(v, reason)
}

// stopAll stops everything, because the machine stops.
func (s *Supervisor) stopAll() {
	if s.stopping {
		s.checkDown()
		return
	}
	s.stopping = true
	s.events.add(s.Now(), "", "stopping all services", "")
	for _, v := range s.services {
		v.again = false
		v.wanted, v.dirty = false, true
	}
	for _, name := range s.names {
		if v := s.services[name]; v.state != Stopping {
			s.stop(v, "the machine stops")
		}
	}
	s.checkDown()
}

// checkDown tells process 1 when all have stopped.
func (s *Supervisor) checkDown() {
	if !s.stopping || s.down {
		return
	}
	for _, v := range s.services {
		if v.state.active() {
			return
		}
	}
	s.down = true
	s.Process1.Send(wire.Packet{Kind: wire.Down})
}
