// Cp copies files and trees.
//
// Usage:
//
//	cp [OPTIONS] FILE TARGET
//	cp [OPTIONS] FILE... FOLDER
//	cp [OPTIONS] -t FOLDER FILE...
//
//	-r, -R  folders and what is in them; links and devices as what they are
//	-p      keep mode, owner and times (--preserve[=mode,ownership,timestamps,links,all])
//	-a      everything as it is: -r -p -P, and hard links stay links
//	-d      links as links, hard links as hard links
//	-P -H -L  follow no links (the default with -r), those named, all
//	-l, -s  make hard links, symbolic links instead of copies
//
// When the target is there, it is overwritten in place:
//
//	-i      ask first              -n  leave it
//	-u      only by a newer file
//	-f      if it can't be opened, remove it first
//	--remove-destination           always remove it first
//
//	-t DIR  copy into DIR          -T  TARGET is no folder to copy into
//	-x      stay on one file system
//	-v      say what is copied
//
// Examples:
//
//	cp -a /etc /var/backup
//	cp -r site/. /srv/www         what is in site, with hidden files
//
// A file that can't be copied is told and the others are copied. A file is not
// copied onto itself, a folder not into itself, and of two files with one name
// the second not over the first. A copy never has more rights than its source.
//
// # Exit status
//
// 0 done, 1 a file could not be copied, 2 usage.
//
// Links: POSIX.1-2024 cp. "mv" renames, "ln" links.
//
// # Bugs
//
//   - Extended attributes, ACLs and file capabilities are not copied.
//   - There are no backups (-b) and no --parents.
//   - Who is not root can't keep owners; -p and -a don't say so.
//
// Next in the tour: none
package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filecopy"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: cp [-afilnpRrsuvxdPHL] FILE... TARGET | cp -t FOLDER FILE...

  cp -a /etc /var/backup     a tree as it is
  cp -r site/. /srv/www      what is in a folder

  -r trees             -p keep mode, owner, times   -a both, and links
  -d -P links as links -H -L follow those named, all
  -i ask   -n leave    -u only by newer  -f remove what can't be opened
  -l -s links instead  -T TARGET is no folder  -x one file system  -v say what`

// A machine is what cp asks of the process.
type machine struct {
	root bool // we may give files away
}

func main() {
	linux := machine{root: os.Geteuid() == 0}
	cli.Exit("cp", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s := stdio.New("cp", stdin, stdout, stderr)
	c := &filecopy.Copier{Streams: s, Unprivileged: !m.root}
	var place target.Place
	var over target.Overwrite
	set := options(c)
	place.Declare(set)
	over.Declare(set, false)
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if c.Hard && c.Soft {
		return set.Usagef("-l and -s exclude each other")
	}
	c.Force = over.Force
	c.Allow = func(from, there *unix.Stat_t, name string) bool { return over.Allows(s, from, there, name) }
	pairs, err := place.Pairs(set, operands, false)
	if err != nil {
		return err
	}
	var made target.Unclobbered
	for _, pair := range pairs {
		if err := made.Check(pair); err != nil {
			s.Complain(err)
			continue
		}
		if c.Copy(pair.From, pair.To) {
			made.Made(pair)
		}
	}
	return s.End()
}

// options declares what concerns the copier.
func options(c *filecopy.Copier) *getopt.Set {
	set := getopt.New(usage)
	set.Flag(&c.Recursive, "r", "R", "recursive")
	set.Do(func() {
		c.Recursive, c.Follow = true, filecopy.Never
		c.Keep = filecopy.Preserve{Mode: true, Owner: true, Times: true, Links: true}
	}, "a", "archive")
	set.Do(func() { c.Keep.Mode, c.Keep.Owner, c.Keep.Times = true, true, true }, "p")
	set.Optional(func(what string) error { return preserve(&c.Keep, what) }, "preserve")
	set.Do(func() { c.Follow, c.Keep.Links = filecopy.Never, true }, "d")
	set.Do(func() { c.Follow = filecopy.Never }, "P", "no-dereference")
	set.Do(func() { c.Follow = filecopy.Operands }, "H")
	set.Do(func() { c.Follow = filecopy.Always }, "L", "dereference")
	set.Flag(&c.Hard, "l", "link")
	set.Flag(&c.Soft, "s", "symbolic-link")
	set.Flag(&c.Remove, "remove-destination")
	set.Flag(&c.OneSystem, "x", "one-file-system")
	set.Flag(&c.Verbose, "v", "verbose")
	return set
}

// preserve reads the value of --preserve.
func preserve(keep *filecopy.Preserve, what string) error {
	if what == "" {
		what = "mode,ownership,timestamps"
	}
	for word := range strings.SplitSeq(what, ",") {
		switch word {
		case "mode":
			keep.Mode = true
		case "ownership":
			keep.Owner = true
		case "timestamps":
			keep.Times = true
		case "links":
			keep.Links = true
		case "all":
			*keep = filecopy.Preserve{Mode: true, Owner: true, Times: true, Links: true}
		default:
			return errors.New(stdio.Quote(word) + " is none of mode, ownership, timestamps, links, all")
		}
	}
	return nil
}
