package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/internal/cli"
)

func TestChgrp(t *testing.T) {
	tests := []struct {
		args, changed, stderr string
		status                int
	}{
		{args: "video a b", changed: "a -1:9 b -1:9 "},
		{args: "12 a", changed: "a -1:12 "},
		{args: "video denied a", changed: "a -1:9 ", status: 1, stderr: "chgrp: cannot change the owner of denied: operation not permitted\n"},
		{args: "nothing a", status: 2, stderr: `group: there is no "nothing"`},
		{args: "video", status: 2, stderr: "a group and a file are needed"},
	}
	for _, tt := range tests {
		changed := ""
		m := machine{
			groups: &owner.Names{ID: func(name string) (string, error) {
				if name == "video" {
					return "9", nil
				}
				return "", errors.New("none")
			}},
			chown: func(_ int, name string, uid, gid, _ int) error {
				if name == "denied" {
					return unix.EPERM
				}
				changed += fmt.Sprintf("%s %d:%d ", name, uid, gid)
				return nil
			},
		}
		var stdout, stderr strings.Builder
		status := cli.Report("chgrp", m.run(strings.Fields(tt.args), nil, &stdout, &stderr), &stdout, &stderr)
		if changed != tt.changed || status != tt.status || (tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("chgrp %s: changed %q, status %d, %q", tt.args, changed, status, stderr.String())
		}
	}
}
