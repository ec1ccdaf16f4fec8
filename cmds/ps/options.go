package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
)

type options struct {
	all, terminals bool // -e, -a
	bsdA, bsdX     bool
	bsdUser        bool
	pids, users    map[int]bool
	names          map[string]bool
	columns        []column
	keys           []string
	noHeadings     bool
	wide           bool
}

// A column is a field under a heading.
type column struct {
	field
	heading string
}

// chosen says whether processes were chosen one by one.
func (o *options) chosen() bool { return o.pids != nil || o.names != nil || o.users != nil }

func (m machine) parse(args []string) (options, error) {
	var o options
	var full bool
	set := getopt.New(usage)
	set.Flag(&o.all, "e", "A")
	set.Flag(&o.terminals, "a")
	set.Flag(&full, "f")
	set.Flag(&o.wide, "w")
	set.Flag(&o.noHeadings, "no-headers", "no-heading")
	set.Value(o.addPIDs, "p", "pid")
	set.Value(func(list string) error { return o.addUsers(list, m.users) }, "u", "U", "user")
	set.Value(o.addNames, "C")
	set.Value(o.addColumns, "o", "format")
	set.Value(func(list string) error {
		o.keys = append(o.keys, strings.Split(list, ",")...)
		return checkKeys(o.keys)
	}, "sort")
	if len(args) > 0 && strings.Contains(args[0], "x") && strings.Trim(args[0], "-auxw") == "" {
		args = append([]string{strings.Trim(args[0], "-")}, args[1:]...) // -aux, a habit that every ps forgives
	}
	operands, err := set.Parse(args)
	if err != nil {
		return o, err
	}
	for len(operands) > 0 {
		if operands, err = o.bsd(set, operands[0], operands[1:]); err != nil {
			return o, err
		}
	}
	switch {
	case o.columns != nil:
	case full:
		o.addColumns("user=UID,pid,ppid,c,start=STIME,tty,time,args=CMD")
	case o.bsdUser:
		o.addColumns("user,pid,pcpu,pmem,vsz,rss,tty,stat,start,bsdtime,args")
	case o.bsdA || o.bsdX:
		o.addColumns("pid,tty,stat,bsdtime,args")
	default:
		o.addColumns("pid,tty,time,comm=CMD")
	}
	return o, nil
}

// bsd takes a word of letters without a hyphen. The list that o or p needs is
// the rest of the word, else the next one: axo pid,args. A number is a process.
func (o *options) bsd(set *getopt.Set, word string, next []string) (rest []string, err error) {
	if word != "" && strings.Trim(word, "0123456789") == "" {
		word = "p" + word
	}
	for i, letter := range word {
		switch letter {
		case 'a':
			o.bsdA = true
		case 'x':
			o.bsdX = true
		case 'u':
			o.bsdUser = true
		case 'w':
			o.wide = true
		case 'o', 'p':
			list := word[i+1:]
			if list == "" && len(next) > 0 {
				list, next = next[0], next[1:]
			}
			if list == "" {
				return nil, set.Usagef("option %c needs a value", letter)
			}
			add := o.addPIDs
			if letter == 'o' {
				add = o.addColumns
			}
			if err := add(list); err != nil {
				return nil, set.Usagef("option %c: %v", letter, err)
			}
			return next, nil
		default:
			return nil, set.Usagef("unknown option %q in %q", letter, word)
		}
	}
	return next, nil
}

// list parts LIST at commas and blanks.
func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func (o *options) addPIDs(text string) error {
	if o.pids == nil {
		o.pids = map[int]bool{}
	}
	for _, word := range list(text) {
		pid, err := strconv.Atoi(word)
		if err != nil || pid < 1 {
			return fmt.Errorf("%q is no process number", word)
		}
		o.pids[pid] = true
	}
	return nil
}

func (o *options) addNames(text string) error {
	if o.names == nil {
		o.names = map[string]bool{}
	}
	for _, word := range list(text) {
		o.names[word] = true
	}
	return nil
}

func (o *options) addUsers(text string, users *owner.Names) error {
	if o.users == nil {
		o.users = map[int]bool{}
	}
	for _, word := range list(text) {
		uid, err := users.Find(word)
		if err != nil {
			return err
		}
		o.users[int(uid)] = true
	}
	return nil
}

// addColumns adds the fields of a list. What follows "=" is a heading.
func (o *options) addColumns(text string) error {
	for _, word := range list(text) {
		name, heading, renamed := strings.Cut(word, "=")
		f, ok := findField(name)
		if !ok {
			return fmt.Errorf("there is no field %q", name)
		}
		if !renamed {
			heading = f.heading
		}
		o.columns = append(o.columns, column{f, heading})
	}
	return nil
}

func checkKeys(keys []string) error {
	for _, key := range keys {
		if _, ok := findField(strings.TrimLeft(key, "+-")); !ok {
			return fmt.Errorf("there is no field %q", key)
		}
	}
	return nil
}
