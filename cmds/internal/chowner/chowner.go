// Package chowner gives files to users and groups, one or a whole tree: what
// chown and chgrp have in common.
//
// A link is never followed in a tree, so that a user who can make links there
// can't have somebody else's files given to him. The tree is walked through
// open folders (openat(2)), not by paths, which could change meanwhile.
//
// Links: chown(2), openat(2), path_resolution(7).
//
// # Bugs
//
// A tree may be as deep as there are file descriptors.
//
// Next in the tour: none
package chowner

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// Unchanged as a user or group leaves it as it is.
const Unchanged = -1

// A Chowner is one run of chown or chgrp.
type Chowner struct {
	User, Group int  // or Unchanged
	Recursive   bool // what is in folders, too
	Links       bool // a link itself, not what it leads to
	Silent      bool
	Streams     *stdio.Streams
	// Chown is fchownat(2), which tests must not call.
	Chown func(folder int, name string, user, group, flags int) error
}

// Files gives each of names away.
func (c *Chowner) Files(names []string) {
	for _, name := range names {
		c.file(unix.AT_FDCWD, name, name, c.Links)
	}
}

// file gives away the file called name in the folder that is open as dir, and
// what is in it. path is for messages.
func (c *Chowner) file(dir int, name, path string, link bool) {
	if c.Recursive {
		c.inside(dir, name, path, link)
	}
	flags := 0
	if link {
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	if err := c.Chown(dir, name, c.User, c.Group, flags); err != nil {
		c.complain(stdio.Cannot("change the owner of", path, err))
	}
}

// inside gives away what is in a folder; for another file it does nothing.
func (c *Chowner) inside(dir int, name, path string, link bool) {
	flags := unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC | unix.O_NONBLOCK
	if link {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(dir, name, flags, 0)
	switch err {
	case nil:
	case unix.ENOTDIR, unix.ELOOP, unix.ENOENT: // no folder; chown tells what is missing
		return
	default:
		c.complain(stdio.Cannot("open", path, err))
		return
	}
	folder := os.NewFile(uintptr(fd), path)
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		c.complain(stdio.Cannot("read", path, err))
	}
	for _, name := range names {
		c.file(fd, name, path+"/"+name, true)
	}
}

func (c *Chowner) complain(err error) {
	if c.Silent {
		c.Streams.Fail(1)
		return
	}
	c.Streams.Complain(err)
}
