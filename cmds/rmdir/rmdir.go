// Rmdir removes empty folders.
//
// Usage:
//
//	rmdir [-pv] FOLDER...
//
//	-p  then the folders above it that are named, too: rmdir -p a/b removes
//	    a/b, then a
//	-v  say what is removed
//	--ignore-fail-on-non-empty  a folder that is not empty just stays
//
// Example:
//
//	rmdir -p --ignore-fail-on-non-empty /srv/www/old/img
//
// # Exit status
//
// 0 done, 1 a folder could not be removed, 2 usage.
//
// Links: POSIX.1-2024 rmdir; rmdir(2). "rm -r" removes what is in them, too.
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

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: rmdir [-pv] FOLDER...

  rmdir old
  rmdir -p a/b/c   c, then b, then a

  -v say what is removed  --ignore-fail-on-non-empty`

func main() {
	cli.Exit("rmdir", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	parents, verbose, ignore := false, false, false
	set := getopt.New(usage)
	set.Flag(&parents, "p", "parents")
	set.Flag(&verbose, "v", "verbose")
	set.Flag(&ignore, "ignore-fail-on-non-empty")
	names, err := set.Parse(args)
	switch {
	case err != nil:
		return err
	case len(names) == 0:
		return set.Usagef("a folder is missing")
	}
	s := stdio.New("rmdir", stdin, stdout, stderr)
	for _, name := range names {
		for {
			if verbose {
				fmt.Fprintf(s.Out, "rmdir: removing directory, '%s'\n", name)
			}
			err := unix.Rmdir(name)
			if err != nil {
				if !ignore || err != unix.ENOTEMPTY && err != unix.EEXIST {
					s.Complain(stdio.Cannot("remove", name, err))
				}
				break
			}
			name = strings.TrimRight(name, "/")
			name = strings.TrimRight(name[:strings.LastIndexByte(name, '/')+1], "/")
			if !parents || name == "" {
				break
			}
		}
	}
	return s.End()
}
