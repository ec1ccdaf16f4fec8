package supervisor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/sandbox"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

// A process is one that process 1 has started for us.
type process struct {
	id    uint64
	v     *service
	role  string // what it is to the service: roleMain, or in words
	path  string // of its program
	pid   int
	began time.Duration

	waiting []syscall.Signal  // what it is to get when it is there
	running bool              // its program has replaced the shim
	failure string            // why it hasn't
	status  bool              // the shim has still to say which of the two
	exit    *wire.Exit        // once it has ended
	onRun   func()            // called when its program runs
	onEnd   func(control.End) // called once, when it has ended or could not start
}

// roleMain is the role of a service's program, as opposed to hooks and probes.
const roleMain = "main"

// maxStarting keeps the machine from starting everything at once: what starts
// first is ready first, and memory is not full of half-started programs.
const maxStarting = 8

// A Spec is what a process is to be, for Machine.Open.
type Spec struct {
	Manifest *manifest.Manifest
	Exec     []string
	Role     string
	Group    Group
	Sockets  []*os.File
	ReadyFD  *os.File // where it writes a newline when it is ready, or nil
}

// An Opened is all that process 1 needs to start it.
type Opened struct {
	Path   string
	Argv   []string
	Env    []string
	Flags  uintptr    // of clone(2)
	Files  []*os.File // its descriptors, from 0
	Cgroup *os.File   // or nil
	Status *os.File   // where the shim writes why it failed; nil if there is no shim
	Output *os.File   // what it prints; nil where nobody listens
	Close  func()     // closes Files and Cgroup on our side
}

// spawn starts a process of the service. onRun may be nil.
func (s *Supervisor) spawn(spec Spec, v *service, onRun func(), onEnd func(control.End)) *process {
	s.nextID++
	p := &process{id: s.nextID, v: v, role: spec.Role, path: spec.Exec[0], onRun: onRun, onEnd: onEnd}
	s.processes[p.id] = p
	s.queue = append(s.queue, func() { s.launchProcess(p, spec) })
	s.startQueued()
	return p
}

// startQueued starts as many as may be started at once.
func (s *Supervisor) startQueued() {
	for s.starting < maxStarting && len(s.queue) > 0 {
		start := s.queue[0]
		s.queue = s.queue[1:]
		s.starting++
		start()
	}
}

func (s *Supervisor) launchProcess(p *process, spec Spec) {
	p.began = s.Now()
	if slices.Contains(p.waiting, killSignal) {
		s.cannotStart(p, errors.New("killed before it began"))
		return
	}
	opened, err := s.Open(spec)
	if err == nil {
		err = s.request(p, opened)
		opened.Close()
	}
	if err != nil {
		s.cannotStart(p, err)
	}
}

func (s *Supervisor) cannotStart(p *process, err error) {
	p.failure = err.Error()
	s.starting--
	s.later(func() { s.processEnded(p) })
	s.later(s.startQueued)
}

// request makes process 1 start it.
func (s *Supervisor) request(p *process, o *Opened) error {
	program := wire.Program{ID: p.id, Name: p.v.m.Name + " " + p.role, Path: o.Path, Argv: o.Argv, Env: o.Env, Flags: o.Flags, Cgroup: -1}
	for _, f := range o.Files {
		program.Files = append(program.Files, int(f.Fd()))
	}
	if o.Cgroup != nil {
		program.Cgroup = int(o.Cgroup.Fd())
	}
	if err := s.Process1.Send(program.Packet()); err != nil {
		return fmt.Errorf("cannot ask process 1: %w", err)
	}
	if o.Output != nil {
		s.listenTo(p, o.Output)
	}
	if o.Status != nil {
		p.status = true
		go s.readStatus(p, o.Status)
	}
	return nil
}

// readStatus waits for the shim: it says why it fails, or becomes the program.
func (s *Supervisor) readStatus(p *process, status *os.File) {
	text, _ := io.ReadAll(io.LimitReader(status, 4096))
	status.Close()
	s.post(func() {
		p.status = false
		if err := sandbox.ParseReport(text); err != nil {
			p.failure = err.Error()
		}
		s.processRuns(p)
		s.processEnded(p)
	})
}

// processStarted is process 1's answer.
func (s *Supervisor) processStarted(m wire.Packet) {
	s.starting--
	s.later(s.startQueued)
	p := s.processes[m.ID]
	if p == nil {
		return
	}
	if errno := syscall.Errno(m.Numbers[0]); errno != 0 {
		p.failure = fmt.Sprintf("cannot start %s: %v", p.path, errno)
		s.processEnded(p)
		return
	}
	p.pid = int(m.Pid)
	s.claim(p)
	for _, sig := range p.waiting {
		s.signal(p, sig)
	}
	s.processRuns(p)
}

// processRuns calls onRun as soon as it is known that the program runs.
func (s *Supervisor) processRuns(p *process) {
	if p.pid == 0 || p.status || p.failure != "" || p.running {
		return
	}
	p.running = true
	if p.onRun != nil {
		p.onRun()
	}
}

// processExited is process 1's word that it has ended.
func (s *Supervisor) processExited(m wire.Packet) {
	s.Process1.Send(wire.Packet{Kind: wire.Forget, ID: m.ID})
	p := s.processes[m.ID]
	exit, ended := m.Exit()
	if p == nil || !ended {
		return
	}
	p.exit = &exit
	s.processEnded(p)
}

// processEnded calls onEnd, once all is known that there is to know.
func (s *Supervisor) processEnded(p *process) {
	if s.processes[p.id] == nil || p.status || p.exit == nil && (p.failure == "" || p.pid != 0) {
		return
	}
	delete(s.processes, p.id)
	p.onEnd(s.describe(p))
}

// describe says how a process has ended.
func (s *Supervisor) describe(p *process) control.End {
	end := control.End{When: s.Now(), Cause: p.failure}
	if p.exit == nil {
		return end
	}
	status := p.exit.Status
	end.When, end.Status, end.User, end.System, end.Memory = p.exit.When, int(status), p.exit.User, p.exit.System, p.exit.MaxMemory
	end.Ran = max(0, end.When-p.began)
	switch {
	case p.failure != "":
	case status.Signaled():
		end.Cause = fmt.Sprintf("signal %d (%v)", status.Signal(), status.Signal())
	default:
		end.Cause = fmt.Sprintf("status %d", status.ExitStatus())
		end.OK = status.ExitStatus() == 0
	}
	return end
}

// signal sends a signal to a process.
func (s *Supervisor) signal(p *process, sig syscall.Signal) {
	if p.pid == 0 {
		p.waiting = append(p.waiting, sig)
		return
	}
	m := wire.Packet{Kind: wire.Signal, ID: p.id}
	m.Numbers[0] = int64(sig)
	s.Process1.Send(m)
}

// kill ends all processes of the service at once, whatever they do.
func (s *Supervisor) kill(v *service) {
	if v.group != nil {
		if err := v.group.Kill(); err != nil {
			s.warn("cannot kill %s: %v", v.m.Name, err)
		}
	}
	for _, p := range s.processes { // where there is no cgroup, and what is not in it yet
		if p.v == v {
			s.signal(p, syscall.SIGKILL)
		}
	}
}
