package supervisor

import (
	"fmt"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

const killSignal = syscall.SIGKILL

// mainEnded is called when the program of a service has ended, for whatever
// reason.
func (s *Supervisor) mainEnded(v *service, end control.End) {
	v.main = nil
	if v.group != nil && !end.OK {
		u, err := v.group.Usage()
		switch {
		case err != nil: // the group is gone: nothing is known
		case u.OOMKills > 0:
			end.Cause = outOfMemory(v.m.Limits.Memory, end.Cause)
		case u.PidsMax > 0:
			end.Cause = fmt.Sprintf("it wanted more than %d processes: %s", v.m.Limits.Pids, end.Cause)
		}
	}
	if v.killed != "" && !end.OK {
		end.Cause = v.killed
	}
	if v.state == Stopping && syscall.WaitStatus(end.Status).Signaled() && int(syscall.WaitStatus(end.Status).Signal()) == v.m.Stop.Signal.Number() {
		end.OK = true // it was asked to
	}
	v.last, v.dirty = &end, true
	v.stopTimers()
	s.kill(v) // what it has left behind
	s.cleanUp(v, func() { s.ended(v, end) })
}

// outOfMemory names the culprit: the service's own limit, or the machine.
func outOfMemory(limit manifest.Size, cause string) string {
	if limit == 0 {
		return "out of memory, as the whole machine is: " + cause
	}
	return fmt.Sprintf("out of memory: it wanted more than %v: %s", limit, cause)
}

// cleanUp runs the hooks after the end, and removes the cgroup.
func (s *Supervisor) cleanUp(v *service, done func()) {
	if len(v.m.Hooks.AfterStop) > 0 { // some kernels go on killing in a group that was killed
		if group, err := s.NewGroup("system/"+v.m.Name, limitsOf(v.m)); err == nil {
			v.group = group
		}
	}
	s.runHooks(v, "after_stop", v.m.Hooks.AfterStop, func(err error) {
		if err != nil {
			s.warn("%s: %v", v.m.Name, err)
		}
		s.removeGroup(v, time.Millisecond, done)
	})
}

// removeGroup waits until the cgroup is empty: killed processes need a moment
// to be gone. One that the kernel can't end is left behind in the end.
func (s *Supervisor) removeGroup(v *service, pause time.Duration, done func()) {
	if v.group == nil {
		done()
		return
	}
	populated, err := v.group.Populated()
	if err == nil && populated && pause < 2*time.Second {
		s.guarded(v, pause, func() { s.removeGroup(v, 2*pause, done) })
		return
	}
	if populated {
		s.warn("%s: some of its processes can't be killed", v.m.Name)
	} else {
		v.group.Remove()
	}
	v.group = nil
	done()
}

// ended decides what follows when nothing of a service runs any more.
func (s *Supervisor) ended(v *service, end control.End) {
	wasUp := v.ready != 0
	switch {
	case v.state == Stopping:
		s.stopped(v)
	case v.m.Kind == manifest.KindTimer:
		s.ranTimer(v, end)
	case v.state == Starting && v.m.Kind == manifest.KindOneshot && end.OK && v.failure == "":
		v.failures = 0
		s.enter(v, Done, "")
		s.runHooks(v, "after_start", v.m.Hooks.AfterStart, func(error) {})
	case v.m.Restart.Policy.Again(end.OK && wasUp):
		s.tryAgain(v, end)
	case end.OK && wasUp:
		s.enter(v, Done, "")
	default:
		s.giveUp(v, end.Cause)
	}
}

// tryAgain plans another start, unless there were too many.
func (s *Supervisor) tryAgain(v *service, end control.End) {
	r := v.m.Restart
	if v.ready != 0 && s.Now()-v.ready >= time.Duration(r.Reset) {
		v.failures = 0
	}
	now := s.Now()
	for len(v.history) > 0 && now-v.history[0] > time.Duration(r.Window) {
		v.history = v.history[1:]
	}
	if r.Limit > 0 && len(v.history) >= r.Limit {
		s.giveUp(v, fmt.Sprintf("%s, and it was restarted %d times within %v", end.Cause, len(v.history), r.Window))
		return
	}
	if r.Limit > 0 {
		v.history = append(v.history, now)
	}
	delay := r.Wait(v.failures, s.Random())
	v.failures++
	v.restarts++
	s.enter(v, Backoff, fmt.Sprintf("%s: starts again in %v", end.Cause, delay.Round(time.Millisecond)))
	s.limit(v, max(delay, 1), func() { s.enter(v, Waiting, ""); s.consider(v.m.Name) })
}

// giveUp ends the attempts.
func (s *Supervisor) giveUp(v *service, reason string) {
	s.warn("%s has failed: %s", v.m.Name, reason)
	s.enter(v, Failed, reason)
	if s.stopping {
		return
	}
	end := wire.Packet{Kind: wire.End, Text: []string{fmt.Sprintf("service %s has failed: %s", v.m.Name, reason)}}
	switch v.m.Restart.GiveUp {
	case manifest.GiveUpReboot:
		end.Numbers[0] = wire.Reboot
	case manifest.GiveUpRescue:
		end.Numbers[0] = wire.Rescue
	default:
		return
	}
	s.Process1.Send(end)
}
