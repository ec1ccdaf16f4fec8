package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

func prepare(t *testing.T) {
	cmdtest.Make(t, "a=A", "b=B", "d/", "d/f=F", "d/sub/", "d/sub/g=G", "d/out->../keep", "keep/", "keep/k=K", "todir->keep", "empty/", "root/", "root/r=R", "-x=X")
}

func TestRm(t *testing.T) {
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	ask := func(args, stdin, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Stdin: stdin, Stderr: stderr}, Tree: tree}
	}
	ours := func(c cmdtest.Change, why string) cmdtest.Change {
		c.Differs = why
		return c
	}
	const keep = `keep/k -rw-r--r-- "K"`
	m := machine{isTerminal: func() bool { return false }, root: "root"}
	cmdtest.Changes(t, "rm", m.run, prepare, []cmdtest.Change{
		row("a b", "no a, no b, d"),
		row("-r d", "no d, "+keep),
		row("-rf d a missing", "no d, no a"),
		row("-R d", "no d"),
		row("-f", "a"),
		row("-f missing", "a"),
		row("todir", "no todir, "+keep),
		row("-r todir", "no todir, "+keep),
		row("-d empty", "no empty"),
		row("-- -x", "no -x"),
		row("-rd d", "no d"),
		{Case: cmdtest.Case{Args: "-v a b", Stdout: "removed 'a'\nremoved 'b'\n"}, Tree: "no a"},
		{Case: cmdtest.Case{Args: "-rv empty", Stdout: "removed directory 'empty'\n"}, Tree: "no empty"},
		{Case: cmdtest.Case{Args: "-rv keep", Stdout: "removed 'keep/k'\nremoved directory 'keep'\n"}, Tree: "no keep"},
		bad("missing a", "cannot remove missing: no such file or directory", "no a"),
		bad("d a", "cannot remove the folder d: -r is missing", "d, no a"),
		bad("empty", "-r is missing", "empty"),
		bad("-f d", "-r is missing", "d"),
		bad("-d keep", "cannot remove keep: directory not empty", keep),
		bad("-r .", "cannot remove .: it is the current folder or one above", "a"),
		bad("-rf d/..", "cannot remove d/..", "a, d"),
		bad("-rf ./", "cannot remove ./", "a"),
		ours(bad("-r todir/", "cannot remove todir/: not a directory", keep), "GNU empties the folder"),
		bad("a/", "cannot remove a/: not a directory", "a"),
		bad("a/b", "cannot remove a/b: not a directory", "a"),
		row("-f a/b", "a"),
		bad("-r -", "cannot remove", ""),
		ours(bad("-rf root", "cannot remove root: it is the whole system (--no", `root/r -rw-r--r-- "R"`), "our root is another"),
		row("-rf --no-preserve-root root", "no root"),
		ask("-i a b", "y\nn\n", "remove a? rm: remove b? ", "no a, b"),
		ask("-ri keep", "y\ny\ny\n", "go into folder keep? rm: remove keep/k? rm: remove folder keep? ", "no keep"),
		ask("-I a b d/f -- -x", "n\n", "remove 4 files? ", "a"),
		ask("-I a b d/f keep/k", "n\n", "remove 4 files? ", "a"),
		ask("-rI d", "y\n", "remove 1 with", "no d"),
		row("-I a b", "no a, no b"),
		row("-if a", "no a"),
		ask("-fi a", "n\n", "remove a? ", "a"),
		{Case: cmdtest.Case{Status: 2, Stderr: "a file is missing", Differs: "GNU ends with 1"}},
	})
}

// On a terminal a file that may not be written is asked about.
func TestProtected(t *testing.T) {
	t.Chdir(t.TempDir())
	prepare(t)
	m := machine{
		isTerminal: func() bool { return true },
		writable:   func(_ *unix.Stat_t, _ int, name string) bool { return name != "a" },
		root:       "/",
	}
	var stderr strings.Builder
	if err := m.run([]string{"a", "b"}, strings.NewReader("n\n"), io.Discard, &stderr); err != nil {
		t.Error(err)
	}
	if tree := cmdtest.Describe(t, "."); !strings.Contains(tree, "\na ") || strings.Contains(tree, "\nb ") {
		t.Errorf("left:\n%s", tree)
	}
	if want := "rm: remove a, which may not be written? "; stderr.String() != want {
		t.Errorf("asked %q", stderr.String())
	}
}

// A folder of more names than are read at once, and a deep one.
func TestLarge(t *testing.T) {
	t.Chdir(t.TempDir())
	os.MkdirAll("d"+strings.Repeat("/d", 500), 0o755)
	for i := range 1500 {
		if err := os.WriteFile(fmt.Sprintf("d/%d", i), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := machine{isTerminal: func() bool { return false }, root: "/"}
	if status := cli.Report("rm", m.run([]string{"-r", "d"}, nil, io.Discard, os.Stderr), io.Discard, os.Stderr); status != 0 {
		t.Fatalf("status %d", status)
	}
	if _, err := os.Lstat("d"); err == nil {
		t.Error("d is still there")
	}
}
