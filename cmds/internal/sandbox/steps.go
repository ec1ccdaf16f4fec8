package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A step is one thing that the shim gives up or sets.
type step struct {
	name string
	does string // after "cannot"
	why  string // it stands where it stands
	do   func(*shim) error
}

// steps are all there is between the shim and the program.
func steps() []step {
	return []step{
		{"descriptors", "hand over descriptors", "first, while nothing of ours is open but what PID 1 gave", (*shim).descriptors},
		{"namespaces", "make namespaces", "needs root; what follows sees the service's own view", (*shim).namespaces},
		{"mounts", "arrange mounts", "needs root; paths below are those of the service", (*shim).mounts},
		{"loopback", "bring up the loopback interface", "needs root; a new network has it down", (*shim).loopback},
		{"accounts", "look up user and groups", "before files are closed to us", (*shim).accounts},
		{"program", "find the program", "before files are closed to us, and Landlock must know it", (*shim).find},
		{"paths", "prepare Landlock", "opened as root: the service's user may lack the way there", (*shim).paths},
		{"oom_score", "set the OOM score", "needs root to be lowered", (*shim).oomScore},
		{"nice", "set the nice value", "needs root to be lowered", (*shim).nice},
		{"limits", "set limits", "needs root to be raised; late, since they bind us, too", (*shim).limits},
		{"umask", "set the umask", "no file of ours is made any more", (*shim).umask},
		{"bounding", "drop capabilities", "needs root; nothing started from here on can have more", (*shim).bounding},
		{"groups", "set groups", "before the user: it is root who may", (*shim).setGroups},
		{"user", "become the user", "from here on we are nobody special, but for kept capabilities", (*shim).setUser},
		{"capabilities", "set capabilities", "after the user, whose change cleared them", (*shim).capabilities},
		{"no_new_privileges", "forbid new privileges", "before Landlock and seccomp, which ask for it", (*shim).noNewPrivileges},
		{"landlock", "confine to paths", "when we have opened the last file", (*shim).landlock},
		{"dir", "enter the working directory", "as the user, who may lack the right", (*shim).dir},
		{"seccomp", "filter system calls", "last: a profile need not allow what the steps above did", (*shim).seccomp},
		{"exec", "execute the program", "this thread becomes the service, all others end", (*shim).exec},
	}
}

// A shim is a process on its way to become a service.
type shim struct {
	Kernel
	spec    Spec
	account account
	program string   // its path
	env     []string // its environment
	ruleset int      // Landlock's, a descriptor
	keep    uint64   // capabilities, a bit for each
}

// A StepError is the failure of one step.
type StepError struct {
	Step string
	Err  error // "cannot drop capabilities: operation not permitted"
}

func (e *StepError) Error() string { return e.Err.Error() }
func (e *StepError) Unwrap() error { return e.Err }

// Run confines this process and becomes the program, so it returns only when
// a step failed, with a *StepError. Then some of the process is confined and
// some is not: it should end.
func Run(k Kernel, spec Spec) error {
	runtime.LockOSThread() // for good: see the package doc
	if err := spec.Check(); err != nil {
		return &StepError{"spec", fmt.Errorf("cannot start the service: %w", err)}
	}
	s := &shim{Kernel: k, spec: spec, ruleset: -1}
	for _, step := range steps() {
		if err := step.do(s); err != nil {
			return &StepError{step.name, fmt.Errorf("cannot %s: %w", step.does, err)}
		}
	}
	return nil
}

// namespaces makes those that a process can make for itself.
func (s *shim) namespaces() error {
	flags := 0
	if s.spec.ownMounts() {
		flags |= unix.CLONE_NEWNS
	}
	for _, namespace := range s.spec.Namespaces {
		switch namespace {
		case "net":
			flags |= unix.CLONE_NEWNET
		case "ipc":
			flags |= unix.CLONE_NEWIPC
		case "uts":
			flags |= unix.CLONE_NEWUTS
		case "pid":
			// Else the mount of /proc would be that of the whole machine.
			if pid := s.Getpid(); pid != 1 {
				return fmt.Errorf("process %d was not started in a pid namespace", pid)
			}
		}
	}
	if flags == 0 {
		return nil
	}
	return s.Unshare(flags)
}

// mounts arranges what the service sees. Nothing of it reaches the outside:
// the first mount cuts the way there, and leaves that back open, so that disks
// which init mounts later are seen.
func (s *shim) mounts() error {
	if !s.spec.ownMounts() {
		return nil
	}
	if err := s.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return err
	}
	if s.spec.PrivateTmp {
		for _, dir := range tmpFolders() {
			err := s.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777")
			if err != nil && !errors.Is(err, unix.ENOENT) { // not every image has /var/tmp
				return fmt.Errorf("tmpfs on %s: %w", dir, err)
			}
		}
	}
	if slices.Contains(s.spec.Namespaces, "pid") {
		if err := s.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
			return fmt.Errorf("/proc: %w", err)
		}
	}
	for _, path := range s.spec.ReadOnlyBinds {
		err := s.Mount(path, path, "", unix.MS_BIND|unix.MS_REC, "")
		if err == nil {
			err = s.MakeReadOnly(path)
		}
		if err != nil {
			return fmt.Errorf("%s read-only: %w", path, err)
		}
	}
	return nil
}

func tmpFolders() []string { return []string{"/tmp", "/var/tmp"} }

func (s *shim) loopback() error {
	if !slices.Contains(s.spec.Namespaces, "net") {
		return nil
	}
	return s.Loopback()
}

// find looks for the program and makes the environment.
func (s *shim) find() error {
	s.env = slices.Clone(s.spec.Env)
	s.setDefault("PATH", "/bin")
	if s.account.name != "" {
		s.setDefault("USER", s.account.name)
		s.setDefault("LOGNAME", s.account.name)
		s.setDefault("HOME", s.account.home)
	}
	if s.getenv("LISTEN_FDS") != "" { // only we know the number that the program will have
		s.env = append(s.env, "LISTEN_PID="+strconv.Itoa(s.Getpid()))
	}
	name := s.spec.Exec[0]
	if strings.Contains(name, "/") {
		s.program = name
		return s.Executable(name)
	}
	for dir := range strings.SplitSeq(s.getenv("PATH"), ":") {
		if path := dir + "/" + name; dir != "" && s.Executable(path) == nil {
			s.program = path
			return nil
		}
	}
	return fmt.Errorf("%s is not in %s: %w", name, s.getenv("PATH"), unix.ENOENT)
}

func (s *shim) getenv(name string) string {
	for _, entry := range s.env {
		if n, value, _ := strings.Cut(entry, "="); n == name {
			return value
		}
	}
	return ""
}

func (s *shim) setDefault(name, value string) {
	if s.getenv(name) == "" {
		s.env = append(s.env, name+"="+value)
	}
}

// oomScore is always set: else the service would have that of PID 1, whose
// own is the lowest. To write what is there already needs no right.
func (s *shim) oomScore() error {
	const file = "/proc/self/oom_score_adj"
	score := strconv.Itoa(s.spec.OOMScore)
	if now, err := s.ReadFile(file); err == nil && strings.TrimSpace(string(now)) == score {
		return nil
	}
	return s.WriteFile(file, score)
}

func (s *shim) nice() error {
	if s.spec.Nice == 0 {
		return nil
	}
	return s.SetNice(s.spec.Nice)
}

func (s *shim) limits() error {
	for _, limit := range s.spec.Rlimits {
		number, err := rlimit(limit.Name)
		if err == nil {
			err = s.Setrlimit(number, limit.Soft, limit.Hard)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", limit.Name, err)
		}
	}
	return nil
}

func (s *shim) umask() error {
	mask, err := s.spec.umask()
	if err != nil {
		return err
	}
	s.Umask(mask)
	return nil
}

func (s *shim) noNewPrivileges() error {
	if !s.spec.NoNewPrivileges && !s.spec.landlock() && !s.spec.filtered() {
		return nil
	}
	return s.NoNewPrivileges()
}

func (s *shim) dir() error {
	dir := s.spec.Dir
	if dir == "" {
		dir = "/"
	}
	if err := s.Chdir(dir); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

func (s *shim) seccomp() error {
	if !s.spec.filtered() {
		return nil
	}
	program, err := filter(s.spec.Seccomp)
	if err != nil {
		return err
	}
	return s.Seccomp(program)
}

func (s *shim) exec() error {
	err := s.Exec(s.program, s.spec.Exec, s.env)
	switch {
	case errors.Is(err, unix.ENOENT): // it was there when we looked
		return fmt.Errorf("%s: its interpreter is missing: %w", s.program, err)
	case errors.Is(err, unix.ENOEXEC):
		return fmt.Errorf("%s is no program for this processor: %w", s.program, err)
	case err != nil:
		return fmt.Errorf("%s: %w", s.program, err)
	}
	return nil
}
