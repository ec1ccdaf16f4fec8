package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
)

func fake(t *testing.T) machine {
	t.Helper()
	root := t.TempDir()
	for pid, name := range map[int]string{1: "init", 20: "gosh", 21: "gosh", 22: "pgrep", 23: "bad\nname"} {
		for file, text := range map[string]string{
			"stat":    fmt.Sprintf("%d (%s) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 %d 0 0\n", pid, name, pid),
			"status":  "Uid:\t0\t0\n",
			"cmdline": "/bin/" + name + "\x00-x\x00",
		} {
			file = filepath.Join(root, fmt.Sprint(pid), file)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return machine{proc.FS(root), 22, owner.Users()}
}

func TestPgrep(t *testing.T) {
	const other = "another machine"
	cmdtest.Run(t, "pgrep", fake(t).run, []cmdtest.Case{
		{Args: "gosh", Stdout: "20\n21\n", Differs: other},
		{Args: "-l gosh", Stdout: "20 gosh\n21 gosh\n", Differs: other},
		{Args: "-a init", Stdout: "1 /bin/init -x\n", Differs: other},
		{Args: "-d, gosh", Stdout: "20,21\n", Differs: other},
		{Args: "-c gosh", Stdout: "2\n", Differs: other},
		{Args: "-c nothing", Stdout: "0\n", Status: 1, Differs: other},
		{Args: "-n gosh", Stdout: "21\n", Differs: other},
		{Args: "-l bad", Stdout: "23 \"bad\\nname\"\n", Differs: other},
		{Args: "pgrep", Status: 1, Differs: other},
		{Args: "", Status: 2, Stderr: "a pattern is missing"},
		{Args: "(", Status: 2, Stderr: "an opening parenthesis"},
		{Args: "-Z x", Status: 2, Stderr: "unknown option"},
	})
}

func TestNoProc(t *testing.T) {
	m := machine{"/no/such", 1, owner.Users()}
	err := m.run([]string{"x"}, nil, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "cannot read /no/such: no such file") {
		t.Errorf("error %v", err)
	}
}
