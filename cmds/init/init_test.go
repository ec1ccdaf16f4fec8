package main

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/mount"
	"github.com/vole-linux/vole/cmds/internal/reaper"
)

// A whole life in which nothing goes wrong.
func TestLife(t *testing.T) {
	f := live(t, func(f *fake) {})
	f.want("lead session", "mount /proc", "mount /dev", "mount /run", "start supervisor", `write /proc/sys/kernel/printk_devkmsg "on\n"`, "mount /sys", "mount /dev/pts",
		"link /dev/fd /proc/self/fd", "console level 4",
		"crash output /run/init.crash", "reboot 0x0", "hostname vole", "switch on lo",
		"log 6 boot complete: 0 services in 0.00 s", "start /bin/gosh [gosh] on /dev/ttyS0",
		"log 6 power off", "kill -101 hangup", "kill -1 terminated", "kill -1 continued",
		"read-only /", "sync", "reboot 0x4321fedc")
	if got, want := f.console.String(), "init: boot complete: 0 services in 0.00 s\n"; got != want {
		t.Errorf("console = %q; want %q", got, want)
	}
	if f.has("log 3") && !f.has("log 3 cannot stop the machine: panic: off") {
		t.Errorf("failures in a life without any:\n%s", strings.Join(f.did, "\n"))
	}
}

func TestStage1(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*fake)
		want    []string // done, in this order
		never   string   // not done
		console string   // part of it
	}{
		{"a file system that is missing is reported",
			func(f *fake) { f.fails["mount /sys/fs/cgroup"] = syscall.ENODEV },
			[]string{"log 3 no such device", "start /bin/gosh"}, "rescue", "boot complete"},
		{"one that few machines have is not",
			func(f *fake) { f.fails["mount /sys/firmware/efi/efivars"] = fs.ErrNotExist },
			[]string{"start /bin/gosh"}, "efivars:", "boot complete"},
		{"one without which there is no machine opens the rescue shell",
			func(f *fake) { f.fails["mount /proc"] = syscall.EINVAL },
			[]string{"log 3 cannot mount /proc, /dev and /run: invalid argument", "start /bin/busybox [ash]"}, "boot complete",
			"init: rescue shell: cannot mount /proc, /dev and /run: invalid argument\n"},
		{"before there is a log the console gets the failures",
			func(f *fake) { f.ram = true; f.fails["mount /dev"] = syscall.ENODEV },
			[]string{"start /bin/busybox"}, "log", "init: cannot mount /proc, /dev and /run: no such device\n"},
		{"what is mounted stays",
			func(f *fake) { f.mounts = []mount.Mounted{{Target: "/dev", Type: "tmpfs"}} },
			[]string{"mount /sys", "mount /dev/pts"}, "mount /dev\n", "boot complete"},
		{"a panic is a failure",
			func(f *fake) { f.fails["hostname vole"] = errOff },
			[]string{"log 3 cannot name the machine: panic: off", "switch on lo", "start /bin/gosh"}, "rescue", "boot complete"},
		{"rescue on the command line",
			func(f *fake) { f.files["/proc/cmdline"] = "console=ttyS0 rescue\n" },
			[]string{"start /bin/busybox [ash] on /dev/ttyS0"}, "boot complete",
			"init: rescue shell: the kernel command line asks for it\n"},
		{"rescue without BusyBox",
			func(f *fake) { f.files["/proc/cmdline"] = "rescue"; delete(f.files, "/bin/busybox") },
			[]string{"start /bin/gosh"}, "boot complete", "; /bin/busybox is not in the image, so it is gosh\n"},
		{"the command line's name is stronger than the file's",
			func(f *fake) { f.files["/proc/cmdline"] = "hostname=web1" },
			[]string{"hostname web1"}, "hostname vole", ""},
		{"no name at all",
			func(f *fake) { delete(f.files, "/etc/hostname") },
			[]string{"log 3 cannot name the machine: open /etc/hostname", "start /bin/gosh"}, "hostname ", ""},
		{"somebody wants to read the kernel's messages",
			func(f *fake) { f.files["/proc/cmdline"] = "loglevel=7" },
			[]string{"start /bin/gosh"}, "console level", ""},
		{"no console but the kernel's",
			func(f *fake) { delete(f.files, "/sys/class/tty/console/active") },
			[]string{"start /bin/gosh [gosh] on /dev/console"}, "rescue", ""},
		{"the clock is before the build",
			func(f *fake) { f.files["/etc/build-time"] = "4000000000\n" }, // synctest starts in 2000
			[]string{"clock 4000000000"}, "log 3 cannot set", ""},
		{"the clock is after the build",
			func(f *fake) { f.files["/etc/build-time"] = "5\n" },
			[]string{"start /bin/gosh"}, "clock", ""},
		{"the build time is no number",
			func(f *fake) { f.files["/etc/build-time"] = "noon\n" },
			[]string{"log 3 cannot set the clock forward: cannot read /etc/build-time", "start /bin/gosh"}, "clock 4", ""},
		{"settings, with one that the kernel refuses and one that is nonsense",
			func(f *fake) {
				f.files["/etc/sysctl.d/10-a.conf"] = "# why\nkernel.panic = 10\nno.such=1\n???\n-none.such=1\n"
				f.files["/etc/sysctl.d/20-b.conf"] = "; why\nnet/ipv4/conf/eth0.1/forwarding=0\n"
				f.fails[`write /proc/sys/no/such "1\n"`] = fs.ErrNotExist
				f.fails[`write /proc/sys/none/such "1\n"`] = fs.ErrNotExist
			},
			[]string{`write /proc/sys/kernel/panic "10\n"`, "log 3 cannot set no.such: file does not exist",
				`write /proc/sys/net/ipv4/conf/eth0.1/forwarding "0\n"`,
				`log 3 cannot set kernel parameters: /etc/sysctl.d/10-a.conf:4:1: no "key = value" but "???"`}, "none.such: file", ""},
		{"in a container the host's affairs are left alone",
			func(f *fake) {
				f.inside = true
				f.m.kernel.arguments = []string{"rescue"}
				f.fails["hostname vole"] = syscall.EPERM
			},
			[]string{`log 6 cannot name the machine: cannot use the name "vole": operation not permitted`, "start /bin/busybox"}, "printk", "asks for it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := live(t, tt.change)
			f.want(tt.want...)
			if all := strings.Join(f.did, "\n") + "\n"; strings.Contains(all, tt.never) {
				t.Errorf("%q was done:\n%s", tt.never, all)
			}
			if !strings.Contains(f.console.String(), tt.console) {
				t.Errorf("console = %q; want %q in it", f.console.String(), tt.console)
			}
		})
	}
}

// The shell comes back: at once if it has lived, later and later if it hasn't,
// and in the end as the rescue shell.
func TestRespawn(t *testing.T) {
	var starts []time.Duration
	f := live(t, func(f *fake) {
		f.onShell = func(f *fake, n int) {
			starts = append(starts, time.Since(f.boot))
			if n == 1 {
				time.AfterFunc(time.Minute, func() { f.shell <- reaper.Exit{} })
				return
			}
			if n == 10 {
				f.end <- syscall.SIGUSR2
				return
			}
			f.shell <- reaper.Exit{Status: 1 << 8}
		}
	})
	var pauses []string
	for i := 1; i < len(starts); i++ {
		pauses = append(pauses, (starts[i] - starts[i-1]).String())
	}
	if got, want := strings.Join(pauses, " "), "1m0s 250ms 500ms 1s 2s 4s 8s 8s 8s"; got != want {
		t.Errorf("pauses = %s; want %s", got, want)
	}
	f.want("the shell on the console has ended: status 1", "start /bin/gosh", "start /bin/busybox [ash]")
	if !strings.Contains(f.console.String(), "rescue shell: /bin/gosh ends at once again and again") {
		t.Errorf("console = %q", f.console.String())
	}
}

func TestShellDoesNotStart(t *testing.T) {
	f := live(t, func(f *fake) {
		f.fails["start /bin/gosh [gosh] on /dev/ttyS0"] = &fs.PathError{Op: "fork/exec", Path: "/bin/gosh", Err: syscall.ENOENT}
	})
	f.want("log 3 cannot start the shell: fork/exec /bin/gosh: no such file", "start /bin/busybox [ash]")
	f = live(t, func(f *fake) { // the terminal's fault: another shell won't help
		f.fails["start /bin/gosh [gosh] on /dev/ttyS0"] = errors.New("cannot open /dev/ttyS0")
		time.AfterFunc(time.Minute, func() { f.end <- syscall.SIGUSR2 })
	})
	if f.has("busybox") || f.shells > 15 {
		t.Errorf("%d shells were tried:\n%s", f.shells, strings.Join(f.did, "\n"))
	}
}

// The main loop survives a panic in what it calls.
func TestMainLoopPanics(t *testing.T) {
	f := live(t, func(f *fake) {
		f.onShell = func(f *fake, n int) {
			if n < 3 {
				panic("out of luck")
			}
			f.end <- syscall.SIGTERM
		}
	})
	f.want("log 3 cannot go on watching: panic: out of luck", "start /bin/gosh", "start /bin/gosh",
		"log 6 reboot", "reboot 0x1234567")
}

func TestSignals(t *testing.T) {
	for s, want := range map[syscall.Signal]string{
		syscall.SIGUSR1: "reboot 0xcdef0123", 37: "reboot 0xcdef0123", // halt
		syscall.SIGUSR2: "reboot 0x4321fedc", 38: "reboot 0x4321fedc", // power off
		syscall.SIGTERM: "reboot 0x1234567", syscall.SIGINT: "reboot 0x1234567", 39: "reboot 0x1234567",
	} {
		f := live(t, func(f *fake) { f.onShell = func(f *fake, _ int) { f.end <- s; f.end <- syscall.SIGUSR1 } })
		f.want("kill -1", want)
	}
}
