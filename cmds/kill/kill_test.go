package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
)

func TestKill(t *testing.T) {
	tests := []struct {
		args, sent, stdout, stderr string
		status                     int
	}{
		{args: "5", sent: "5:15 "},
		{args: "5 6", sent: "5:15 6:15 "},
		{args: "-9 5", sent: "5:9 "},
		{args: "-KILL 5", sent: "5:9 "},
		{args: "-SIGHUP 5", sent: "5:1 "},
		{args: "-s usr1 5", sent: "5:10 "},
		{args: "-0 5", sent: "5:0 "},
		{args: "-- -5", sent: "-5:15 "},
		{args: "-9 -5 6", sent: "-5:9 6:9 "},
		{args: "-9 -- -5", sent: "-5:9 "},
		{args: "-s KILL -- -5", sent: "-5:9 "},
		{args: "-TERM -1", sent: "-1:15 "},
		{args: "5 99 6", sent: "5:15 6:15 ", status: 1, stderr: "kill: cannot signal 99: no such process\n"},
		{args: "-l 9", stdout: "KILL\n"},
		{args: "-l 137 143", stdout: "KILL\nTERM\n"},
		{args: "-l TERM", stdout: "15\n"},
		{args: "-l 999", status: 2, stderr: `"871" is no signal`},

		{args: "", status: 2, stderr: "a process number is missing"},
		{args: "-9", status: 2, stderr: "a process number is missing"},
		{args: "5 gosh", status: 2, stderr: `"gosh" is no process number`},
		{args: "-hup 5", sent: "5:1 "},
		{args: "4294967295", status: 2, stderr: `"4294967295" is no process number`},
		{args: "-s nope 5", status: 2, stderr: `"nope" is no signal`},
		{args: "-NOPE 5", status: 2, stderr: "unknown option -N"},
	}
	for _, tt := range tests {
		sent := ""
		m := machine{kill: func(pid int, sig syscall.Signal) error {
			if pid == 99 {
				return syscall.ESRCH
			}
			sent += fmt.Sprintf("%d:%d ", pid, sig)
			return nil
		}}
		var stdout, stderr strings.Builder
		err := m.run(strings.Fields(tt.args), nil, &stdout, &stderr)
		status := cli.Report("kill", err, &stdout, &stderr)
		if sent != tt.sent || status != tt.status || stdout.String() != tt.stdout ||
			(tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("kill %s: sent %q, status %d, output %q, %q", tt.args, sent, status, stdout.String(), stderr.String())
		}
	}
}

func TestList(t *testing.T) {
	var stdout strings.Builder
	if err := (machine{}).run([]string{"-l"}, nil, &stdout, nil); err != nil {
		t.Fatal(err)
	}
	if text := stdout.String(); !strings.HasPrefix(text, " 1 HUP\n 2 INT\n") || !strings.HasSuffix(text, "64 RTMAX\n") {
		t.Errorf("list %q", text)
	}
}
