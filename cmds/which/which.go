// Which tells where the programs are that the shell would run.
//
// Usage:
//
//	which [-a] PROGRAM...
//
//	-a  all of that name in the PATH, not only the first
//
// Example:
//
//	which -a sh
//
// # Exit status
//
// 0 all were found, 1 one was not, 2 usage.
//
// Links: POSIX.1-2024 command. The shell's own "type" knows its built-in
// commands, too.
//
// # Bugs
//
// Built-in commands and aliases of the shell are not known.
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
	"github.com/vole-linux/vole/cmds/internal/target"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: which [-a] PROGRAM...

  which ls
  which -a sh   all of that name in the PATH`

// A machine is the environment.
type machine struct{ path string }

func main() {
	linux := machine{path: os.Getenv("PATH")}
	cli.Exit("which", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	all := false
	set := getopt.New(usage)
	set.Flag(&all, "a", "all")
	names, err := set.Parse(args)
	switch {
	case err != nil:
		return err
	case len(names) == 0:
		return set.Usagef("a program is missing")
	}
	s := stdio.New("which", stdin, stdout, stderr)
	for _, name := range names {
		found := m.find(name, all)
		if len(found) == 0 {
			s.Fail(cli.StatusFailed) // scripts ask for the status, and want no words
		}
		for _, path := range found {
			fmt.Fprintln(s.Out, path)
		}
	}
	return s.End()
}

// find looks for a program in the folders of the PATH. A name with a slash is
// one already.
func (m machine) find(name string, all bool) (found []string) {
	if strings.Contains(name, "/") {
		if runs(name) {
			found = append(found, name)
		}
		return found
	}
	for folder := range strings.SplitSeq(m.path, ":") {
		if folder == "" {
			folder = "."
		}
		path := target.Join(folder, name)
		if name == "" || !runs(path) {
			continue
		}
		found = append(found, path)
		if !all {
			break
		}
	}
	return found
}

// runs says whether a file is a program that we may run.
func runs(name string) bool {
	var stat unix.Stat_t
	return unix.Stat(name, &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFREG &&
		unix.Faccessat(unix.AT_FDCWD, name, unix.X_OK, unix.AT_EACCESS) == nil
}
