package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/vole-linux/vole/cmds/internal/mount"
)

// A place is a file system that init mounts.
type place struct {
	mount.FS
	need need
}

// A need says what it means that a place can't be had.
type need int

const (
	must   need = iota // the machine makes no sense without it
	should             // a failure is reported
	may                // not every kernel has it, which shows in a missing folder
)

// What can do no harm on a file system that holds no programs and no devices.
const harmless = mount.NoSUID | mount.NoExec | mount.NoDev

// places are in the order of mounting.
func places() []place {
	tmpfs := func(target, options string) mount.FS {
		return mount.FS{Type: "tmpfs", Target: target, Flags: mount.NoSUID | mount.NoDev, Options: options}
	}
	return []place{
		{mount.FS{Type: "proc", Target: "/proc", Flags: harmless}, must},
		{mount.FS{Type: "devtmpfs", Target: "/dev", Flags: mount.NoSUID, Options: "mode=755"}, must},
		{tmpfs("/run", "mode=755,size=20%"), must},
		{mount.FS{Type: "sysfs", Target: "/sys", Flags: harmless}, should},
		{mount.FS{Type: "devpts", Target: "/dev/pts", Flags: mount.NoSUID | mount.NoExec,
			Options: "gid=5,mode=620,ptmxmode=666"}, should}, // gid 5 is the group tty
		{tmpfs("/dev/shm", "mode=1777"), should},
		{tmpfs("/tmp", "mode=1777"), should},
		{mount.FS{Type: "cgroup2", Target: "/sys/fs/cgroup", Flags: harmless,
			Options: "nsdelegate,memory_recursiveprot"}, should},
		{mount.FS{Type: "securityfs", Target: "/sys/kernel/security", Flags: harmless}, may},
		{mount.FS{Type: "pstore", Target: "/sys/fs/pstore", Flags: harmless}, may},
		{mount.FS{Type: "efivarfs", Target: "/sys/firmware/efi/efivars", Flags: harmless | mount.ReadOnly}, may},
	}
}

// mountFirst mounts what the machine makes no sense without.
func mountFirst(m *machine) error { return m.mountPlaces(func(n need) bool { return n == must }) }

// mountRest mounts everything else.
func mountRest(m *machine) error {
	defer linkDescriptors(m)
	return m.mountPlaces(func(n need) bool { return n != must })
}

// mountPlaces mounts what isn't mounted yet: a container comes with most of it.
func (m *machine) mountPlaces(wanted func(need) bool) error {
	there := map[string]bool{}
	if table, err := m.kernel.mountTable(); err == nil { // without /proc nothing is mounted
		for _, mounted := range table {
			there[mounted.Target] = true
		}
	}
	var fatal error
	for _, p := range places() {
		if there[p.Target] || !wanted(p.need) {
			continue
		}
		if p.need != may {
			m.kernel.makeDir(p.Target, 0o755) // mostly there; else mounting says so
		}
		err := m.kernel.mount(p.FS)
		switch {
		case err == nil || p.need == may && errors.Is(err, fs.ErrNotExist):
		case p.need == must:
			fatal = errors.Join(fatal, err)
		default:
			m.fail(err)
		}
	}
	return fatal
}

// linkDescriptors makes the names in /dev that shells and scripts use for open
// files and that devtmpfs doesn't have.
func linkDescriptors(m *machine) {
	for _, link := range []struct{ path, to string }{
		{"/dev/fd", "/proc/self/fd"},
		{"/dev/stdin", "fd/0"},
		{"/dev/stdout", "fd/1"},
		{"/dev/stderr", "fd/2"},
	} {
		if err := m.kernel.symlink(link.to, link.path); err != nil && !errors.Is(err, fs.ErrExist) {
			m.fail(fmt.Errorf("cannot make a link: %w", err))
		}
	}
}
