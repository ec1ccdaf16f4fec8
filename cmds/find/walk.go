package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// A walker is one run of find.
type walker struct {
	machine
	options
	expression test
	streams    *stdio.Streams
	stdin      io.Reader // for the programs that are started
	stdout     io.Writer
	batches    []*batch
	stopped    bool     // by -quit
	above      []fileID // the folders that the current file is in
}

// A fileID is what two names of one file have in common.
type fileID struct{ device, inode uint64 }

// A file is one that the walk comes to.
type file struct {
	path   string
	depth  int
	folder int    // the open folder that it is in
	entry  string // its name there
	kind   uint32 // S_IFMT of its mode, 0 while it is not known

	stated bool
	gone   bool // it vanished
	stat   unix.Stat_t
	pruned bool
}

func idOf(stat *unix.Stat_t) fileID { return fileID{uint64(stat.Dev), stat.Ino} }

// path walks from one path of the command line.
func (w *walker) path(path string) {
	f := &file{path: path, folder: unix.AT_FDCWD, entry: path}
	if err := w.inspect(f); err != nil {
		w.streams.Complain(stdio.Cannot("look at", path, err))
		return
	}
	w.visit(f)
}

// inspect asks the kernel about f, once.
func (w *walker) inspect(f *file) error {
	if f.stated {
		return nil
	}
	follow := w.follow || w.followPaths && f.depth == 0
	err := error(unix.ENOENT)
	if follow {
		err = unix.Fstatat(f.folder, f.entry, &f.stat, 0)
	}
	if err != nil { // with follow: a link that leads nowhere is a file
		err = unix.Fstatat(f.folder, f.entry, &f.stat, unix.AT_SYMLINK_NOFOLLOW)
	}
	if err == nil {
		f.stated, f.kind = true, f.stat.Mode&unix.S_IFMT
	}
	return err
}

// status is what the kernel tells of f, false if that is nothing.
func (w *walker) status(f *file) (*unix.Stat_t, bool) {
	if f.gone {
		return nil, false
	}
	if err := w.inspect(f); err != nil {
		f.gone = true
		w.complain("look at", f.path, err)
		return nil, false
	}
	return &f.stat, true
}

// complain tells of what could not be done, but not of files that vanished.
func (w *walker) complain(verb, path string, err error) {
	if !errors.Is(err, unix.ENOENT) {
		w.streams.Complain(stdio.Cannot(verb, path, err))
	}
}

// visit looks at f, and at what is in it.
func (w *walker) visit(f *file) {
	if w.follow || f.kind == 0 {
		if _, ok := w.status(f); !ok {
			return
		}
	}
	isFolder := f.kind == unix.S_IFDIR
	if !w.contentsFirst || !isFolder {
		w.evaluate(f)
	}
	if isFolder && !w.stopped && (w.maxDepth < 0 || f.depth < w.maxDepth) && (!f.pruned || w.contentsFirst) {
		w.enter(f)
	}
	if w.contentsFirst && isFolder && !w.stopped {
		w.evaluate(f)
	}
}

func (w *walker) evaluate(f *file) {
	if f.depth >= w.minDepth {
		w.expression(w, f)
	}
}

// enter visits what is in the folder f.
func (w *walker) enter(f *file) {
	if _, ok := w.status(f); !ok {
		return
	}
	id := idOf(&f.stat)
	if w.oneFileSystem && len(w.above) > 0 && w.above[0].device != id.device {
		return
	}
	if slices.Contains(w.above, id) {
		w.streams.Complain(stdio.Cannot("go into", f.path, errors.New("it leads back to a folder that it is in")))
		return
	}
	flags := unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC | unix.O_NOFOLLOW
	if w.follow || w.followPaths && f.depth == 0 || strings.HasSuffix(f.entry, "/") {
		flags &^= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(f.folder, f.entry, flags, 0)
	if err != nil {
		w.complain("read", f.path, err)
		return
	}
	folder := os.NewFile(uintptr(fd), f.path)
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		w.complain("read", f.path, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	prefix := f.path
	if !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	w.above = append(w.above, id)
	for _, entry := range entries {
		if w.stopped || w.streams.OutputFailed() {
			break
		}
		w.visit(&file{path: prefix + entry.Name(), depth: f.depth + 1, folder: fd, entry: entry.Name(), kind: kindOf(entry.Type())})
	}
	w.above = w.above[:len(w.above)-1]
}

// kindOf is the type of a folder's entry as the kernel has it.
func kindOf(mode fs.FileMode) uint32 {
	switch mode.Type() {
	case 0:
		return unix.S_IFREG
	case fs.ModeDir:
		return unix.S_IFDIR
	case fs.ModeSymlink:
		return unix.S_IFLNK
	case fs.ModeNamedPipe:
		return unix.S_IFIFO
	case fs.ModeSocket:
		return unix.S_IFSOCK
	case fs.ModeDevice:
		return unix.S_IFBLK
	case fs.ModeDevice | fs.ModeCharDevice:
		return unix.S_IFCHR
	}
	return 0
}
