package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cgroup"
	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/kmsg"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

// A world is a computer made of notes, with a process 1 that starts nothing:
// the test says what becomes of each process.
type world struct {
	t     *testing.T
	files fstest.MapFS      // manifests
	notes map[string][]byte // files that the supervisor writes
	boot  time.Time

	toSupervisor chan wire.Packet
	running      map[uint64]wire.Program
	kept         map[string]bool
	pid          int32
	began        []string           // names of processes, in order
	said         []string           // packets other than those about processes
	onStart      func(wire.Program) // what a program does; by default it runs on
	onSignal     func(wire.Program, syscall.Signal)
	cannotOpen   map[string]error // by name of the service
	unprobed     map[string]error // by target: what a probe says
	groups       map[string]*fakeGroup
	log          []string

	s      *Supervisor
	cancel context.CancelFunc
	ended  chan error
}

// newWorld makes a world with manifests, each "NAME {...}".
func newWorld(t *testing.T, manifests ...string) *world {
	w := &world{t: t, files: fstest.MapFS{}, notes: map[string][]byte{}, boot: time.Now().Add(-time.Second),
		running: map[uint64]wire.Program{}, kept: map[string]bool{}, pid: 100, cannotOpen: map[string]error{},
		unprobed: map[string]error{}, groups: map[string]*fakeGroup{}}
	w.onStart = func(wire.Program) {}
	w.onSignal = func(p wire.Program, sig syscall.Signal) { w.exit(p, syscall.WaitStatus(sig)) }
	w.write(manifests...)
	return w
}

// write writes manifests. A plain name gets the smallest one; "-NAME" removes.
func (w *world) write(manifests ...string) {
	for _, text := range manifests {
		name, content, found := strings.Cut(text, " ")
		if gone, minus := strings.CutPrefix(name, "-"); minus {
			delete(w.files, gone+".json")
			continue
		}
		if !found {
			content = `{"exec": ["` + name + `"]}`
		}
		w.files[name+".json"] = &fstest.MapFile{Data: []byte(content)}
	}
}

// start starts a supervisor. It must be called inside a synctest bubble.
func (w *world) start() { w.startWith() }

// startWith starts one that is told of more children.
func (w *world) startWith(more ...wire.Packet) {
	w.toSupervisor = make(chan wire.Packet, 10000)
	for _, p := range more {
		w.toSupervisor <- p
	}
	for id, p := range w.running {
		w.toSupervisor <- wire.Packet{Kind: wire.Child, ID: id, Pid: int32(id), Text: []string{p.Name}}
	}
	w.toSupervisor <- wire.Packet{Kind: wire.Hello}
	w.s = New(w.machine())
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel, w.ended = cancel, make(chan error, 1)
	go func() { w.ended <- w.s.Run(ctx) }()
	synctest.Wait()
}

// end ends the supervisor, as a crash does.
func (w *world) end() {
	w.cancel()
	close(w.toSupervisor)
	<-w.ended
	synctest.Wait()
}

func (w *world) machine() Machine {
	return Machine{
		Process1: w, Now: func() time.Duration { return time.Since(w.boot) }, Clock: time.Now, Random: func() float64 { return 0.5 }, Arch: "x86_64",
		Manifests: w.files,
		ReadFile: func(path string) ([]byte, error) {
			if data, found := w.notes[path]; found {
				return data, nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
		WriteFile:  func(path string, data []byte) error { w.notes[path] = data; return nil },
		RemoveFile: func(path string) error { delete(w.notes, path); return nil },
		Exists:     func(path string) bool { return w.notes[path] != nil },
		NewGroup: func(name string, limits cgroup.Limits) (Group, error) {
			w.groups[name] = &fakeGroup{w: w, name: strings.TrimPrefix(name, "system/")}
			return w.groups[name], nil
		},
		OldGroup: func(name string) Group { return w.groups[name] },
		Open: func(spec Spec) (*Opened, error) {
			return &Opened{Path: spec.Exec[0], Argv: spec.Exec, Close: func() {}}, w.cannotOpen[spec.Manifest.Name]
		},
		Listen: func(m *manifest.Manifest) ([]*os.File, error) { return []*os.File{os.Stdin}, nil },
		Probe:  func(_ context.Context, p manifest.Probe) error { return w.unprobed[p.Target] },
		Log:    func(_ kmsg.Severity, text string) { w.log = append(w.log, text) },
	}
}

// Send is process 1 hearing. The goroutine of Run calls it.
func (w *world) Send(p wire.Packet) error {
	switch p.Kind {
	case wire.Start:
		program, err := p.Program()
		if err != nil {
			w.t.Error(err)
		}
		w.pid++
		w.running[p.ID] = program
		w.began = append(w.began, program.Name)
		w.toSupervisor <- wire.Packet{Kind: wire.Started, ID: p.ID, Pid: w.pid}
		w.onStart(program)
	case wire.Signal:
		if program, found := w.running[p.ID]; found {
			w.onSignal(program, syscall.Signal(p.Numbers[0]))
		}
	case wire.Keep:
		w.kept[p.Text[0]] = true
	case wire.Drop:
		delete(w.kept, p.Text[0])
	case wire.Up, wire.Down, wire.End:
		w.said = append(w.said, fmt.Sprint(map[wire.Kind]string{wire.Up: "up", wire.Down: "down", wire.End: "end"}[p.Kind], " ", p.Numbers[0]))
	}
	return nil
}

func (w *world) Receive() (wire.Packet, error) {
	p, more := <-w.toSupervisor
	if !more {
		return p, io.EOF
	}
	return p, nil
}

// exit ends a process with a wait status.
func (w *world) exit(p wire.Program, status syscall.WaitStatus) {
	if _, found := w.running[p.ID]; !found {
		return
	}
	delete(w.running, p.ID)
	m := wire.Packet{Kind: wire.Exited, ID: p.ID}
	m.SetExit(wire.Exit{Status: status, When: time.Since(w.boot)})
	w.toSupervisor <- m
}

// program is the running program of a service.
func (w *world) program(name string) wire.Program {
	w.t.Helper()
	for _, p := range w.running {
		if p.Name == name+" main" {
			return p
		}
	}
	w.t.Fatalf("%s does not run; %v do", name, w.running)
	return wire.Program{}
}

// do makes the supervisor's goroutine call f, and lets everything settle.
func (w *world) do(f func(s *Supervisor)) {
	synctest.Wait()
	if err := w.s.ask(context.Background(), func() error { f(w.s); return nil }); err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
}

// states is "NAME STATE" for all services.
func (w *world) states() string {
	var all []string
	w.do(func(s *Supervisor) {
		for _, name := range s.names {
			all = append(all, name+" "+string(s.services[name].state))
		}
	})
	return strings.Join(all, ", ")
}

// want fails the test unless the states are these.
func (w *world) want(states string) {
	w.t.Helper()
	if got := w.states(); got != states {
		w.t.Errorf("states: %s\nwant:   %s\n%s", got, states, strings.Join(w.log, "\n"))
	}
}

// service returns what the control socket says of a service.
func (w *world) service(name string) (c control.Service) {
	w.do(func(s *Supervisor) { c, _ = s.show(name) })
	return c
}

// A fakeGroup is a cgroup whose processes are all of a service's.
type fakeGroup struct {
	w        *world
	name     string
	usage    cgroup.Usage
	limits   []cgroup.Limits
	immortal bool
}

func (g *fakeGroup) Open() (*os.File, error) { return nil, errors.New("there is no folder") }
func (g *fakeGroup) Kill() error {
	for _, p := range g.w.running {
		if name, _, _ := strings.Cut(p.Name, " "); name == g.name && !g.immortal {
			g.w.exit(p, syscall.WaitStatus(syscall.SIGKILL))
		}
	}
	return nil
}
func (g *fakeGroup) Populated() (bool, error)     { return g.immortal, nil }
func (g *fakeGroup) Usage() (cgroup.Usage, error) { return g.usage, nil }
func (g *fakeGroup) Limit(l cgroup.Limits) error  { g.limits = append(g.limits, l); return nil }
func (g *fakeGroup) Remove() error                { return nil }

// play runs a world in a bubble of its own time.
func play(t *testing.T, manifests []string, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, manifests...)
		test(w)
		if w.s != nil && w.cancel != nil {
			w.end()
		}
	})
}

func contains(all []string, part string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, part) })
}
