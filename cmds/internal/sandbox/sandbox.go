// Package sandbox turns a fresh process into a confined service: limits, user,
// capabilities, Landlock, seccomp, and then the program.
//
// Between fork and exec a Go program can do next to nothing, since of its
// threads only one is left. So PID 1 doesn't fork itself into a service: it
// starts its own program again as a shim, "init exec", in the service's
// control group. The shim reads what to do from a descriptor, gives up one
// right after the other, and becomes the program by execve(2):
//
//	PID 1 --clone3--> shim --confines itself step by step--> execve: the program
//
// The steps stand in one table, in steps.go, each with the reason for its
// place. A step that fails ends the shim, and its name and error arrive at the
// supervisor, so "svc status" shows which one it was:
//
//	cannot drop capabilities: operation not permitted
//
// # Threads
//
// Linux keeps users, capabilities, no_new_privs, Landlock domains, seccomp
// filters and namespaces for each thread, not for each process. The Go runtime
// has several, so elsewhere Go changes them on all threads at once. Here that
// isn't needed: Run locks its goroutine to one thread, confines that one with
// plain system calls, and calls execve on it. At execve the kernel ends all
// other threads, and the one that called it becomes the process, with what it
// has given up. No thread ever runs the service's program with more rights.
// Until then the other threads run code of the runtime only.
//
// # What a service gets
//
// Capabilities: the listed ones and no others, whatever the user. They are the
// bounding set, so nothing that the service starts can have more; for a user
// other than root they are put into the ambient set as well, so that the
// program has them without file capabilities. Without a list there are none:
// root without capabilities is an ordinary user who owns most files. The word
// "all" keeps what the machine has. (systemd's CapabilityBoundingSet and
// AmbientCapabilities are one list here, and its default is none, not all.)
//
// Landlock: files can be opened below read_only (read, execute) and read_write
// (anything). What every program needs is implied: its own file and /bin to
// read and execute, /dev/null to write, /dev/zero, /dev/random and
// /dev/urandom to read, and a private /tmp to write. Another listed path that
// isn't there is an error. An older kernel restricts what it knows; one
// without Landlock is an error.
//
// seccomp: one of the profiles in profiles/, which tools/internal/seccomp
// compiles: "default", "time", "local"; "none" is no filter.
//
// seccomp and Landlock imply no_new_privs: the kernel wants it of everyone but
// root, and a set-user-ID program under a filter is a danger.
//
// Namespaces: mount, pid, net, ipc, uts. The shim makes them itself, so that a
// failure has a name; only pid must be asked for at clone, see CloneFlags. A
// pid namespace comes with its own /proc, a net namespace with a loopback
// interface that is up.
//
// # The start
//
// The shim has these descriptors:
//
//	0, 1, 2  of the program
//	3        a pipe or file with the Spec as JSON
//	4        a pipe on which a failure is reported; end of file means that the
//	         program runs
//	5...     what the program is to have, under the numbers Spec.Descriptors
//
// It ends with 127 if there is no such program, else with 126 when a step
// failed, as shells do.
//
// Files: /etc/passwd, /etc/group, /proc/self/oom_score_adj.
//
// Links: capabilities(7), credentials(7), landlock(7), seccomp(2),
// namespaces(7), close_range(2), sd_listen_fds(3).
//
// # Bugs
//
// Root without capabilities still owns files: those in /proc/sys and
// /sys/fs/cgroup among them. A service that runs as root wants read_only or
// read_only_binds.
//
// A program in a pid namespace is its process 1: it must reap orphans, and
// signals for which it has no handler, SIGTERM too, don't end it.
//
// A limit of the address space binds the shim as well for the last few steps;
// under some 100 MB the Go runtime may fail there instead of the program.
//
// A Go program fits its threads to the CPU limit of its control group, if it
// can read it: under Landlock, /proc and /sys/fs/cgroup have to be in
// read_only for that.
//
// Landlock's rules for the network and for connecting to Unix sockets aren't
// used.
//
// Next in the tour: none
package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Spec says what a service's process is to be. The supervisor encodes it,
// the shim decodes it.
type Spec struct {
	// Exec is the program and its arguments. A name without a slash is looked
	// for in the PATH of Env.
	Exec []string `json:"exec"`
	// Env is the environment, NAME=VALUE. PATH gets a value if it has none,
	// and with User so do HOME, USER and LOGNAME. LISTEN_PID is set where
	// LISTEN_FDS is.
	Env []string `json:"env,omitzero"`
	// Dir is the working directory; / if empty.
	Dir string `json:"dir,omitzero"`
	// Umask is octal; 022 if empty.
	Umask string `json:"umask,omitzero"`

	// User and Group are names or numbers. The group of a user is that of
	// /etc/passwd if Group is empty, and his further ones are kept.
	User   string   `json:"user,omitzero"`
	Group  string   `json:"group,omitzero"`
	Groups []string `json:"groups,omitzero"` // further ones

	Rlimits  []Rlimit `json:"rlimits,omitzero"`
	OOMScore int      `json:"oom_score,omitzero"` // -1000 (never killed) to 1000 (first)
	Nice     int      `json:"nice,omitzero"`      // -20 to 19

	// Capabilities are names as in capabilities(7), without CAP_ and in lower
	// case, or the one word "all".
	Capabilities    []string `json:"capabilities,omitzero"`
	NoNewPrivileges bool     `json:"no_new_privileges,omitzero"`
	Seccomp         string   `json:"seccomp,omitzero"` // a profile; "" and "none" are none

	// ReadOnly and ReadWrite are paths for Landlock. There is none if both are
	// nil; an empty list allows nothing but what is implied.
	ReadOnly  []string `json:"read_only,omitzero"`
	ReadWrite []string `json:"read_write,omitzero"`

	// Namespaces are some of mount, pid, net, ipc, uts.
	Namespaces []string `json:"namespaces,omitzero"`
	// PrivateTmp is an empty /tmp and /var/tmp. It implies mount, as
	// ReadOnlyBinds does: paths that nobody in the service can write to.
	PrivateTmp    bool     `json:"private_tmp,omitzero"`
	ReadOnlyBinds []string `json:"read_only_binds,omitzero"`

	// Descriptors are the numbers under which the program gets the shim's
	// descriptors 5, 6, ... It has 0, 1, 2 and these, and no others.
	Descriptors []int `json:"descriptors,omitzero"`
}

// An Rlimit is a limit of setrlimit(2), by its name without RLIMIT_ and in
// lower case.
type Rlimit struct {
	Name string `json:"name"`
	Soft uint64 `json:"soft"`
	Hard uint64 `json:"hard"`
}

// Unlimited is the value of an Rlimit that is none.
const Unlimited = ^uint64(0)

// Encode returns the Spec as the shim reads it.
func (s Spec) Encode() ([]byte, error) { return json.Marshal(s) }

// Decode reads what Encode has written. A key that this shim doesn't know is
// an error: after an update the supervisor may be newer, and what it asks for
// is a restriction that must not get lost.
func Decode(data []byte) (Spec, error) {
	var s Spec
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Spec{}, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Spec{}, errors.New("there is more after the specification")
	}
	return s, s.Check()
}

// CloneFlags are the flags with which the shim is to be cloned: a process
// can't move itself into a new pid namespace.
func (s Spec) CloneFlags() uintptr {
	if slices.Contains(s.Namespaces, "pid") {
		return unix.CLONE_NEWPID
	}
	return 0
}

// ownMounts tells whether the service has a mount namespace.
func (s Spec) ownMounts() bool {
	return s.PrivateTmp || len(s.ReadOnlyBinds) > 0 || slices.Contains(s.Namespaces, "mount") || slices.Contains(s.Namespaces, "pid")
}

// landlock tells whether Landlock is asked for.
func (s Spec) landlock() bool { return s.ReadOnly != nil || s.ReadWrite != nil }

// filtered tells whether a seccomp profile is asked for.
func (s Spec) filtered() bool { return s.Seccomp != "" && s.Seccomp != "none" }

// Check finds what can be known to be wrong before the service is started.
func (s Spec) Check() error {
	if len(s.Exec) == 0 || s.Exec[0] == "" {
		return errors.New("there is no program to execute")
	}
	for _, text := range slices.Concat(s.Exec, s.Env) {
		if strings.Contains(text, "\x00") {
			return fmt.Errorf("%q has a zero byte", text)
		}
	}
	if _, err := s.umask(); err != nil {
		return err
	}
	if s.OOMScore < -1000 || s.OOMScore > 1000 {
		return fmt.Errorf("OOM score %d is not from -1000 to 1000", s.OOMScore)
	}
	if s.Nice < -20 || s.Nice > 19 {
		return fmt.Errorf("nice value %d is not from -20 to 19", s.Nice)
	}
	for _, limit := range s.Rlimits {
		if _, err := rlimit(limit.Name); err != nil {
			return err
		}
		if limit.Soft > limit.Hard {
			return fmt.Errorf("limit %s: soft limit %d is over hard limit %d", limit.Name, limit.Soft, limit.Hard)
		}
	}
	if !s.allCapabilities() {
		if _, err := capabilityMask(s.Capabilities); err != nil {
			return err
		}
	}
	for _, namespace := range s.Namespaces {
		if !slices.Contains([]string{"mount", "pid", "net", "ipc", "uts"}, namespace) {
			return fmt.Errorf("unknown namespace %q", namespace)
		}
	}
	for i, fd := range s.Descriptors {
		if fd <= 2 || fd > 1000 || slices.Contains(s.Descriptors[:i], fd) {
			return fmt.Errorf("descriptor %d is used twice or is not from 3 to 1000", fd)
		}
	}
	if s.filtered() {
		if _, err := filter(s.Seccomp); err != nil {
			return err
		}
	}
	return nil
}

func (s Spec) umask() (int, error) {
	if s.Umask == "" {
		return 0o022, nil
	}
	mask, err := strconv.ParseUint(s.Umask, 8, 32)
	if err != nil || mask > 0o777 {
		return 0, fmt.Errorf("umask %q is not from 000 to 777", s.Umask)
	}
	return int(mask), nil
}

// rlimit returns the number of a limit.
func rlimit(name string) (int, error) {
	for _, known := range []struct {
		name   string
		number int
	}{
		{"as", unix.RLIMIT_AS}, {"core", unix.RLIMIT_CORE}, {"cpu", unix.RLIMIT_CPU}, {"data", unix.RLIMIT_DATA},
		{"fsize", unix.RLIMIT_FSIZE}, {"locks", unix.RLIMIT_LOCKS}, {"memlock", unix.RLIMIT_MEMLOCK},
		{"msgqueue", unix.RLIMIT_MSGQUEUE}, {"nice", unix.RLIMIT_NICE}, {"nofile", unix.RLIMIT_NOFILE},
		{"nproc", unix.RLIMIT_NPROC}, {"rss", unix.RLIMIT_RSS}, {"rtprio", unix.RLIMIT_RTPRIO},
		{"rttime", unix.RLIMIT_RTTIME}, {"sigpending", unix.RLIMIT_SIGPENDING}, {"stack", unix.RLIMIT_STACK},
	} {
		if known.name == name {
			return known.number, nil
		}
	}
	return 0, fmt.Errorf("unknown limit %q", name)
}
