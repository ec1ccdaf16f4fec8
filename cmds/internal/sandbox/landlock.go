package sandbox

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Rights of Landlock.
const (
	rightsRead = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	rightsRun  = rightsRead | unix.LANDLOCK_ACCESS_FS_EXECUTE

	// rightsFile are those that a file can have that is no folder.
	rightsFile = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// landlockRights are all rights that a kernel with this version of Landlock
// knows, and so can take away.
func landlockRights(version int) uint64 {
	rights := uint64(unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1) // the first 13, since Linux 5.13
	if version >= 2 {                                         // 5.19
		rights |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 { // 6.2
		rights |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 5 { // 6.10
		rights |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	return rights
}

// A path of the tree below which files have rights.
type path struct {
	name    string
	rights  uint64
	implied bool // it need not exist
}

// allowed are the paths of the service, those that are implied first.
func (s *shim) allowed(all uint64) []path {
	paths := []path{
		{s.program, rightsRun, false},
		{"/bin", rightsRun, true},
		{"/dev/null", rightsRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | all&unix.LANDLOCK_ACCESS_FS_TRUNCATE, true},
		{"/dev/zero", rightsRead, true},
		{"/dev/random", rightsRead, true},
		{"/dev/urandom", rightsRead, true},
	}
	if s.spec.PrivateTmp {
		for _, dir := range tmpFolders() {
			paths = append(paths, path{dir, all, true})
		}
	}
	for _, name := range s.spec.ReadOnly {
		paths = append(paths, path{name, rightsRun, false})
	}
	for _, name := range s.spec.ReadWrite {
		paths = append(paths, path{name, all, false})
	}
	return paths
}

// paths makes the ruleset that step landlock puts into force.
func (s *shim) paths() error {
	if !s.spec.landlock() {
		return nil
	}
	version, err := s.LandlockVersion()
	if err != nil {
		return fmt.Errorf("the kernel has none: %w", err)
	}
	all := landlockRights(version)
	if s.ruleset, err = s.LandlockCreate(all); err != nil {
		return err
	}
	for _, p := range s.allowed(all) {
		err := s.LandlockAllow(s.ruleset, p.name, p.rights)
		if p.implied && errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (s *shim) landlock() error {
	if !s.spec.landlock() {
		return nil
	}
	return s.LandlockRestrict(s.ruleset)
}
