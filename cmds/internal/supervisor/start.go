package supervisor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cgroup"
	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/internal/manifest"
)

// The way up: conditions, hooks, the program, readiness, hooks.

// begin starts a service for which nothing comes first any more.
func (s *Supervisor) begin(v *service) {
	if unmet := s.unmet(v.m.Conditions); unmet != "" {
		s.enter(v, Skipped, unmet)
		return
	}
	v.began, v.ready, v.failure, v.killed, v.status, v.unwell = s.Now(), 0, "", "", "", 0
	s.enter(v, Starting, "")
	if v.m.Kind == manifest.KindTimer {
		s.enter(v, Up, "")
		s.schedule(v)
		return
	}
	s.prepare(v)
}

// unmet says which condition is not met, or "".
func (s *Supervisor) unmet(c manifest.Conditions) string {
	for _, path := range c.PathExists {
		if !s.Exists(path) {
			return path + " is not there"
		}
	}
	for _, word := range c.KernelArgument {
		if !slices.ContainsFunc(s.words, func(w string) bool { return w == word || strings.HasPrefix(w, word+"=") }) {
			return word + " is not on the kernel's command line"
		}
	}
	if len(c.Architecture) > 0 && !slices.Contains(c.Architecture, manifest.Architecture(s.Arch)) {
		return "it is not for " + s.Arch
	}
	if c.Container != nil && *c.Container != s.InBox {
		return map[bool]string{true: "this is no container", false: "this is a container"}[*c.Container]
	}
	return ""
}

// prepare makes the service's cgroup and sockets, and runs the hooks before
// the program.
func (s *Supervisor) prepare(v *service) {
	var err error
	if v.group, err = s.NewGroup("system/"+v.m.Name, limitsOf(v.m)); err == nil && v.sockets == nil && len(v.m.Sockets) > 0 {
		v.sockets, err = s.Listen(v.m)
		s.keepSockets(v)
	}
	if err != nil {
		s.startFailed(v, err.Error())
		return
	}
	s.limit(v, time.Duration(v.m.Ready.Timeout), func() { s.tooLate(v) })
	s.runHooks(v, "before_start", v.m.Hooks.BeforeStart, func(err error) {
		if err != nil {
			s.startFailed(v, err.Error())
			return
		}
		s.runMain(v)
	})
}

func limitsOf(m *manifest.Manifest) cgroup.Limits {
	l := m.Limits
	return cgroup.Limits{Memory: uint64(l.Memory), MemoryHigh: uint64(l.MemoryHigh), CPU: l.CPU, CPUWeight: l.CPUWeight, Pids: uint64(l.Pids)}
}

// runMain starts the program itself.
func (s *Supervisor) runMain(v *service) {
	spec := Spec{Manifest: v.m, Exec: v.m.Exec, Role: roleMain, Group: v.group, Sockets: v.sockets}
	var readyFD *os.File
	if v.m.Ready.FD != 0 {
		r, w, err := os.Pipe()
		if err != nil {
			s.startFailed(v, fmt.Sprintf("cannot make a pipe: %v", err))
			return
		}
		spec.ReadyFD, readyFD = w, r
	}
	v.main = s.spawn(spec, v, func() { s.mainRuns(v, readyFD) }, func(end control.End) { s.mainEnded(v, end) })
	v.dirty = true
}

// mainRuns is called when the program has begun. Whether it is ready is
// another question.
func (s *Supervisor) mainRuns(v *service, readyFD *os.File) {
	v.alive = s.Now()
	v.dirty = true
	if v.state != Starting {
		return
	}
	if v.m.Kind == manifest.KindOneshot { // ready when it has ended
		return
	}
	switch probe := v.m.Ready.Probe(); probe.Kind {
	case manifest.ProbeNone:
		s.becomeReady(v)
	case manifest.ProbeNotify: // notify.go
	case manifest.ProbeFD:
		go s.readNewline(v, v.turn, readyFD)
	default:
		s.probeReady(v, probe, 10*time.Millisecond)
	}
}

// readNewline waits for the newline of a service that says that it is ready.
func (s *Supervisor) readNewline(v *service, turn int, f *os.File) {
	defer f.Close()
	b := make([]byte, 64)
	for {
		n, err := f.Read(b)
		if strings.Contains(string(b[:n]), "\n") {
			s.post(func() {
				if v.turn == turn {
					s.becomeReady(v)
				}
			})
			return
		}
		if err != nil {
			return
		}
	}
}

// probeReady asks again and again, less and less often, until it is ready.
func (s *Supervisor) probeReady(v *service, probe manifest.Probe, pause time.Duration) {
	s.probe(v, probe, v.m.Ready.Timeout, func(err error) {
		if err == nil {
			s.becomeReady(v)
			return
		}
		v.probing = s.guarded(v, pause, func() { s.probeReady(v, probe, min(2*pause, time.Second)) })
	})
}

// becomeReady is called when the service can be used.
func (s *Supervisor) becomeReady(v *service) {
	if v.state != Starting {
		return
	}
	s.enter(v, Up, "")
	s.watchHealth(v)
	s.watchLife(v)
	s.runHooks(v, "after_start", v.m.Hooks.AfterStart, func(err error) {
		if err != nil {
			s.warn("%s: %v", v.m.Name, err)
		}
	})
}

// tooLate ends a start that takes too long.
func (s *Supervisor) tooLate(v *service) {
	what := "not ready"
	if v.m.Kind == manifest.KindOneshot {
		what = "not done"
	}
	s.startFailed(v, fmt.Sprintf("%s after %v", what, v.m.Ready.Timeout))
}

// startFailed ends the start under way. What runs is killed, and then it is
// decided whether to try again.
func (s *Supervisor) startFailed(v *service, reason string) {
	v.failure, v.dirty = reason, true
	v.stopTimers()
	v.killed = reason
	if v.main == nil {
		s.kill(v) // hooks
		s.cleanUp(v, func() { s.ended(v, control.End{When: s.Now(), Cause: reason}) })
		return
	}
	s.kill(v) // mainEnded goes on
}

// runHooks runs commands one after the other, then calls done, unless the
// service goes another way meanwhile. It stops at the first that fails.
func (s *Supervisor) runHooks(v *service, kind string, hooks []manifest.Hook, done func(error)) {
	if len(hooks) == 0 {
		done(nil)
		return
	}
	hook, turn := hooks[0], v.turn
	var p *process
	limit := s.after(time.Duration(hook.Timeout), func() {
		if p != nil && p.exit == nil {
			p.failure = fmt.Sprintf("not done after %v", hook.Timeout)
			s.signal(p, killSignal)
		}
	})
	p = s.spawn(Spec{Manifest: v.m, Exec: hook.Exec, Role: kind, Group: v.group}, v, nil, func(end control.End) {
		limit.Stop()
		if v.turn != turn {
			return
		}
		if !end.OK {
			done(fmt.Errorf("%s hook %s: %s", kind, hook.Exec[0], end.Cause))
			return
		}
		s.runHooks(v, kind, hooks[1:], done)
	})
}

// probe asks once, and calls done unless the service goes another way meanwhile.
func (s *Supervisor) probe(v *service, probe manifest.Probe, timeout manifest.Duration, done func(error)) {
	turn := v.turn
	if probe.Kind == manifest.ProbeExec {
		s.runHooks(v, "probe", []manifest.Hook{{Exec: probe.Exec, Timeout: timeout}}, done)
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), orElse(time.Duration(timeout), 5*time.Second))
		defer cancel()
		err := s.Probe(ctx, probe)
		s.post(func() {
			if v.turn == turn {
				done(err)
			}
		})
	}()
}

func orElse(d, other time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return other
}
