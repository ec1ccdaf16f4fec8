package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// writeFile makes print write the file called name. A file of its own appears
// whole or not at all, since it may be the only copy of what was sorted; what
// has other names too, or is a device, is written in place.
func writeFile(name string, print func(io.Writer)) error {
	target := name
	if real, err := filepath.EvalSymlinks(name); err == nil {
		target = real
	}
	var old syscall.Stat_t
	err := syscall.Stat(target, &old)
	isNew := err == syscall.ENOENT
	plain := err == nil && old.Mode&syscall.S_IFMT == syscall.S_IFREG && old.Nlink == 1
	if plain && syscall.Access(target, 2) != nil { // W_OK
		plain = false // so that opening it fails
	}
	const newFile = 0o666
	if isNew || plain {
		aside, err := os.OpenFile(fmt.Sprintf("%s/.sort.%d", filepath.Dir(target), os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, newFile)
		if err == nil {
			defer os.Remove(aside.Name()) // fails after the rename
			if plain {
				aside.Chown(int(old.Uid), int(old.Gid)) // only root may, and only root needs to
				syscall.Fchmod(int(aside.Fd()), old.Mode&0o7777)
			}
			if err := finish(name, aside, print); err != nil {
				return err
			}
			if err := os.Rename(aside.Name(), target); err != nil {
				return stdio.Cannot("write", name, err)
			}
			return nil
		}
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, newFile)
	if err != nil {
		return stdio.Cannot("open", name, err)
	}
	return finish(name, f, print)
}

// finish prints to f and closes it.
func finish(name string, f *os.File, print func(io.Writer)) error {
	w := bufio.NewWriter(f)
	print(w)
	err := w.Flush()
	if info, statErr := f.Stat(); err == nil && statErr == nil && info.Mode().IsRegular() {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return stdio.Cannot("write", name, err)
	}
	return nil
}
