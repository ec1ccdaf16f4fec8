package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
)

// A creator writes one archive.
type creator struct {
	machine
	*options
	streams *stdio.Streams
	list    io.Writer // for -v
	out     *tar.Writer
	self    unix.Stat_t          // the archive
	links   map[[2]uint64]string // the names of files that have several
	above   []unix.Stat_t        // the folders we are in
	prefix  removing
	lost    error // the archive can't be written
}

// create writes an archive. Its error is one of the archive; those of files
// are told.
func (m machine) create(o *options, s *stdio.Streams, stdout io.Writer) error {
	c := &creator{machine: m, options: o, streams: s, list: s.Out, links: map[[2]uint64]string{}}
	if o.archive == "-" {
		c.list = s.Err
		return c.write(stdout)
	}
	f, err := os.Create(o.archive)
	if err != nil {
		return stdio.Cannot("create", o.archive, err)
	}
	unix.Fstat(int(f.Fd()), &c.self)
	err = c.write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return stdio.Cannot("write", o.archive, err)
	}
	return nil
}

// write writes the archive to w.
func (c *creator) write(w io.Writer) error {
	const size = 64 << 10
	buffer := bufio.NewWriterSize(w, size)
	closers := []func() error{buffer.Flush}
	w = buffer
	named := strings.HasSuffix(c.archive, ".gz") || strings.HasSuffix(c.archive, ".tgz")
	if c.gzip || c.auto && named {
		z := gzip.NewWriter(w)
		closers = append(closers, z.Close)
		w = z
	}
	c.out = tar.NewWriter(w)
	closers = append(closers, c.out.Close)
	for _, m := range c.members {
		name, prefix := memberName(m.name)
		if prefix != "" {
			c.prefix.tell(c.streams, prefix)
		}
		path := m.name
		if m.folder != "" && !strings.HasPrefix(path, "/") {
			path = target.Join(m.folder, path)
		}
		c.file(unix.AT_FDCWD, path, path, name)
	}
	slices.Reverse(closers)
	for _, end := range closers {
		if err := end(); c.lost == nil {
			c.lost = err
		}
	}
	return c.lost
}

// file puts one file of the folder that is open as dir into the archive, and
// what is in it. path is for messages, member its name in the archive.
func (c *creator) file(dir int, name, path, member string) {
	if c.lost != nil || c.excluded(member) {
		return
	}
	flags := unix.AT_SYMLINK_NOFOLLOW
	if c.follow {
		flags = 0
	}
	var stat unix.Stat_t
	err := unix.Fstatat(dir, name, &stat, flags)
	switch {
	case err != nil:
		err = stdio.Cannot("look at", path, err)
	case target.Same(&stat, &c.self):
		c.streams.ComplainStatus(fmt.Errorf("%s is the archive itself, and left out", stdio.Quote(path)), 0)
		return
	case stat.Mode&unix.S_IFMT == unix.S_IFSOCK:
		c.streams.ComplainStatus(fmt.Errorf("%s is a socket, and left out", stdio.Quote(path)), 0)
		return
	case stat.Mode&unix.S_IFMT == unix.S_IFDIR:
		err = c.folder(dir, name, path, member)
	case stat.Mode&unix.S_IFMT == unix.S_IFREG:
		err = c.regular(dir, name, path, member)
	default:
		var h *tar.Header
		if h, err = c.header(dir, name, member, &stat); err == nil {
			err = c.put(h)
		} else {
			err = stdio.Cannot("read", path, err)
		}
	}
	if c.lost == nil {
		c.streams.Complain(err)
	}
}

// put writes the header of a file and lists it.
func (c *creator) put(h *tar.Header) error {
	if err := c.out.WriteHeader(h); err != nil {
		if errors.Is(err, tar.ErrHeader) {
			return fmt.Errorf("cannot store %s: %w", stdio.Quote(h.Name), err)
		}
		c.lost = err
		return err
	}
	if c.verbose > 0 {
		io.WriteString(c.list, c.line(h, c.verbose > 1)+"\n")
	}
	return nil
}

// header tells of a file.
func (c *creator) header(dir int, name, member string, stat *unix.Stat_t) (*tar.Header, error) {
	h := &tar.Header{
		Typeflag: tar.TypeReg, Name: member, Mode: int64(stat.Mode & 0o7777),
		Uid: int(stat.Uid), Gid: int(stat.Gid), ModTime: time.Unix(stat.Mtim.Sec, 0),
	}
	if !c.numeric {
		h.Uname, h.Gname = c.users.Of(stat.Uid), c.groups.Of(stat.Gid)
		if h.Uname == fmt.Sprint(stat.Uid) {
			h.Uname = ""
		}
		if h.Gname == fmt.Sprint(stat.Gid) {
			h.Gname = ""
		}
	}
	kind := stat.Mode & unix.S_IFMT
	id := [2]uint64{uint64(stat.Dev), stat.Ino}
	if first, known := c.links[id]; known && kind != unix.S_IFDIR {
		h.Typeflag, h.Linkname = tar.TypeLink, first
		return h, nil
	}
	switch kind {
	case unix.S_IFREG:
		h.Size = stat.Size
	case unix.S_IFDIR:
		h.Typeflag, h.Name = tar.TypeDir, member+"/"
		return h, nil
	case unix.S_IFLNK:
		text := make([]byte, unix.PathMax)
		n, err := unix.Readlinkat(dir, name, text)
		if err != nil {
			return nil, err
		}
		h.Typeflag, h.Linkname = tar.TypeSymlink, string(text[:n])
	case unix.S_IFIFO:
		h.Typeflag = tar.TypeFifo
	case unix.S_IFCHR, unix.S_IFBLK:
		h.Typeflag = tar.TypeChar
		if kind == unix.S_IFBLK {
			h.Typeflag = tar.TypeBlock
		}
		h.Devmajor, h.Devminor = int64(unix.Major(stat.Rdev)), int64(unix.Minor(stat.Rdev))
	}
	if stat.Nlink > 1 {
		c.links[id] = member
	}
	return h, nil
}

// open opens a file for reading. In a tree, a link in its place is an error.
func (c *creator) open(dir int, name, path string, flags int) (*os.File, *unix.Stat_t, error) {
	if !c.follow {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|flags, 0)
	if err != nil {
		return nil, nil, stdio.Cannot("open", path, err)
	}
	f := os.NewFile(uintptr(fd), path)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		f.Close()
		return nil, nil, stdio.Cannot("look at", path, err)
	}
	return f, &stat, nil
}

func (c *creator) regular(dir int, name, path, member string) error {
	f, stat, err := c.open(dir, name, path, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	h, err := c.header(dir, name, member, stat)
	if err != nil {
		return stdio.Cannot("read", path, err)
	}
	if err := c.put(h); err != nil || h.Typeflag != tar.TypeReg {
		return err
	}
	n, err := io.Copy(outputOnly{c}, io.LimitReader(f, h.Size))
	if c.lost != nil {
		return c.lost
	}
	if n == h.Size && err == nil {
		return nil
	}
	if err == nil {
		err = errors.New("it became shorter meanwhile")
	}
	io.Copy(outputOnly{c}, io.LimitReader(zeros{}, h.Size-n)) // what was announced must follow
	return stdio.Cannot("read", path, err)
}

// outputOnly notes which errors are those of the archive.
type outputOnly struct{ c *creator }

func (w outputOnly) Write(b []byte) (int, error) {
	n, err := w.c.out.Write(b)
	if err != nil {
		w.c.lost = err
	}
	return n, err
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func (c *creator) folder(dir int, name, path, member string) error {
	f, stat, err := c.open(dir, name, path, unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	defer f.Close()
	for i := range c.above {
		if target.Same(&c.above[i], stat) {
			return fmt.Errorf("cannot store %s again: it is inside itself", stdio.Quote(path))
		}
	}
	h, err := c.header(dir, name, member, stat)
	if err == nil {
		err = c.put(h)
	}
	if err != nil || c.flat {
		return err
	}
	names, err := f.Readdirnames(-1)
	if err != nil {
		c.streams.Complain(stdio.Cannot("read", path, err))
	}
	slices.Sort(names) // the same tree, the same archive
	c.above = append(c.above, *stat)
	for _, name := range names {
		c.file(int(f.Fd()), name, target.Join(path, name), member+"/"+name)
	}
	c.above = c.above[:len(c.above)-1]
	return nil
}
