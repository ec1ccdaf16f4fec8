// Package target finds out where cp, mv and ln put things, and whether they
// may replace what is there: the parts of the three that people expect to be
// the same.
//
//	cp A B        B is a new name, or a folder that A goes into
//	cp A B C DIR  all into DIR, which must be a folder
//	cp -t DIR A B the same, for xargs
//	cp -T A B     B is a name, even if it is a folder
//
// Links: POSIX.1-2024 cp, mv, ln.
//
// # Bugs
//
// There are no backups (-b).
//
// Next in the tour: none
package target

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// A Place is what the command line says about the target.
type Place struct {
	folder   string
	noFolder bool
	link     bool // a link to a folder is a name, too
}

// Declare adds -t and -T to set.
func (p *Place) Declare(set *getopt.Set) {
	set.Text(&p.folder, "t", "target-directory")
	set.Flag(&p.noFolder, "T", "no-target-directory")
}

// DeclareLink adds ln's -n: a link to a folder is not entered.
func (p *Place) DeclareLink(set *getopt.Set) { set.Flag(&p.link, "n", "no-dereference") }

// A Pair is one file and its new name.
type Pair struct {
	From, To string
	// Into says that To is in a folder that was named, not a name given.
	Into bool
}

// Pairs reads the operands. If alone is true, one operand may stand alone: the
// target is then the current folder.
func (p *Place) Pairs(set *getopt.Set, operands []string, alone bool) ([]Pair, error) {
	n := len(operands)
	switch {
	case p.folder != "" && p.noFolder:
		return nil, set.Usagef("-t and -T exclude each other")
	case n == 0:
		return nil, set.Usagef("a file is missing")
	case p.folder != "":
		return into(operands, p.folder)
	case n == 1 && alone && !p.noFolder:
		return into(operands, ".")
	case n == 1:
		return nil, set.Usagef("a target after %s is missing", stdio.Quote(operands[0]))
	case p.noFolder && n > 2:
		return nil, set.Usagef("%s is not wanted: -T takes two names", stdio.Quote(operands[2]))
	case n > 2:
		return into(operands[:n-1], operands[n-1])
	}
	from, to := operands[0], operands[1]
	if !p.noFolder && p.isFolder(to) {
		return into([]string{from}, to)
	}
	return []Pair{{From: from, To: to}}, nil
}

func (p *Place) isFolder(name string) bool {
	var stat unix.Stat_t
	look := unix.Stat
	if p.link {
		look = unix.Lstat
	}
	return look(name, &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFDIR
}

func into(names []string, folder string) ([]Pair, error) {
	var stat unix.Stat_t
	err := unix.Stat(folder, &stat)
	if err == nil && stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		err = unix.ENOTDIR
	}
	if err != nil {
		return nil, stdio.Cannot("put files into", folder, err)
	}
	pairs := make([]Pair, len(names))
	for i, name := range names {
		pairs[i] = Pair{name, Join(folder, Base(name)), true}
	}
	return pairs, nil
}

// Base is the last part of name; what is in ".." keeps its place, so that
// "cp -r .. DIR" does not leave DIR.
func Base(name string) string {
	base := path.Base(name)
	if base == ".." || base == "/" {
		return "."
	}
	return base
}

// Join is the path of name in folder, as a person would write it.
func Join(folder, name string) string { return strings.TrimRight(folder, "/") + "/" + name }

// Overwrite is whether a file that is there may be replaced.
type Overwrite struct {
	ask, never, newer bool
	Force             bool // -f is given
}

// Declare adds -i, -n and -u to set, and -f. Of -i and -n, and of -f where it
// is an answer (it is for mv and ln, not for cp), the last counts.
func (o *Overwrite) Declare(set *getopt.Set, forceAnswers bool) {
	set.Do(func() {
		o.Force = true
		if forceAnswers {
			o.ask, o.never = false, false
		}
	}, "f", "force")
	set.Do(func() { o.ask, o.never = true, false }, "i", "interactive")
	set.Do(func() { o.ask, o.never = false, true }, "n", "no-clobber")
	set.Do(func() { o.newer = true }, "u")
	set.Optional(o.update, "update")
}

// DeclareLink adds ln's -f and -i, of which the last counts.
func (o *Overwrite) DeclareLink(set *getopt.Set) {
	set.Do(func() { o.Force, o.ask = true, false }, "f", "force")
	set.Do(func() { o.Force, o.ask = true, true }, "i", "interactive")
}

func (o *Overwrite) update(which string) error {
	switch which {
	case "", "older":
		o.newer = true
	case "all":
		o.newer = false
	case "none":
		o.never = true
	default:
		return errors.New("is older, all or none")
	}
	return nil
}

// Answered says whether the command line tells what to do.
func (o *Overwrite) Answered() bool { return o.Force || o.ask || o.never }

// Asked says whether a replacement is confirmed by a person, or need not be.
func (o *Overwrite) Asked(s *stdio.Streams, name string) bool {
	return !o.ask || s.Ask("overwrite "+stdio.Quote(name))
}

// Allows says whether the file called name, which is there, may be replaced by
// from. It asks the person if that was wanted.
func (o *Overwrite) Allows(s *stdio.Streams, from, there *unix.Stat_t, name string) bool {
	switch {
	case o.never:
		return false
	case o.newer && from.Mtim.Nano() <= there.Mtim.Nano():
		return false
	}
	return o.Asked(s, name)
}

// Same says whether two names are of one file.
func Same(a, b *unix.Stat_t) bool { return a.Dev == b.Dev && a.Ino == b.Ino }

// Inside says whether a file called name is or would be in the folder.
func Inside(name string, folder *unix.Stat_t) bool {
	at := parent(name)
	var above, last unix.Stat_t
	for first := true; unix.Stat(at, &above) == nil; first = false {
		if Same(&above, folder) {
			return true
		}
		if !first && Same(&above, &last) { // the root is its own parent
			return false
		}
		last, at = above, at+"/.."
	}
	return false
}

func parent(name string) string {
	name = strings.TrimRight(name, "/")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i] + "/"
	}
	return "."
}

// Unclobbered remembers the files that one command made, so that "cp a/x b/x
// DIR" does not lose the first. The zero value is ready.
type Unclobbered struct {
	made map[[2]uint64]bool
}

// Check is an error if the file at pair.To was made by this very command.
func (u *Unclobbered) Check(pair Pair) error {
	var stat unix.Stat_t
	if pair.Into && unix.Lstat(pair.To, &stat) == nil && u.made[[2]uint64{uint64(stat.Dev), stat.Ino}] {
		return fmt.Errorf("cannot put %s over %s, which was just made", stdio.Quote(pair.From), stdio.Quote(pair.To))
	}
	return nil
}

// Made remembers the file at pair.To, unless it is a folder.
func (u *Unclobbered) Made(pair Pair) {
	var stat unix.Stat_t
	if !pair.Into || unix.Lstat(pair.To, &stat) != nil || stat.Mode&unix.S_IFMT == unix.S_IFDIR {
		return
	}
	if u.made == nil {
		u.made = map[[2]uint64]bool{}
	}
	u.made[[2]uint64{uint64(stat.Dev), stat.Ino}] = true
}
