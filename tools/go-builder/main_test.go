package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"go-builder": main})
}

// TestScripts runs the pages of testdata: the program as a user meets it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("VOLE_CACHE", filepath.Join(e.WorkDir, "cache"))
			return os.Mkdir(filepath.Join(e.WorkDir, "cache"), 0o777)
		},
		// Exit statuses are part of what a script sees: "status 2 go-builder ...".
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

// status runs a program and checks that it ends with exactly the given status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = err.Error()
	}
	if got != args[0] && got != "exit status "+args[0] {
		ts.Fatalf("%s ended with %s; want %s", args[1], got, args[0])
	}
}
