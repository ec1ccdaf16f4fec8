// Package supervisor is the half of init that decides: which services run, in
// which order, what happens when one ends, and what a person is told.
//
// It starts no process itself. Process 1 does that for it and is the parent of
// all services; the two talk through package wire. So the supervisor may
// crash, be killed or be replaced by a newer version: the next one asks
// process 1 what runs and what has ended meanwhile, reads what its predecessor
// noted, and goes on. No service notices.
//
// # One goroutine decides
//
// All that the supervisor knows belongs to the goroutine of Run. Whoever else
// has something to say (process 1, a timer, a probe, a request on the control
// socket) posts a function, and Run calls it. There is no lock in the policy,
// and no two things happen at once.
//
// # The life of a service
//
// state.go has the chart. One file each tells one step: want.go who starts and
// who has to wait for whom, start.go the way from hooks to readiness, end.go
// what an end means and when it is tried again, stop.go the way down. process.go
// starts processes through process 1. adopt.go is what a new supervisor does
// first.
//
// # Files
//
//	/etc/services/NAME.json       manifests, see internal/manifest
//	/var/lib/init/enabled.json    what "svc enable" and "svc disable" have changed
//	/run/init/state/NAME.json     what the next supervisor has to know
//	/run/init/notify              the socket that NOTIFY_SOCKET names
//	/run/init.sock                the control socket: HTTP and JSON
//	/run/metrics/init.sock        the same for Prometheus
//
// # Links
//
// sd_notify(3), sd_listen_fds(3), cgroups(7), unix(7). The ideas are those of
// s6 (mechanism apart from policy), dinit and systemd.
//
// # Bugs
//
// A hook or a probe that runs while the supervisor is replaced is killed, and
// the start it belongs to begins anew.
//
// Next in the tour: none
package supervisor

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cgroup"
	"github.com/vole-linux/vole/cmds/internal/kmsg"
	"github.com/vole-linux/vole/cmds/internal/notify"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

// A Machine is all of the computer that the supervisor touches. Tests bring
// their own.
type Machine struct {
	Process1 Process1
	Now      func() time.Duration // since the start of the kernel, sleep included
	Clock    func() time.Time
	Random   func() float64 // from [0, 1)
	Arch     string         // of the machine, as in manifests
	InBox    bool           // it is a container

	Manifests  fs.FS // /etc/services
	ReadFile   func(path string) ([]byte, error)
	WriteFile  func(path string, data []byte) error // whole or not at all
	RemoveFile func(path string) error
	Exists     func(path string) bool

	NewGroup func(name string, limits cgroup.Limits) (Group, error) // of processes; nil where the kernel has none
	OldGroup func(name string) Group                                // of an earlier supervisor
	Open     func(Spec) (*Opened, error)                            // what a process is started with
	Listen   func(m *manifest.Manifest) ([]*os.File, error)         // its sockets
	Probe    func(ctx context.Context, p manifest.Probe) error      // tcp, unix, http, file
	Notify   <-chan notify.Message                                  // from services
	Lines    *Lines                                                 // what services print
	Log      func(kmsg.Severity, string)
}

// Process1 is the supervisor's end of the conversation.
type Process1 interface {
	Send(wire.Packet) error
	Receive() (wire.Packet, error)
}

// A Group holds the processes of a service together.
type Group interface {
	Open() (*os.File, error)
	Kill() error
	Populated() (bool, error)
	Usage() (cgroup.Usage, error)
	Limit(cgroup.Limits) error
	Remove() error
}

// A Supervisor is the policy. The goroutine of Run owns all fields but posts.
type Supervisor struct {
	Machine
	posts    chan func()
	todo     []func() // what Run does before it listens again
	services map[string]*service
	set      *manifest.Set
	problems []error // of manifests
	enabled  map[string]bool
	words    []string // of the kernel's command line

	processes map[uint64]*process
	nextID    uint64
	starting  int      // processes that process 1 is starting
	queue     []func() // starts that wait for their turn
	names     []string // of services, in order

	unclaimed []notify.Message // of processes whose number is not known yet

	events   *eventLog
	begun    bool          // all that starts at boot is marked
	booted   time.Duration // when the boot was complete; 0 before
	stopping bool          // the machine is going down
	down     bool          // process 1 knows that all have stopped
}

// New returns a supervisor that has not begun.
func New(m Machine) *Supervisor {
	return &Supervisor{
		Machine:   m,
		posts:     make(chan func(), 64),
		services:  map[string]*service{},
		enabled:   map[string]bool{},
		processes: map[uint64]*process{},
		events:    newEventLog(),
	}
}

// Run supervises until ctx ends or process 1 is gone.
func (s *Supervisor) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := s.takeOver(); err != nil {
		return err
	}
	go s.listenToProcess1(ctx, cancel)
	pulse := time.NewTicker(time.Second)
	defer pulse.Stop()
	for {
		for len(s.todo) > 0 {
			f := s.todo[0]
			s.todo = s.todo[1:]
			f()
		}
		s.save()
		select {
		case f := <-s.posts:
			f()
		case m := <-s.Notify:
			s.notified(m)
		case <-pulse.C:
			s.pulse()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// post makes Run call f. Any goroutine but Run's own may call it.
func (s *Supervisor) post(f func()) { s.posts <- f }

// later makes Run call f when what it is doing now is done: a change of one
// service that changes others does not go on inside the first.
func (s *Supervisor) later(f func()) { s.todo = append(s.todo, f) }

// after makes Run call f after d, unless the timer is stopped.
func (s *Supervisor) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { s.post(f) })
}

func (s *Supervisor) listenToProcess1(ctx context.Context, cancel context.CancelCauseFunc) {
	for ctx.Err() == nil {
		p, err := s.Process1.Receive()
		if err != nil {
			cancel(fmt.Errorf("cannot hear process 1: %w", err))
			return
		}
		s.post(func() { s.hear(p) })
	}
}

// hear does what process 1 says.
func (s *Supervisor) hear(p wire.Packet) {
	switch p.Kind {
	case wire.Started:
		s.processStarted(p)
	case wire.Exited:
		s.processExited(p)
	case wire.Stop:
		s.stopAll()
	}
	wire.CloseAll(p.Files)
}

func (s *Supervisor) say(format string, args ...any) { s.Log(kmsg.Info, fmt.Sprintf(format, args...)) }
func (s *Supervisor) warn(format string, args ...any) {
	s.Log(kmsg.Warning, fmt.Sprintf(format, args...))
}

// pulse feeds the watchdog by way of process 1, which feeds it only while it
// hears this: as long as policy works and every critical service is well.
func (s *Supervisor) pulse() {
	for _, v := range s.services {
		if v.m.Critical && s.booted != 0 && !s.stopping && v.wanted && !v.state.there() {
			return
		}
	}
	s.Process1.Send(wire.Packet{Kind: wire.Healthy})
}

// checkBoot says that the boot is complete, once nothing more will come by
// itself.
func (s *Supervisor) checkBoot() {
	if s.booted != 0 || s.stopping || !s.begun {
		return
	}
	ready := 0
	var missing []string
	for _, name := range s.names {
		switch v := s.services[name]; {
		case !v.wanted:
		case v.state.there():
			ready++
		case v.state.settled() || v.state == Waiting && s.hopeless(v):
			if v.state != Skipped {
				missing = append(missing, name)
			}
		default:
			return
		}
	}
	s.booted = s.Now()
	s.events.add(s.Now(), "", "boot complete", "")
	s.noteBoot()
	up := wire.Packet{Kind: wire.Up}
	up.Numbers[0], up.Numbers[1] = int64(ready), int64(len(missing)+len(s.problems))
	s.Process1.Send(up)
	for _, name := range missing {
		s.warn("not up after the boot: %s: %s", name, s.services[name].why())
	}
}
