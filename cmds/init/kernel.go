package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/console"
	"github.com/vole-linux/vole/cmds/internal/kmsg"
	"github.com/vole-linux/vole/cmds/internal/mount"
	"github.com/vole-linux/vole/cmds/internal/netif"
	"github.com/vole-linux/vole/cmds/internal/reaper"
	"github.com/vole-linux/vole/cmds/internal/wire"
)

// A kernel is all of the computer that init touches. Tests bring their own.
type kernel struct {
	arguments []string // of process 1

	// Files, most of them the kernel's own under /proc and /sys.
	readFile  func(path string) ([]byte, error)
	writeFile func(path, text string) error // one that is there
	glob      func(pattern string) ([]string, error)
	makeDir   func(path string, mode fs.FileMode) error
	symlink   func(to, path string) error

	// File systems.
	mount        func(mount.FS) error
	mountTable   func() ([]mount.Mounted, error)
	unmount      func(target string) error
	makeReadOnly func(target string) error
	sync         func()

	// The machine as a whole.
	leadSession     func() error
	inContainer     func() bool
	setConsoleLevel func(kmsg.Severity) error
	crashOutput     func(path string) error
	setHostname     func(name string) error
	switchOn        func(netif string) error
	reboot          func(command int) error
	watchdog        func() (dog, error)
	exit            func(status int)

	// Time.
	sinceStart func() time.Duration // of the kernel
	setClock   func(time.Time) error
	rest       func() // for ever

	// Processes.
	start    func(program) (*reaper.Process, error)
	reap     func() (alive bool)
	converse func() (conversation, *os.File, error)  // a pair: ours, and the supervisor's end
	kill     func(pid int, sig syscall.Signal) error // -1 is all others, -PID a group

	// Words.
	log   func(kmsg.Severity, string) error
	print func(text string) error // on the console
}

// linux is the real one.
func linux() kernel {
	children := reaper.New()
	return kernel{
		arguments: os.Args[1:],

		readFile:  os.ReadFile,
		writeFile: writeFile,
		glob:      filepath.Glob,
		makeDir:   os.Mkdir,
		symlink:   os.Symlink,

		mount:        mount.FS.Mount,
		mountTable:   mount.Table,
		unmount:      mount.Unmount,
		makeReadOnly: mount.MakeReadOnly,
		sync:         unix.Sync,

		leadSession:     becomeLeader,
		inContainer:     inContainer,
		setConsoleLevel: kmsg.SetConsoleLevel,
		crashOutput:     setCrashOutput,
		setHostname:     func(name string) error { return unix.Sethostname([]byte(name)) },
		switchOn:        netif.Up,
		reboot:          unix.Reboot,
		watchdog:        openWatchdog,
		exit:            os.Exit,

		sinceStart: sinceStart,
		setClock:   setClock,
		rest:       rest,

		start:    func(p program) (*reaper.Process, error) { return p.start(children) },
		reap:     children.Reap,
		converse: func() (conversation, *os.File, error) { return wire.Pair() },
		kill:     syscall.Kill,

		log:   func(s kmsg.Severity, text string) error { return kmsg.Write(s, "init", text) },
		print: func(text string) error { return console.Print(console.Device, text) },
	}
}

// writeFile writes with one write(2), as the kernel's files want it.
func writeFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

// inContainer compares the namespace of process numbers with the first one,
// whose number is fixed: PID_NS_INIT_INO in include/uapi/linux/nsfs.h.
func inContainer() bool {
	link, err := os.Readlink("/proc/self/ns/pid")
	return err == nil && link != "pid:[4026531836]"
}

func sinceStart() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// rest is no empty select: Go takes that for a deadlock if nothing else runs.
func rest() {
	for {
		time.Sleep(time.Hour)
	}
}

func setClock(t time.Time) error {
	spec := unix.NsecToTimespec(t.UnixNano())
	return unix.ClockSettime(unix.CLOCK_REALTIME, &spec)
}
