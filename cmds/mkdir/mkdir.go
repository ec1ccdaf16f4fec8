// Mkdir makes folders.
//
// Usage:
//
//	mkdir [-pv] [-m MODE] FOLDER...
//
//	-p       make what is missing on the way, too; a folder that is there is fine
//	-m MODE  the mode of FOLDER, as chmod takes it (700, a=rwx,o=), whatever the
//	         umask is
//	-v       say what is made
//
// Folders on the way get the mode that the umask leaves, but their owner can
// always use them; -m is for the last one only.
//
// Examples:
//
//	mkdir -p /srv/www/img
//	mkdir -m 700 keys
//
// # Exit status
//
// 0 done, 1 a folder could not be made, 2 usage.
//
// Links: POSIX.1-2024 mkdir; mkdir(2). "chmod" tells of modes.
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: mkdir [-pv] [-m MODE] FOLDER...

  mkdir -p /srv/www/img   with what is missing on the way
  mkdir -m 700 keys

  -v say what is made`

// A mkdir is one run.
type mkdir struct {
	parents, verbose bool
	mode             filemode.Change // nil: what the umask leaves
	umask            uint32
	streams          *stdio.Streams
}

func main() {
	cli.Exit("mkdir", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	m := mkdir{umask: filemode.Umask(), streams: stdio.New("mkdir", stdin, stdout, stderr)}
	set := getopt.New(usage)
	set.Flag(&m.parents, "p", "parents")
	set.Flag(&m.verbose, "v", "verbose")
	set.Value(func(text string) (err error) { m.mode, err = filemode.Parse(text); return err }, "m", "mode")
	names, err := set.Parse(args)
	switch {
	case err != nil:
		return err
	case len(names) == 0:
		return set.Usagef("a folder is missing")
	}
	for _, name := range names {
		m.streams.Complain(m.folder(name))
	}
	return m.streams.End()
}

// folder makes one folder, and with -p those on the way.
func (m mkdir) folder(name string) error {
	if m.parents {
		for i := 1; i < len(name); i++ {
			if name[i] != '/' || name[i-1] == '/' || strings.Trim(name[i:], "/") == "" {
				continue
			}
			if err := m.parent(name[:i]); err != nil {
				return stdio.Cannot("make", name[:i], err)
			}
		}
	}
	if err := m.last(name); err != nil {
		return stdio.Cannot("make", name, err)
	}
	return nil
}

// parent makes a folder on the way, if it is missing.
func (m mkdir) parent(name string) error {
	err := unix.Mkdir(name, 0o777)
	if err != nil {
		return m.exists(name, err)
	}
	m.tell(name)
	const use = 0o300
	if m.umask&use == 0 {
		return nil
	}
	return unix.Chmod(name, 0o777&^m.umask|use)
}

// last makes the folder itself.
func (m mkdir) last(name string) error {
	mode := uint32(0o777)
	if m.mode != nil {
		mode &= m.mode.Apply(unix.S_IFDIR|mode, m.umask) // until it is changed
	}
	if err := unix.Mkdir(name, mode); err != nil {
		if !m.parents {
			return err
		}
		return m.exists(name, err)
	}
	m.tell(name)
	if m.mode == nil {
		return nil
	}
	var stat unix.Stat_t
	if err := unix.Lstat(name, &stat); err != nil {
		return err
	}
	mode = m.mode.Apply(unix.S_IFDIR|0o777|stat.Mode&unix.S_ISGID, m.umask) // the group of the parent's files
	if mode == stat.Mode&filemode.Bits {
		return nil
	}
	return unix.Chmod(name, mode)
}

// exists is nil if mkdir(2) failed only because the folder is there. Some file
// systems say "read-only" or "not permitted" of one that is.
func (m mkdir) exists(name string, err error) error {
	var stat unix.Stat_t
	if unix.Stat(name, &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFDIR {
		return nil
	}
	return err
}

func (m mkdir) tell(name string) {
	if m.verbose {
		fmt.Fprintf(m.streams.Out, "mkdir: created directory '%s'\n", name)
	}
}
