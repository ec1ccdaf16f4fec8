package main

import (
	"errors"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
)

func TestWhoami(t *testing.T) {
	users := &owner.Names{Name: func(id string) (string, error) {
		if id == "1000" {
			return "alice", nil
		}
		return "", errors.New("none")
	}}
	const other = "another user"
	cmdtest.Run(t, "whoami", machine{1000, users}.run, []cmdtest.Case{
		{Stdout: "alice\n", Differs: other},
		{Args: "x", Status: 2, Stderr: "x is not wanted", Differs: "GNU ends with 1"},
	})
	cmdtest.Run(t, "whoami", machine{7, users}.run, []cmdtest.Case{
		{Status: 1, Stderr: "cannot find a name for user 7", Differs: other},
	})
}
