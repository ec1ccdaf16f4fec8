// Package owner turns the numbers of users and groups into names and back, as
// ls, ps, stat and chown need it, and asks /etc/passwd and /etc/group once for
// each.
//
// A number without a name is shown as it is, so a broken /etc/passwd never
// keeps anyone from seeing files.
//
// Links: passwd(5), group(5).
//
// # Bugs
//
// Only the files are asked: there is no name service (NSS) without a C library.
//
// Next in the tour: none
package owner

import (
	"fmt"
	"os/user"
	"strconv"
)

// Names finds and remembers names of users or of groups. Tests make their own.
type Names struct {
	Name func(id string) (string, error)
	ID   func(name string) (string, error)

	known map[uint32]string
}

// Users asks /etc/passwd.
func Users() *Names {
	return &Names{
		Name: func(uid string) (string, error) {
			u, err := user.LookupId(uid)
			if err != nil {
				return "", err
			}
			return u.Username, nil
		},
		ID: func(name string) (string, error) {
			u, err := user.Lookup(name)
			if err != nil {
				return "", err
			}
			return u.Uid, nil
		},
	}
}

// Groups asks /etc/group.
func Groups() *Names {
	return &Names{
		Name: func(gid string) (string, error) {
			g, err := user.LookupGroupId(gid)
			if err != nil {
				return "", err
			}
			return g.Name, nil
		},
		ID: func(name string) (string, error) {
			g, err := user.LookupGroup(name)
			if err != nil {
				return "", err
			}
			return g.Gid, nil
		},
	}
}

// Of is the name of id, or the number if it has none.
func (n *Names) Of(id uint32) string {
	if n.known == nil {
		n.known = map[uint32]string{}
	}
	if _, ok := n.known[id]; !ok {
		n.known[id] = strconv.FormatUint(uint64(id), 10)
		if name, err := n.Name(n.known[id]); err == nil {
			n.known[id] = name
		}
	}
	return n.known[id]
}

// Find is the number of a name; a number that is no name stands for itself.
func (n *Names) Find(name string) (uint32, error) {
	text, err := n.ID(name)
	if err != nil {
		text = name
	}
	id, err := strconv.ParseUint(text, 10, 32)
	const nobody = 1<<32 - 1 // means "unchanged" to the kernel
	if err != nil || id == nobody {
		return 0, fmt.Errorf("there is no %q", name)
	}
	return uint32(id), nil
}
