// Ln makes links: second names for files.
//
// Usage:
//
//	ln [-s] [OPTIONS] TARGET [NAME]
//	ln [-s] [OPTIONS] TARGET... FOLDER
//	ln [-s] [OPTIONS] -t FOLDER TARGET...
//
//	-s  a symbolic link, which holds the text TARGET (else a hard link, which is
//	    the file itself)
//	-r  with -s: make the text lead from NAME to TARGET, both as seen from here
//	-f  replace NAME if it is there        -i  ask before
//	-n  a NAME that is a link to a folder is replaced, not entered
//	-t DIR  make the links in DIR          -T  NAME is no folder to enter
//	-L  with a hard link: of what a link leads to, not of the link (-P)
//	-v  say what is made
//
// Without NAME the link gets the name of TARGET in the current folder.
//
// Examples:
//
//	ln -s /usr/share/zoneinfo/Europe/Berlin /etc/localtime
//	ln -sfn release-2 current     change a link at once
//
// With -f the new link is made aside and renamed, so there is no moment without
// one. A folder is never replaced.
//
// # Exit status
//
// 0 done, 1 a link could not be made, 2 usage.
//
// Links: POSIX.1-2024 ln; symlink(7), link(2).
//
// # Bugs
//
// There are no backups (-b), and no hard links to folders.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: ln [-sfinrvLPT] TARGET [NAME] | ln [-sfirv] TARGET... FOLDER | ln [-sfirv] -t FOLDER TARGET...

  ln -s /mnt/data data
  ln -sfn release-2 current   change a link to a folder

  -s symbolic  -r relative  -f replace  -i ask  -n don't enter a link
  -T NAME is no folder  -v say what`

// A linker is one run of ln.
type linker struct {
	symbolic, relative, follow, verbose bool
	over                                target.Overwrite
	streams                             *stdio.Streams
}

func main() {
	cli.Exit("ln", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	l := linker{streams: stdio.New("ln", stdin, stdout, stderr)}
	var place target.Place
	set := getopt.New(usage)
	place.Declare(set)
	place.DeclareLink(set)
	l.over.DeclareLink(set)
	set.Flag(&l.symbolic, "s", "symbolic")
	set.Flag(&l.relative, "r", "relative")
	set.Flag(&l.verbose, "v", "verbose")
	set.Do(func() { l.follow = true }, "L", "logical")
	set.Do(func() { l.follow = false }, "P", "physical")
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if l.relative && !l.symbolic {
		return set.Usagef("-r is for symbolic links, -s")
	}
	pairs, err := place.Pairs(set, operands, true)
	if err != nil {
		return err
	}
	var made target.Unclobbered
	for _, pair := range pairs {
		err := made.Check(pair)
		if err == nil {
			err = l.link(pair)
		}
		if err != nil {
			l.streams.Complain(err)
			continue
		}
		made.Made(pair)
	}
	return l.streams.End()
}

// link makes one link.
func (l linker) link(pair target.Pair) error {
	text := pair.From
	if l.relative {
		var err error
		if text, err = relative(pair.From, pair.To); err != nil {
			return stdio.Cannot("link to", pair.From, err)
		}
	}
	var file, there unix.Stat_t
	if !l.symbolic {
		if err := l.checkFile(pair.From, &file); err != nil {
			return err
		}
	}
	err := l.make(text, pair.To)
	if err == unix.EEXIST && l.over.Force && unix.Lstat(pair.To, &there) == nil {
		switch {
		case there.Mode&unix.S_IFMT == unix.S_IFDIR:
			return fmt.Errorf("cannot replace the folder %s", stdio.Quote(pair.To))
		case sameName(pair.From, pair.To):
			return fmt.Errorf("cannot link %s to itself", stdio.Quote(pair.From))
		case !l.over.Asked(l.streams, pair.To):
			return nil
		case !l.symbolic && target.Same(&file, &there):
			err = nil
		default:
			err = l.replace(text, pair.To)
		}
	}
	if err != nil {
		return stdio.Cannot("make", pair.To, err)
	}
	if l.verbose {
		arrow := "=>"
		if l.symbolic {
			arrow = "->"
		}
		fmt.Fprintf(l.streams.Out, "'%s' %s '%s'\n", pair.To, arrow, text)
	}
	return nil
}

// checkFile looks at the file that gets another name.
func (l linker) checkFile(name string, stat *unix.Stat_t) error {
	look := unix.Lstat
	if l.follow {
		look = unix.Stat
	}
	if err := look(name, stat); err != nil {
		return stdio.Cannot("link to", name, err)
	}
	if stat.Mode&unix.S_IFMT == unix.S_IFDIR {
		return fmt.Errorf("cannot make a hard link to the folder %s: -s is missing", stdio.Quote(name))
	}
	return nil
}

// make makes a link where nothing is.
func (l linker) make(text, name string) error {
	if l.symbolic {
		return unix.Symlink(text, name)
	}
	flags := 0
	if l.follow {
		flags = unix.AT_SYMLINK_FOLLOW
	}
	return unix.Linkat(unix.AT_FDCWD, text, unix.AT_FDCWD, name, flags)
}

// replace makes a link aside and renames it.
func (l linker) replace(text, name string) error {
	folder := name[:strings.LastIndexByte(name, '/')+1]
	for n := 0; ; n++ {
		aside := folder + ".ln-" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(n)
		err := l.make(text, aside)
		if err == unix.EEXIST {
			continue
		}
		if err != nil {
			return err
		}
		if err = unix.Rename(aside, name); err != nil {
			unix.Unlink(aside)
		}
		return err
	}
}

// sameName says whether both are one name in one folder.
func sameName(a, b string) bool {
	var folderA, folderB unix.Stat_t
	return filepath.Base(a) == filepath.Base(b) && unix.Stat(filepath.Dir(a), &folderA) == nil &&
		unix.Stat(filepath.Dir(b), &folderB) == nil && target.Same(&folderA, &folderB)
}

// relative is the way from the folder that the link will be in to the file.
func relative(file, link string) (string, error) {
	from, err := canonical(filepath.Dir(link))
	if err != nil {
		return "", err
	}
	to, err := canonical(file)
	if err != nil {
		return "", err
	}
	return filepath.Rel(from, to)
}

// canonical is the name of a file without links and dots. The file may be missing.
func canonical(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		found, err := filepath.EvalSymlinks(name)
		if err == nil || name == "/" {
			return filepath.Join(found, missing), nil
		}
		missing = filepath.Join(filepath.Base(name), missing)
		name = filepath.Dir(name)
	}
}
