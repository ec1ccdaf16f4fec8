package filecopy

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
)

// folder copies a folder and what is in it.
func (c *Copier) folder(i item) {
	if err := c.refuse(&i); err != nil {
		c.complain(err)
		return
	}
	flags := unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC
	if !i.follow {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(i.fromDir, i.from, flags, 0)
	if err != nil {
		c.complain(stdio.Cannot("open", i.fromPath, err))
		return
	}
	from := os.NewFile(uintptr(fd), i.fromPath)
	defer from.Close()
	if err := unix.Fstat(fd, &i.stat); err != nil {
		c.complain(stdio.Cannot("look at", i.fromPath, err))
		return
	}
	to, isNew, err := c.makeFolder(i)
	if err != nil {
		c.complain(err)
		return
	}
	defer to.Close()
	c.above = append(c.above, i.stat)
	c.inside(i, from, to)
	c.above = c.above[:len(c.above)-1]
	c.finishFolder(i, to, isNew)
}

// refuse is an error if the folder must not be copied.
func (c *Copier) refuse(i *item) error {
	if !c.Recursive {
		return fmt.Errorf("cannot copy the folder %s: -r is missing", stdio.Quote(i.fromPath))
	}
	for n := range c.above {
		if target.Same(&c.above[n], &i.stat) {
			return fmt.Errorf("cannot copy %s again: it is inside itself", stdio.Quote(i.fromPath))
		}
	}
	var there unix.Stat_t
	same := i.named && unix.Stat(i.to, &there) == nil && target.Same(&there, &i.stat)
	switch {
	case same:
		return fmt.Errorf("cannot copy %s onto itself, %s", stdio.Quote(i.fromPath), stdio.Quote(i.toPath))
	case c.made[id(&i.stat)], i.named && target.Inside(i.to, &i.stat):
		return fmt.Errorf("cannot copy the folder %s into itself, %s", stdio.Quote(i.fromPath), stdio.Quote(i.toPath))
	}
	return nil
}

// makeFolder makes and opens the copy of a folder, which may exist.
func (c *Copier) makeFolder(i item) (to *os.File, isNew bool, err error) {
	mode := i.stat.Mode & 0o777
	if c.Keep.Mode {
		mode &= 0o700
	}
	err = unix.Mkdirat(i.toDir, i.to, mode|0o700) // the rest is for finishFolder
	isNew = err == nil
	if err != nil && err != unix.EEXIST {
		return nil, false, stdio.Cannot("create the folder", i.toPath, err)
	}
	flags := unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC
	if !i.named || isNew {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(i.toDir, i.to, flags, 0)
	if err == unix.ENOTDIR || err == unix.ELOOP || err == unix.ENOENT { // a file, or a link to a file or nothing
		return nil, false, fmt.Errorf("cannot copy the folder %s over %s, which is none", stdio.Quote(i.fromPath), stdio.Quote(i.toPath))
	}
	if err != nil {
		return nil, false, stdio.Cannot("open", i.toPath, err)
	}
	to = os.NewFile(uintptr(fd), i.toPath)
	if isNew {
		c.tell(i)
	}
	var stat unix.Stat_t
	if i.named && unix.Fstat(fd, &stat) == nil {
		c.made[id(&stat)] = true
	}
	return to, isNew, nil
}

// inside copies what is in a folder.
func (c *Copier) inside(i item, from, to *os.File) {
	for {
		const some = 1024 // names at once: a folder may be larger than memory
		names, err := from.Readdirnames(some)
		for _, name := range names {
			child := item{
				fromDir: int(from.Fd()), from: name, fromPath: target.Join(i.fromPath, name),
				toDir: int(to.Fd()), to: name, toPath: target.Join(i.toPath, name),
				follow: c.Follow == Always,
			}
			if c.OneSystem && c.elsewhere(child) {
				continue
			}
			c.item(child)
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			c.complain(stdio.Cannot("read", i.fromPath, err))
			return
		}
	}
}

// elsewhere says whether a file is on another file system than the operand.
func (c *Copier) elsewhere(i item) bool {
	var stat unix.Stat_t
	err := unix.Fstatat(i.fromDir, i.from, &stat, unix.AT_SYMLINK_NOFOLLOW)
	return err == nil && stat.Dev != c.above[0].Dev
}

// finishFolder gives a folder what would have been in the way, or changed,
// while files were put into it.
func (c *Copier) finishFolder(i item, to *os.File, isNew bool) {
	const owner = 0o700
	if !c.Keep.Mode && isNew && i.stat.Mode&owner != owner {
		var stat unix.Stat_t
		err := unix.Fstat(int(to.Fd()), &stat)
		if err == nil {
			err = unix.Fchmod(int(to.Fd()), stat.Mode&0o7777&^(owner&^i.stat.Mode))
		}
		if err != nil {
			c.complain(stdio.Cannot("change the mode of", i.toPath, err))
		}
	}
	c.complain(c.keep(i, int(to.Fd())))
}
