package main

import (
	"os"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func tree(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.MkdirAll("a/b/c", 0o755),
		os.WriteFile("a/one", make([]byte, 5000), 0o644),
		os.WriteFile("a/b/two", make([]byte, 100), 0o644),
		os.WriteFile("a/b/c/three", make([]byte, 99999), 0o644),
		os.Link("a/one", "a/b/same"),
		os.Symlink("one", "a/link"),
		os.Truncate("a/b/two", 1<<20),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// How many blocks a file takes is for the file system to say.
func TestAsHost(t *testing.T) {
	tree(t)
	cmdtest.Compare(t, "du", run, "a", "-s a", "-h a", "-d1 a", "-d 0 a", "-c a/one a/b/two", "-b a/one", "-sb a/b/two", "-x a",
		"-s a a/b", "-sh a", "-k a/b", "-m a", "-sm a/one", "-a a/one", "-s a/link", "-ab a/b/two")
}

func TestDu(t *testing.T) {
	tree(t)
	cmdtest.Run(t, "du", run, []cmdtest.Case{
		{Args: "-b a/one a/one", Stdout: "5000\ta/one\n"}, // counted already
		{Args: "-b a/one a/b/same", Stdout: "5000\ta/one\n"},
		{Args: "-bc a/one a/b/two", Stdout: "5000\ta/one\n1048576\ta/b/two\n1053576\ttotal\n"},
		{Args: "-b /no/such a/one", Stdout: "5000\ta/one\n", Status: 1, Stderr: "cannot look at /no/such: no such file or directory"},
		{Args: "-sa", Status: 2, Stderr: "can't both be", Differs: "GNU ends with 1"},
		{Args: "-d x", Status: 2, Stderr: "option -d", Differs: "GNU ends with 1"},
	})
}
