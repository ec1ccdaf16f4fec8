package sandbox

import (
	"encoding/binary"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/netif"
)

// A Kernel is all that the steps ask of the machine. Real returns the real
// one; tests have others. Run calls each from the thread that becomes the
// service.
type Kernel struct {
	Getpid     func() int
	ReadFile   func(name string) ([]byte, error)
	WriteFile  func(name, text string) error
	Executable func(path string) error // nil if it is a file that somebody may execute

	Duplicate   func(fd, least int) (int, error) // to the lowest free number from least on, closed at execve
	Place       func(from, to int) error         // to that number, open at execve
	CloseOnExec func(first, last int) error

	Unshare      func(flags int) error
	Mount        func(source, target, fstype string, flags uintptr, data string) error
	MakeReadOnly func(path string) error // the mount there and those below
	Loopback     func() error

	Setrlimit func(number int, soft, hard uint64) error
	SetNice   func(n int) error
	Umask     func(mask int)
	Chdir     func(dir string) error

	Setgroups func(gids []int) error
	Setgid    func(gid int) error // real, effective and saved
	Setuid    func(uid int) error // likewise

	HasBounding      func(capability int) (bool, error) // EINVAL if the kernel doesn't know it
	DropBounding     func(capability int) error
	KeepCapabilities func() error            // when the user changes
	Capset           func(mask uint64) error // permitted, effective and inheritable
	RaiseAmbient     func(capability int) error
	NoNewPrivileges  func() error

	LandlockVersion  func() (int, error)
	LandlockCreate   func(rights uint64) (ruleset int, err error)
	LandlockAllow    func(ruleset int, path string, rights uint64) error
	LandlockRestrict func(ruleset int) error
	Seccomp          func(program []byte) error

	Exec func(path string, argv, env []string) error
}

// Real returns the kernel that runs this program. Where the syscall package
// would change all threads, or refuses to, it is the plain system call.
func Real() Kernel {
	return Kernel{
		Getpid:     os.Getpid,
		ReadFile:   os.ReadFile,
		WriteFile:  func(name, text string) error { return os.WriteFile(name, []byte(text), 0) },
		Executable: executable,

		Duplicate: func(fd, least int) (int, error) { return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, least) },
		Place:     func(from, to int) error { return unix.Dup3(from, to, 0) },
		CloseOnExec: func(first, last int) error {
			return unix.CloseRange(uint(first), uint(last), unix.CLOSE_RANGE_CLOEXEC)
		},

		Unshare: unix.Unshare,
		Mount:   unix.Mount,
		MakeReadOnly: func(path string) error {
			return unix.MountSetattr(unix.AT_FDCWD, path, unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
		},
		Loopback: func() error { return netif.Up("lo") },

		// Not prlimit64 itself: syscall.Exec puts the old number of
		// descriptors back unless it has seen a Setrlimit.
		Setrlimit: func(number int, soft, hard uint64) error {
			return unix.Setrlimit(number, &unix.Rlimit{Cur: soft, Max: hard})
		},
		SetNice: func(n int) error { return unix.Setpriority(unix.PRIO_PROCESS, 0, n) },
		Umask:   func(mask int) { unix.Umask(mask) },
		Chdir:   unix.Chdir,

		Setgroups: setgroups,
		Setgid:    func(gid int) error { return call(unix.SYS_SETRESGID, uintptr(gid), uintptr(gid), uintptr(gid)) },
		Setuid:    func(uid int) error { return call(unix.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)) },

		HasBounding: func(capability int) (bool, error) {
			has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(capability), 0, 0, 0)
			return has == 1, err
		},
		DropBounding:     func(capability int) error { return unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(capability), 0, 0, 0) },
		KeepCapabilities: func() error { return unix.Prctl(unix.PR_SET_KEEPCAPS, 1, 0, 0, 0) },
		Capset:           capset,
		RaiseAmbient: func(capability int) error {
			return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, uintptr(capability), 0, 0)
		},
		NoNewPrivileges: func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) },

		LandlockVersion: func() (int, error) {
			version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
			return int(version), asError(errno)
		},
		LandlockCreate:   landlockCreate,
		LandlockAllow:    landlockAllow,
		LandlockRestrict: func(ruleset int) error { return call(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(ruleset), 0, 0) },
		Seccomp:          seccomp,

		Exec: syscall.Exec,
	}
}

func asError(errno syscall.Errno) error {
	if errno == 0 {
		return nil // and not an error that holds 0
	}
	return errno
}

func call(number, a, b, c uintptr) error {
	_, _, errno := unix.RawSyscall(number, a, b, c)
	return asError(errno)
}

func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return &os.PathError{Op: "execute", Path: path, Err: unix.EACCES}
	}
	return nil
}

func setgroups(gids []int) error {
	list := make([]uint32, len(gids)+1) // one more, so that it has an address
	for i, gid := range gids {
		list[i] = uint32(gid)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(gids)), uintptr(unsafe.Pointer(&list[0])), 0)
	return asError(errno)
}

func capset(mask uint64) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	for i := range data {
		word := uint32(mask >> (32 * i))
		data[i] = unix.CapUserData{Effective: word, Permitted: word, Inheritable: word}
	}
	return unix.Capset(&header, &data[0])
}

func landlockCreate(rights uint64) (int, error) {
	// The first version of struct landlock_ruleset_attr has one field, and
	// every later kernel takes it.
	ruleset, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rights)), unsafe.Sizeof(rights), 0)
	return int(ruleset), asError(errno)
}

func landlockAllow(ruleset int, path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= rightsFile
	}
	// struct landlock_path_beneath_attr is packed: 12 bytes, and no more are
	// read of these 16.
	rule := struct {
		rights uint64
		fd     int32
	}{rights, int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	return asError(errno)
}

func seccomp(program []byte) error {
	var filter []unix.SockFilter
	for ; len(program) >= 8; program = program[8:] {
		filter = append(filter, unix.SockFilter{
			Code: binary.LittleEndian.Uint16(program), Jt: program[2], Jf: program[3], K: binary.LittleEndian.Uint32(program[4:]),
		})
	}
	if len(filter) == 0 {
		return unix.EINVAL
	}
	argument := &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(argument)))
	return asError(errno)
}
