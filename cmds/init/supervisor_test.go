package main

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/reaper"
	"github.com/vole-linux/vole/cmds/internal/wire"
)

// service is a Start packet for a program.
func service(id uint64, path string) wire.Packet {
	return wire.Program{ID: id, Name: path, Path: path, Argv: []string{path}, Cgroup: -1}.Packet()
}

// later ends a life after some time.
func later(f *fake, d time.Duration) { time.AfterFunc(d, func() { f.end <- syscall.SIGUSR2 }) }

// Process 1 starts what the supervisor asks for, and tells how it ended.
func TestChildren(t *testing.T) {
	f := live(t, func(f *fake) {
		f.onShell = func(*fake, int) {}
		f.supervises = func(c *fakeConn) {
			c.say(service(1, "/bin/a"))
			c.say(service(1, "/bin/a")) // the number is taken
			c.say(wire.Packet{Kind: wire.Start, ID: 2, Text: []string{"nonsense"}})
			c.say(wire.Packet{Kind: wire.Up})
		}
		time.AfterFunc(time.Second, func() { f.exits["/bin/a"] <- reaper.Exit{Status: 3 << 8}; f.child <- syscall.SIGCHLD })
		later(f, time.Minute)
	})
	if len(f.programs) != 1 {
		t.Errorf("started: %v", f.programs)
	}
	want := []wire.Kind{wire.Hello, wire.Started, wire.Started, wire.Started, wire.Exited, wire.Stop}
	if got := f.heard; len(got) != len(want) || got[0] != wire.Hello || got[4] != wire.Exited || got[5] != wire.Stop {
		t.Errorf("heard %v; want %v", got, want)
	}
}

// The supervisor dies, and the next one hears of everything.
func TestSupervisorComesBack(t *testing.T) {
	f := live(t, func(f *fake) {
		f.onShell = func(*fake, int) {}
		f.supervises = func(c *fakeConn) {
			switch f.supervisors {
			case 1:
				c.say(service(1, "/bin/a"))
				c.say(service(2, "/bin/b"))
				c.say(wire.Packet{Kind: wire.Up})
				time.AfterFunc(2*time.Second, func() { f.died <- reaper.Exit{Status: syscall.WaitStatus(syscall.SIGKILL)} })
				time.AfterFunc(2*time.Second+time.Millisecond, func() { f.exits["/bin/b"] <- reaper.Exit{}; f.child <- syscall.SIGCHLD })
			case 2:
				f.heard = nil
				time.AfterFunc(time.Second, func() {
					c.say(wire.Packet{Kind: wire.Forget, ID: 2})
					c.say(wire.Packet{Kind: wire.Forget, ID: 1}) // lives: it is not forgotten
				})
			}
		}
		later(f, time.Minute)
	})
	f.want("start supervisor", "the supervisor has ended: killed", "start supervisor", "log 6 power off")
	if got := f.heard[:3]; got[0] != wire.Child || got[1] != wire.Child || got[2] != wire.Hello {
		t.Errorf("the second supervisor heard %v", f.heard)
	}
	if len(f.m.children) != 1 || f.m.children[1] == nil {
		t.Errorf("children: %v", f.m.children)
	}
	if f.shells != 1 || strings.Count(f.console.String(), "boot complete") != 1 {
		t.Errorf("%d shells, console %q", f.shells, f.console.String())
	}
}

// A supervisor that reads nothing for a while is as good as dead; one that is
// only slow gets everything.
func TestDeafSupervisor(t *testing.T) {
	f := live(t, func(f *fake) {
		f.supervises = func(c *fakeConn) {
			if f.supervisors == 1 {
				c.deaf = true
				died := f.died
				time.AfterFunc(hangs+time.Second, func() { died <- reaper.Exit{Status: syscall.WaitStatus(syscall.SIGKILL)} })
				return
			}
			c.say(wire.Packet{Kind: wire.Up})
		}
	})
	f.want("it does not read: replacing it", "start supervisor", "boot complete")
}

func TestSlowSupervisor(t *testing.T) {
	f := live(t, func(f *fake) {
		f.onShell = func(*fake, int) {}
		f.supervises = func(c *fakeConn) {
			c.deaf = true
			c.say(service(1, "/bin/a"))
			time.AfterFunc(hangs/2, func() { c.deaf = false; c.say(wire.Packet{Kind: wire.Up}) })
		}
		later(f, time.Minute)
	})
	if got := f.heard; f.supervisors != 1 || len(got) != 3 || got[0] != wire.Hello || got[1] != wire.Started || got[2] != wire.Stop {
		t.Errorf("%d supervisors; heard %v", f.supervisors, got)
	}
}

// A boot that hangs still gives a shell, and so does a supervisor that can't start.
func TestShellWithoutSupervisor(t *testing.T) {
	f := live(t, func(f *fake) { f.supervises = func(*fakeConn) {} })
	f.want("start supervisor", "start /bin/gosh", "log 6 power off")
	if !strings.Contains(f.console.String(), "boot not complete after 1m30s") {
		t.Errorf("console %q", f.console.String())
	}
	f = live(t, func(f *fake) { f.fails["converse"] = errors.New("no sockets") })
	f.want("log 3 cannot start the supervisor: no sockets", "start /bin/gosh", "log 6 power off", "reboot")
}

// The way down waits for the services, but not for ever.
func TestServicesHang(t *testing.T) {
	var took time.Duration
	f := live(t, func(f *fake) {
		began := time.Now()
		f.onKill = func(syscall.Signal) { took = time.Since(began) }
		f.supervises = func(c *fakeConn) { c.say(wire.Packet{Kind: wire.Up}); c.mute = true }
	})
	f.want("cannot stop services: not done in time", "kill -1 terminated", "reboot 0x4321fedc")
	if took.Round(time.Second) != timeToStop {
		t.Errorf("it took %v; want %v", took, timeToStop)
	}
}

// What a service's giving up asks for.
func TestSupervisorAsksForTheEnd(t *testing.T) {
	for number, want := range map[int64]string{wire.Halt: "reboot 0xcdef0123", wire.PowerOff: "reboot 0x4321fedc", wire.Reboot: "reboot 0x1234567"} {
		f := live(t, func(f *fake) {
			f.onShell = func(*fake, int) {}
			f.supervises = func(c *fakeConn) {
				c.say(wire.Packet{Kind: wire.Up})
				c.say(wire.Packet{Kind: wire.End, Numbers: [7]int64{number}, Text: []string{"it was too much"}})
			}
		})
		f.want("it was too much", want)
	}
	f := live(t, func(f *fake) {
		f.onShell = func(f *fake, n int) {
			if n == 2 {
				f.end <- syscall.SIGUSR2
			}
		}
		f.supervises = func(c *fakeConn) {
			c.say(wire.Packet{Kind: wire.Up})
			time.AfterFunc(2*time.Second, func() {
				c.say(wire.Packet{Kind: wire.End, Numbers: [7]int64{wire.Rescue}, Text: []string{"service a has failed"}})
				time.AfterFunc(time.Second, func() { f.shell <- reaper.Exit{Status: syscall.WaitStatus(syscall.SIGHUP)} })
			})
		}
	})
	f.want("start /bin/gosh", "start /bin/busybox [ash]")
	if !strings.Contains(f.console.String(), "init: rescue shell: service a has failed") {
		t.Errorf("console %q", f.console.String())
	}
}
