package procmatch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
)

func TestChoose(t *testing.T) {
	all := []proc.Process{
		{PID: 1, Name: "init", Args: []string{"/init"}, Start: 0},
		{PID: 2, Name: "kthreadd", Start: 0},
		{PID: 10, PPID: 1, Name: "sshd", Args: []string{"sshd", "-D"}, Start: time.Second, EUID: 5},
		{PID: 11, PPID: 10, Name: "sshd", Args: []string{"sshd", "alice"}, Start: time.Minute},
		{PID: 12, PPID: 11, Name: "pgrep", Args: []string{"pgrep", "sshd"}, Start: time.Hour},
		{PID: 13, PPID: 1, Name: "a-very-long-nam", Args: []string{"/bin/a-very-long-name"}, Start: time.Second},
	}
	users := &owner.Names{ID: func(string) (string, error) { return "", errors.New("none") }}
	tests := []struct {
		args, want, err string
	}{
		{args: "sshd", want: "10 11"},
		{args: "ssh", want: "10 11"},
		{args: "-x ssh"},
		{args: "-x ssh.", want: "10 11"},
		{args: "-i SSHD", want: "10 11"},
		{args: "SSHD"},
		{args: "^(init|kthreadd)$", want: "1 2"},
		{args: "-f alice", want: "11"},
		{args: "alice"},
		{args: "-f kthreadd", want: "2"},
		{args: "-n sshd", want: "11"},
		{args: "-o sshd", want: "10"},
		{args: "-v sshd", want: "1 2 13"},
		{args: "-u 5", want: "10"},
		{args: "-u 5,0 sshd", want: "10 11"},
		{args: "-P 1", want: "10 13"},
		{args: "a-very-long-name", want: "13"},
		{args: "pgrep"},
		{args: "", err: "a pattern is missing"},
		{args: "a b", err: "only one pattern"},
		{args: "(", err: `pattern "(": an opening parenthesis`},
		{args: "-no x", err: "can't both"},
		{args: "-u nobody-here x", err: `there is no "nobody-here"`},
		{args: "-P x y", err: `"x" is no process number`},
	}
	for _, tt := range tests {
		var m Matcher
		set := getopt.New("usage: demo")
		m.Options(set, users)
		operands, err := set.Parse(strings.Fields(tt.args))
		if err == nil {
			err = m.Operands(set, operands)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v; want %q", tt.args, err, tt.err)
		}
		if err != nil {
			continue
		}
		var pids []string
		for _, p := range m.Choose(all, 12) {
			pids = append(pids, fmt.Sprint(p.PID))
		}
		if got := strings.Join(pids, " "); got != tt.want {
			t.Errorf("%s: %q; want %q", tt.args, got, tt.want)
		}
	}
}
