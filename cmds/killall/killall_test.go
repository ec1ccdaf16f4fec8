package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/internal/cli"
)

func TestKillall(t *testing.T) {
	root := t.TempDir()
	for pid, name := range map[int]string{20: "gosh", 21: "gosh", 22: "killall", 23: "denied", 24: "ended"} {
		for file, text := range map[string]string{
			"stat":    fmt.Sprintf("%d (%s) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0\n", pid, name),
			"status":  "Uid:\t0\t0\n",
			"cmdline": "/bin/" + name + "\x00",
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
	tests := []struct {
		args, sent, stdout, stderr string
		status                     int
	}{
		{args: "gosh", sent: "20:terminated 21:terminated "},
		{args: "-9 gosh", sent: "20:killed 21:killed "},
		{args: "-s hup -v /bin/gosh", sent: "20:hangup 21:hangup ", stdout: "sent HUP to 20 /bin/gosh\nsent HUP to 21 /bin/gosh\n"},
		{args: "gos gosh", sent: "20:terminated 21:terminated ", status: 1, stderr: "killall: cannot find a process called gos\n"},
		{args: "-q gos", status: 1},
		{args: "-q -9 gosh", sent: "20:killed 21:killed "},
		{args: "-hup gosh", sent: "20:hangup 21:hangup "},
		{args: "killall", status: 1, stderr: "cannot find a process called killall"},
		{args: "ended"},
		{args: "denied", status: 1, stderr: "killall: cannot signal 23: operation not permitted\n"},
		{args: "-s nope gosh", status: 2, stderr: `"nope" is no signal`},
		{args: "", status: 2, stderr: "a name is missing"},
	}
	for _, tt := range tests {
		sent := ""
		m := machine{proc.FS(root), 22, func(pid int, sig syscall.Signal) error {
			switch pid {
			case 23:
				return syscall.EPERM
			case 24:
				return syscall.ESRCH
			}
			sent += fmt.Sprintf("%d:%s ", pid, sig)
			return nil
		}}
		var stdout, stderr strings.Builder
		err := m.run(strings.Fields(tt.args), nil, &stdout, &stderr)
		status := cli.Report("killall", err, &stdout, &stderr)
		if sent != tt.sent || status != tt.status || stdout.String() != tt.stdout ||
			(tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("killall %s: sent %q, status %d, output %q, %q", tt.args, sent, status, stdout.String(), stderr.String())
		}
	}
}
