package main

import (
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vole-linux/vole/cmds/internal/wire"
)

// The watchdog is fed while the supervisor says that all is well, and half a
// minute longer.
func TestWatchdogIsFed(t *testing.T) {
	f := live(t, func(f *fake) {
		f.onShell = func(*fake, int) {}
		f.supervises = func(c *fakeConn) {
			c.say(wire.Packet{Kind: wire.Up})
			for i := range 100 {
				time.AfterFunc(time.Duration(i)*time.Second, func() { c.say(wire.Packet{Kind: wire.Healthy}) })
			}
		}
		later(f, time.Hour)
	})
	if last := f.fed[len(f.fed)-1]; last < 125*time.Second || last > 135*time.Second {
		t.Errorf("fed the last time after %v; want 30 s after the last good word, at 99 s", last)
	}
}

func TestNoWatchdog(t *testing.T) {
	f := live(t, func(f *fake) { f.fails["watchdog"] = os.ErrNotExist })
	if len(f.fed) > 0 || f.has("log 3 cannot arm") {
		t.Errorf("fed %v, did %v", f.fed, f.did)
	}
	f = live(t, func(f *fake) { f.onShell = func(f *fake, _ int) { f.end <- syscall.SIGUSR1 } })
	f.want("disarm", "reboot 0xcdef0123")
}

func TestInsist(t *testing.T) {
	tests := []struct {
		pause time.Duration
		times int
		want  bool
	}{{100 * time.Millisecond, 7, true}, {100 * time.Millisecond, 6, false}, {400 * time.Millisecond, 20, false}}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			keys := make(chan os.Signal)
			go insist(f.kernel(), keys)
			for range tt.times {
				keys <- syscall.SIGINT
				time.Sleep(tt.pause)
			}
			close(keys)
			synctest.Wait()
			if f.has("reboot 0x1234567") != tt.want {
				t.Errorf("%d presses, one each %v: %v", tt.times, tt.pause, f.did)
			}
		})
	}
}
