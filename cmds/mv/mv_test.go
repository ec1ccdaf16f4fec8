package main

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func prepare(t *testing.T) {
	cmdtest.Make(t, "a=A", "b=B", "hard==b", "tolink->a", "tob->b", "todir->d", "lost->nowhere", "d/", "d/f=F", "d/sub/", "d/sub/g=G", "d/h==d/f",
		"d/l->f", "d/pipe|", "e/", "e/f=old", "empty/", "prog=P", "other/", "other/a=other A", "ro/", "ro/x=X")
	for name, mode := range map[string]uint32{"prog": 0o4755, "d/sub": 0o750} {
		if err := unix.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
}

func host() machine {
	return machine{
		isTerminal: func() bool { return false },
		root:       os.Geteuid() == 0,
		writable:   func(string) bool { return true },
		rename:     unix.Rename,
	}
}

// twoSystems is a machine on which every first move is to another file system.
func twoSystems() machine {
	m := host()
	m.rename = func(from, to string) error {
		if !strings.Contains(from, ".mv-") {
			return unix.EXDEV
		}
		return unix.Rename(from, to)
	}
	return m
}

func rows() []cmdtest.Change {
	const old = " @981173106.123456789"
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	ask := func(args, stdin, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Stdin: stdin, Stderr: "overwrite b? "}, Tree: tree}
	}
	return []cmdtest.Change{
		row("a new", `no a, new -rw-r--r-- "A"`+old),
		row("a b", `no a, b -rw-r--r-- "A"`+old+`, hard -rw-r--r-- "B"`),
		row("-f a b", `no a, b -rw-r--r-- "A"`),
		row("a e", `no a, e/a -rw-r--r-- "A"`),
		row("a todir", `no a, d/a -rw-r--r-- "A"`),
		row("a prog e", `no a, e/prog -rwsr-xr-x "P"`+old),
		row("-t e a b", `no a, no b, e/b -rw-r--r-- "B"`),
		row("a tob", `no a, tob -rw-r--r-- "A", b -rw-r--r-- "B"`),
		row("a lost", `no a, lost -rw-r--r-- "A"`),
		row("tolink new", `no tolink, new lrwxrwxrwx -> a`+old),
		row("d new", `no d, new/f -rw-r--r-- "F" = new/f`+old+`, new/h -rw-r--r-- "F" = new/f, new/l lrwxrwxrwx -> f, new/sub drwxr-x---`+old+`, new drwxr-xr-x`+old),
		row("d/ new", `no d, new/l lrwxrwxrwx -> f`),
		row("d new/", `no d, new/l lrwxrwxrwx -> f`),
		row("d e", `no d, e/d/f -rw-r--r-- "F" = e/d/f, e/f -rw-r--r-- "old"`),
		row("-T d empty", `no d, empty/f -rw-r--r-- "F" = empty/f`),
		row("d/pipe new", `no d/pipe, new prw-r--r--`),
		row("-n a b", `a -rw-r--r-- "A", b -rw-r--r-- "B"`),
		row("-u a b", `a -rw-r--r-- "A", b -rw-r--r-- "B"`),
		row("-in a b", `a -rw-r--r-- "A"`),
		row("-if a b", `no a, b -rw-r--r-- "A"`),
		ask("-i a b", "y\n", `no a, b -rw-r--r-- "A"`),
		ask("-fi a b", "n\n", `a -rw-r--r-- "A", b -rw-r--r-- "B"`),
		{Case: cmdtest.Case{Args: "-v a new", Stdout: "renamed 'a' -> 'new'\n"}},
		bad("missing a e", "cannot move missing: no such file or directory", `e/a -rw-r--r-- "A"`),
		bad("a a", "cannot move a onto itself, a", `a -rw-r--r-- "A"`),
		bad("a .", "onto itself", `a -rw-r--r-- "A"`),
		bad("b hard", "onto itself", `b -rw-r--r-- "B"`),
		bad("d d", "into itself", "d/f"),
		bad("d d/new", "cannot move the folder d into itself, d/new", `d/f -rw-r--r-- "F"`),
		bad("d d/sub", "into itself", `d/f -rw-r--r-- "F"`),
		bad("d todir/new", "into itself", `d/f -rw-r--r-- "F"`),
		bad("d a", "cannot move the folder d over a, which is none", `a -rw-r--r-- "A"`),
		bad("-T a d", "cannot move a over the folder d", `a -rw-r--r-- "A"`),
		bad("-T d e", "directory not empty", `d/f -rw-r--r-- "F", e/f -rw-r--r-- "old"`),
		bad("tob b", "onto itself", `b -rw-r--r-- "B"`),
		bad("a missing/new", "no such file or directory", `a -rw-r--r-- "A"`),
		bad("a other/a e", "cannot put other/a over e/a, which was just made", `e/a -rw-r--r-- "A", other/a -rw-r--r-- "other A"`),
		bad("a b missing", "cannot put files into missing: no such file", `a -rw-r--r-- "A"`),
		{Case: cmdtest.Case{Args: "a", Status: 2, Stderr: "a target after a is missing", Differs: "GNU ends with 1"}},
	}
}

func TestMv(t *testing.T) { cmdtest.Changes(t, "mv", host().run, prepare, rows()) }

// To another file system all comes of it that a rename does.
func TestAcross(t *testing.T) {
	cases := rows()
	for i := range cases {
		cases[i].Differs = "the host's mv renames"
	}
	cmdtest.Changes(t, "mv", twoSystems().run, prepare, cases)
}

// A copy that fails leaves both as they were, and nothing else.
func TestAcrossFails(t *testing.T) {
	m := host()
	m.rename = func(string, string) error { return unix.EXDEV }
	cmdtest.Changes(t, "mv", m.run, prepare, []cmdtest.Change{
		{Case: cmdtest.Case{Args: "a b", Status: 1, Stderr: "cannot move a to b: invalid cross-device link", Differs: "no such failure"},
			Tree: `a -rw-r--r-- "A", b -rw-r--r-- "B" = b, no .mv*`},
	})
}

// On a terminal a file that may not be written is asked about.
func TestProtected(t *testing.T) {
	m := host()
	m.isTerminal = func() bool { return true }
	m.writable = func(name string) bool { return name != "b" }
	const question = "replace b, which may not be written? "
	row := func(args, stdin, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Stdin: stdin, Stderr: stderr, Differs: "no terminal there"}, Tree: tree}
	}
	cmdtest.Changes(t, "mv", m.run, prepare, []cmdtest.Change{
		row("a b", "n\n", question, `a -rw-r--r-- "A"`),
		row("a b", "y\n", question, `b -rw-r--r-- "A"`),
		row("-f a b", "", "", `b -rw-r--r-- "A"`),
		row("a prog", "", "", `prog -rw-r--r-- "A"`),
	})
}
