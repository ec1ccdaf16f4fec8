// Package mount attaches file systems to the tree and takes them off again.
//
// It is mount(2), umount2(2) and syncfs(2) with names and types, and a reader
// of /proc/self/mountinfo (proc_pid_mountinfo(5)), the kernel's own table of
// what is mounted where. There is no /etc/mtab: a second table is a table that
// can be wrong.
//
//	err := mount.FS{Type: "tmpfs", Target: "/run", Flags: mount.NoSUID | mount.NoDev}.Mount()
//
// # Bugs
//
// Only what init needs is here: bind, move and propagation changes are not.
//
// Next in the tour: none
package mount

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// What is forbidden on a file system. A folder that needs no programs, no
// set-user-ID bits or no device nodes should not be able to hold them.
const (
	NoSUID   = unix.MS_NOSUID
	NoExec   = unix.MS_NOEXEC
	NoDev    = unix.MS_NODEV
	ReadOnly = unix.MS_RDONLY
)

// A FS is a file system and the place it is to be seen at.
type FS struct {
	Type    string  // as in /proc/filesystems
	Target  string  // absolute path of a folder
	Source  string  // a device; "" uses Type, as file systems without one do
	Flags   uintptr // NoSUID | NoExec | ...
	Options string  // the file system's own, comma-separated
}

// Mount mounts f. A file system that is already there is no error: the kernel
// or a container's runtime was faster.
func (f FS) Mount() error {
	source := f.Source
	if source == "" {
		source = f.Type
	}
	err := unix.Mount(source, f.Target, f.Type, f.Flags, f.Options)
	if err != nil && !errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("cannot mount %s on %s: %w", f.Type, f.Target, err)
	}
	return nil
}

// Unmount writes out what the file system at target holds back, and takes it
// off. It fails with EBUSY while somebody uses a file on it.
func Unmount(target string) error {
	syncErr := syncFS(target)
	if err := unix.Unmount(target, unix.UMOUNT_NOFOLLOW); err != nil {
		return fmt.Errorf("cannot unmount %s: %w", target, err)
	}
	return syncErr
}

// MakeReadOnly refuses all further writing to the file system at target,
// which stays where it is.
func MakeReadOnly(target string) error {
	if err := unix.Mount("", target, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		return fmt.Errorf("cannot make %s read-only: %w", target, err)
	}
	return nil
}

func syncFS(target string) error {
	dir, err := os.Open(target)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := unix.Syncfs(int(dir.Fd())); err != nil {
		return fmt.Errorf("cannot write out %s: %w", target, err)
	}
	return nil
}
