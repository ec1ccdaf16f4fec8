// Package filecopy copies files of every type and whole trees, for cp and for
// mv across file systems.
//
// # What is never done
//
//   - A link met inside a tree is not followed, unless that is asked for: the
//     source is read through open folders (openat(2) with O_NOFOLLOW), so a
//     file that is swapped for a link meanwhile is an error, not a leak.
//   - A link that stands where the copy of a file in a tree belongs is replaced,
//     not written through. A target that was named is written through, as
//     everybody's cp does.
//   - A copy never has a wider mode than its source, not even while it is
//     written: it begins without rights for group and others if its mode is to
//     be kept, and the set-user-ID bit comes last.
//   - A folder is not copied into itself.
//
// Data goes through copy_file_range(2), which shares blocks where the file
// system can; holes stay holes (lseek(2), SEEK_DATA).
//
// An error concerns one file: it is told, and the copy goes on.
//
// Links: POSIX.1-2024 cp; openat(2), copy_file_range(2).
//
// # Bugs
//
//   - Extended attributes, ACLs and file capabilities are not copied.
//   - A tree may be half as deep as there are file descriptors.
//   - The target is written in place, as POSIX has it: who reads it meanwhile
//     sees a part.
//
// Next in the tour: none
package filecopy

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
)

// Follow says which symbolic links are followed.
type Follow int

// The letters of cp that ask for them.
const (
	Default  Follow = iota // Never with Recursive, else Always
	Never                  // -P
	Operands               // -H: those named on the command line
	Always                 // -L
)

// Preserve is what a copy takes over apart from its data.
type Preserve struct{ Mode, Owner, Times, Links bool }

// A Copier is one run of cp or mv.
type Copier struct {
	Recursive    bool // folders, links and special files as what they are
	Follow       Follow
	Keep         Preserve
	Force        bool // a target that can't be opened is removed first
	Remove       bool // every target is removed first
	Hard, Soft   bool // link instead of copying
	OneSystem    bool // leave out what is mounted in the tree
	Verbose      bool
	Streams      *stdio.Streams
	Unprivileged bool // keeping owners is a try only
	Lenient      bool // what can't be kept is told, and is no failure
	// Allow says whether a file that is there may be replaced; nil means yes.
	Allow func(from, there *unix.Stat_t, name string) bool

	above []unix.Stat_t // the folders of the source that we are in
	made  map[fileID]bool
	links map[fileID]copied
	bad   bool
}

type fileID struct{ device, inode uint64 }

func id(s *unix.Stat_t) fileID { return fileID{uint64(s.Dev), s.Ino} }

// copied is where the first of several hard links went.
type copied struct {
	path string
	id   fileID
}

// An item is one file to be copied. Folders are open ones, or AT_FDCWD.
type item struct {
	fromDir, toDir   int
	from, to         string // in the folders
	fromPath, toPath string // for messages
	stat             unix.Stat_t
	follow           bool // if from is a link
	named            bool // on the command line
}

func kind(s *unix.Stat_t) uint32 { return s.Mode & unix.S_IFMT }

// Copy copies the file or tree called from to the name to. It says whether all
// of it was copied, or left out as wanted.
func (c *Copier) Copy(from, to string) bool {
	c.bad = false
	switch {
	case c.Follow != Default:
	case c.Recursive:
		c.Follow = Never
	default:
		c.Follow = Always
	}
	if c.made == nil {
		c.made, c.links = map[fileID]bool{}, map[fileID]copied{}
	}
	i := item{
		fromDir: unix.AT_FDCWD, from: from, fromPath: from,
		toDir: unix.AT_FDCWD, to: to, toPath: to,
		follow: c.Follow != Never, named: true,
	}
	c.item(i)
	return !c.bad
}

func (c *Copier) complain(err error) {
	if err != nil {
		c.bad = true
		c.Streams.Complain(err)
	}
}

func (c *Copier) item(i item) {
	flags := 0
	if !i.follow {
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	if err := unix.Fstatat(i.fromDir, i.from, &i.stat, flags); err != nil {
		c.complain(stdio.Cannot("copy", i.fromPath, err))
		return
	}
	if kind(&i.stat) == unix.S_IFDIR {
		c.folder(i)
		return
	}
	wanted, err := c.prepare(&i)
	if err == nil && wanted {
		err = c.file(i)
		if err == nil {
			c.tell(i)
		}
	}
	c.complain(err)
}

func (c *Copier) tell(i item) {
	if c.Verbose {
		fmt.Fprintf(c.Streams.Out, "'%s' -> '%s'\n", i.fromPath, i.toPath)
	}
}

// prepare looks at what is at the target of a file that is no folder, and
// removes it if it must go. wanted is false if the target is to stay.
func (c *Copier) prepare(i *item) (wanted bool, err error) {
	var there, behind unix.Stat_t
	err = unix.Fstatat(i.toDir, i.to, &there, unix.AT_SYMLINK_NOFOLLOW)
	switch {
	case err == unix.ENOENT:
		return true, nil
	case err != nil:
		return false, stdio.Cannot("create", i.toPath, err)
	}
	isLink := kind(&there) == unix.S_IFLNK
	through := isLink && i.named && !c.replaces(i)
	behind = there
	if through && unix.Fstatat(i.toDir, i.to, &behind, 0) != nil {
		return false, fmt.Errorf("cannot write through %s: it is a link to nothing", stdio.Quote(i.toPath))
	}
	same := target.Same(&i.stat, &there) || target.Same(&i.stat, &behind)
	var source unix.Stat_t
	if kind(&i.stat) == unix.S_IFLNK && unix.Fstatat(i.fromDir, i.from, &source, 0) == nil {
		same = same || target.Same(&source, &there) // the file would become a link to itself
	}
	switch {
	case same && c.Hard:
		return false, nil
	case same:
		return false, fmt.Errorf("cannot copy %s onto itself, %s", stdio.Quote(i.fromPath), stdio.Quote(i.toPath))
	case kind(&behind) == unix.S_IFDIR:
		return false, fmt.Errorf("cannot copy %s over the folder %s", stdio.Quote(i.fromPath), stdio.Quote(i.toPath))
	case c.Allow != nil && !c.Allow(&i.stat, &behind, i.toPath):
		return false, nil
	}
	if isLink && !through || c.replaces(i) {
		if err := unix.Unlinkat(i.toDir, i.to, 0); err != nil {
			return false, stdio.Cannot("replace", i.toPath, err)
		}
	}
	return true, nil
}

// replaces says whether the copy is a new file in any case, since it is no
// regular one.
func (c *Copier) replaces(i *item) bool {
	return c.Remove || (c.Hard || c.Soft) && c.Force ||
		!c.Hard && !c.Soft && (kind(&i.stat) == unix.S_IFLNK || c.Recursive && kind(&i.stat) != unix.S_IFREG)
}

// file copies what is no folder.
func (c *Copier) file(i item) error {
	if done, err := c.link(i); done || err != nil {
		return err
	}
	var err error
	switch {
	case kind(&i.stat) == unix.S_IFLNK:
		err = c.symlink(i)
	case kind(&i.stat) == unix.S_IFREG || !c.Recursive:
		err = c.regular(i)
	default:
		const permissions = 0o777
		mode := i.stat.Mode & (unix.S_IFMT | permissions)
		if c.Keep.Mode {
			mode &= unix.S_IFMT | 0o700
		}
		if err = unix.Mknodat(i.toDir, i.to, mode, int(i.stat.Rdev)); err != nil {
			return stdio.Cannot("create", i.toPath, err)
		}
		err = c.keepByName(i)
	}
	if err == nil && c.Keep.Links && i.stat.Nlink > 1 {
		var made unix.Stat_t
		if unix.Fstatat(i.toDir, i.to, &made, unix.AT_SYMLINK_NOFOLLOW) == nil {
			c.links[id(&i.stat)] = copied{i.toPath, id(&made)}
		}
	}
	return err
}

// link makes a link instead of a copy: for -l and -s, and for the second name
// of a file that was copied already.
func (c *Copier) link(i item) (done bool, err error) {
	switch {
	case c.Soft:
		if !strings.HasPrefix(i.fromPath, "/") && strings.Contains(strings.TrimPrefix(i.toPath, "./"), "/") {
			return false, fmt.Errorf("cannot link %s from another folder: its name does not begin with /", stdio.Quote(i.fromPath))
		}
		err = unix.Symlinkat(i.fromPath, i.toDir, i.to)
	case c.Hard:
		flags := 0
		if i.follow {
			flags = unix.AT_SYMLINK_FOLLOW
		}
		err = unix.Linkat(i.fromDir, i.from, i.toDir, i.to, flags)
	default:
		return c.linkToCopy(i)
	}
	if err != nil {
		return false, stdio.Cannot("link", i.toPath, err)
	}
	return true, nil
}

// linkToCopy links to the copy of another name of the same file. The name may
// have changed meanwhile, so the new link is looked at.
func (c *Copier) linkToCopy(i item) (done bool, err error) {
	first, known := c.links[id(&i.stat)]
	if !known || !c.Keep.Links {
		return false, nil
	}
	if err := unix.Unlinkat(i.toDir, i.to, 0); err != nil && err != unix.ENOENT {
		return false, stdio.Cannot("replace", i.toPath, err)
	}
	if unix.Linkat(unix.AT_FDCWD, first.path, i.toDir, i.to, 0) != nil {
		return false, nil // too many links, or none possible: a copy then
	}
	var made unix.Stat_t
	err = unix.Fstatat(i.toDir, i.to, &made, unix.AT_SYMLINK_NOFOLLOW)
	if err == nil && id(&made) == first.id {
		return true, nil
	}
	unix.Unlinkat(i.toDir, i.to, 0)
	return false, nil
}

func (c *Copier) symlink(i item) error {
	text, err := readlink(i.fromDir, i.from)
	if err != nil {
		return stdio.Cannot("read", i.fromPath, err)
	}
	if err := unix.Symlinkat(text, i.toDir, i.to); err != nil {
		return stdio.Cannot("create", i.toPath, err)
	}
	return c.keepByName(i)
}

func readlink(dir int, name string) (string, error) {
	for size := 256; ; size *= 2 {
		text := make([]byte, size)
		n, err := unix.Readlinkat(dir, name, text)
		if err != nil || n < size {
			return string(text[:max(n, 0)]), err
		}
	}
}

var errSwapped = errors.New("it was replaced meanwhile")
