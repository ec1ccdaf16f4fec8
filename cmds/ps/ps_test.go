package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
)

// fake is a machine that has been up for two days, with four processes: init,
// a kernel thread, the shell of user 1000 on pts/0, and ps in it.
func fake(t *testing.T) machine {
	t.Helper()
	root := t.TempDir()
	pts := unix.Mkdev(136, 0)
	for _, p := range []struct {
		pid, parent, uid int
		tty              uint64
		name, args       string
		state            string
		cpu, start       int // ticks
		nice             int
	}{
		{1, 0, 0, 0, "init", "/init\x00", "S", 1728000, 0, 0},
		{2, 0, 0, 0, "kthreadd", "", "I", 0, 0, -20},
		{50, 1, 1000, pts, "gosh", "-gosh\x00", "S", 300, 172800_00 - 3600_00, 0},
		{51, 50, 1000, pts, "p)s (x", "ps\x00a\nb\x1b[2J\x00", "R", 6000, 172800_00 - 60_00, 5},
		{52, 50, 1000, pts, "dead", "", "Z", 0, 172800_00, 0},
	} {
		folder := filepath.Join(root, fmt.Sprint(p.pid))
		write(t, folder+"/stat", fmt.Sprintf("%d (%s) %s %d %d %d %d 51 0 0 0 0 0 %d 0 0 0 20 %d 1 0 %d 2048000 256\n",
			p.pid, p.name, p.state, p.parent, p.pid, p.pid-p.pid%10, p.tty, p.cpu, p.nice, p.start))
		write(t, folder+"/status", fmt.Sprintf("Uid:\t%d\t%d\nGid:\t100\t100\n", p.uid, p.uid))
		write(t, folder+"/cmdline", p.args)
	}
	write(t, root+"/uptime", "172800.00 0.00\n")
	write(t, root+"/meminfo", "MemTotal: 10240 kB\n")
	users := &owner.Names{
		Name: func(id string) (string, error) {
			if id == "0" {
				return "root", nil
			}
			return "", errors.New("none")
		},
		ID: func(name string) (string, error) {
			if name == "root" {
				return "0", nil
			}
			return "", errors.New("none")
		},
	}
	return machine{
		proc:      proc.FS(root),
		pid:       51,
		now:       func() time.Time { return time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC) },
		zone:      time.UTC,
		lineWidth: func() int { return 0 },
		users:     users,
		groups:    users,
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPs(t *testing.T) {
	const other = "another machine"
	cmdtest.Run(t, "ps", fake(t).run, []cmdtest.Case{
		{Args: "", Stdout: "PID TTY       TIME CMD\n 50 pts/0 00:00:03 gosh\n 51 pts/0 00:01:00 p)s (x\n 52 pts/0 00:00:00 dead <defunct>\n", Differs: other},
		{Args: "-ef", Stdout: "" +
			"UID  PID PPID  C STIME TTY       TIME CMD\n" +
			"root   1    0 10 May01 ?     04:48:00 /init\n" +
			"root   2    0  0 May01 ?     00:00:00 [kthreadd]\n" +
			"1000  50    1  0 11:00 pts/0 00:00:03 -gosh\n" +
			"1000  51   50 99 11:59 pts/0 00:01:00 ps a?b?[2J\n" +
			"1000  52   50  0 12:00 pts/0 00:00:00 [dead] <defunct>\n", Differs: other},
		{Args: "aux", Stdout: "" +
			"USER PID  %CPU %MEM  VSZ  RSS TTY   STAT START   TIME COMMAND\n" +
			"root   1  10.0 10.0 2000 1024 ?     S    May01 288:00 /init\n" +
			"root   2   0.0 10.0 2000 1024 ?     I<   May01   0:00 [kthreadd]\n" +
			"1000  50   0.0 10.0 2000 1024 pts/0 Ss   11:00   0:03 -gosh\n" +
			"1000  51 100.0 10.0 2000 1024 pts/0 RN+  11:59   1:00 ps a?b?[2J\n" +
			"1000  52   0.0 10.0 2000 1024 pts/0 Z    12:00   0:00 [dead] <defunct>\n", Differs: other},
		{Args: "-o pid= a", Stdout: "50\n51\n52\n", Differs: other},
		{Args: "-o pid= x", Stdout: "50\n51\n52\n", Differs: other},
		{Args: "-o pid= ax", Stdout: " 1\n 2\n50\n51\n52\n", Differs: other},
		{Args: "-aux -o pid=", Stdout: " 1\n 2\n50\n51\n52\n", Differs: other},
		{Args: "-auxww -o pid=", Stdout: " 1\n 2\n50\n51\n52\n", Differs: other},
		{Args: "axo pid=,ppid=", Stdout: " 1  0\n 2  0\n50  1\n51 50\n52 50\n", Differs: other},
		{Args: "axopid=", Stdout: " 1\n 2\n50\n51\n52\n", Differs: other},
		{Args: "-a -o pid=", Stdout: "51\n52\n", Differs: other},
		{Args: "50 -o pid=", Stdout: "50\n", Differs: other},
		{Args: "p 1,50 -o pid=", Stdout: " 1\n50\n", Differs: other},
		{Args: "axo nope", Status: 2, Stderr: `option o: there is no field "nope"`, Differs: "procps ends with 1"},
		{Args: "axo", Status: 2, Stderr: "option o needs a value", Differs: "procps ends with 1"},
		{Args: "-o pid=,comm= -p 1,50", Stdout: " 1 init\n50 gosh\n", Differs: other},
		{Args: "-o pid=NUMBER,user -u root", Stdout: "NUMBER USER\n     1 root\n     2 root\n", Differs: other},
		{Args: "-o pid= -C init,gosh", Stdout: " 1\n50\n", Differs: other},
		{Args: "-e -o pid= --sort=-etime,pid", Stdout: "52\n51\n50\n 1\n 2\n", Differs: other},
		{Args: "-e -o pid= --sort -comm", Stdout: "51\n 2\n 1\n50\n52\n", Differs: other},
		{Args: "-p 51 -o etime,lstart,s,ni,pri,nlwp,ppid,pgid,sid,uid,gid,group --no-headers",
			Stdout: "01:00 Sun May  3 11:59:00 2026 R 5 19 1 50 51 50 1000 100 100\n", Differs: other},
		{Args: "-p 1 -o etime=", Stdout: "2-00:00:00\n", Differs: other},
		{Args: "-p 999 -o pid=", Status: 1, Differs: other},
		{Args: "-p x", Status: 2, Stderr: `"x" is no process number`, Differs: "procps ends with 1"},
		{Args: "-o nope", Status: 2, Stderr: `there is no field "nope"`, Differs: "procps ends with 1"},
		{Args: "--sort nope", Status: 2, Stderr: `there is no field "nope"`, Differs: "procps ends with 1"},
		{Args: "-u nobody-here", Status: 2, Stderr: `there is no "nobody-here"`, Differs: "procps ends with 1"},
		{Args: "auq", Status: 2, Stderr: `unknown option 'q' in "auq"`, Differs: "procps ends with 1"},
	})
}

// On a terminal lines are cut, unless -w is given.
func TestWidth(t *testing.T) {
	m := fake(t)
	m.lineWidth = func() int { return 12 }
	for args, want := range map[string]string{"-p 51 -o args=,comm=": "ps a?b?[2J p\n", "-wp 51 -o args=,comm=": "ps a?b?[2J p)s (x\n"} {
		var stdout strings.Builder
		m.run(strings.Fields(args), nil, &stdout, io.Discard)
		if stdout.String() != want {
			t.Errorf("ps %s: %q; want %q", args, stdout.String(), want)
		}
	}
}

// What does not change while the test runs must be as the host has it.
func TestAsHost(t *testing.T) {
	m := fake(t)
	m.proc, m.pid = "/proc", os.Getpid()
	m.users, m.groups = owner.Users(), owner.Groups()
	self := fmt.Sprint(os.Getpid())
	cmdtest.Compare(t, "ps", m.run, "-o user= -p "+self, "-o tty= -p "+self, "-o comm= -p "+self, "-o args= -p "+self, "-o comm= -p 2")
}
