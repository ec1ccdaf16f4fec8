package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/internal/cli"
)

func TestPkill(t *testing.T) {
	root := t.TempDir()
	for pid, name := range map[int]string{20: "gosh", 21: "gosh", 22: "pkill", 23: "denied", 24: "ended"} {
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
		{args: "-HUP -n gosh", sent: "21:hangup "},
		{args: "-n gosh -9", sent: "21:killed "},
		{args: "-s hup -e gosh", sent: "20:hangup 21:hangup ", stdout: "20 gosh\n21 gosh\n"},
		{args: "-x gos", status: 1},
		{args: "pkill", status: 1},
		{args: "ended", status: 1},
		{args: "^(denied|gosh)$", sent: "20:terminated 21:terminated ", status: 1, stderr: "pkill: cannot signal 23: operation not permitted\n"},
		{args: "-s nope gosh", status: 2, stderr: `"nope" is no signal`},
		{args: "", status: 2, stderr: "a pattern is missing"},
	}
	for _, tt := range tests {
		sent := ""
		m := machine{proc.FS(root), 22, owner.Users(), func(pid int, sig syscall.Signal) error {
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
		status := cli.Report("pkill", err, &stdout, &stderr)
		if sent != tt.sent || status != tt.status || stdout.String() != tt.stdout ||
			(tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("pkill %s: sent %q, status %d, output %q, %q", tt.args, sent, status, stdout.String(), stderr.String())
		}
	}
}
