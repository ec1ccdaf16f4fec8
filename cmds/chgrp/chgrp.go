// Chgrp gives files to another group.
//
// Usage:
//
//	chgrp [-Rhf] GROUP FILE...
//
//	-R  folders and all that is in them; links in them are not followed
//	-h  a link itself, not the file it leads to
//	-f  no complaints
//
// GROUP is a name or a number. "chown :GROUP FILE" does the same.
//
// Examples:
//
//	chgrp video /dev/fb0
//	chgrp -R staff /srv
//
// # Exit status
//
// 0 done, 1 a file could not be changed, 2 usage. One may give one's own files
// to groups one belongs to; root may give any to any.
//
// Links: POSIX.1-2024 chgrp; chown(2).
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/chowner"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: chgrp [-Rhf] GROUP FILE...

  chgrp video /dev/fb0
  chgrp -R staff /srv

  -R trees  -h links themselves  -f no complaints`

// A machine is what chgrp asks of the system.
type machine struct {
	groups *owner.Names
	chown  func(folder int, name string, user, group, flags int) error
}

func main() {
	linux := machine{groups: owner.Groups(), chown: unix.Fchownat}
	cli.Exit("chgrp", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s := stdio.New("chgrp", stdin, stdout, stderr)
	c := &chowner.Chowner{User: chowner.Unchanged, Streams: s, Chown: m.chown}
	set := getopt.New(usage)
	set.Flag(&c.Recursive, "R", "recursive")
	set.Flag(&c.Links, "h", "no-dereference")
	set.Flag(&c.Silent, "f", "silent", "quiet")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(names) < 2 {
		return set.Usagef("a group and a file are needed")
	}
	group, err := m.groups.Find(names[0])
	if err != nil {
		return set.Usagef("group: %v", err)
	}
	c.Group = int(group)
	c.Files(names[1:])
	return s.End()
}
