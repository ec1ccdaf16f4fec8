package supervisor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/notify"
	"github.com/vole-linux/vole/internal/manifest"
)

// How a service that runs is known to be well: it is asked (health), it says
// so itself (watchdog), and what it says on the notify socket.

// watchHealth probes a service that is up, again and again.
func (s *Supervisor) watchHealth(v *service) {
	probe := v.m.Health.Probe()
	if probe.Kind == manifest.ProbeNone {
		return
	}
	v.probing = s.guarded(v, time.Duration(v.m.Health.Interval), func() {
		s.probe(v, probe, v.m.Health.Timeout, func(err error) {
			s.probed(v, err)
			if v.state == Up {
				s.watchHealth(v)
			}
		})
	})
}

func (s *Supervisor) probed(v *service, err error) {
	if err == nil {
		v.unwell = 0
		return
	}
	v.unwell++
	s.warn("%s: health probe %d of %d failed: %v", v.m.Name, v.unwell, v.m.Health.Failures, err)
	if v.unwell >= v.m.Health.Failures {
		s.killUnwell(v, fmt.Sprintf("not healthy: %v", err))
	}
}

// watchLife kills a service that gives no sign of life.
func (s *Supervisor) watchLife(v *service) {
	if v.m.Watchdog == 0 {
		return
	}
	left := v.alive + time.Duration(v.m.Watchdog) - s.Now()
	v.deadline = s.guarded(v, max(0, left), func() {
		if s.Now()-v.alive >= time.Duration(v.m.Watchdog) {
			s.killUnwell(v, fmt.Sprintf("no sign of life for %v", v.m.Watchdog))
			return
		}
		s.watchLife(v)
	})
}

// killUnwell kills a service that is up; mainEnded decides what follows.
func (s *Supervisor) killUnwell(v *service, reason string) {
	v.killed = reason
	s.kill(v)
}

// notified is a message on the notify socket. It counts if it comes from a
// process of the service: others may write there, too.
func (s *Supervisor) notified(m notify.Message) {
	v := s.owner(m.Sender.Pid)
	if v == nil && s.starting > 0 && len(s.unclaimed) < maxUnclaimed {
		s.unclaimed = append(s.unclaimed, m) // process 1 may not have told its number yet
		return
	}
	if v == nil || m.Refused != nil {
		s.warn("a notification from process %d that counts for nothing: %v", m.Sender.Pid, m.Refused)
		return
	}
	if m.HasStatus {
		v.status, v.dirty = m.Status, true
	}
	if m.Alive {
		v.alive = s.Now()
	}
	if m.Ready && v.m.Ready.Notify {
		s.becomeReady(v)
	}
	if m.Extend > 0 && v.state == Starting {
		s.extend(v, m.Extend)
	}
	if m.Sick && v.state == Up {
		s.killUnwell(v, "it says that it is not well")
	}
}

// maxUnclaimed is how many messages of processes are kept whose service is not
// known yet.
const maxUnclaimed = 64

// claim hears again what a process has said before its number was known.
func (s *Supervisor) claim(p *process) {
	for i := 0; i < len(s.unclaimed); i++ {
		if m := s.unclaimed[i]; m.Sender.Pid == p.pid {
			s.unclaimed = slices.Delete(s.unclaimed, i, i+1)
			s.later(func() { s.notified(m) })
			i--
		}
	}
	if s.starting == 0 {
		s.unclaimed = nil
	}
}

// extend gives a start more time.
func (s *Supervisor) extend(v *service, more time.Duration) {
	if v.deadline != nil && v.deadline.Stop() {
		s.limit(v, more, func() { s.tooLate(v) })
	}
}

// owner finds the service that a process belongs to, by its cgroup.
func (s *Supervisor) owner(pid int) *service {
	for _, p := range s.processes {
		if p.pid == pid {
			return p.v
		}
	}
	text, err := s.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return nil
	}
	_, path, _ := strings.Cut(strings.TrimSpace(string(text)), "/system/")
	name, _, _ := strings.Cut(path, "/")
	return s.services[name]
}
