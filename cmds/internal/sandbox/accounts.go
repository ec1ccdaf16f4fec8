package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/owner"
)

// An account is who the service runs as.
type account struct {
	set      bool // groups are to be changed
	setUser  bool
	uid, gid int // gid is -1 if it stays
	groups   []int
	name     string // "" if uid has none
	home     string
}

// accounts looks up the names in the files themselves: no name service may
// keep a service from starting, and PID 1's program links none.
func (s *shim) accounts() error {
	spec := s.spec
	if spec.User == "" && spec.Group == "" && len(spec.Groups) == 0 {
		return nil
	}
	// A missing file is like an empty one: numbers need neither.
	passwd, _ := s.ReadFile("/etc/passwd")
	group, _ := s.ReadFile("/etc/group")
	users, groups := table(passwd, 7), table(group, 4)
	a := account{set: true, gid: -1}
	if spec.User != "" {
		uid, err := find(users, spec.User)
		if err != nil {
			return fmt.Errorf("user: %w", err)
		}
		a.setUser, a.uid = true, uid
		if entry := byNumber(users, uid, spec.User); entry != nil {
			a.name, a.home = entry[0], entry[5]
			if a.gid, err = number(entry[3]); err != nil {
				return fmt.Errorf("group of user %s in /etc/passwd: %w", a.name, err)
			}
		} else if spec.Group == "" {
			return fmt.Errorf("user %s is not in /etc/passwd, so a group is needed", spec.User)
		}
	}
	if spec.Group != "" {
		gid, err := find(groups, spec.Group)
		if err != nil {
			return fmt.Errorf("group: %w", err)
		}
		a.gid = gid
	}
	if a.gid >= 0 {
		a.groups = append(a.groups, a.gid)
	}
	for _, entry := range groups {
		if gid, err := number(entry[2]); err == nil && a.name != "" && slices.Contains(strings.Split(entry[3], ","), a.name) {
			a.groups = append(a.groups, gid)
		}
	}
	for _, name := range spec.Groups {
		gid, err := find(groups, name)
		if err != nil {
			return fmt.Errorf("group: %w", err)
		}
		a.groups = append(a.groups, gid)
	}
	slices.Sort(a.groups)
	a.groups = slices.Compact(a.groups)
	s.account = a
	return nil
}

// table splits a file of lines with fields between colons, of which the third
// is a number. Other lines are left out, as everybody does.
func table(text []byte, fields int) [][]string {
	var entries [][]string
	for line := range strings.Lines(string(text)) {
		entry := strings.Split(strings.TrimRight(line, "\n"), ":")
		if len(entry) == fields && entry[0] != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// find returns the number of a name; a number that is no name stands for
// itself.
func find(entries [][]string, name string) (int, error) {
	names := owner.Names{ID: func(name string) (string, error) {
		for _, entry := range entries {
			if entry[0] == name {
				return entry[2], nil
			}
		}
		return "", fmt.Errorf("there is no %q", name)
	}}
	id, err := names.Find(name)
	return int(id), err
}

// byNumber returns the entry of a user. Two names may share a number, so the
// one that was asked for comes first.
func byNumber(entries [][]string, uid int, name string) (found []string) {
	for _, entry := range entries {
		if id, err := number(entry[2]); err != nil || id != uid {
			continue
		}
		if entry[0] == name {
			return entry
		}
		if found == nil {
			found = entry
		}
	}
	return found
}

func number(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == 1<<32-1 { // the kernel's "unchanged"
		return 0, fmt.Errorf("%q is no number of a user or group", text)
	}
	return int(n), nil
}

func (s *shim) setGroups() error {
	if !s.account.set {
		return nil
	}
	if err := s.Setgroups(s.account.groups); err != nil {
		return err
	}
	if s.account.gid < 0 {
		return nil
	}
	return s.Setgid(s.account.gid)
}

func (s *shim) setUser() error {
	if !s.account.setUser {
		return nil
	}
	if err := s.KeepCapabilities(); err != nil { // else those to keep would go with root
		return err
	}
	return s.Setuid(s.account.uid)
}
