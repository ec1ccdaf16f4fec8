// Chown gives files to another user and group.
//
// Usage:
//
//	chown [-Rhf] USER[:[GROUP]] FILE...
//	chown [-Rhf] :GROUP FILE...
//	chown [-Rhf] --reference=FILE FILE...
//
//	-R  folders and all that is in them; links in them are not followed
//	-h  a link itself, not the file it leads to
//	-f  no complaints
//
// USER and GROUP are names or numbers; "USER:" takes the user's own group.
//
// Examples:
//
//	chown alice: notes.txt
//	chown -R root:root /etc
//	chown :video /dev/fb0
//
// # Exit status
//
// 0 done, 1 a file could not be changed, 2 usage. Only root may give files away.
//
// Links: POSIX.1-2024 chown; chown(2).
//
// # Bugs
//
// -R changes a link in a tree itself: there are no -L and -H.
//
// Next in the tour: none
package main

import (
	"io"
	"os"
	"os/user"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/chowner"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: chown [-Rhf] USER[:[GROUP]] FILE... | chown [-Rhf] :GROUP FILE... | chown --reference=FILE FILE...

  chown alice: notes.txt     to alice and her group
  chown -R root:root /etc    a whole tree

  -R trees  -h links themselves  -f no complaints`

// A machine is what chown asks of the system.
type machine struct {
	users, groups *owner.Names
	loginGroup    func(uid uint32) (string, error)
	chown         func(folder int, name string, user, group, flags int) error
}

func main() {
	linux := machine{
		users:  owner.Users(),
		groups: owner.Groups(),
		loginGroup: func(uid uint32) (string, error) {
			u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
			if err != nil {
				return "", err
			}
			return u.Gid, nil
		},
		chown: unix.Fchownat,
	}
	cli.Exit("chown", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s := stdio.New("chown", stdin, stdout, stderr)
	c := &chowner.Chowner{User: chowner.Unchanged, Group: chowner.Unchanged, Streams: s, Chown: m.chown}
	reference := ""
	set := getopt.New(usage)
	set.Flag(&c.Recursive, "R", "recursive")
	set.Flag(&c.Links, "h", "no-dereference")
	set.Flag(&c.Silent, "f", "silent", "quiet")
	set.Text(&reference, "reference")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	switch {
	case reference != "":
		var stat unix.Stat_t
		if err := unix.Stat(reference, &stat); err != nil {
			return stdio.Cannot("look at", reference, err)
		}
		c.User, c.Group = int(stat.Uid), int(stat.Gid)
	case len(names) == 0:
		return set.Usagef("an owner is missing")
	default:
		if c.User, c.Group, err = m.parse(names[0]); err != nil {
			return set.Usagef("owner %s: %v", stdio.Quote(names[0]), err)
		}
		names = names[1:]
	}
	if len(names) == 0 {
		return set.Usagef("a file is missing")
	}
	c.Files(names)
	return s.End()
}

// parse reads USER, USER:GROUP, USER: or :GROUP.
func (m machine) parse(text string) (uid, gid int, err error) {
	uid, gid = chowner.Unchanged, chowner.Unchanged
	userName, groupName, colon := strings.Cut(text, ":")
	if userName != "" || !colon {
		id, err := m.users.Find(userName)
		if err != nil {
			return 0, 0, err
		}
		uid = int(id)
		if colon && groupName == "" {
			if groupName, err = m.loginGroup(id); err != nil {
				return 0, 0, err
			}
		}
	}
	if groupName != "" {
		id, err := m.groups.Find(groupName)
		if err != nil {
			return 0, 0, err
		}
		gid = int(id)
	}
	return uid, gid, nil
}
