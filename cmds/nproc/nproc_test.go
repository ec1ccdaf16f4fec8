package main

import (
	"syscall"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestNproc(t *testing.T) {
	const other = "another machine"
	list := "0-3,6\n"
	m := machine{usable: func() (int, error) { return 2, nil }, online: func() ([]byte, error) { return []byte(list), nil }}
	cmdtest.Run(t, "nproc", m.run, []cmdtest.Case{
		{Args: "", Stdout: "2\n", Differs: other},
		{Args: "--all", Stdout: "5\n", Differs: other},
		{Args: "--all --ignore=2", Stdout: "3\n", Differs: other},
		{Args: "--ignore 100000", Stdout: "1\n"},
		{Args: "x", Status: 2, Stderr: "x is not wanted", Differs: "GNU ends with 1"},
		{Args: "--ignore=x", Status: 2, Stderr: "option --ignore", Differs: "GNU ends with 1"},
	})
	list = "many"
	cmdtest.Run(t, "nproc", m.run, []cmdtest.Case{{Args: "--all", Status: 1, Stderr: `"many" is no list`, Differs: other}})
	m.usable = func() (int, error) { return 0, syscall.EPERM }
	cmdtest.Run(t, "nproc", m.run, []cmdtest.Case{{Status: 1, Stderr: "cannot count the processors: operation not permitted", Differs: other}})
}
