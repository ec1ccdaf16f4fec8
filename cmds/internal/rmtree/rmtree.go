// Package rmtree removes files and trees, for rm and for mv across file
// systems.
//
// A tree is walked through open folders (openat(2) with O_NOFOLLOW), not by
// paths: a folder that is swapped for a link to /etc while it is being removed
// is an error, and nothing in /etc is touched.
//
// Names are read and removed by the thousand, so a folder may hold more files
// than memory would hold names.
//
// Links: unlinkat(2), openat(2), path_resolution(7).
//
// # Bugs
//
// A tree may be as deep as there are file descriptors.
//
// Next in the tour: none
package rmtree

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
)

// A Remover is one run of rm or mv.
type Remover struct {
	Recursive bool // folders and what is in them
	Folders   bool // folders that are empty
	Force     bool // what is missing is fine
	Verbose   bool
	OneSystem bool // leave what is mounted in the tree
	Streams   *stdio.Streams
	// Ask is asked before each file is removed and each folder is entered; nil
	// means yes.
	Ask func(question string, stat *unix.Stat_t, dir int, name string) bool

	device uint64 // of the operand
}

// Remove removes the file or tree called name, and says whether it is gone.
func (r *Remover) Remove(name string) bool {
	var stat unix.Stat_t
	bare := strings.TrimRight(name, "/") // else a link would be followed
	if bare == "" {
		bare = name
	}
	err := unix.Lstat(bare, &stat)
	if err == nil && len(bare) < len(name) && stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		err = unix.ENOTDIR
	}
	switch {
	case (err == unix.ENOENT || err == unix.ENOTDIR && bare == name) && r.Force:
		return true
	case err != nil:
		r.Streams.Complain(stdio.Cannot("remove", name, err))
		return false
	}
	r.device = uint64(stat.Dev)
	return r.entry(unix.AT_FDCWD, name, name, &stat)
}

// entry removes one file of the folder that is open as dir. path is for
// messages.
func (r *Remover) entry(dir int, name, path string, stat *unix.Stat_t) bool {
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		return r.ask("remove", path, stat, dir, name) && r.unlink(dir, name, path, 0)
	}
	switch {
	case !r.Recursive && !r.Folders:
		r.Streams.Complain(fmt.Errorf("cannot remove the folder %s: -r is missing", stdio.Quote(path)))
		return false
	case r.OneSystem && uint64(stat.Dev) != r.device:
		r.Streams.Complain(fmt.Errorf("cannot remove %s: it is on another file system", stdio.Quote(path)))
		return false
	case !r.Recursive:
		return r.ask("remove folder", path, stat, dir, name) && r.unlink(dir, name, path, unix.AT_REMOVEDIR)
	}
	// What can be removed at once is empty, and needs no rights to be read.
	if r.Ask == nil && unix.Unlinkat(dir, name, unix.AT_REMOVEDIR) == nil {
		r.tell(path, unix.AT_REMOVEDIR)
		return true
	}
	if !r.ask("go into folder", path, stat, dir, name) {
		return false
	}
	return r.inside(dir, name, path, stat)
}

func (r *Remover) ask(what, path string, stat *unix.Stat_t, dir int, name string) bool {
	return r.Ask == nil || r.Ask(what+" "+stdio.Quote(path), stat, dir, name)
}

func (r *Remover) tell(path string, flags int) {
	switch {
	case !r.Verbose:
	case flags == 0:
		fmt.Fprintf(r.Streams.Out, "removed '%s'\n", path)
	default:
		fmt.Fprintf(r.Streams.Out, "removed directory '%s'\n", path)
	}
}

func (r *Remover) unlink(dir int, name, path string, flags int) bool {
	err := unix.Unlinkat(dir, name, flags)
	if err != nil && !(err == unix.ENOENT && r.Force) {
		r.Streams.Complain(stdio.Cannot("remove", path, err))
		return false
	}
	r.tell(path, flags)
	return true
}

// inside removes what is in a folder, then the folder.
func (r *Remover) inside(dir int, name, path string, stat *unix.Stat_t) bool {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT && r.Force {
		return true
	}
	if err != nil {
		r.Streams.Complain(stdio.Cannot("open", path, err))
		return false
	}
	folder := os.NewFile(uintptr(fd), path)
	defer folder.Close()
	var opened unix.Stat_t
	if err := unix.Fstat(fd, &opened); err != nil || !target.Same(&opened, stat) {
		r.Streams.Complain(fmt.Errorf("cannot remove %s: it was replaced meanwhile", stdio.Quote(path)))
		return false
	}
	// Somebody may go on making files, and some file systems skip names when
	// others are removed, so a folder that is not empty is read again.
	const rounds = 3
	for range rounds {
		if !r.names(folder, path) {
			return false
		}
		if !r.ask("remove folder", path, stat, dir, name) {
			return false
		}
		if err = unix.Unlinkat(dir, name, unix.AT_REMOVEDIR); err != unix.ENOTEMPTY {
			break
		}
		folder.Seek(0, io.SeekStart)
	}
	if err != nil && !(err == unix.ENOENT && r.Force) {
		r.Streams.Complain(stdio.Cannot("remove", path, err))
		return false
	}
	r.tell(path, unix.AT_REMOVEDIR)
	return true
}

// names removes what is in an open folder, and says whether all of it is gone.
func (r *Remover) names(folder *os.File, path string) bool {
	gone := true
	fd := int(folder.Fd())
	for {
		const some = 1024
		names, err := folder.Readdirnames(some)
		for _, name := range names {
			child := target.Join(path, name)
			var stat unix.Stat_t
			err := unix.Fstatat(fd, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
			switch {
			case err == unix.ENOENT: // somebody else was faster
			case err != nil:
				r.Streams.Complain(stdio.Cannot("look at", child, err))
				gone = false
			case !r.entry(fd, name, child, &stat):
				gone = false
			}
		}
		if err == io.EOF {
			return gone
		}
		if err != nil {
			r.Streams.Complain(stdio.Cannot("read", path, err))
			return false
		}
	}
}
