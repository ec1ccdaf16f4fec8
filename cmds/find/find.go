// Find walks through folders and prints, deletes or hands on the files that
// an expression chooses.
//
// Usage:
//
//	find [-L | -H | -P] [PATH...] [EXPRESSION]
//
// Without PATH it begins in the current folder; without EXPRESSION it prints
// every path. The parts of EXPRESSION are looked at from left to right until
// the result is known. N is a number, +N more, -N less.
//
// Tests:
//
//	-name GLOB, -iname GLOB  the name, with * ? [a-z]; -i ignores case
//	-path GLOB, -ipath GLOB  the whole path; * goes over slashes, too
//	-type C                  f file, d folder, l link, b c device, p pipe, s socket; f,l one of them
//	-size N[cwbkMG]          rounded up to that unit (b: 512 bytes, if there is none)
//	-empty                   a file or a folder with nothing in it
//	-mtime N, -mmin N        changed N days, N minutes ago; also -atime (read) and -ctime
//	-newer FILE              changed later than FILE
//	-perm MODE               exactly MODE; -MODE all of its bits, /MODE any; MODE is 644 or u+w
//	-user U, -group G        by name or number; also -uid N, -gid N, -nouser, -nogroup
//	-links N, -inum N, -samefile FILE
//	-readable, -writable, -executable    for who asks
//	-true, -false
//
// Actions:
//
//	-print, -print0   the path and a newline, a NUL (for xargs -0)
//	-exec CMD {} ;    run CMD for each file, {} is its path; true if it succeeds
//	-exec CMD {} +    run CMD for many files at once
//	-ok CMD {} ;      the same after a question
//	-delete           and begin with what is in a folder
//	-prune            don't go into this folder
//	-quit             end here
//
// Together:
//
//	( E )   ! E   E E   E -a E   E -o E   E , E     from tight to loose
//
// Whatever the place: -maxdepth N, -mindepth N levels below PATH (which is 0),
// -depth (a folder after what is in it), -xdev (not into other file systems).
//
// Links are not followed; -L follows all of them, -H those among PATH.
//
// Examples:
//
//	find /etc -name '*.json'
//	find . -type f -size +10M -exec ls -lh {} +
//	find . -name .git -prune -o -type f -print
//	find /tmp -mtime +7 -delete
//	find . ! -user root
//
// # Exit status
//
// 0 done, 1 something could not be read, deleted or run, 2 usage.
//
// Names come in alphabetical order. A file that vanishes while find looks for
// it was never there: no complaint. Folders are opened by their parents, and
// -delete deletes in them, so that nobody can lead it astray with a link.
//
// Links: POSIX.1-2024 find, glob(7), openat(2).
//
// # Bugs
//
// -regex, -printf, -ls, -execdir and -newermt are missing.
//
// Next in the tour: none
package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: find [-L | -H] [PATH...] [EXPRESSION]

  find /etc -name '*.json'
  find . -type f -size +10M -exec ls -lh {} +
  find . -name .git -prune -o -type f -print
  find /tmp -mtime +7 -delete

  tests: -name -iname -path -type f|d|l -size -empty -mtime -mmin -newer -perm -user -group
  actions: -print -print0 -exec CMD {} ; -exec CMD {} + -ok -delete -prune -quit
  ( ) ! -a -o   -maxdepth N -mindepth N -depth -xdev`

// A machine is what find asks of the system around it, and the programs that
// it starts.
type machine struct {
	now           func() time.Time
	users, groups *owner.Names
	start         func(argv []string, stdin io.Reader, stdout, stderr io.Writer) error
}

// options hold for the whole walk.
type options struct {
	follow, followPaths bool // links: all, or those of the command line
	minDepth, maxDepth  int
	contentsFirst       bool
	oneFileSystem       bool
}

func main() {
	linux := machine{now: time.Now, users: owner.Users(), groups: owner.Groups(), start: start}
	cli.Exit("find", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	w := &walker{machine: m, streams: stdio.New("find", stdin, stdout, stderr), stdin: stdin, stdout: stdout}
	paths, err := w.parse(args)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		if w.stopped || w.streams.OutputFailed() {
			break
		}
		w.path(path)
	}
	for _, b := range w.batches {
		b.flush(w)
	}
	return w.streams.End()
}

// parse reads the command line: options, paths, the expression.
func (w *walker) parse(args []string) (paths []string, err error) {
	w.maxDepth = -1
	for len(args) > 0 && slices.Contains([]string{"-L", "-H", "-P"}, args[0]) {
		w.follow, w.followPaths = args[0] == "-L", args[0] == "-H"
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	for len(args) > 0 && !startsExpression(args[0]) {
		paths = append(paths, args[0])
		args = args[1:]
	}
	if slices.Contains(args, "-follow") {
		w.follow = true // before -newer and -samefile look
	}
	p := &parser{machine: w.machine, walker: w, rest: args}
	w.expression, err = p.parse()
	return paths, err
}

// startsExpression says whether word can't be a path.
func startsExpression(word string) bool {
	return len(word) > 1 && word[0] == '-' || word == "!" || word == "(" || word == ")" || word == ","
}

// base is the name in path.
func base(path string) string {
	trimmed := strings.TrimRight(path, "/")
	if trimmed == "" && path != "" {
		return "/"
	}
	return trimmed[strings.LastIndexByte(trimmed, '/')+1:]
}
