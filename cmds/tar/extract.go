package main

import (
	"archive/tar"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// An extractor writes the files of an archive into a folder.
type extractor struct {
	machine
	*options
	streams *stdio.Streams
	root    *os.Root
	folders []folder // get their modes and times in the end
	ids     map[string]int
	prefix  removing

	// The folder of the last file stays open: most files have it, too.
	last     *os.File
	lastName string
}

type folder struct {
	name   string
	header *tar.Header
}

func (m machine) extractor(o *options, s *stdio.Streams) (*extractor, error) {
	name := o.folder
	if name == "" {
		name = "."
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, stdio.Cannot("extract into", name, err)
	}
	return &extractor{machine: m, options: o, streams: s, root: root, ids: map[string]int{}}, nil
}

// close finishes the folders, the inner ones first.
func (x *extractor) close() {
	slices.Reverse(x.folders)
	for _, f := range x.folders {
		dir, base, err := x.parent(f.name)
		if err == nil {
			err = x.attributes(int(dir.Fd()), base, f.header)
		}
		if err != nil {
			x.streams.Complain(stdio.Cannot("finish the folder", f.name, err))
		}
	}
	if x.last != nil {
		x.last.Close()
	}
	x.root.Close()
}

// member extracts one file.
func (x *extractor) member(h *tar.Header, in io.Reader) error {
	name := stripped(h.Name, x.strip)
	if name == "" {
		return nil
	}
	name, prefix, ok := inside(name)
	if !ok {
		return fmt.Errorf("cannot extract %s: it would leave the folder", stdio.Quote(h.Name))
	}
	if prefix != "" {
		x.prefix.tell(x.streams, prefix)
	}
	if x.toStdout {
		if kind(h.Typeflag) == unix.S_IFREG && h.Typeflag != tar.TypeLink {
			if _, err := io.Copy(x.streams.Out, archiveReader{in}); err != nil {
				return err
			}
		}
		return nil
	}
	if x.verbose > 0 {
		fmt.Fprintln(x.streams.Out, x.line(h, x.verbose > 1))
	}
	dir, base, err := x.parent(name)
	if err != nil {
		return stdio.Cannot("extract", name, err)
	}
	if h.Typeflag == tar.TypeDir {
		err = x.folder(int(dir.Fd()), base, name, h)
	} else if gone, removed := x.remove(int(dir.Fd()), base); removed != nil || !gone {
		err = removed
	} else {
		err = x.file(int(dir.Fd()), base, h, in)
	}
	if err != nil {
		return stdio.Cannot("extract", name, err)
	}
	return nil
}

// parent opens the folder that a file belongs in, and makes it if need be. The
// root sees to it that no link leads out.
func (x *extractor) parent(name string) (*os.File, string, error) {
	dir, base := path.Dir(name), path.Base(name)
	if x.last != nil && x.lastName == dir {
		return x.last, base, nil
	}
	const open = os.O_RDONLY | unix.O_DIRECTORY
	f, err := x.root.OpenFile(dir, open, 0)
	if os.IsNotExist(err) {
		if err = x.root.MkdirAll(dir, 0o777); err == nil {
			f, err = x.root.OpenFile(dir, open, 0)
		}
	}
	if err != nil {
		return nil, "", err
	}
	if x.last != nil {
		x.last.Close()
	}
	x.last, x.lastName = f, dir
	return f, base, nil
}

// folder makes a folder that its owner can write into, until the end. One that
// is there, or a link to one, stays.
func (x *extractor) folder(dir int, base, name string, h *tar.Header) error {
	const owner = 0o700
	err := unix.Mkdirat(dir, base, uint32(h.Mode)&owner|owner)
	if err == unix.EEXIST {
		info, statErr := x.root.Stat(name)
		if statErr != nil || !info.IsDir() {
			return err
		}
		if info, err := x.root.Lstat(name); err != nil || !info.IsDir() || x.keep {
			return nil
		}
		err = nil
	}
	if err == nil {
		x.folders = append(x.folders, folder{name, h})
	}
	return err
}

// remove removes what is in the place of a file. gone is false if it stays.
func (x *extractor) remove(dir int, base string) (gone bool, err error) {
	if x.keep {
		var stat unix.Stat_t
		err := unix.Fstatat(dir, base, &stat, unix.AT_SYMLINK_NOFOLLOW)
		switch {
		case err == unix.ENOENT:
			return true, nil
		case x.skip:
			return false, nil
		}
		return false, unix.EEXIST
	}
	err = unix.Unlinkat(dir, base, 0)
	if err == unix.EISDIR { // an empty one may go
		err = unix.Unlinkat(dir, base, unix.AT_REMOVEDIR)
	}
	if err == unix.ENOENT {
		err = nil
	}
	return err == nil, err
}

// file makes what is no folder.
func (x *extractor) file(dir int, base string, h *tar.Header, in io.Reader) error {
	const closed = 0o600
	switch h.Typeflag {
	case tar.TypeLink:
		return x.link(dir, base, h)
	case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		fd, err := unix.Openat(dir, base, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, closed)
		if err != nil {
			return err
		}
		f := os.NewFile(uintptr(fd), base)
		if _, err = io.Copy(f, archiveReader{in}); err == nil {
			err = x.attributes(dir, base, h)
		}
		if closed := f.Close(); err == nil {
			err = closed
		}
		return err
	case tar.TypeSymlink:
		if err := unix.Symlinkat(h.Linkname, dir, base); err != nil {
			return err
		}
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		device := unix.Mkdev(uint32(h.Devmajor), uint32(h.Devminor))
		if err := unix.Mknodat(dir, base, kind(h.Typeflag)|closed, int(device)); err != nil {
			return err
		}
	default:
		return fmt.Errorf("its type %q is not known", h.Typeflag)
	}
	return x.attributes(dir, base, h)
}

// link makes a hard link to a file that was extracted before.
func (x *extractor) link(dir int, base string, h *tar.Header) error {
	first, _, ok := inside(stripped(h.Linkname, x.strip))
	if !ok {
		return fmt.Errorf("its link to %s would leave the folder", stdio.Quote(h.Linkname))
	}
	other, err := x.root.OpenFile(path.Dir(first), os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer other.Close()
	return unix.Linkat(int(other.Fd()), path.Base(first), dir, base, 0)
}

// attributes gives a file its owner, mode and times. It was just made by us, in
// a folder that is open, and no link is followed.
func (x *extractor) attributes(dir int, base string, h *tar.Header) error {
	const noFollow, setID = unix.AT_SYMLINK_NOFOLLOW, unix.S_ISUID | unix.S_ISGID
	mode := uint32(h.Mode) & 0o7777
	if !x.modes && !x.machine.root {
		mode &= 0o777 &^ x.umask
	}
	if x.machine.root && !x.own {
		uid, gid := h.Uid, h.Gid
		if !x.numeric {
			uid, gid = x.id("u", x.users, h.Uname, uid), x.id("g", x.groups, h.Gname, gid)
		}
		if err := unix.Fchownat(dir, base, uid, gid, noFollow); err != nil {
			return err
		}
	} else if x.own {
		mode &^= setID
	}
	if h.Typeflag != tar.TypeSymlink {
		err := unix.Fchmodat(dir, base, mode, noFollow)
		if err == unix.EOPNOTSUPP { // before Linux 6.6
			err = unix.Fchmodat(dir, base, mode, 0)
		}
		if err != nil {
			return err
		}
	}
	if x.now {
		return nil
	}
	stamp := func(t time.Time) unix.Timespec {
		return unix.Timespec{Sec: t.Unix(), Nsec: int64(t.Nanosecond())}
	}
	times := []unix.Timespec{{Nsec: unix.UTIME_NOW}, stamp(h.ModTime)}
	return unix.UtimesNanoAt(dir, base, times, noFollow)
}

// id is the number of a user or group that has the name here, or else number.
func (x *extractor) id(kind string, names *owner.Names, name string, number int) int {
	if name == "" {
		return number
	}
	if id, known := x.ids[kind+name]; known {
		return id
	}
	if id, err := names.Find(name); err == nil {
		number = int(id)
	}
	x.ids[kind+name] = number
	return number
}

// archiveReader tells errors of the archive from those of a file.
type archiveReader struct{ in io.Reader }

func (r archiveReader) Read(b []byte) (int, error) {
	n, err := r.in.Read(b)
	if err != nil && err != io.EOF {
		err = archiveError{err}
	}
	return n, err
}
