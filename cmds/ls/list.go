package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// A lister is one run of ls.
type lister struct {
	options
	machine
	streams *stdio.Streams
	listed  bool     // something, so that the next folder needs a blank line
	above   []fileID // the folders that the current one is in
}

// A fileID is what two names of one file have in common.
type fileID struct{ device, inode uint64 }

// An entry is one file to list.
type entry struct {
	name   string // as it is shown
	path   string // to reach it
	stat   unix.Stat_t
	target string // of a symbolic link
	// targetMode is the mode of the file that a link leads to, 0 if there is none.
	targetMode uint32
}

func (e entry) kind() uint32   { return e.stat.Mode & unix.S_IFMT }
func (e entry) isFolder() bool { return e.kind() == unix.S_IFDIR }
func (e entry) id() fileID     { return fileID{uint64(e.stat.Dev), e.stat.Ino} }

// list lists the operands: first the files, as one listing, then the folders.
func (l *lister) list(operands []string) {
	if len(operands) == 0 {
		operands = []string{"."}
	}
	var files, folders []entry
	for _, name := range operands {
		e, err := l.inspect(name, name, l.follow || !l.long && !l.folders && !l.mark)
		switch {
		case err != nil:
			l.streams.Complain(stdio.Cannot("list", name, err))
		case e.isFolder() && !l.folders:
			folders = append(folders, e)
		default:
			files = append(files, e)
		}
	}
	if len(files) > 0 {
		l.sort(files)
		l.print(files)
		l.listed = true
	}
	l.sort(folders)
	for _, folder := range folders {
		l.folder(folder, len(operands) > 1 || l.recursive)
	}
}

// inspect asks the kernel about the file at path. A link that follow leads to
// nothing is shown as itself.
func (l *lister) inspect(name, path string, follow bool) (entry, error) {
	e := entry{name: name, path: path}
	if follow && unix.Stat(path, &e.stat) == nil {
		return e, nil
	}
	if err := unix.Lstat(path, &e.stat); err != nil {
		return e, err
	}
	if e.kind() == unix.S_IFLNK && (l.long || l.color) {
		e.target, _ = os.Readlink(path)
		var target unix.Stat_t
		if unix.Stat(path, &target) == nil {
			e.targetMode = target.Mode
		}
	}
	return e, nil
}

// folder lists one folder, and with -R those in it.
func (l *lister) folder(folder entry, headed bool) {
	id, path := folder.id(), folder.path
	switch {
	case l.streams.OutputFailed():
		return
	case slices.Contains(l.above, id):
		l.streams.Complain(fmt.Errorf("cannot list %s again: it is inside itself", stdio.Quote(path)))
		return
	}
	l.above = append(l.above, id)
	defer func() { l.above = l.above[:len(l.above)-1] }()
	if l.listed {
		l.streams.Out.WriteByte('\n')
	}
	l.listed = true
	if headed {
		l.streams.Out.WriteString(l.shown(path) + ":\n")
	}
	entries := l.read(path)
	l.sort(entries)
	if l.long || l.blocks {
		l.total(entries)
	}
	l.print(entries)
	if !l.recursive {
		return
	}
	for _, e := range entries {
		if e.isFolder() && e.name != "." && e.name != ".." {
			l.folder(e, true)
		}
	}
}

func (l *lister) read(path string) []entry {
	dir, err := os.Open(path)
	if err != nil {
		l.streams.Complain(stdio.Cannot("open", path, err))
		return nil
	}
	defer dir.Close()
	inside, err := dir.Readdirnames(-1)
	if err != nil {
		l.streams.Complain(stdio.Cannot("read", path, err))
	}
	if l.all {
		inside = append(inside, ".", "..")
	}
	var entries []entry
	for _, name := range inside {
		if strings.HasPrefix(name, ".") && !l.all && !l.almostAll {
			continue
		}
		full := strings.TrimSuffix(path, "/") + "/" + name
		e, err := l.inspect(name, full, l.follow)
		if err != nil {
			l.streams.Complain(stdio.Cannot("list", full, err))
			continue
		}
		entries = append(entries, e)
	}
	return entries
}

func (l *lister) sort(entries []entry) {
	slices.SortFunc(entries, func(a, b entry) int {
		order := 0
		switch l.order {
		case byTime:
			order = cmp.Compare(b.stat.Mtim.Nano(), a.stat.Mtim.Nano())
		case bySize:
			order = cmp.Compare(b.stat.Size, a.stat.Size)
		}
		if order == 0 {
			order = strings.Compare(a.name, b.name)
		}
		if l.reverse {
			order = -order
		}
		return order
	})
}
