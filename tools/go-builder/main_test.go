package main

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
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

// TestSettle: what a user has set, by a variable or by "go env -w", counts where
// it says from where to fetch, and not where it changes a result.
func TestSettle(t *testing.T) {
	for _, name := range []string{"GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOAUTH",
		"GOPATH", "GOMODCACHE", "GOCACHE", "GOTOOLCHAIN", "GOFIPS140"} {
		t.Setenv(name, os.Getenv(name)) // to be as it was afterwards
	}
	written := filepath.Join(t.TempDir(), "env")
	os.WriteFile(written, []byte("GOPROXY=https://proxy.example\nGOFLAGS=-tags=odd\nGOEXPERIMENT=nodwarf5\n"), 0o666)
	t.Setenv("GOENV", written)
	t.Setenv("GOPROXY", "")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOEXPERIMENT", "")
	t.Setenv("GOWORK", "")
	if err := settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("go", "env", "GOPROXY", "GOFLAGS", "GOEXPERIMENT", "GOWORK").Output()
	if want := "https://proxy.example\n\n\noff\n"; string(text) != want || err != nil {
		t.Errorf("the go command has %q, %v; want %q", text, err, want)
	}
}

func TestToolchain(t *testing.T) {
	for version, want := range map[string]string{
		"go1.26.8": "go1.26.8", "go1.26.8-X:nodwarf5": "go1.26.8", "go1.26.8 X:nodwarf5": "go1.26.8", "devel go1.27-3f2a": "local",
	} {
		if got := toolchain(version); got != want {
			t.Errorf("toolchain(%q) = %q; want %q", version, got, want)
		}
	}
}

// TestInterrupts: what nohup(1) has set stays set.
func TestInterrupts(t *testing.T) {
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	if got := interrupts(); slices.Contains(got, os.Signal(syscall.SIGHUP)) || !slices.Contains(got, os.Signal(syscall.SIGTERM)) {
		t.Errorf("stops on %v", got)
	}
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
