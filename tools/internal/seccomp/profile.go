package seccomp

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
)

// A rule is what becomes of one system call.
type rule struct {
	do      uint32   // allow, refuse or absent
	is      []uint32 // if set: allowed only if the first argument is one of these
	without uint32   // if not 0: allowed only if the first argument has none of these bits
}

func (r rule) equal(o rule) bool {
	return r.do == o.do && r.without == o.without && slices.Equal(r.is, o.is)
}

// A Profile says of every system call what becomes of it.
type Profile struct {
	Name  string
	rules map[string]rule // by the call's name
}

// Groups are the lists of calls that profiles speak of.
type Groups struct {
	calls map[string][]string // by the group's name
	group map[string]string   // by the call's name
}

// lines calls f for each line of a file that says something, and gives an
// error the place.
func lines(dir fs.FS, file string, f func(line string, indented bool) error) error {
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return err
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		indented := strings.HasPrefix(line, " ")
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := f(line, indented); err != nil {
			return fmt.Errorf("%s:%d: %w", file, number, err)
		}
	}
	return nil
}

// ReadGroups reads groups.txt. known are the names of all calls.
func ReadGroups(dir fs.FS, known []string) (*Groups, error) {
	g := &Groups{map[string][]string{}, map[string]string{}}
	var now string
	err := lines(dir, "groups.txt", func(line string, indented bool) error {
		if indented && now != "" {
			return g.add(now, strings.Fields(line), known)
		}
		head, why, _ := strings.Cut(line, ":")
		words := strings.Fields(head)
		if len(words) != 2 || words[0] != "group" || strings.TrimSpace(why) == "" || indented {
			return fmt.Errorf("expected \"group NAME: why\", found %q", line)
		}
		if now = words[1]; g.calls[now] != nil {
			return fmt.Errorf("group %s is there twice", now)
		}
		g.calls[now] = []string{}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range known {
		if g.group[name] == "" {
			return nil, fmt.Errorf("groups.txt: system call %s is in no group", name)
		}
	}
	return g, nil
}

func (g *Groups) add(group string, calls, known []string) error {
	for _, call := range calls {
		if !slices.Contains(known, call) {
			return unknown("system call", call, known)
		}
		if other := g.group[call]; other != "" {
			return fmt.Errorf("system call %s is in group %s already", call, other)
		}
		g.group[call] = group
		g.calls[group] = append(g.calls[group], call)
	}
	return nil
}

func unknown(what, name string, valid []string) error {
	if near := nearest.Of(name, valid); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %q?", what, name, near)
	}
	return fmt.Errorf("unknown %s %q", what, name)
}

// ReadProfile reads NAME.txt and what it includes. A later line wins over an
// earlier one, and every group must be decided.
func (g *Groups) ReadProfile(dir fs.FS, name string) (*Profile, error) {
	p := &Profile{name, map[string]rule{}}
	if err := g.read(dir, p, name, nil); err != nil {
		return nil, err
	}
	for _, call := range slices.Sorted(maps.Keys(g.group)) {
		if _, decided := p.rules[call]; !decided {
			return nil, fmt.Errorf("%s.txt: group %s is neither allowed nor refused", name, g.group[call])
		}
	}
	return p, nil
}

// read adds the lines of a profile. within are those that include it.
func (g *Groups) read(dir fs.FS, p *Profile, name string, within []string) error {
	if slices.Contains(within, name) {
		return fmt.Errorf("profile %s includes itself", name)
	}
	return lines(dir, name+".txt", func(line string, _ bool) error {
		head, why, _ := strings.Cut(line, ":")
		words := strings.Fields(head)
		if len(words) == 0 {
			return fmt.Errorf("cannot understand %q", line)
		}
		verb, rest := words[0], words[1:]
		if (verb == "only" || verb == "absent") && strings.TrimSpace(why) == "" {
			return fmt.Errorf("%q lacks its reason after a colon", line)
		}
		switch {
		case verb == "include" && len(rest) == 1:
			return g.read(dir, p, rest[0], append(within, name))
		case verb == "allow" && len(rest) > 0:
			return g.decide(p, rest, allow)
		case verb == "refuse" && len(rest) > 0:
			return g.decide(p, rest, refuse)
		case verb == "absent" && len(rest) == 1:
			return g.except(p, rest[0], rule{do: absent})
		case verb == "only" && len(rest) > 2:
			return g.only(p, rest[0], rest[1], rest[2:])
		}
		return fmt.Errorf("cannot understand %q", line)
	})
}

func (g *Groups) decide(p *Profile, groups []string, do uint32) error {
	for _, group := range groups {
		calls, known := g.calls[group]
		if !known {
			return unknown("group", group, slices.Sorted(maps.Keys(g.calls)))
		}
		for _, call := range calls {
			p.rules[call] = rule{do: do}
		}
	}
	return nil
}

// except decides one call, whose group must be decided before: else the line
// of the group would undo it.
func (g *Groups) except(p *Profile, call string, r rule) error {
	if g.group[call] == "" {
		return unknown("system call", call, slices.Sorted(maps.Keys(g.group)))
	}
	if _, decided := p.rules[call]; !decided {
		return fmt.Errorf("the group %s of system call %s is to be decided before", g.group[call], call)
	}
	p.rules[call] = r
	return nil
}

// only allows a call under a condition.
func (g *Groups) only(p *Profile, call, how string, words []string) error {
	r := rule{do: allow}
	for _, word := range words {
		value, err := strconv.ParseUint(word, 0, 32)
		if err != nil {
			return fmt.Errorf("%q is no number of 32 bits", word)
		}
		r.is = append(r.is, uint32(value))
	}
	switch {
	case how == "is" && len(r.is) < 100: // a jump has 8 bits
	case how == "without" && len(r.is) == 1 && r.is[0] != 0:
		r.without, r.is = r.is[0], nil
	default:
		return fmt.Errorf("expected \"only CALL is VALUE...\" or \"only CALL without BITS\"")
	}
	return g.except(p, call, r)
}
