package main

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filecopy"
	"github.com/vole-linux/vole/cmds/internal/rmtree"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
)

// across moves a file or tree to another file system: a copy beside the target,
// on disk, in its place, and then the removal. Until the last step nothing is
// lost if power is.
func (v mover) across(pair target.Pair, stat, there *unix.Stat_t, exists bool) bool {
	from, to := bare(pair.From), bare(pair.To)
	if exists && there.Mode&unix.S_IFMT == unix.S_IFDIR {
		if err := empty(to); err != nil {
			v.streams.Complain(stdio.Cannot("replace", to, err))
			return false
		}
	}
	aside, err := v.aside(to)
	if err != nil {
		v.streams.Complain(stdio.Cannot("create", to, err))
		return false
	}
	discard := rmtree.Remover{Recursive: true, Force: true, Streams: v.streams}
	defer discard.Remove(aside) // it is gone if all went well
	copier := filecopy.Copier{
		Recursive: true, Follow: filecopy.Never, Streams: v.streams, Unprivileged: !v.root, Lenient: true,
		Keep: filecopy.Preserve{Mode: true, Owner: true, Times: true, Links: true},
	}
	name := target.Join(aside, "file")
	if !copier.Copy(from, name) {
		return false
	}
	if err := sync(aside); err != nil {
		v.streams.Complain(stdio.Cannot("write", to, err))
		return false
	}
	if err := v.place(name, to, stat.Mode); err != nil {
		v.streams.Complain(stdio.Cannot("move "+stdio.Quote(from)+" to", to, err))
		return false
	}
	remover := rmtree.Remover{Recursive: true, Streams: v.streams}
	return remover.Remove(from)
}

// aside makes a folder beside name that nobody else may look into.
func (v mover) aside(name string) (string, error) {
	folder := name[:strings.LastIndexByte(name, '/')+1]
	for n := 0; ; n++ {
		aside := folder + ".mv-" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(n)
		if err := unix.Mkdir(aside, 0o700); err != unix.EEXIST {
			return aside, err
		}
	}
}

// bare is name without slashes at its end, which would follow a link.
func bare(name string) string {
	if bare := strings.TrimRight(name, "/"); bare != "" {
		return bare
	}
	return name
}

// place renames a copy. A folder that changes its parent must be writable.
func (v mover) place(name, to string, mode uint32) error {
	const writable = 0o200
	closed := mode&unix.S_IFMT == unix.S_IFDIR && mode&writable == 0 && !v.root
	if closed {
		if err := unix.Chmod(name, mode&0o7777|writable); err != nil {
			return err
		}
	}
	if err := v.rename(name, to); err != nil || !closed {
		return err
	}
	return unix.Chmod(to, mode&0o7777)
}

// sync waits until the file system of a folder is on disk.
func sync(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	err = unix.Syncfs(int(f.Fd()))
	if errors.Is(err, unix.EOPNOTSUPP) {
		return nil
	}
	return err
}

// empty is an error if a folder is not.
func empty(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	if names, _ := f.Readdirnames(1); len(names) > 0 {
		return unix.ENOTEMPTY
	}
	return nil
}
