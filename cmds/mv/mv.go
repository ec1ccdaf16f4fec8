// Mv renames files and folders, and moves them into other folders.
//
// Usage:
//
//	mv [OPTIONS] FILE TARGET
//	mv [OPTIONS] FILE... FOLDER
//	mv [OPTIONS] -t FOLDER FILE...
//
// When the target is there, it is replaced:
//
//	-i  ask first     -n  leave it     -u  only by a newer file
//	-f  don't ask     (of -f, -i and -n the last counts)
//
//	-t DIR  move into DIR     -T  TARGET is no folder to move into
//	-v      say what is moved
//
// On a terminal mv asks before it replaces a file that may not be written,
// unless -f is given.
//
// Examples:
//
//	mv notes.txt notes.old
//	mv *.jpg /srv/photos
//
// On one file system a move is rename(2): at once, or not at all. To another
// one, all is copied with its owners, modes, times and links beside the target
// under a hidden name, written to disk, put in its place, and only then removed
// here. So a move that fails leaves both the file and the target as they were.
//
// # Exit status
//
// 0 done, 1 a file could not be moved, 2 usage.
//
// Links: POSIX.1-2024 mv; rename(2).
//
// # Bugs
//
//   - Extended attributes, ACLs and file capabilities don't move to another
//     file system.
//   - Nor are two names of one file still one if both are FILEs.
//   - Ended in the middle of a copy, mv leaves a folder .mv-NUMBER there.
//   - There are no backups (-b).
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: mv [-finuvT] FILE... TARGET | mv [-finuv] -t FOLDER FILE...

  mv notes.txt notes.old
  mv *.jpg /srv/photos

  -f replace without a question  -i ask  -n leave  -u only by newer
  -T TARGET is no folder  -v say what is moved`

// A machine is what mv asks of the process and the kernel.
type machine struct {
	isTerminal func() bool // of standard input
	root       bool        // we may give files away
	writable   func(name string) bool
	rename     func(from, to string) error
}

func main() {
	linux := machine{
		isTerminal: func() bool { return term.IsTerminal(0) },
		root:       os.Geteuid() == 0,
		writable:   func(name string) bool { return unix.Faccessat(unix.AT_FDCWD, name, unix.W_OK, unix.AT_EACCESS) == nil },
		rename:     unix.Rename,
	}
	cli.Exit("mv", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A mover is one run of mv.
type mover struct {
	machine
	streams *stdio.Streams
	over    target.Overwrite
	verbose bool
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	v := mover{machine: m, streams: stdio.New("mv", stdin, stdout, stderr)}
	var place target.Place
	set := getopt.New(usage)
	place.Declare(set)
	v.over.Declare(set, true)
	set.Flag(&v.verbose, "v", "verbose")
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	pairs, err := place.Pairs(set, operands, false)
	if err != nil {
		return err
	}
	var made target.Unclobbered
	for _, pair := range pairs {
		if err := made.Check(pair); err != nil {
			v.streams.Complain(err)
		} else if v.move(pair) {
			made.Made(pair)
		}
	}
	return v.streams.End()
}

// move moves one file, and says whether it is in its place.
func (v mover) move(pair target.Pair) bool {
	var stat, there unix.Stat_t
	if err := unix.Lstat(pair.From, &stat); err != nil {
		v.streams.Complain(stdio.Cannot("move", pair.From, err))
		return false
	}
	exists := unix.Lstat(pair.To, &there) == nil
	if err := check(pair, &stat, &there, exists); err != nil {
		v.streams.Complain(err)
		return false
	}
	if exists && !v.allowed(&stat, &there, pair.To) {
		return false
	}
	err := v.rename(pair.From, pair.To)
	if err == unix.EXDEV {
		if !v.across(pair, &stat, &there, exists) {
			return false
		}
	} else if err != nil {
		v.streams.Complain(stdio.Cannot("move "+stdio.Quote(pair.From)+" to", pair.To, err))
		return false
	}
	if v.verbose {
		fmt.Fprintf(v.streams.Out, "renamed '%s' -> '%s'\n", pair.From, pair.To)
	}
	return true
}

// check is an error for a move that would lose files.
func check(pair target.Pair, stat, there *unix.Stat_t, exists bool) error {
	const format = unix.S_IFMT
	isFolder := stat.Mode&format == unix.S_IFDIR
	var behind unix.Stat_t
	switch {
	case isFolder && target.Inside(pair.To, stat):
		return fmt.Errorf("cannot move the folder %s into itself, %s", stdio.Quote(pair.From), stdio.Quote(pair.To))
	case !exists:
		return nil
	case !isFolder && there.Mode&format == unix.S_IFDIR:
		return fmt.Errorf("cannot move %s over the folder %s", stdio.Quote(pair.From), stdio.Quote(pair.To))
	case isFolder && there.Mode&format != unix.S_IFDIR:
		return fmt.Errorf("cannot move the folder %s over %s, which is none", stdio.Quote(pair.From), stdio.Quote(pair.To))
	}
	from, to := target.Base(pair.From), target.Base(pair.To)
	otherCase := from != to && strings.EqualFold(from, to) // of one name, on FAT
	same := target.Same(stat, there) && !(otherCase && (isFolder || stat.Nlink == 1))
	// A link that would take the place of the file it leads to.
	if stat.Mode&format == unix.S_IFLNK && unix.Stat(pair.From, &behind) == nil && target.Same(&behind, there) {
		same = true
	}
	if same {
		return fmt.Errorf("cannot move %s onto itself, %s", stdio.Quote(pair.From), stdio.Quote(pair.To))
	}
	return nil
}

// allowed says whether the file at name may be replaced.
func (v mover) allowed(stat, there *unix.Stat_t, name string) bool {
	const format = unix.S_IFMT
	if !v.over.Allows(v.streams, stat, there, name) {
		return false
	}
	if v.over.Answered() || there.Mode&format == unix.S_IFLNK || !v.isTerminal() || v.writable(name) {
		return true
	}
	return v.streams.Ask("replace " + stdio.Quote(name) + ", which may not be written")
}
