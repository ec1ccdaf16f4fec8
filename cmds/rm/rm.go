// Rm removes files, and with -r whole trees. There is no way back.
//
// Usage:
//
//	rm [-dfiIrRv] FILE...
//
//	-r, -R  folders and what is in them
//	-d      folders that are empty
//	-f      no question, and nothing is said about files that are missing
//	-i      ask before each file
//	-I      ask once, before a tree or more than three files
//	-v      say what is removed
//	--one-file-system   leave what is mounted in a tree
//	--no-preserve-root  remove even /
//
// A link is removed itself; what it leads to stays, also if a slash is typed after
// it. On a terminal rm asks
// before it removes a file that may not be written, unless -f is given. Of
// -f, -i and -I the last counts.
//
// Examples:
//
//	rm *.log
//	rm -rf build
//	rm -- -strange-name
//
// "/", "." and ".." are refused. A file that can't be removed is told and the
// others are removed. A tree is walked through open folders, so that it can be
// removed safely while others who may write there change it.
//
// # Exit status
//
// 0 done, 1 a file was not removed, 2 usage.
//
// Links: POSIX.1-2024 rm; unlinkat(2). "rmdir" removes empty folders only.
//
// # Bugs
//
//   - "rm -rf /*" is not seen through: the shell makes names of it.
//   - A tree may be as deep as there are file descriptors.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"path"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/rmtree"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: rm [-dfiIrRv] FILE...

  rm *.log
  rm -rf build            a tree, without questions
  rm -- -strange-name

  -r trees  -d empty folders  -f no questions, missing files are fine
  -i ask about each  -I ask once  -v say what is removed
  --one-file-system  --no-preserve-root`

// A machine is what rm asks of the process.
type machine struct {
	isTerminal func() bool // of standard input
	writable   func(stat *unix.Stat_t, dir int, name string) bool
	root       string // the folder that is never removed
}

func main() {
	linux := machine{isTerminal: func() bool { return term.IsTerminal(0) }, writable: writable, root: "/"}
	cli.Exit("rm", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// when rm asks.
type when int

const (
	protected when = iota // before what may not be written, on a terminal
	never
	once
	always
)

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s := stdio.New("rm", stdin, stdout, stderr)
	r := &rmtree.Remover{Streams: s}
	ask, anyRoot := protected, false
	set := getopt.New(usage)
	set.Flag(&r.Recursive, "r", "R", "recursive")
	set.Flag(&r.Folders, "d", "dir")
	set.Flag(&r.Verbose, "v", "verbose")
	set.Flag(&r.OneSystem, "one-file-system")
	set.Do(func() { r.Force, ask = true, never }, "f", "force")
	set.Do(func() { r.Force, ask = false, always }, "i", "interactive")
	set.Do(func() { r.Force, ask = false, once }, "I")
	set.Flag(&anyRoot, "no-preserve-root")
	set.Do(func() { anyRoot = false }, "preserve-root")
	names, err := set.Parse(args)
	switch {
	case err != nil:
		return err
	case len(names) == 0 && !r.Force:
		return set.Usagef("a file is missing")
	}
	const few = 3
	if ask == once && (r.Recursive || len(names) > few) && !s.Ask(question(r.Recursive, len(names))) {
		return nil
	}
	switch {
	case ask == always:
		r.Ask = func(question string, _ *unix.Stat_t, _ int, _ string) bool { return s.Ask(question) }
	case ask == protected && m.isTerminal():
		r.Ask = func(question string, stat *unix.Stat_t, dir int, name string) bool {
			return m.writable(stat, dir, name) || s.Ask(question+", which may not be written")
		}
	}
	for _, name := range names {
		if err := m.refuse(name, anyRoot || !r.Recursive); err != nil {
			s.Complain(err)
			continue
		}
		r.Remove(name)
	}
	return s.End()
}

func question(recursive bool, files int) string {
	if recursive {
		return fmt.Sprintf("remove %d with all that is in them", files)
	}
	return fmt.Sprintf("remove %d files", files)
}

// writable says whether a file may be written. Of a link that does not matter.
func writable(stat *unix.Stat_t, dir int, name string) bool {
	return stat.Mode&unix.S_IFMT == unix.S_IFLNK || unix.Faccessat(dir, name, unix.W_OK, unix.AT_EACCESS) == nil
}

// refuse is an error for what nobody wants to remove.
func (m machine) refuse(name string, anyRoot bool) error {
	if base := path.Base(name); name != "" && (base == "." || base == "..") {
		return fmt.Errorf("cannot remove %s: it is the current folder or one above", stdio.Quote(name))
	}
	var stat, root unix.Stat_t
	if anyRoot || unix.Lstat(name, &stat) != nil || unix.Stat(m.root, &root) != nil || !target.Same(&stat, &root) {
		return nil
	}
	return fmt.Errorf("cannot remove %s: it is the whole system (--no-preserve-root does it)", stdio.Quote(name))
}
