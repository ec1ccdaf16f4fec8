package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A line of a real kernel, but with a name made to confuse.
const statLine = "7 (a) R (b c) S 1 7 5 34816 -1 4194560 100 0 0 0 150 50 0 0 20 -5 3 0 1234 8192000 25 18446744073709551615 1 1 0 0 0 0\n"

func fake(t *testing.T) FS {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"7/stat":      statLine,
		"7/status":    "Name:\tx\nUid:\t1000\t1001\t0\t0\nGid:\t100\t101\t0\t0\nVmLck:\t       4 kB\n",
		"7/cmdline":   "sh\x00-c\x00echo hi\x00",
		"12/stat":     "12 (kthreadd) I 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 2 0 0\n",
		"12/status":   "Uid:\t0\t0\t0\t0\n",
		"12/cmdline":  "",
		"9/cmdline":   "", // it has ended meanwhile
		"uptime":      "3600.50 100.00\n",
		"meminfo":     "MemTotal:        1024 kB\nHugePages_Total:       3\n",
		"self/ignore": "",
	}
	for name, text := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return FS(root)
}

func TestList(t *testing.T) {
	all, err := fake(t).List()
	if err != nil || len(all) != 2 {
		t.Fatalf("List = %v, %v; want two", all, err)
	}
	want := Process{
		PID: 7, PPID: 1, Group: 7, Session: 5, TTY: 34816, Foreground: -1, State: 'S', Name: "a) R (b c",
		Args: []string{"sh", "-c", "echo hi"}, UID: 1000, EUID: 1001, GID: 100, EGID: 101,
		Nice: -5, Priority: 20, Threads: 3, LockedPages: true, Start: 12340 * time.Millisecond,
		User: 1500 * time.Millisecond, System: 500 * time.Millisecond,
		Virtual: 8192000, Resident: 25 * uint64(os.Getpagesize()),
	}
	if got := fmt.Sprintf("%+v", all[0]); got != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %s\nwant %+v", got, want)
	}
	if got := all[0].Command(); got != "sh -c echo hi" {
		t.Errorf("Command = %q", got)
	}
	if got := all[1].Command(); got != "[kthreadd]" {
		t.Errorf("Command = %q", got)
	}
	if all[0].CPU() != 2*time.Second {
		t.Errorf("CPU = %v", all[0].CPU())
	}
}

// What the kernel answers for a process that others may not see, or that ends.
func TestUnseen(t *testing.T) {
	for err, want := range map[error]bool{syscall.ENOENT: true, syscall.ESRCH: true, syscall.EACCES: true, syscall.EPERM: true, syscall.EIO: false} {
		if got := unseen(&os.PathError{Op: "open", Path: "/proc/1/stat", Err: err}); got != want {
			t.Errorf("%v: %v; want %v", err, got, want)
		}
	}
}

func TestProgram(t *testing.T) {
	for _, tt := range []struct{ name, arg, want string }{
		{"sh", "/bin/sh", "sh"},
		{"a-very-long-nam", "/bin/a-very-long-name", "a-very-long-name"},
		{"renamed-itself-", "/bin/server", "renamed-itself-"},
		{"short", "/bin/shorter", "short"},
	} {
		p := Process{Name: tt.name, Args: []string{tt.arg}}
		if got := p.Program(); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func TestMachine(t *testing.T) {
	up, err := fake(t).Uptime()
	if err != nil || up != 3600500*time.Millisecond {
		t.Errorf("Uptime = %v, %v", up, err)
	}
	memory, err := fake(t).Memory()
	if err != nil || memory["MemTotal"] != 1<<20 || memory["HugePages_Total"] != 3 {
		t.Errorf("Memory = %v, %v", memory, err)
	}
}

// The kernel that runs the test has this very process.
func TestSelf(t *testing.T) {
	p, err := FS("/proc").Process(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if p.PPID != os.Getppid() || p.UID != os.Getuid() || p.State == 0 || p.Args[0] != os.Args[0] {
		t.Errorf("%+v", p)
	}
}

func TestTTYName(t *testing.T) {
	for device, want := range map[uint64]string{
		0: "?", unix.Mkdev(4, 1): "tty1", unix.Mkdev(4, 64): "ttyS0", unix.Mkdev(136, 3): "pts/3", unix.Mkdev(5, 1): "console",
		unix.Mkdev(204, 64): "ttyAMA0", unix.Mkdev(229, 0): "hvc0", unix.Mkdev(99, 1): "99:1",
	} {
		if got := TTYName(device); got != want {
			t.Errorf("TTYName(%d) = %s; want %s", device, got, want)
		}
	}
}

// FuzzStat: a line that is understood has the state and name it shows.
func FuzzStat(f *testing.F) {
	f.Add(statLine)
	f.Add("1 () S")
	f.Add(")(")
	f.Fuzz(func(t *testing.T, line string) {
		var p Process
		if p.parseStat(line) == nil && !strings.Contains(line, "("+p.Name+")") {
			t.Errorf("%q has no name %q", line, p.Name)
		}
	})
}
