// Package procmatch chooses processes by name and properties: what pgrep and
// pkill have in common.
//
// A pattern is an extended regular expression (cmds/internal/posixre), found
// anywhere in the name of the program. The process that asks is never chosen.
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package procmatch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/posixre"
	"github.com/vole-linux/vole/cmds/internal/proc"
)

// A Matcher is what the command line asks for. The zero Matcher matches all.
type Matcher struct {
	pattern             *regexp.Regexp
	full, exact, invert bool
	ignoreCase          bool
	newest, oldest      bool
	users, parents      map[int]bool
}

// Options declares the options that choose processes.
func (m *Matcher) Options(set *getopt.Set, users *owner.Names) {
	set.Flag(&m.full, "f", "full")
	set.Flag(&m.exact, "x", "exact")
	set.Flag(&m.invert, "v", "inverse")
	set.Flag(&m.ignoreCase, "i", "ignore-case")
	set.Flag(&m.newest, "n", "newest")
	set.Flag(&m.oldest, "o", "oldest")
	set.Value(func(list string) error {
		return each(&m.users, list, func(word string) (int, error) {
			uid, err := users.Find(word)
			return int(uid), err
		})
	}, "u", "euid")
	set.Value(func(list string) error {
		return each(&m.parents, list, func(word string) (int, error) {
			pid, err := strconv.Atoi(word)
			if err != nil {
				err = fmt.Errorf("%q is no process number", word)
			}
			return pid, err
		})
	}, "P", "parent")
}

// each adds the number of each word of a list, parted by commas, to *to.
func each(to *map[int]bool, list string, number func(string) (int, error)) error {
	if *to == nil {
		*to = map[int]bool{}
	}
	for word := range strings.SplitSeq(list, ",") {
		n, err := number(word)
		if err != nil {
			return err
		}
		(*to)[n] = true
	}
	return nil
}

// Operands takes the pattern, which may be missing if something else chooses.
func (m *Matcher) Operands(set *getopt.Set, operands []string) error {
	switch {
	case len(operands) > 1:
		return set.Usagef("only one pattern can be given")
	case len(operands) == 0 && m.users == nil && m.parents == nil:
		return set.Usagef("a pattern is missing")
	case m.newest && m.oldest:
		return set.Usagef("-n and -o can't both be")
	case len(operands) == 0:
		return nil
	}
	pattern, err := posixre.Translate(operands[0], posixre.Extended)
	if err == nil {
		if m.exact {
			pattern = "^(?:" + pattern + ")$"
		}
		flags := ""
		if m.ignoreCase {
			flags = "i"
		}
		m.pattern, err = posixre.CompileTranslated(pattern, flags)
	}
	if err != nil {
		return set.Usagef("pattern %q: %v", operands[0], err)
	}
	return nil
}

// Choose returns those of all that match, without the process self.
func (m *Matcher) Choose(all []proc.Process, self int) []proc.Process {
	var chosen []proc.Process
	for _, p := range all {
		if p.PID != self && m.matches(&p) != m.invert {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) == 0 || !m.newest && !m.oldest {
		return chosen
	}
	best := chosen[0]
	for _, p := range chosen[1:] {
		if m.newest && p.Start >= best.Start || m.oldest && p.Start < best.Start {
			best = p
		}
	}
	return []proc.Process{best}
}

func (m *Matcher) matches(p *proc.Process) bool {
	text := p.Program()
	if m.full && len(p.Args) > 0 {
		text = p.Command()
	}
	return (m.pattern == nil || m.pattern.MatchString(text)) &&
		(m.users == nil || m.users[p.EUID]) &&
		(m.parents == nil || m.parents[p.PPID])
}
