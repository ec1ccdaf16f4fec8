package main

import (
	"math"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

func TestTimeout(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("data", nil, 0o644)
	const fails = "GNU ends with 125"
	const itself = "GNU ends itself by the signal, which a shell shows as the same status"
	sh := func(words ...string) []string { return words }
	const deaf = "trap '' TERM; echo ready; while :; do sleep 0.02; done"
	m := machine{after: time.After}
	cmdtest.Run(t, "timeout", m.run, []cmdtest.Case{
		{Args: "5 echo a", Stdout: "a\n"},
		{Args: "5 cat", Stdin: "in", Stdout: "in"},
		{Args: "0 true"},
		{Args: "5 false", Status: 1},
		{Args: "99999999999999999999d true"},
		{Argv: sh("1m", "sh", "-c", "exit 42"), Status: 42},
		{Argv: sh("5", "sh", "-c", "kill -INT $$"), Status: 130, Differs: itself},
		{Argv: sh("5", "sh", "-c", "echo $0 $1", "-k", "-x"), Stdout: "-k -x\n"},
		{Args: "0.05 sleep 9", Status: 124},
		{Args: ".05s sleep 9", Status: 124},
		{Args: "0.001m sleep 9", Status: 124},
		{Args: "-s INT 0.05 sleep 9", Status: 124},
		{Args: "-sKILL 0.05 sleep 9", Status: 137, Differs: itself},
		{Args: "-s 9 0.05 sleep 9", Status: 137, Differs: itself},
		{Args: "--preserve-status 0.05 sleep 9", Status: 143},
		{Args: "--foreground 0.05 sleep 9", Status: 124},
		{Argv: sh("-k", "0.1", "0.1", "sh", "-c", deaf), Stdout: "ready\n", Status: 137, Differs: itself},
		{Argv: sh("-s", "USR1", "0.1", "sh", "-c", "trap 'exit 7' USR1; while :; do :; done"), Status: 124},
		{Argv: sh("--preserve-status", "-s", "USR1", "0.1", "sh", "-c", "trap 'exit 7' USR1; while :; do :; done"), Status: 7},
		{Argv: sh("0.1", "sh", "-c", "sleep 9 & sleep 9"), Status: 124},
		{Argv: sh("0.1", "sh", "-c", "kill -STOP $$"), Status: 124},
		{Args: "-v 0.05 sleep 9", Status: 124, Stderr: "timeout: sending TERM to sleep\n"},
		{Args: "5 no-such", Status: 127, Stderr: "timeout: cannot run no-such: no such file or directory"},
		{Args: "5 ./no-such", Status: 127, Stderr: "cannot run ./no-such: no such file"},
		{Args: "5 ./data", Status: 126, Stderr: "cannot run ./data: permission denied"},

		{Args: "", Status: 2, Stderr: "a duration is missing", Differs: fails},
		{Args: "5", Status: 2, Stderr: "a program is missing", Differs: fails},
		{Args: "5x true", Status: 2, Stderr: `"5x" is no duration`, Differs: fails},
		{Args: "nan true", Status: 2, Stderr: `"nan" is no duration`, Differs: fails},
		{Args: "-k x 5 true", Status: 2, Stderr: `"x" is no duration`, Differs: fails},
		{Args: "-s NOPE 5 true", Status: 2, Stderr: `"NOPE" is no signal`, Differs: fails},
	})
}

// A signal to timeout reaches the program.
func TestHandsOn(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGINT
	m := machine{after: time.After, signals: signals}
	err := m.run([]string{"60", "sleep", "60"}, nil, nil, nil)
	if status := cli.Report("timeout", err, nil, nil); status != 130 {
		t.Errorf("status %d; want that of SIGINT", status)
	}
}

// What the program has started ends, too.
func TestGroup(t *testing.T) {
	var stdout strings.Builder // is read until the last one that has it ends
	m := machine{after: time.After}
	begin := time.Now()
	m.run([]string{"0.1", "sh", "-c", "sleep 60 & sleep 60"}, nil, &stdout, nil)
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("the child of the child went on for %v", took)
	}
}

func FuzzDuration(f *testing.F) {
	f.Add("1.5m")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err == nil && (d < 0 || d > math.MaxInt64) {
			t.Errorf("%q is %v", text, d)
		}
	})
	for text, want := range map[string]time.Duration{"5": 5 * time.Second, "0.5s": time.Second / 2, "2m": 2 * time.Minute, "1h": time.Hour, "1.5d": 36 * time.Hour, "1e-30": 1, "inf": math.MaxInt64} {
		if d, err := parseDuration(text); err != nil || d != want {
			f.Errorf("%q is %v, %v; want %v", text, d, err, want)
		}
	}
}
