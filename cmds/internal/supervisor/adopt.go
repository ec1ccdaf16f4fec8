package supervisor

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

// What a new supervisor does first: it learns what there is from process 1 and
// from its predecessor's notes, and goes on from there. At boot there is
// nothing to learn, and it begins.

// An estate is what process 1 tells a new supervisor.
type estate struct {
	children map[uint64]wire.Packet
	kept     map[string]int
	began    time.Duration // process 1
	stop     bool          // all services are to be stopped
}

func (s *Supervisor) takeOver() error {
	e, err := s.inherit()
	if err != nil {
		return err
	}
	s.readCommandLine()
	s.readEnabled()
	s.load()
	adopted := false
	for _, name := range s.names {
		v := s.services[name]
		if n, found := s.recall(v); found {
			adopted = true
			s.adoptSockets(v, e)
			s.restore(v, n, e)
		}
	}
	s.endStrangers(e)
	if e.stop {
		s.stopAll()
		return nil
	}
	if adopted {
		if s.recallBoot() {
			s.booted = s.Now() // the boot was another supervisor's
		}
		s.say("a new supervisor has taken over %d processes", len(s.processes))
		s.events.add(s.Now(), "", "supervisor replaced", "")
	}
	var boot []string
	for _, name := range s.names {
		v := s.services[name]
		switch {
		case v.state == Waiting:
			s.later(func() { s.consider(name) })
		case v.since == 0 && s.isEnabled(v) && s.chosen(name):
			boot = append(boot, name)
		}
	}
	if !adopted {
		s.events.add(e.began, "", "init began", "")
		s.events.add(s.Now(), "", "supervisor began", "")
	}
	s.later(func() {
		s.want(boot...)
		s.begun = true
	})
	s.later(s.checkBoot)
	return nil
}

// inherit listens until process 1 has told everything.
func (s *Supervisor) inherit() (estate, error) {
	e := estate{children: map[uint64]wire.Packet{}, kept: map[string]int{}}
	for {
		p, err := s.Process1.Receive()
		if err != nil {
			return e, fmt.Errorf("cannot hear process 1: %w", err)
		}
		switch p.Kind {
		case wire.Child:
			e.children[p.ID] = p
			s.nextID = max(s.nextID, p.ID)
		case wire.Kept:
			if len(p.Files) == 1 {
				e.kept[p.Text[0]] = p.Files[0]
			}
		case wire.Stop:
			e.stop = true
		case wire.Hello:
			e.began = time.Duration(p.Numbers[0])
			return e, nil
		}
	}
}

// restore brings a service to where its predecessor left it.
func (s *Supervisor) restore(v *service, n note, e estate) {
	v.state = n.State
	if s.OldGroup != nil && n.State.active() {
		v.group = s.OldGroup("system/" + v.m.Name)
	}
	child, lives := e.children[n.Main]
	if n.Main != 0 && lives {
		delete(e.children, n.Main)
		s.adoptMain(v, child, e)
	}
	switch {
	case v.main != nil && v.main.exit != nil: // it has ended meanwhile
		p := v.main
		s.later(func() { s.processExited(childExit(child, p)) })
	case v.main != nil:
		s.goOn(v)
	case n.State == Starting || n.State == Up && v.m.Kind == manifest.KindDaemon:
		v.state = Waiting // it was on the way, and begins anew
		s.kill(v)
	case n.State == Stopping:
		s.later(func() { s.kill(v); s.cleanUp(v, func() { s.stopped(v) }) })
	case n.State == Backoff:
		s.limit(v, max(1, v.m.Restart.Wait(max(0, v.failures-1), 0.5)), func() { s.enter(v, Waiting, ""); s.consider(v.m.Name) })
	case n.State == Up: // a timer between two runs
		s.schedule(v)
	}
}

// adoptMain takes over the program of a service.
func (s *Supervisor) adoptMain(v *service, child wire.Packet, e estate) {
	p := &process{id: child.ID, v: v, role: roleMain, pid: int(child.Pid), began: v.began, running: true}
	p.onEnd = func(end control.End) { s.mainEnded(v, end) }
	if exit, ended := child.Exit(); ended {
		p.exit = &exit
	}
	s.processes[p.id], v.main = p, p
	v.alive = s.Now()
	name := outputName(v.m.Name, p.id)
	if fd, found := e.kept[name]; found {
		delete(e.kept, name)
		s.listenAgain(v, os.NewFile(uintptr(fd), name), name)
	}
}

// childExit is the packet Exited that the predecessor did not live to hear.
func childExit(child wire.Packet, p *process) wire.Packet {
	exited := wire.Packet{Kind: wire.Exited, ID: p.id, Pid: child.Pid}
	exited.SetExit(*p.exit)
	return exited
}

// goOn continues what was under way when the predecessor ended.
func (s *Supervisor) goOn(v *service) {
	switch v.state {
	case Starting:
		s.limit(v, time.Duration(v.m.Ready.Timeout), func() { s.tooLate(v) })
		s.later(func() { s.mainRuns(v, nil) })
	case Up:
		s.watchHealth(v)
		s.watchLife(v)
	case Stopping:
		v.leaving = true
		s.limit(v, time.Duration(v.m.Stop.Timeout), func() { s.killDeaf(v) })
		s.signal(v.main, stopSignal(v.m))
	}
}

// adoptSockets takes over the sockets that process 1 has kept.
func (s *Supervisor) adoptSockets(v *service, e estate) {
	for i := range v.m.Sockets {
		name := socketName(v.m.Name, i)
		fd, found := e.kept[name]
		if !found {
			return
		}
		delete(e.kept, name)
		v.sockets = append(v.sockets, os.NewFile(uintptr(fd), name))
	}
}

func (s *Supervisor) keepSockets(v *service) {
	for i, f := range v.sockets {
		s.Process1.Send(wire.Packet{Kind: wire.Keep, Text: []string{socketName(v.m.Name, i)}, Files: []int{int(f.Fd())}})
	}
}

func socketName(service string, i int) string { return "socket " + service + " " + strconv.Itoa(i) }
func outputName(service string, id uint64) string {
	return "output " + service + " " + strconv.FormatUint(id, 10)
}

// endStrangers ends what belongs to no service: hooks and probes of the
// predecessor, and programs whose manifest is gone.
func (s *Supervisor) endStrangers(e estate) {
	for id, child := range e.children {
		name, role, _ := strings.Cut(child.Text[0], " ")
		if exit, ended := child.Exit(); ended {
			s.Process1.Send(wire.Packet{Kind: wire.Forget, ID: id})
			s.say("%s of %s has ended without a supervisor: status %#x", role, name, int(exit.Status))
			continue
		}
		p := &process{id: id, v: &service{m: &manifest.Manifest{Name: name}}, role: role, pid: int(child.Pid), onEnd: func(control.End) {}}
		s.processes[id] = p
		s.signal(p, killSignal)
	}
	for name, fd := range e.kept {
		os.NewFile(uintptr(fd), name).Close()
		s.Process1.Send(wire.Packet{Kind: wire.Drop, Text: []string{name}})
	}
}
