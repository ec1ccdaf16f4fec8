package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
)

func TestEnv(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.MkdirAll("bin/folder", 0o755),
		os.WriteFile("bin/prog", nil, 0o755),
		os.WriteFile("bin/data", nil, 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		args, ran, stdout, stderr string
		status                    int
	}{
		{args: "", stdout: "A=1\nPATH=/none:bin\nB=x=y\n"},
		{args: "-0u A", stdout: "PATH=/none:bin\x00B=x=y\x00"},
		{args: "-i"},
		{args: "-i X=1 Y=2", stdout: "X=1\nY=2\n"},
		{args: "- X=1", stdout: "X=1\n"},
		{args: "A=2 A=3", stdout: "PATH=/none:bin\nB=x=y\nA=3\n"},
		{args: "prog -i x", ran: "bin/prog [prog -i x] [A=1 PATH=/none:bin B=x=y]"},
		{args: "-i /abs/prog", ran: "/abs/prog [/abs/prog] []"},
		{args: "-i PATH=bin prog", ran: "bin/prog [prog] [PATH=bin]"},
		{args: "-C /etc -u B prog", ran: "cd /etc, bin/prog [prog] [A=1 PATH=/none:bin]"},
		{args: "-i sh -c x", ran: "/bin/sh [sh -c x] []"},
		{args: "-u PATH sh", ran: "/bin/sh [sh] [A=1 B=x=y]"},
		{args: "PATH= sh", status: 127, stderr: "cannot run sh"},
		{args: "-i prog", status: 127, stderr: "env: cannot run prog: no such file or directory\n"},
		{args: "nothing", status: 127, stderr: "env: cannot run nothing: no such file or directory\n"},
		{args: "data", status: 126, stderr: "env: cannot run data: permission denied\n"},
		{args: "folder", status: 127, stderr: "cannot run folder"},
		{args: "/abs/denied", status: 126, stderr: "env: cannot run /abs/denied: permission denied\n"},
		{args: "-C /no prog", status: 125, stderr: "env: cannot go to /no: no such file or directory\n"},
		{args: "-C /etc", status: 2, stderr: "-C needs a program"},
		{args: "-u A=1", status: 2, stderr: "no name of a variable"},
		{args: "-z", status: 2, stderr: "unknown option -z"},
	}
	for _, tt := range tests {
		ran := ""
		m := machine{
			environ: []string{"A=1", "PATH=/none:bin", "B=x=y"},
			exec: func(path string, argv, environ []string) error {
				if path == "/abs/denied" {
					return syscall.EACCES
				}
				ran += fmt.Sprint(path, " ", argv, " ", environ)
				return nil
			},
			chdir: func(folder string) error {
				if folder == "/no" {
					return &os.PathError{Op: "chdir", Path: folder, Err: syscall.ENOENT}
				}
				ran += "cd " + folder + ", "
				return nil
			},
		}
		var stdout, stderr strings.Builder
		err := m.run(strings.Fields(tt.args), nil, &stdout, &stderr)
		if tt.ran != "" { // exec does not return in the real world
			if ran != tt.ran {
				t.Errorf("env %s: ran %q; want %q", tt.args, ran, tt.ran)
			}
			continue
		}
		status := cli.Report("env", err, &stdout, &stderr)
		if ran != "" || status != tt.status || stdout.String() != tt.stdout || (tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("env %s: ran %q, status %d, output %q, %q", tt.args, ran, status, stdout.String(), stderr.String())
		}
	}
}
