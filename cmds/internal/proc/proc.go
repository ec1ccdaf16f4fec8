// Package proc reads the processes of the machine from /proc, where the kernel
// shows each as a folder: for ps, top, pgrep and their kin.
//
// A process may end while it is read, or be hidden from other users (the option
// hidepid of proc(5)). That is no error: List leaves it out.
//
// Files: /proc/PID/stat (most fields), status (the user), cmdline (the
// arguments), /proc/stat and /proc/uptime (the machine).
//
// Links: proc(5), proc_pid_stat(5), Documentation/filesystems/proc.rst of the
// kernel.
//
// # Bugs
//
// Threads are not listed.
//
// Next in the tour: none
package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// TicksPerSecond is the unit of times in /proc on every architecture
// (USER_HZ in the kernel).
const TicksPerSecond = 100

// A Process is what the kernel tells of one process at one moment.
type Process struct {
	PID, PPID, Group, Session int
	TTY                       uint64 // device number of its terminal, 0 for none
	Foreground                int    // group in front of that terminal, -1 for none
	State                     byte   // R S D Z T t I X
	Name                      string // at most 15 bytes, set by the process itself
	Args                      []string
	UID, EUID, GID, EGID      int
	Nice, Priority, Threads   int
	LockedPages               bool
	Start                     time.Duration // after the machine's start
	User, System              time.Duration // processor time
	Virtual, Resident         uint64        // bytes
}

// A FS is a mounted /proc: its path.
type FS string

// List reads all processes, in order of PID.
func (fsys FS) List() ([]Process, error) {
	entries, err := os.ReadDir(string(fsys))
	if err != nil {
		return nil, err
	}
	var all []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		p, err := fsys.Process(pid)
		if unseen(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	sortByPID(all)
	return all, nil
}

// unseen says whether err means that the process has ended, or is hidden.
func unseen(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || errors.Is(err, fs.ErrPermission)
}

// Process reads one process.
func (fsys FS) Process(pid int) (Process, error) {
	p := Process{PID: pid}
	stat, err := fsys.read(pid, "stat")
	if err != nil {
		return p, err
	}
	if err := p.parseStat(string(stat)); err != nil {
		return p, fmt.Errorf("%s/%d/stat: %w", fsys, pid, err)
	}
	status, err := fsys.read(pid, "status")
	if err != nil {
		return p, err
	}
	p.parseStatus(string(status))
	line, err := fsys.read(pid, "cmdline")
	if err != nil {
		return p, err
	}
	p.Args = parseArgs(line)
	return p, nil
}

func (fsys FS) read(pid int, name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(fsys), strconv.Itoa(pid), name))
}

// parseStat reads the one line of /proc/PID/stat. The name stands in
// parentheses and may hold blanks and parentheses itself, so its end is the
// last one.
func (p *Process) parseStat(line string) error {
	begin, end := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if begin < 0 || end < begin {
		return errors.New("the name is not in parentheses")
	}
	p.Name = line[begin+1 : end]
	fields := strings.Fields(line[end+1:])
	const least = 22 // up to the resident set
	if len(fields) < least || len(fields[0]) != 1 {
		return fmt.Errorf("%d fields after the name; want at least %d", len(fields), least)
	}
	p.State = fields[0][0]
	// field N of proc_pid_stat(5) is fields[N-3]
	var bad error
	number := func(n int) int64 {
		value, err := strconv.ParseInt(fields[n-3], 10, 64)
		if err != nil && bad == nil {
			bad = fmt.Errorf("field %d: %q is no number", n, fields[n-3])
		}
		return value
	}
	unsigned := func(n int) uint64 {
		value, err := strconv.ParseUint(fields[n-3], 10, 64)
		if err != nil && bad == nil {
			bad = fmt.Errorf("field %d: %q is no number", n, fields[n-3])
		}
		return value
	}
	p.PPID, p.Group, p.Session = int(number(4)), int(number(5)), int(number(6))
	p.TTY = uint64(uint32(number(7)))
	p.Foreground = int(number(8))
	p.User, p.System = ticks(number(14)), ticks(number(15))
	p.Priority, p.Nice, p.Threads = int(number(18)), int(number(19)), int(number(20))
	p.Start = ticks(number(22))
	p.Virtual = unsigned(23)
	p.Resident = unsigned(24) * uint64(os.Getpagesize())
	return bad
}

func ticks(n int64) time.Duration { return time.Duration(n) * time.Second / TicksPerSecond }

// parseStatus takes the user and group from /proc/PID/status.
func (p *Process) parseStatus(text string) {
	for line := range strings.Lines(text) {
		key, values, _ := strings.Cut(line, ":")
		switch key {
		case "Uid":
			fmt.Sscan(values, &p.UID, &p.EUID)
		case "Gid":
			fmt.Sscan(values, &p.GID, &p.EGID)
		case "VmLck":
			var kib int
			fmt.Sscan(values, &kib)
			p.LockedPages = kib > 0
		}
	}
}

func parseArgs(line []byte) []string {
	line = bytes.TrimRight(line, "\x00")
	if len(line) == 0 {
		return nil // a kernel thread, or a process that has ended
	}
	return strings.Split(string(line), "\x00")
}

// Command is the command line as ps shows it: a kernel thread has its name in
// brackets, for it has no arguments.
func (p *Process) Command() string {
	switch {
	case p.State == 'Z':
		return "[" + p.Name + "] <defunct>"
	case len(p.Args) == 0:
		return "[" + p.Name + "]"
	}
	return strings.Join(p.Args, " ")
}

// CPU is the processor time used.
func (p *Process) CPU() time.Duration { return p.User + p.System }

// Program is the name of the program. The kernel keeps 15 bytes of it; the
// first argument often has the rest.
func (p *Process) Program() string {
	const kept = 15 // TASK_COMM_LEN of the kernel, less the final zero
	if len(p.Name) == kept && len(p.Args) > 0 {
		if base := filepath.Base(p.Args[0]); strings.HasPrefix(base, p.Name) {
			return base
		}
	}
	return p.Name
}
