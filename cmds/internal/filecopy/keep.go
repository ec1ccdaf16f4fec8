package filecopy

import (
	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// keep gives an open copy the owner, mode and times of its source, in this
// order, since a change of owner clears bits of the mode.
func (c *Copier) keep(i item, fd int) error {
	mode := i.stat.Mode & 0o7777
	if c.Keep.Owner {
		kept, err := c.owner(i, func(uid, gid int) error { return unix.Fchown(fd, uid, gid) })
		if err != nil {
			return err
		}
		if !kept {
			mode &^= unix.S_ISUID | unix.S_ISGID
		}
	}
	if c.Keep.Mode {
		if err := c.unkept("mode", i, unix.Fchmod(fd, mode)); err != nil {
			return err
		}
	}
	if c.Keep.Times {
		return c.unkept("times", i, unix.UtimesNanoAt(fd, "", i.times(), unix.AT_EMPTY_PATH))
	}
	return nil
}

func (i item) times() []unix.Timespec { return []unix.Timespec{i.stat.Atim, i.stat.Mtim} }

// keepByName does the same for what can't be opened: links and special files.
func (c *Copier) keepByName(i item) error {
	mode := i.stat.Mode & 0o7777
	const noFollow = unix.AT_SYMLINK_NOFOLLOW
	if c.Keep.Owner {
		kept, err := c.owner(i, func(uid, gid int) error { return unix.Fchownat(i.toDir, i.to, uid, gid, noFollow) })
		if err != nil {
			return err
		}
		if !kept {
			mode &^= unix.S_ISUID | unix.S_ISGID
		}
	}
	if c.Keep.Mode && kind(&i.stat) != unix.S_IFLNK {
		err := unix.Fchmodat(i.toDir, i.to, mode, noFollow)
		if err == unix.EOPNOTSUPP { // before Linux 6.6
			err = unix.Fchmodat(i.toDir, i.to, mode, 0)
		}
		if err := c.unkept("mode", i, err); err != nil {
			return err
		}
	}
	if c.Keep.Times {
		return c.unkept("times", i, unix.UtimesNanoAt(i.toDir, i.to, i.times(), noFollow))
	}
	return nil
}

// owner gives a copy to the owner of its source. Only root may do that, so for
// others the group is tried alone, and kept is false without an error.
func (c *Copier) owner(i item, chown func(uid, gid int) error) (kept bool, err error) {
	err = chown(int(i.stat.Uid), int(i.stat.Gid))
	if err == unix.EPERM && c.Unprivileged {
		chown(-1, int(i.stat.Gid))
		return false, nil
	}
	if err != nil {
		return false, c.unkept("owner", i, err)
	}
	return true, nil
}

// unkept is the error of something that could not be kept.
func (c *Copier) unkept(what string, i item, err error) error {
	if err == nil {
		return nil
	}
	err = stdio.Cannot("keep the "+what+" of", i.toPath, err)
	if c.Lenient {
		c.Streams.ComplainStatus(err, 0)
		return nil
	}
	return err
}
