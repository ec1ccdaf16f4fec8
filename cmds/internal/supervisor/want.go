package supervisor

import (
	"fmt"
	"slices"
)

// want makes the services, and all they require and want, to be up. All are
// marked before the first is started: who comes after another has to know that
// the other comes.
func (s *Supervisor) want(names ...string) {
	seen := map[string]bool{}
	for pending := names; len(pending) > 0; pending = pending[1:] {
		v := s.services[pending[0]]
		if v == nil || seen[v.m.Name] {
			continue
		}
		seen[v.m.Name] = true
		if !v.wanted || v.state == Off || v.state == Failed || v.state == Done || v.state == Skipped {
			s.mark(v)
		}
		pending = append(pending, v.m.Requires...)
		for _, other := range v.m.Wants {
			if w := s.services[other]; w != nil && s.isEnabled(w) {
				pending = append(pending, other)
			}
		}
	}
	for _, name := range s.names {
		if seen[name] {
			s.consider(name)
		}
	}
}

// mark makes one service wait for its start.
func (s *Supervisor) mark(v *service) {
	v.wanted, v.dirty = true, true
	v.failures, v.history = 0, nil
	switch fault := s.set.Fault(v.m.Name); {
	case !v.state.settled() || v.state == Up:
	case fault != nil:
		s.enter(v, Failed, fault.Error())
	default:
		s.enter(v, Waiting, "")
	}
}

// consider starts a service that waits, if nothing comes first.
func (s *Supervisor) consider(name string) {
	v := s.services[name]
	if v == nil || v.state != Waiting || s.stopping {
		return
	}
	if reason := s.blocker(v); reason != "" {
		if v.reason != reason {
			v.reason, v.dirty = reason, true
			s.events.add(s.Now(), name, string(Waiting), reason)
		}
		return
	}
	s.begin(v)
}

// blocker says what the service has to wait for, or "".
func (s *Supervisor) blocker(v *service) string {
	for _, name := range v.m.Requires {
		switch w := s.services[name]; {
		case w == nil:
			return fmt.Sprintf("it requires %s, which has no manifest", name)
		case !w.state.there():
			return fmt.Sprintf("it requires %s, which is %s", name, w.state)
		}
	}
	for _, name := range slices.Concat(v.m.Wants, v.m.After) {
		if w := s.services[name]; w != nil && w.wanted && !w.state.settled() && !s.hopeless(w) {
			return fmt.Sprintf("it comes after %s, which is %s", name, w.state)
		}
	}
	return ""
}

// hopeless says that a service that waits will wait for ever, unless somebody
// acts: what it requires is not there and does not come.
func (s *Supervisor) hopeless(v *service) bool {
	seen := map[*service]bool{}
	for pending := []*service{v}; len(pending) > 0; {
		w := pending[0]
		pending = pending[1:]
		if seen[w] || w.state != Waiting {
			continue
		}
		seen[w] = true
		for _, name := range w.m.Requires {
			x := s.services[name]
			if x == nil || x.state.settled() && !x.state.there() {
				return true
			}
			pending = append(pending, x)
		}
	}
	return false
}

// wakeOthers looks again at who waits for v.
func (s *Supervisor) wakeOthers(v *service) {
	for _, e := range s.set.NeededBy(v.m.Name) {
		if w := s.services[e.From]; w != nil && w.state == Waiting {
			s.later(func() { s.consider(e.From) })
		}
	}
	for _, e := range s.set.Needs(v.m.Name) { // one of them may be waiting to stop
		if w := s.services[e.To]; w != nil && w.state == Stopping {
			s.later(func() { s.stopWhenFree(w) })
		}
	}
}

// isEnabled says whether the service starts at boot.
func (s *Supervisor) isEnabled(v *service) bool {
	if enabled, told := s.enabled[v.m.Name]; told {
		return enabled
	}
	return v.m.Enabled
}
