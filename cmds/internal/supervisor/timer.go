package supervisor

import (
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
)

// A timer is up all the time; its program runs now and then.

// longestNap is how long a timer sleeps at most before it looks at the clock
// again: somebody may have set it.
const longestNap = time.Minute

// schedule plans the next run of a timer.
func (s *Supervisor) schedule(v *service) {
	v.next = s.nextRun(v)
	v.dirty = true
	s.nap(v)
}

// nextRun is the earliest of all the times that the manifest names.
func (s *Supervisor) nextRun(v *service) time.Time {
	now := s.Clock()
	next := v.m.Timer.Next(now)
	soon := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	t := v.m.Timer
	switch {
	case v.last == nil && t.AfterBoot > 0:
		soon(now.Add(max(0, time.Duration(t.AfterBoot)-s.Now())))
	case t.Every > 0 && v.last == nil:
		soon(now.Add(time.Duration(t.Every)))
	case t.Every > 0:
		soon(now.Add(max(0, v.began+time.Duration(t.Every)-s.Now())))
	}
	if next.IsZero() {
		return next
	}
	return next.Add(time.Duration(s.Random() * float64(t.Jitter)))
}

// nap sleeps until the next run, in pieces.
func (s *Supervisor) nap(v *service) {
	if v.next.IsZero() {
		return
	}
	left := v.next.Sub(s.Clock())
	if left <= 0 {
		s.runTimer(v)
		return
	}
	v.probing = s.guarded(v, min(left, longestNap), func() { s.nap(v) })
}

// runTimer starts the program of a timer. One that runs still is left alone.
func (s *Supervisor) runTimer(v *service) {
	if v.main != nil || s.stopping {
		return
	}
	v.began, v.failure, v.killed = s.Now(), "", ""
	s.events.add(v.began, v.m.Name, "runs", "")
	s.prepare(v)
	s.limit(v, time.Duration(v.m.Timer.Timeout), func() {
		s.killUnwell(v, "not done after "+v.m.Timer.Timeout.String())
	})
}

// ranTimer is called when its program has ended.
func (s *Supervisor) ranTimer(v *service, end control.End) {
	v.reason = ""
	if !end.OK {
		v.reason = "its latest run failed: " + end.Cause
		s.warn("%s has failed: %s", v.m.Name, end.Cause)
	}
	v.last, v.dirty = &end, true
	s.events.add(s.Now(), v.m.Name, "ran", v.reason)
	s.schedule(v)
}
