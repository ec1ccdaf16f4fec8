package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/mount"
)

func TestStopProcesses(t *testing.T) {
	tests := []struct {
		name  string
		dies  time.Duration // how long after TERM the last process ends
		kill  syscall.Signal
		after time.Duration // how long it all took
		want  string
	}{
		{name: "at once", after: 0, want: "kill -1 continued"},
		{name: "with a SIGCHLD", dies: time.Second, after: time.Second, want: "kill -1 continued"},
		{name: "deaf to SIGTERM", dies: time.Hour, kill: syscall.SIGKILL, after: timeToEnd, want: "kill -1 killed"},
		{name: "hung in the kernel", dies: time.Hour, after: timeToEnd + timeToDie,
			want: "log 3 cannot stop all processes: some are still there after SIGKILL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var began, ended time.Duration
			f := live(t, func(f *fake) {
				f.onKill = func(s syscall.Signal) {
					if s == syscall.SIGTERM {
						began = time.Since(f.boot)
						if tt.dies < time.Hour {
							time.AfterFunc(tt.dies, func() { f.child <- syscall.SIGCHLD })
						}
					}
					if s == tt.kill {
						tt.dies = 0
					}
				}
				f.alive = func(f *fake) bool { return time.Since(f.boot) < began+tt.dies }
				sync := f.m.kernel.sync
				f.m.kernel.sync = func() { ended = time.Since(f.boot); sync() }
			})
			f.want(tt.want, "sync", "reboot")
			if ended-began != tt.after {
				t.Errorf("it took %v; want %v", ended-began, tt.after)
			}
		})
	}
}

func TestUnmount(t *testing.T) {
	table := []mount.Mounted{
		{Target: "/", Type: "rootfs"}, {Target: "/proc", Type: "proc"}, {Target: "/var", Type: "ext4"},
		{Target: "/tmp", Type: "tmpfs"}, {Target: "/var/lib", Type: "ext4"}, {Target: "/usr", Type: "erofs"},
	}
	f := live(t, func(f *fake) { f.mounts = table })
	f.want("unmount /usr", "unmount /var/lib", "unmount /var", "read-only /", "sync")
	if f.has("unmount /tmp") || f.has("unmount /\n") {
		t.Errorf("unmounted what is only memory:\n%s", strings.Join(f.did, "\n"))
	}

	// /var is busy at first: it holds the image that /usr is mounted from.
	f = live(t, func(f *fake) {
		f.mounts = append(table[:5:5], mount.Mounted{Target: "/mnt", Type: "vfat"})
		f.fails["unmount /var"] = syscall.EBUSY
		unmount := f.m.kernel.unmount
		f.m.kernel.unmount = func(target string) error {
			err := unmount(target)
			if target == "/var" {
				delete(f.fails, "unmount /var")
			}
			return err
		}
	})
	f.want("unmount /mnt", "unmount /var/lib", "unmount /var", "unmount /var", "read-only /")

	// One that never becomes free is reported, and everything else goes on.
	f = live(t, func(f *fake) { f.mounts = table; f.fails["unmount /var"] = syscall.EBUSY })
	f.want("unmount /var/lib", "log 3 cannot unmount file systems: device or resource busy", "read-only /", "sync", "reboot 0x4321fedc")
}

// A disk that doesn't answer any more does not keep the machine from stopping.
func TestHungDisk(t *testing.T) {
	f := live(t, func(f *fake) {
		f.mounts = []mount.Mounted{{Target: "/var", Type: "ext4"}}
		f.m.kernel.unmount = func(string) error { time.Sleep(time.Hour); f.mounts = nil; return nil }
		f.m.kernel.sync = func() { time.Sleep(2 * time.Hour) }
	})
	f.want("log 3 cannot unmount file systems: not done after 10s", "log 3 cannot write everything out: not done after 10s", "reboot 0x4321fedc")
}

func TestStopMachine(t *testing.T) {
	f := live(t, func(f *fake) { f.fails["reboot 0x4321fedc"] = syscall.EPERM })
	f.want("reboot 0x4321fedc", "exit 0") // a container
	f = live(t, func(f *fake) { f.fails["reboot 0x4321fedc"] = syscall.EINVAL })
	f.want("log 3 cannot power off: invalid argument", "rest")
	f = live(t, func(f *fake) { f.fails["reboot 0x4321fedc"] = nil })
	f.want("reboot 0x4321fedc", "rest") // halted
}
