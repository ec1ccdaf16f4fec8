// Id tells who a user is: the numbers and names of the user and the groups.
//
// Usage:
//
//	id [-u | -g | -G] [-nr] [USER...]
//
//	-u  the user       -g  the group       -G  all groups
//	-n  as names, not numbers
//	-r  the real ones, not those in effect
//
// Without USER it tells of the running process: whose rights count (in effect),
// which is another than the real user after a program with the s bit has
// started it. A USER is a name or a number of /etc/passwd.
//
// Examples:
//
//	id
//	test "$(id -u)" = 0 || exit 1
//	id -nG alice
//
// # Exit status
//
// 0 done, 1 there is no such user, or no name, 2 usage.
//
// Links: POSIX.1-2024 id; credentials(7), passwd(5), group(5).
//
// # Bugs
//
// Only the files are asked, no name service.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strconv"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: id [-u | -g | -G] [-nr] [USER...]

  id -u          the number of the user
  id -un         the name
  id -Gn alice   all groups of alice

  -g the group  -r the real one, not that in effect`

// An identity is a user with groups.
type identity struct {
	uid, euid, gid, egid uint32
	groups               []uint32
}

// A machine is what id asks of the process and the system.
type machine struct {
	process       func() (identity, error)
	find          func(name string) (identity, error)
	users, groups *owner.Names
}

func main() {
	linux := machine{process: process, find: find, users: owner.Users(), groups: owner.Groups()}
	cli.Exit("id", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func process() (identity, error) {
	all, err := os.Getgroups()
	i := identity{
		uid: uint32(os.Getuid()), euid: uint32(os.Geteuid()),
		gid: uint32(os.Getgid()), egid: uint32(os.Getegid()),
	}
	for _, group := range all {
		i.groups = append(i.groups, uint32(group))
	}
	return i, err
}

// find asks the files about a user by name, or else by number.
func find(name string) (identity, error) {
	u, err := user.Lookup(name)
	if err != nil {
		u, err = user.LookupId(name)
	}
	if err != nil {
		return identity{}, err
	}
	texts, err := u.GroupIds()
	if err != nil {
		return identity{}, err
	}
	numbers := make([]uint32, 0, len(texts)+2)
	for _, text := range append([]string{u.Uid, u.Gid}, texts...) {
		number, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return identity{}, err
		}
		numbers = append(numbers, uint32(number))
	}
	return identity{numbers[0], numbers[0], numbers[1], numbers[1], numbers[2:]}, nil
}

// options are what the command line asks for.
type options struct{ user, group, all, names, real bool }

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var o options
	set := getopt.New(usage)
	set.Flag(&o.user, "u", "user")
	set.Flag(&o.group, "g", "group")
	set.Flag(&o.all, "G", "groups")
	set.Flag(&o.names, "n", "name")
	set.Flag(&o.real, "r", "real")
	set.Do(func() {}, "a") // what it does without any, as elsewhere
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	switch chosen := count(o.user, o.group, o.all); {
	case chosen > 1:
		return set.Usagef("only one of -u, -g and -G can be given")
	case chosen == 0 && (o.names || o.real):
		return set.Usagef("-n and -r need -u, -g or -G")
	}
	s := stdio.New("id", stdin, stdout, stderr)
	if len(names) == 0 {
		self, err := m.process()
		if err != nil {
			return fmt.Errorf("cannot read the groups: %w", stdio.Cause(err))
		}
		m.print(s, o, self)
	}
	for _, name := range names {
		i, err := m.find(name)
		if err != nil {
			s.Complain(fmt.Errorf("cannot find the user %s in /etc/passwd", stdio.Quote(name)))
			continue
		}
		m.print(s, o, i)
	}
	return s.End()
}

func count(flags ...bool) (n int) {
	for _, flag := range flags {
		if flag {
			n++
		}
	}
	return n
}

// print tells of one user on a line.
func (m machine) print(s *stdio.Streams, o options, i identity) {
	uid, gid := i.euid, i.egid
	if o.real {
		uid, gid = i.uid, i.gid
	}
	switch {
	case o.user:
		m.printOne(s, o, m.users, uid)
	case o.group:
		m.printOne(s, o, m.groups, gid)
	case o.all:
		for n, group := range i.allGroups() {
			if n > 0 {
				s.Out.WriteByte(' ')
			}
			m.printOne(s, o, m.groups, group)
		}
	default:
		m.printAll(s, i)
	}
	s.Out.WriteByte('\n')
}

// printOne writes a number, or its name; without one it is the number, and a
// failure.
func (m machine) printOne(s *stdio.Streams, o options, names *owner.Names, id uint32) {
	number := strconv.FormatUint(uint64(id), 10)
	if !o.names {
		s.Out.WriteString(number)
		return
	}
	name, err := names.Name(number)
	if err != nil {
		s.Complain(fmt.Errorf("cannot find a name for %s", number))
		name = number
	}
	s.Out.WriteString(name)
}

// allGroups is the group, then the others, each once.
func (i identity) allGroups() []uint32 {
	all := []uint32{i.gid}
	for _, group := range append([]uint32{i.egid}, i.groups...) {
		if !slices.Contains(all, group) {
			all = append(all, group)
		}
	}
	return all
}

func (m machine) printAll(s *stdio.Streams, i identity) {
	with := func(names *owner.Names, id uint32) string {
		number := strconv.FormatUint(uint64(id), 10)
		if name := names.Of(id); name != number {
			return number + "(" + name + ")"
		}
		return number
	}
	fmt.Fprintf(s.Out, "uid=%s gid=%s", with(m.users, i.uid), with(m.groups, i.gid))
	if i.euid != i.uid {
		fmt.Fprintf(s.Out, " euid=%s", with(m.users, i.euid))
	}
	if i.egid != i.gid {
		fmt.Fprintf(s.Out, " egid=%s", with(m.groups, i.egid))
	}
	for n, group := range i.allGroups() {
		before := ","
		if n == 0 {
			before = " groups="
		}
		s.Out.WriteString(before + with(m.groups, group))
	}
}
