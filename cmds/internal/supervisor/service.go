package supervisor

import (
	"fmt"
	"os"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/internal/manifest"
)

// A service is one manifest and what became of it. Run's goroutine owns it.
type service struct {
	m      *manifest.Manifest
	state  State
	wanted bool   // to be up
	reason string // why it is not up, in words that follow its name
	status string // what it says of itself (STATUS=)

	main     *process        // its program, while it runs
	group    Group           // its processes together, or nil
	sockets  []*os.File      // handed over at each start
	since    time.Duration   // it is in this state, since the start of the kernel
	began    time.Duration   // its latest start
	ready    time.Duration   // it became ready, after the latest start; 0 before
	restarts int             // by itself, all together
	failures int             // in a row
	history  []time.Duration // restarts within the window of the manifest's limit
	last     *control.End    // how its program has ended the last time
	next     time.Time       // of a timer

	turn     int           // changes whenever what was under way is no longer wanted
	deadline *time.Timer   // of the state
	probing  *time.Timer   // the next probe of its health
	unwell   int           // probes failed in a row
	alive    time.Duration // its latest sign of life (WATCHDOG=1)
	again    bool          // it is stopped only to be started again
	leaving  bool          // nobody needs it any more, and it was asked to end
	failure  string        // why the start under way has failed, once that is clear
	killed   string        // why we have killed it
	kept     string        // the name under which process 1 keeps what it prints
	dirty    bool          // its note is not up to date
}

// enter changes the state. Timers of the old one are void.
func (s *Supervisor) enter(v *service, state State, reason string) {
	v.stopTimers()
	if v.state == state && v.reason == reason {
		return
	}
	old := v.state
	v.leaving = false
	v.state, v.reason, v.since, v.dirty = state, reason, s.Now(), true
	if state == Up {
		v.ready = v.since
	}
	s.events.add(v.since, v.m.Name, string(state), reason)
	if old != state && (old.there() != state.there() || old.settled() != state.settled() || old.active() != state.active()) {
		s.wakeOthers(v)
	}
	s.checkBoot()
}

func (v *service) stopTimers() {
	v.turn++
	for _, t := range []*time.Timer{v.deadline, v.probing} {
		if t != nil {
			t.Stop()
		}
	}
	v.deadline, v.probing = nil, nil
}

// limit calls f after d if the service is still where it is now.
func (s *Supervisor) limit(v *service, d time.Duration, f func()) {
	if d > 0 {
		v.deadline = s.guarded(v, d, f)
	}
}

// guarded is after, void as soon as the state changes.
func (s *Supervisor) guarded(v *service, d time.Duration, f func()) *time.Timer {
	turn := v.turn
	return s.after(d, func() {
		if v.turn == turn {
			f()
		}
	})
}

// why says in words why the service is not up.
func (v *service) why() string {
	switch {
	case v.reason != "":
		return v.reason
	case v.state == Off && !v.m.Enabled:
		return "it is disabled"
	case v.state == Off:
		return "it was stopped"
	}
	return fmt.Sprintf("it is %s", v.state)
}
