package supervisor

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cgroup"
	"github.com/vole-linux/vole/cmds/internal/notify"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/manifest"
)

const (
	exit0 = syscall.WaitStatus(0)
	exit1 = syscall.WaitStatus(1 << 8)
)

func TestBootInOrder(t *testing.T) {
	play(t, []string{
		`web {"exec": ["web"], "requires": ["db"], "wants": ["cache"]}`,
		`db {"exec": ["db"], "ready": {"tcp": "127.0.0.1:5432"}}`,
		`cache {"exec": ["cache"], "after": ["db"]}`,
		`off {"exec": ["off"], "enabled": false}`,
	}, func(w *world) {
		w.unprobed["127.0.0.1:5432"] = errors.New("refused")
		w.start()
		w.want("cache waiting, db starting, off off, web waiting")
		delete(w.unprobed, "127.0.0.1:5432")
		time.Sleep(2 * time.Second)
		w.want("cache up, db up, off off, web up")
		if got := strings.Join(w.began, ", "); got != "db main, cache main, web main" {
			t.Errorf("began: %s", got)
		}
		if got := strings.Join(w.said, ", "); got != "up 3" {
			t.Errorf("said: %s", got)
		}
	})
}

// A service that nobody can start, and those that need it, do not stop others.
func TestFaults(t *testing.T) {
	play(t, []string{
		`a {"exec": ["a"], "requires": ["b"]}`, `b {"exec": ["b"], "requires": ["a"]}`,
		`c {"exec": ["c"], "requires": ["nobody"]}`, `d {"exec": ["d"], "wants": ["nobody", "c"]}`, `bad {"exec": 3}`,
	}, func(w *world) {
		w.start()
		w.want("a failed, b failed, c failed, d up")
		if got := w.service("a").Reason; !strings.Contains(got, "a -> b -> a") {
			t.Errorf("why a: %s", got)
		}
		if got := w.service("c").Reason; !strings.Contains(got, "nobody, which has no manifest") {
			t.Errorf("why c: %s", got)
		}
		if !contains(w.log, "bad.json:1:10") || strings.Join(w.said, "") != "up 1" {
			t.Errorf("log %q, said %q", w.log, w.said)
		}
	})
}

func TestRestart(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "restart": {"delay": "1s", "max_delay": "4s", "jitter": 0, "reset": "10s", "limit": 5, "window": "1m"}}`}, func(w *world) {
		w.start()
		var pauses []string
		last := time.Now()
		w.onStart = func(p wire.Program) {
			pauses = append(pauses, time.Since(last).Round(time.Millisecond).String())
			last = time.Now()
			w.exit(p, exit1)
		}
		w.exit(w.program("a"), exit1)
		time.Sleep(time.Hour)
		if got, want := strings.Join(pauses, " "), "1s 2s 4s 4s 4s"; got != want {
			t.Errorf("pauses: %s; want %s", got, want)
		}
		w.want("a failed")
		if c := w.service("a"); c.Restarts != 5 || !strings.Contains(c.Reason, "status 1, and it was restarted 5 times within 1m") {
			t.Errorf("%+v", c)
		}
		// A person begins anew, and a long life as well.
		w.onStart = func(wire.Program) {}
		w.do(func(s *Supervisor) { s.want("a") })
		time.Sleep(time.Minute)
		w.exit(w.program("a"), exit1)
		time.Sleep(1100 * time.Millisecond)
		w.want("a up")
	})
}

func TestEnds(t *testing.T) {
	tests := []struct {
		name, manifest string
		status         syscall.WaitStatus
		state, reason  string
	}{
		{"a daemon that ends well comes back", `{"exec": ["a"]}`, exit0, "backoff", "status 0: starts again in 500ms"},
		{"unless it should not", `{"exec": ["a"], "restart": {"policy": "on-failure"}}`, exit0, "done", ""},
		{"one that fails", `{"exec": ["a"], "restart": {"policy": "on-failure"}}`, exit1, "backoff", "status 1: starts again in 500ms"},
		{"never", `{"exec": ["a"], "restart": {"policy": "no"}}`, exit1, "failed", "status 1"},
		{"by a signal", `{"exec": ["a"], "restart": {"policy": "no"}}`, syscall.WaitStatus(syscall.SIGSEGV), "failed", "signal 11 (segmentation fault)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			play(t, []string{"a " + tt.manifest}, func(w *world) {
				w.start()
				w.exit(w.program("a"), tt.status)
				w.want("a " + tt.state)
				if got := w.service("a").Reason; got != tt.reason {
					t.Errorf("reason %q; want %q", got, tt.reason)
				}
			})
		})
	}
}

func TestOneshot(t *testing.T) {
	play(t, []string{`a {"kind": "oneshot", "exec": ["a"]}`, `b {"exec": ["b"], "requires": ["a"]}`}, func(w *world) {
		w.start()
		w.want("a starting, b waiting")
		w.exit(w.program("a"), exit0)
		w.want("a done, b up")
	})
	play(t, []string{`a {"kind": "oneshot", "exec": ["a"]}`, `b {"exec": ["b"], "requires": ["a"]}`, `c {"exec": ["c"], "after": ["a"]}`}, func(w *world) {
		w.start()
		w.exit(w.program("a"), exit1)
		w.want("a failed, b waiting, c up")
		if got := w.service("b").Reason; got != "it requires a, which is failed" {
			t.Errorf("why b: %s", got)
		}
		if strings.Join(w.said, "") != "up 1" { // b will never come: the boot is over
			t.Errorf("said %q", w.said)
		}
	})
}

func TestReadiness(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "ready": {"notify": true, "timeout": "5s"}, "restart": {"policy": "no"}}`}, func(w *world) {
		w.start()
		w.want("a starting")
		w.do(func(s *Supervisor) { s.notified(notify.Message{Sender: notify.Sender{Pid: 9999}, Ready: true}) })
		w.want("a starting") // a stranger's word
		pid := w.service("a").Pid
		w.do(func(s *Supervisor) {
			s.notified(notify.Message{Sender: notify.Sender{Pid: pid}, Ready: true, HasStatus: true, Status: "fine"})
		})
		w.want("a up")
		if got := w.service("a").Status; got != "fine" {
			t.Errorf("status %q", got)
		}
	})
	play(t, []string{`a {"exec": ["a"], "ready": {"notify": true, "timeout": "5s"}, "restart": {"policy": "no"}}`, `b {"exec": ["b"], "requires": ["a"]}`}, func(w *world) {
		w.start()
		time.Sleep(6 * time.Second)
		w.want("a failed, b waiting")
		if got := w.service("a").Reason; got != "not ready after 5s" {
			t.Errorf("why a: %s", got)
		}
		if len(w.running) != 0 {
			t.Errorf("still there: %v", w.running)
		}
	})
	play(t, []string{`a {"exec": ["a"], "ready": {"exec": ["check"]}}`}, func(w *world) {
		tries := 0
		w.onStart = func(p wire.Program) {
			if p.Path == "check" {
				tries++
				w.exit(p, map[bool]syscall.WaitStatus{true: exit1, false: exit0}[tries < 3])
			}
		}
		w.start()
		time.Sleep(time.Second)
		w.want("a up")
		if tries != 3 {
			t.Errorf("%d probes", tries)
		}
	})
}

func TestHealth(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "health": {"tcp": "127.0.0.1:1", "interval": "10s", "failures": 2}, "restart": {"policy": "no"}}`}, func(w *world) {
		w.start()
		time.Sleep(time.Minute)
		w.want("a up")
		w.unprobed["127.0.0.1:1"] = errors.New("refused")
		time.Sleep(15 * time.Second)
		w.want("a up") // once is no failure
		time.Sleep(15 * time.Second)
		w.want("a failed")
		if got := w.service("a").Reason; got != "not healthy: refused" {
			t.Errorf("why: %s", got)
		}
	})
}

func TestWatchdog(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "watchdog": "10s", "restart": {"policy": "no"}}`}, func(w *world) {
		w.start()
		pid := w.service("a").Pid
		for range 5 {
			time.Sleep(8 * time.Second)
			w.do(func(s *Supervisor) { s.notified(notify.Message{Sender: notify.Sender{Pid: pid}, Alive: true}) })
		}
		w.want("a up")
		time.Sleep(11 * time.Second)
		w.want("a failed")
		if got := w.service("a").Reason; got != "no sign of life for 10s" {
			t.Errorf("why: %s", got)
		}
	})
}

func TestOutOfMemory(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "limits": {"memory": "16M"}, "restart": {"policy": "no"}}`}, func(w *world) {
		w.start()
		w.groups["system/a"].usage = cgroup.Usage{OOMKills: 1, Memory: 16 << 20}
		w.exit(w.program("a"), syscall.WaitStatus(syscall.SIGKILL))
		if got := w.service("a").Reason; got != "out of memory: it wanted more than 16M: signal 9 (killed)" {
			t.Errorf("why: %s", got)
		}
	})
}

func TestTooManyProcesses(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "limits": {"pids": 20}, "restart": {"policy": "no"}}`}, func(w *world) {
		w.start()
		w.groups["system/a"].usage = cgroup.Usage{PidsMax: 7}
		w.exit(w.program("a"), exit1)
		if got := w.service("a").Reason; got != "it wanted more than 20 processes: status 1" {
			t.Errorf("why: %s", got)
		}
	})
}

func TestCannotStart(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "restart": {"policy": "no"}}`, "b"}, func(w *world) {
		w.cannotOpen["a"] = errors.New("cannot open control group: no such file")
		w.start()
		w.want("a failed, b up")
		if got := w.service("a").Reason; got != "cannot open control group: no such file" {
			t.Errorf("why: %s", got)
		}
	})
}

func TestHooks(t *testing.T) {
	const hooks = `a {"exec": ["a"], "hooks": {"before_start": [{"exec": ["one"]}, {"exec": ["two"]}], "after_start": [{"exec": ["three"]}],
		"before_stop": [{"exec": ["four"]}], "after_stop": [{"exec": ["five"]}]}, "ready": {"timeout": "1h"}, "restart": {"policy": "no"}}`
	play(t, []string{hooks}, func(w *world) {
		w.onStart = func(p wire.Program) {
			if p.Path != "a" {
				w.exit(p, exit0)
			}
		}
		w.start()
		w.do(func(s *Supervisor) { s.stop(s.services["a"], "") })
		w.want("a off")
		if got := strings.Join(w.began, ", "); got != "a before_start, a before_start, a main, a after_start, a before_stop, a after_stop" {
			t.Errorf("began: %s", got)
		}
	})
	play(t, []string{hooks}, func(w *world) { // the second one hangs
		w.onStart = func(p wire.Program) {
			if p.Path == "one" {
				w.exit(p, exit0)
			}
		}
		w.start()
		time.Sleep(29 * time.Second)
		w.want("a starting")
		w.onStart = func(p wire.Program) { w.exit(p, exit0) }
		time.Sleep(2 * time.Second)
		w.want("a failed")
		if got := w.service("a").Reason; got != "before_start hook two: not done after 30s" {
			t.Errorf("why: %s", got)
		}
	})
}

func TestStop(t *testing.T) {
	play(t, []string{"db", `web {"exec": ["web"], "requires": ["db"]}`, `log {"exec": ["log"], "wants": ["db"]}`}, func(w *world) {
		w.start()
		var stopped []string
		w.onSignal = func(p wire.Program, sig syscall.Signal) {
			stopped = append(stopped, p.Name+" "+sig.String())
			time.AfterFunc(time.Second, func() { w.exit(p, exit0) })
		}
		w.do(func(s *Supervisor) { s.stop(s.services["db"], "") })
		w.want("db stopping, log up, web stopping")
		time.Sleep(1500 * time.Millisecond)
		w.want("db stopping, log up, web off")
		time.Sleep(time.Second)
		w.want("db off, log up, web off")
		if got := strings.Join(stopped, ", "); got != "web main terminated, db main terminated" {
			t.Errorf("stopped: %s", got)
		}
	})
}

// One that is deaf to SIGTERM is killed with all it has started.
func TestStopDeaf(t *testing.T) {
	play(t, []string{`a {"exec": ["a"], "stop": {"signal": "INT", "timeout": "3s"}}`}, func(w *world) {
		w.start()
		w.onSignal = func(p wire.Program, sig syscall.Signal) {
			if sig == syscall.SIGKILL {
				w.exit(p, syscall.WaitStatus(sig))
			}
		}
		w.do(func(s *Supervisor) { s.stop(s.services["a"], "") })
		time.Sleep(2900 * time.Millisecond)
		w.want("a stopping")
		time.Sleep(200 * time.Millisecond)
		w.want("a off")
		if got := w.service("a").Last.Cause; got != "killed: it did not end within 3s of SIGINT" {
			t.Errorf("cause: %s", got)
		}
	})
}

func TestRestartByHand(t *testing.T) {
	play(t, []string{"db", `web {"exec": ["web"], "requires": ["db"]}`}, func(w *world) {
		w.start()
		before := w.program("web").ID
		w.do(func(s *Supervisor) { s.restart(s.services["db"], "") })
		w.want("db up, web up")
		if w.program("web").ID == before {
			t.Error("web has not been restarted")
		}
	})
}

// Every state has a way down.
func TestStopFromAnyState(t *testing.T) {
	deaf := func(w *world) { w.onSignal = func(wire.Program, syscall.Signal) {} }
	tests := []struct {
		name, manifest string
		change         func(w *world)
	}{
		{"waiting", `{"exec": ["a"], "requires": ["b"]}`, func(w *world) { w.write(`b {"exec": ["b"], "ready": {"notify": true}}`) }},
		{"starting", `{"exec": ["a"], "ready": {"notify": true}}`, func(w *world) {}},
		{"in a hook", `{"exec": ["a"], "hooks": {"before_start": [{"exec": ["h"]}]}}`, func(w *world) {}},
		{"up", `{"exec": ["a"]}`, func(w *world) {}},
		{"deaf", `{"exec": ["a"]}`, deaf},
		{"backoff", `{"exec": ["a"], "restart": {"delay": "1h", "max_delay": "1h"}}`, func(w *world) { w.onStart = func(p wire.Program) { w.exit(p, exit1) } }},
		{"failed", `{"exec": ["a"], "restart": {"policy": "no"}}`, func(w *world) { w.onStart = func(p wire.Program) { w.exit(p, exit1) } }},
		{"timer", `{"kind": "timer", "exec": ["a"], "timer": {"every": "1h"}}`, func(w *world) {}},
		{"skipped", `{"exec": ["a"], "conditions": {"path_exists": ["/nowhere"]}}`, func(w *world) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			play(t, []string{"a " + tt.manifest}, func(w *world) {
				tt.change(w)
				w.start()
				w.toSupervisor <- wire.Packet{Kind: wire.Stop}
				w.toSupervisor <- wire.Packet{Kind: wire.Stop} // twice does no harm
				time.Sleep(11 * time.Second)
				if got := w.states(); strings.Trim(strings.ReplaceAll(got, " off", ""), "ab, ") != "" {
					t.Errorf("states: %s", got)
				}
				if len(w.running) != 0 || !contains(w.said, "down") {
					t.Errorf("running %v, said %q", w.running, w.said)
				}
			})
		})
	}
}

// Order of the way down: the reverse of the way up.
func TestStopAllInOrder(t *testing.T) {
	play(t, []string{"a", `b {"exec": ["b"], "after": ["a"]}`, `c {"exec": ["c"], "requires": ["b"]}`}, func(w *world) {
		w.start()
		var stopped []string
		w.onSignal = func(p wire.Program, sig syscall.Signal) {
			stopped = append(stopped, p.Path)
			time.AfterFunc(time.Second, func() { w.exit(p, exit0) })
		}
		w.toSupervisor <- wire.Packet{Kind: wire.Stop}
		time.Sleep(10 * time.Second)
		if got := strings.Join(stopped, " "); got != "c b a" {
			t.Errorf("stopped: %s", got)
		}
	})
}

func TestTimer(t *testing.T) {
	play(t, []string{`a {"kind": "timer", "exec": ["a"], "timer": {"every": "1h", "after_boot": "10m"}}`}, func(w *world) {
		var runs []string
		w.onStart = func(p wire.Program) {
			runs = append(runs, time.Since(w.boot).Round(time.Second).String())
			time.AfterFunc(time.Minute, func() { w.exit(p, exit1) })
		}
		w.start()
		w.want("a up")
		time.Sleep(3 * time.Hour)
		if got := strings.Join(runs, " "); got != "10m0s 1h10m0s 2h10m0s" {
			t.Errorf("runs at %s", got)
		}
		if c := w.service("a"); c.State != "up" || c.Reason != "its latest run failed: status 1" || c.Next == nil {
			t.Errorf("%+v", c)
		}
	})
}

func TestGiveUp(t *testing.T) {
	for action, want := range map[string]string{"nothing": "", "reboot": "end 3", "rescue": "end 4"} {
		play(t, []string{`a {"exec": ["a"], "restart": {"policy": "no", "give_up": "` + action + `"}}`}, func(w *world) {
			w.start()
			w.exit(w.program("a"), exit1)
			w.want("a failed")
			if got := strings.Join(w.said[1:], ", "); got != want {
				t.Errorf("%s: said %q; want %q", action, got, want)
			}
		})
	}
}

func TestConditions(t *testing.T) {
	play(t, []string{
		`a {"exec": ["a"], "conditions": {"path_exists": ["/x"]}}`, `b {"exec": ["b"], "conditions": {"kernel_argument": ["b"]}}`,
		`c {"exec": ["c"], "conditions": {"architecture": ["arm64"]}}`, `d {"exec": ["d"], "after": ["a"], "conditions": {"container": false}}`,
	}, func(w *world) {
		w.notes["/proc/cmdline"] = []byte("quiet b=1\n")
		w.start()
		w.want("a skipped, b up, c skipped, d up")
	})
	play(t, []string{"a", "b", `c {"exec": ["c"], "requires": ["d"]}`, "d"}, func(w *world) {
		w.notes["/proc/cmdline"] = []byte("init.mask=a init.only=a,c\n")
		w.start()
		w.want("a off, b off, c up, d up")
	})
}

func TestReload(t *testing.T) {
	play(t, []string{"a", "b", "c"}, func(w *world) {
		w.start()
		a, b := w.program("a").ID, w.program("b").ID
		w.write(`b {"exec": ["b", "-v"]}`, `a {"exec": ["a"], "limits": {"memory": "64M"}}`, "-c", "d", `a2 {"exec": 1}`)
		var plan []string
		w.do(func(s *Supervisor) {
			_, changes := s.plan()
			for _, c := range changes {
				plan = append(plan, c.Action+" "+c.Name)
			}
		})
		if got := strings.Join(plan, ", "); got != "refuse a2, update a, restart b, remove c, add d" {
			t.Errorf("plan: %s", got)
		}
		w.want("a up, b up, c up") // only looked
		w.do(func(s *Supervisor) { s.reload() })
		time.Sleep(time.Second)
		w.want("a up, b up, d up")
		if w.program("a").ID != a || w.program("b").ID == b || len(w.program("b").Argv) != 2 {
			t.Error("a must not be restarted, and b must")
		}
		if limits := w.groups["system/a"].limits; len(limits) != 1 || limits[0].Memory != 64<<20 {
			t.Errorf("limits of a: %v", limits)
		}
	})
}

// A new supervisor goes on where the one before was.
func TestTakeOver(t *testing.T) {
	play(t, []string{"a", "b", `c {"exec": ["c"], "restart": {"policy": "no"}}`, `d {"kind": "oneshot", "exec": ["d"]}`,
		`e {"exec": ["e"], "ready": {"notify": true}}`, `f {"exec": ["f"], "enabled": false}`}, func(w *world) {
		w.start()
		w.exit(w.program("d"), exit0)
		w.do(func(s *Supervisor) { s.stop(s.services["b"], "") })
		w.want("a up, b off, c up, d done, e starting, f off")
		a, c := w.program("a"), w.program("c")
		w.end()
		delete(w.running, c.ID) // ends while nobody listens
		ended := wire.Packet{Kind: wire.Child, ID: c.ID, Pid: 5, Text: []string{c.Name}}
		ended.SetExit(wire.Exit{Status: exit1})
		began := len(w.began)
		w.write(`a {"exce": "a slip in an editor"}`)
		w.startWith(ended)
		w.want("a up, b off, c failed, d done, e starting, f off")
		if w.program("a").ID != a.ID || len(w.began) != began {
			t.Errorf("began anew: %v", w.began[began:])
		}
		if got := w.service("c").Reason; got != "status 1" {
			t.Errorf("why c: %s", got)
		}
		w.do(func(s *Supervisor) { s.restart(s.services["a"], "") })
		w.want("a up, b off, c failed, d done, e starting, f off")
	})
}

// The boot goes on under a new supervisor, which says when it is complete.
func TestTakeOverDuringBoot(t *testing.T) {
	play(t, []string{"a", `b {"exec": ["b"], "ready": {"tcp": "127.0.0.1:1"}}`}, func(w *world) {
		w.unprobed["127.0.0.1:1"] = errors.New("refused")
		w.start()
		w.end()
		w.startWith()
		w.want("a up, b starting")
		delete(w.unprobed, "127.0.0.1:1")
		time.Sleep(2 * time.Second)
		w.want("a up, b up")
		if got := strings.Join(w.said, ", "); got != "up 2" {
			t.Errorf("said %q", got)
		}
	})
}

func TestCrashLoopDoesNotHoldUpTheBoot(t *testing.T) {
	play(t, []string{"a", "b"}, func(w *world) {
		w.onStart = func(p wire.Program) {
			if p.Path == "a" {
				w.exit(p, exit1)
			}
		}
		w.start()
		if !contains(w.said, "up 1") {
			t.Errorf("said %q", w.said)
		}
	})
}

// What the machine calls itself is what a manifest may say.
func TestArchitecture(t *testing.T) {
	for _, goarch := range []string{"amd64", "arm64", "riscv64"} {
		if name := architecture(goarch); !slices.Contains(manifest.Architecture("").Values(), name) {
			t.Errorf("%s is called %q, which no manifest can say", goarch, name)
		}
	}
}
