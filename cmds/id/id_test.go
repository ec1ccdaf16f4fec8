package main

import (
	"errors"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
)

func names(known map[string]string) *owner.Names {
	return &owner.Names{Name: func(id string) (string, error) {
		if name, ok := known[id]; ok {
			return name, nil
		}
		return "", errors.New("none")
	}}
}

func TestId(t *testing.T) {
	alice := identity{1000, 1000, 1000, 1000, []uint32{1000, 9, 70}}
	started := identity{1000, 0, 1000, 7, []uint32{1000, 9}}
	m := machine{
		process: func() (identity, error) { return started, nil },
		find: func(name string) (identity, error) {
			if name == "alice" || name == "1000" {
				return alice, nil
			}
			return identity{}, errors.New("none")
		},
		users:  names(map[string]string{"0": "root", "1000": "alice"}),
		groups: names(map[string]string{"7": "seven", "1000": "alice", "9": "video"}),
	}
	cases := []cmdtest.Case{
		{Args: "", Stdout: "uid=1000(alice) gid=1000(alice) euid=0(root) egid=7(seven) groups=1000(alice),7(seven),9(video)\n"},
		{Args: "-a alice", Stdout: "uid=1000(alice) gid=1000(alice) groups=1000(alice),9(video),70\n"},
		{Args: "-u", Stdout: "0\n"},
		{Args: "-un", Stdout: "root\n"},
		{Args: "-ur", Stdout: "1000\n"},
		{Args: "-unr", Stdout: "alice\n"},
		{Args: "-g", Stdout: "7\n"},
		{Args: "-gn", Stdout: "seven\n"},
		{Args: "-gr", Stdout: "1000\n"},
		{Args: "-G", Stdout: "1000 7 9\n"},
		{Args: "-Gn", Stdout: "alice seven video\n"},
		{Args: "alice", Stdout: "uid=1000(alice) gid=1000(alice) groups=1000(alice),9(video),70\n"},
		{Args: "-un 1000", Stdout: "alice\n"},
		{Args: "-G alice", Stdout: "1000 9 70\n"},
		{Args: "-Gn alice", Stdout: "alice video 70\n", Status: 1, Stderr: "cannot find a name for 70"},
		{Args: "-u bob alice", Stdout: "1000\n", Status: 1, Stderr: "cannot find the user bob in /etc/passwd"},
		{Args: "-ug", Status: 2, Stderr: "only one of"},
		{Args: "-n", Status: 2, Stderr: "-n and -r need -u, -g or -G"},
	}
	for i := range cases {
		cases[i].Differs = "another user"
	}
	cmdtest.Run(t, "id", m.run, cases)
}

// Of ourselves and of root both say the same.
func TestHost(t *testing.T) {
	m := machine{process: process, find: find, users: owner.Users(), groups: owner.Groups()}
	cmdtest.Compare(t, "id", m.run, "", "-u", "-un", "-ur", "-g", "-G", "-Gn", "root", "-G root", "-gn root", "0", "daemon", "-u no-such-user")
}
