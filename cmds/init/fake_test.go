package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vole-linux/vole/cmds/internal/kmsg"
	"github.com/vole-linux/vole/cmds/internal/mount"
	"github.com/vole-linux/vole/cmds/internal/reaper"
	"github.com/vole-linux/vole/cmds/internal/wire"
)

// A fake is a computer made of notes: it writes down what init does to it.
type fake struct {
	t       *testing.T
	files   map[string]string
	fails   map[string]error // by the line that did would have
	mounts  []mount.Mounted
	ram     bool     // it has neither kernel's log nor /dev yet
	inside  bool     // a container
	did     []string // all that was done, in order
	console strings.Builder

	m     *machine
	child chan os.Signal
	end   chan os.Signal
	boot  time.Time

	conn        *fakeConn                   // with the supervisor, or nil
	heard       []wire.Kind                 // what the supervisor was told
	supervises  func(*fakeConn)             // what a supervisor does when it has started
	died        chan reaper.Exit            // ends the supervisor
	supervisors int                         // started so far
	programs    []program                   // services and their kin that were started
	exits       map[string]chan reaper.Exit // by path: end them

	fed []time.Duration // when the watchdog was

	shells  int                    // started so far
	shell   chan reaper.Exit       // ends the shell that runs
	onShell func(f *fake, n int)   // called when shell n has started
	alive   func(f *fake) bool     // what reap says
	onKill  func(s syscall.Signal) // called for each kill
}

// errOff ends the test's machine, as reboot(2) ends a real one.
var errOff = errors.New("off")

// newFake returns a computer that boots well. Its shell asks for power-off.
// It must be called inside a synctest bubble.
func newFake(t *testing.T) *fake {
	f := &fake{t: t, boot: time.Now().Add(-time.Nanosecond), fails: map[string]error{}, child: make(chan os.Signal, 1), end: make(chan os.Signal, 8)}
	f.files = map[string]string{
		"/proc/cmdline":                 "console=ttyS0\n",
		"/etc/hostname":                 "vole\n",
		"/sys/class/tty/console/active": "tty0 ttyS0\n",
		"/root":                         "",
		"/bin/busybox":                  "",
	}
	f.supervises = func(c *fakeConn) { c.say(wire.Packet{Kind: wire.Up}) }
	f.exits = map[string]chan reaper.Exit{}
	f.onShell = func(f *fake, _ int) { f.end <- syscall.SIGUSR2 }
	f.alive = func(*fake) bool { return false }
	f.onKill = func(syscall.Signal) {}
	f.m = newMachine(f.kernel(), signals{child: f.child, end: f.end})
	return f
}

// do notes what is done and fails if the test wants it to.
func (f *fake) do(format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	f.did = append(f.did, line)
	if errors.Is(f.fails[line], errOff) {
		panic(errOff)
	}
	return f.fails[line]
}

func (f *fake) kernel() kernel {
	return kernel{
		readFile: func(path string) ([]byte, error) {
			text, found := f.files[path]
			if !found {
				return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		},
		writeFile: func(path, text string) error { return f.do("write %s %q", path, text) },
		glob:      f.glob,
		makeDir:   func(string, fs.FileMode) error { return nil },
		symlink:   func(to, path string) error { return f.do("link %s %s", path, to) },

		mount: func(m mount.FS) error { return f.do("mount %s", m.Target) },
		mountTable: func() ([]mount.Mounted, error) {
			return slices.Clone(f.mounts), f.fails["mount table"]
		},
		unmount: func(target string) error {
			err := f.do("unmount %s", target)
			if err == nil {
				f.mounts = slices.DeleteFunc(slices.Clone(f.mounts), func(m mount.Mounted) bool { return m.Target == target })
			}
			return err
		},
		makeReadOnly: func(target string) error { return f.do("read-only %s", target) },
		sync:         func() { f.do("sync") },

		leadSession:     func() error { return f.do("lead session") },
		inContainer:     func() bool { return f.inside },
		setConsoleLevel: func(s kmsg.Severity) error { return f.do("console level %d", s) },
		crashOutput:     func(path string) error { return f.do("crash output %s", path) },
		setHostname:     func(name string) error { return f.do("hostname %s", name) },
		switchOn:        func(netif string) error { return f.do("switch on %s", netif) },
		reboot:          func(command int) error { return f.do("reboot %#x", command) },
		watchdog:        func() (dog, error) { return f, f.fails["watchdog"] },
		exit:            func(status int) { f.do("exit %d", status); panic(errOff) },

		sinceStart: func() time.Duration { return time.Since(f.boot) },
		setClock:   func(t time.Time) error { return f.do("clock %d", t.Unix()) },
		rest:       func() { f.do("rest"); panic(errOff) },

		start: f.start,
		converse: func() (conversation, *os.File, error) {
			if err := f.fails["converse"]; err != nil {
				return nil, nil, err
			}
			f.conn = &fakeConn{f: f, packets: make(chan wire.Packet, 1000), closed: make(chan bool)}
			theirs, err := os.Open(os.DevNull)
			return f.conn, theirs, err
		},
		reap: func() bool { return f.alive(f) },
		kill: func(pid int, s syscall.Signal) error {
			f.onKill(s)
			return f.do("kill %d %v", pid, s)
		},

		log: func(s kmsg.Severity, text string) error {
			if f.ram {
				return fs.ErrNotExist
			}
			first, _, _ := strings.Cut(text, "\n") // not the stacks
			return f.do("log %d %s", s, first)
		},
		print: func(text string) error { f.console.WriteString(text); return nil },
	}
}

func (f *fake) glob(pattern string) ([]string, error) {
	var found []string
	for path := range f.files {
		before, after, _ := strings.Cut(pattern, "*")
		if path == pattern || strings.Contains(pattern, "*") && strings.HasPrefix(path, before) && strings.HasSuffix(path, after) {
			found = append(found, path)
		}
	}
	slices.Sort(found)
	return found, nil
}

// A fakeConn is a conversation with a supervisor that a test plays.
type fakeConn struct {
	f       *fake
	packets chan wire.Packet // from the supervisor
	closed  chan bool
	deaf    bool // it takes no more packets
	mute    bool // it does not stop its services
}

// Feed and Disarm make the computer a watchdog, too.
func (f *fake) Feed() error   { f.fed = append(f.fed, time.Since(f.boot).Round(time.Second)); return nil }
func (f *fake) Disarm() error { return f.do("disarm") }

func (c *fakeConn) say(p wire.Packet) { c.packets <- p }

func (c *fakeConn) TrySend(p wire.Packet) error {
	if c.deaf {
		return syscall.EAGAIN
	}
	c.f.heard = append(c.f.heard, p.Kind)
	if p.Kind == wire.Stop && !c.mute {
		c.say(wire.Packet{Kind: wire.Down})
	}
	return nil
}

func (c *fakeConn) Receive() (wire.Packet, error) {
	select {
	case p := <-c.packets:
		return p, nil
	case <-c.closed:
		return wire.Packet{}, io.EOF
	}
}

func (c *fakeConn) Close() error { close(c.closed); return nil }

func (f *fake) start(p program) (*reaper.Process, error) {
	if p.path == self {
		f.supervisors++
		if err := f.do("start supervisor"); err != nil {
			return nil, err
		}
		f.died = make(chan reaper.Exit, 1)
		f.supervises(f.conn)
		return reaper.NewProcess(10+f.supervisors, f.died), nil
	}
	if p.terminal == "" {
		f.programs = append(f.programs, p)
		ends := make(chan reaper.Exit, 1)
		f.exits[p.path] = ends
		return reaper.NewProcess(200+len(f.programs), ends), f.fails["start "+p.path]
	}
	f.shells++
	if err := f.do("start %s %s on %s", p.path, p.argv, p.terminal); err != nil {
		return nil, err
	}
	f.shell = make(chan reaper.Exit, 1)
	f.onShell(f, f.shells)
	return reaper.NewProcess(100+f.shells, f.shell), nil
}

// live runs the machine from power-on to power-off.
func live(t *testing.T, change func(*fake)) *fake {
	t.Helper()
	var f *fake
	synctest.Test(t, func(t *testing.T) {
		f = newFake(t)
		for _, command := range []request{halt, powerOff, reboot} {
			f.fails[fmt.Sprintf("reboot %#x", command.command())] = errOff
		}
		change(f)
		f.m.live(life())
		f.m.hangUp()
		time.Sleep(24 * time.Hour) // goroutines that were given up must end, too
	})
	f.t = t
	return f
}

// has tells whether a line that was done contains text.
func (f *fake) has(text string) bool { return f.index(text) >= 0 }

func (f *fake) index(text string) int {
	return slices.IndexFunc(f.did, func(line string) bool { return strings.Contains(line, text) })
}

// want fails the test unless the texts were done, in this order.
func (f *fake) want(texts ...string) {
	f.t.Helper()
	last := -1
	for _, text := range texts {
		i := slices.IndexFunc(f.did[last+1:], func(line string) bool { return strings.Contains(line, text) })
		if i < 0 {
			f.t.Fatalf("%q was not done, or too early:\n%s", text, strings.Join(f.did, "\n"))
		}
		last += 1 + i
	}
}
