package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/internal/cli"
)

func TestChown(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.MkdirAll("dir/sub", 0o755), os.WriteFile("dir/file", nil, 0o644), os.WriteFile("f", nil, 0o644),
		os.Symlink("../f", "dir/link"), os.Symlink("dir", "todir"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ids := func(known map[string]string) *owner.Names {
		return &owner.Names{ID: func(name string) (string, error) {
			if id, ok := known[name]; ok {
				return id, nil
			}
			return "", errors.New("none")
		}}
	}
	mine := fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid())
	tests := []struct {
		args, changed, stderr string
		status                int
	}{
		{args: "alice f", changed: "f 7:-1"},
		{args: "alice: f", changed: "f 7:70"},
		{args: "alice:video f", changed: "f 7:9"},
		{args: ":video f", changed: "f -1:9"},
		{args: "0:0 f dir", changed: "f 0:0, dir 0:0"},
		{args: "123 f", changed: "f 123:-1"},
		{args: ": f", changed: "f -1:-1"},
		{args: "-h alice todir", changed: "todir 7:-1 link"},
		{args: "-R alice dir", changed: "dir 7:-1, file 7:-1 link, link 7:-1 link, sub 7:-1 link"},
		{args: "-R alice todir", changed: "file 7:-1 link, link 7:-1 link, sub 7:-1 link, todir 7:-1"},
		{args: "-Rh alice todir", changed: "todir 7:-1 link"},
		{args: "-R alice f", changed: "f 7:-1"},
		{args: "--reference=f dir", changed: "dir " + mine},
		{args: "alice missing f", changed: "f 7:-1", status: 1, stderr: "cannot change the owner of missing: no such file or directory"},
		{args: "-R alice missing", status: 1, stderr: "cannot change the owner of missing: no such file or directory"},
		{args: "-f alice missing", status: 1},
		{args: "nobody-here f", status: 2, stderr: `owner nobody-here: there is no "nobody-here"`},
		{args: "alice:nothing f", status: 2, stderr: `there is no "nothing"`},
		{args: "alice", status: 2, stderr: "a file is missing"},
		{args: "", status: 2, stderr: "an owner is missing"},
		{args: "--reference=missing f", status: 1, stderr: "cannot look at missing"},
	}
	for _, tt := range tests {
		var changed []string
		m := machine{
			users:      ids(map[string]string{"alice": "7"}),
			groups:     ids(map[string]string{"video": "9"}),
			loginGroup: func(uint32) (string, error) { return "70", nil },
			chown: func(folder int, name string, uid, gid, flags int) error {
				var stat unix.Stat_t
				if err := unix.Fstatat(folder, name, &stat, flags); err != nil {
					return err
				}
				text := fmt.Sprintf("%s %d:%d", name, uid, gid)
				if flags&unix.AT_SYMLINK_NOFOLLOW != 0 {
					text += " link"
				}
				changed = append(changed, text)
				return nil
			},
		}
		var stdout, stderr strings.Builder
		err := m.run(strings.Fields(tt.args), nil, &stdout, &stderr)
		status := cli.Report("chown", err, &stdout, &stderr)
		if !strings.Contains(tt.args, " f ") && strings.Contains(tt.args, "R") {
			slices.Sort(changed)
		}
		if got := strings.Join(changed, ", "); got != tt.changed || status != tt.status ||
			(tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("chown %s: changed %q, status %d, %q", tt.args, got, status, stderr.String())
		}
	}
}
