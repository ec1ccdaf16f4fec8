package main

import (
	"os"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTail(t *testing.T) {
	t.Chdir(t.TempDir())
	long := strings.Repeat("x", 40<<10)
	write(t, "f", "1\n2\n3\n")
	write(t, "open", "1\n2\n3")
	write(t, "long", long+"\n"+long+"\n"+long)
	write(t, "empty", "")
	m := machine{wait: func() bool { return false }}
	twelve := "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl"
	const fails = "GNU ends with 1"
	cmdtest.Run(t, "tail", m.run, []cmdtest.Case{
		{Args: "", Stdin: twelve, Stdout: twelve[4:]},
		{Args: "-2", Stdin: twelve, Stdout: "k\nl"},
		{Args: "-n2 -", Stdin: "a\nb\nc\n", Stdout: "b\nc\n"},
		{Args: "-n +11", Stdin: twelve, Stdout: "k\nl"},
		{Args: "-n +0", Stdin: twelve, Stdout: twelve},
		{Args: "-n 0", Stdin: twelve},
		{Args: "-n -2", Stdin: twelve, Stdout: "k\nl"},
		{Args: "-c 3", Stdin: twelve, Stdout: "k\nl"},
		{Args: "-c 99", Stdin: twelve, Stdout: twelve},
		{Args: "-c +21", Stdin: twelve, Stdout: "k\nl"},
		{Args: "-c +99", Stdin: twelve},
		{Args: "-c1K", Stdin: strings.Repeat("x", 99<<10), Stdout: strings.Repeat("x", 1<<10)},
		{Args: "-2 f", Stdout: "2\n3\n"},
		{Args: "-2 open", Stdout: "2\n3"},
		{Args: "-9 f", Stdout: "1\n2\n3\n"},
		{Args: "-n 0 f"},
		{Args: "-1 long", Stdout: long},
		{Args: "-2 long", Stdout: long + "\n" + long},
		{Args: "-n +3 long", Stdout: long},
		{Args: "-n +4 long"},
		{Args: "-c 2 long", Stdout: "xx"},
		{Args: "-c +122880 long", Stdout: "xxx"},
		{Args: "-c 200K", Stdin: long + strings.Repeat("y", 200<<10), Stdout: strings.Repeat("y", 200<<10)},
		{Args: "-c 2 f", Stdout: "3\n"},
		{Args: "-c +5 f", Stdout: "3\n"},
		{Args: "-c +99 f"},
		{Args: "empty"},
		{Args: "-c +1 /proc/sys/kernel/ostype", Stdout: "Linux\n"},
		{Args: "/proc/sys/kernel/ostype", Stdout: "Linux\n"},
		{Args: "-n1 f -", Stdin: "a\nb\n", Stdout: "==> f <==\n3\n\n==> standard input <==\nb\n"},
		{Args: "-qn1 f f", Stdout: "3\n3\n"},
		{Args: "-vn1 f", Stdout: "==> f <==\n3\n"},
		{Args: "-n1 /no/such f", Stdout: "==> f <==\n3\n", Status: 1, Stderr: "cannot open /no/such: no such file or directory"},
		{Args: "-n1 .", Status: 1, Stderr: "cannot read .: is a directory"},
		{Args: "-n x", Status: 2, Stderr: `"x" is no size`, Differs: fails},
		{Args: "-f -1 f", Stdout: "3\n", Differs: "GNU goes on waiting"},
	})
}

// The files of /sys say that they are a page long, whatever they hold.
func TestAsHost(t *testing.T) {
	m := machine{wait: func() bool { return false }}
	const file = "/sys/devices/system/cpu/online"
	cmdtest.Compare(t, "tail", m.run, file, "-c2 "+file, "-n+1 "+file, "-c+2 "+file)
}

// What happens to a followed file between two looks, and what is printed.
func TestFollow(t *testing.T) {
	appendTo := func(name, text string) func(t *testing.T) {
		return func(t *testing.T) {
			f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			f.WriteString(text)
			f.Close()
		}
	}
	rotate := func(t *testing.T) {
		if err := os.Rename("f", "f.1"); err != nil {
			t.Fatal(err)
		}
		write(t, "f", "new\n")
	}
	tests := []struct {
		args, stdout, stderr string
		steps                []func(*testing.T)
		status               int
	}{
		{args: "-f -n1 f", stdout: "2\n3\n45\n", steps: []func(*testing.T){appendTo("f", "3\n"), func(*testing.T) {}, appendTo("f", "45\n")}},
		{args: "-fn0 f g", stdout: "==> f <==\n\n==> g <==\nx\ny\n\n==> f <==\nz\n",
			steps: []func(*testing.T){appendTo("g", "x\n"), appendTo("g", "y\n"), appendTo("f", "z\n")}},
		{args: "-fn0 f", stdout: "a\n", stderr: "tail: f was emptied\n", steps: []func(*testing.T){func(t *testing.T) { write(t, "f", "a\n") }}},
		{args: "-Fn0 f", stdout: "last\nnew\nmore\n", stderr: "tail: f was replaced\n",
			steps: []func(*testing.T){func(t *testing.T) { appendTo("f", "last\n")(t); rotate(t) }, appendTo("f", "more\n")}},
		{args: "-fn0 f", stdout: "old\n", steps: []func(*testing.T){rotate, appendTo("f.1", "old\n"), appendTo("f", "unseen\n")}},
		{args: "-F later", stdout: "here\n", stderr: "cannot open later: no such file", status: 1, steps: []func(*testing.T){func(*testing.T) {}, appendTo("later", "here\n")}},
		{args: "-f later", stderr: "cannot open later: no such file", status: 1},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "f", "1\n2\n")
			write(t, "g", "")
			m := machine{wait: func() bool {
				if len(tt.steps) == 0 {
					return false
				}
				tt.steps[0](t)
				tt.steps = tt.steps[1:]
				return true
			}}
			var stdout, stderr strings.Builder
			err := m.run(strings.Fields(tt.args), nil, &stdout, &stderr)
			status := cli.Report("tail", err, &stdout, &stderr)
			if stdout.String() != tt.stdout || status != tt.status || (tt.stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), tt.stderr) {
				t.Errorf("status %d, output %q, %q; want %d, %q, %q", status, stdout.String(), stderr.String(), tt.status, tt.stdout, tt.stderr)
			}
		})
	}
}

// FuzzLineFromEnd compares reading backwards with a plain count.
func FuzzLineFromEnd(f *testing.F) {
	f.Add("a\nb\n\nc", 2)
	f.Fuzz(func(t *testing.T, text string, count int) {
		count = max(0, count%10)
		at, err := lineFromEnd(strings.NewReader(text), int64(len(text)), count)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(text, "\n")
		if lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		want := strings.Join(lines[max(0, len(lines)-count):], "")
		if text[at:] != want {
			t.Errorf("%q, %d lines: %q; want %q", text, count, text[at:], want)
		}
	})
}
