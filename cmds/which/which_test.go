package main

import (
	"os"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestWhich(t *testing.T) {
	t.Chdir(t.TempDir())
	cmdtest.Make(t, "one/", "two/", "one/run=x", "two/run=x", "two/only=x", "one/data=x", "one/folder/", "link->two", "broken->nothing")
	for _, name := range []string{"one/run", "two/run", "two/only"} {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const path = "one:two/:missing"
	t.Setenv("PATH", path+":"+os.Getenv("PATH")) // for the host's which
	m := machine{path: path}
	cmdtest.Run(t, "which", m.run, []cmdtest.Case{
		{Args: "run", Stdout: "one/run\n"},
		{Args: "-a run", Stdout: "one/run\ntwo/run\n", Differs: "it keeps the second slash"},
		{Args: "run only", Stdout: "one/run\ntwo/only\n", Differs: "it keeps the second slash"},
		{Args: "no-such-program run", Stdout: "one/run\n", Status: 1},
		{Args: "run no-such-program", Stdout: "one/run\n", Status: 1},
		{Args: "data", Status: 1},
		{Args: "folder", Status: 1},
		{Args: "two/run", Stdout: "two/run\n"},
		{Args: "one/data", Status: 1},
		{Args: "one", Status: 1},
		{Argv: []string{""}, Status: 1},
		{Args: "", Status: 2, Stderr: "a program is missing", Differs: "GNU ends with 1"},
	})
	current := machine{path: "missing:"}
	t.Chdir("one")
	cmdtest.Run(t, "which", current.run, []cmdtest.Case{{Args: "run", Stdout: "./run\n", Differs: "another PATH"}})
}
