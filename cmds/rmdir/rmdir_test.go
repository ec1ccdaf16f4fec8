package main

import (
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func prepare(t *testing.T) { cmdtest.Make(t, "a/b/c/", "d/", "full/f/g/", "full/file=F", "link->d") }

func TestRmdir(t *testing.T) {
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	cmdtest.Changes(t, "rmdir", run, prepare, []cmdtest.Change{
		row("d a/b/c", "no d, a/b, no a/b/c"),
		row("d/", "no d"),
		row("-p a/b/c", "no a, d"),
		row("-p a/b//c/", "no a"),
		row("-p --ignore-fail-on-non-empty full/f/g", "full, no full/f"),
		{Case: cmdtest.Case{Args: "-pv a/b/c", Stdout: "rmdir: removing directory, 'a/b/c'\nrmdir: removing directory, 'a/b'\nrmdir: removing directory, 'a'\n"}},
		bad("full d", "cannot remove full: directory not empty", "full, no d"),
		bad("-p full/f/g", "cannot remove full: directory not empty", "full, no full/f"),
		bad("full/file", "not a directory", "full/file"),
		bad("link", "not a directory", "link, d"),
		bad("missing", "no such file or directory", ""),
		{Case: cmdtest.Case{Status: 2, Stderr: "a folder is missing", Differs: "GNU ends with 1"}},
	})
}
