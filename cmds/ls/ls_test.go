package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
)

// files is a machine without a terminal, whose users have no names.
func files() machine {
	return machine{
		isTerminal: func() bool { return false },
		width:      func() int { return 20 },
		getenv:     func(string) string { return "" },
		now:        time.Now,
		zone:       time.UTC,
		users:      owner.Users(),
		groups:     owner.Groups(),
	}
}

// tree makes the folder that the tables list.
func tree(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	old := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	for i, file := range []struct {
		name string
		size int
		mode os.FileMode
	}{{"b", 2000, 0o644}, {"a", 10, 0o755}, {".hidden", 0, 0o600}, {"new\nline", 1, 0o644}, {"Z", 5, 0o4755}} {
		if err := os.WriteFile(file.name, make([]byte, file.size), 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, os.Chmod(file.name, file.mode.Perm()))
		must(t, os.Chtimes(file.name, old, old.Add(time.Duration(i)*time.Hour)))
	}
	must(t, unix.Chmod("Z", 0o4755))
	must(t, os.MkdirAll("dir/sub", 0o755))
	must(t, os.WriteFile("dir/file", nil, 0o644))
	must(t, os.Symlink("dir", "link"))
	must(t, os.Symlink("nowhere", "lost"))
	must(t, syscall.Mkfifo("pipe", 0o600))
	must(t, os.Mkdir("empty", 0o755))
	must(t, os.Symlink("..", "dir/sub/up"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLs(t *testing.T) {
	tree(t)
	everything := "Z\na\nb\ndir\nempty\nlink\nlost\nnew\nline\npipe\n"
	cmdtest.Run(t, "ls", files().run, []cmdtest.Case{
		{Args: "", Stdout: everything},
		{Args: "-A", Stdout: ".hidden\n" + everything},
		{Args: "-a dir", Stdout: ".\n..\nfile\nsub\n"},
		{Args: "-q", Stdout: strings.Replace(everything, "w\nl", "w?l", 1)},
		{Args: "-r dir", Stdout: "sub\nfile\n"},
		{Args: "-t a b Z", Stdout: "Z\na\nb\n"},
		{Args: "-tr a b Z", Stdout: "b\na\nZ\n"},
		{Args: "-S a b Z", Stdout: "b\na\nZ\n"},
		{Args: "-F", Stdout: "Z*\na*\nb\ndir/\nempty/\nlink@\nlost@\nnew\nline\npipe|\n"},
		{Args: "-p dir a -d", Stdout: "a\ndir/\n"},
		{Args: "-d", Stdout: ".\n"},
		{Args: "-d dir link", Stdout: "dir\nlink\n"},
		{Args: "link", Stdout: "file\nsub\n"},
		{Args: "b dir a", Stdout: "a\nb\n\ndir:\nfile\nsub\n"},
		{Args: "empty dir", Stdout: "dir:\nfile\nsub\n\nempty:\n"},
		{Args: "-R dir", Stdout: "dir:\nfile\nsub\n\ndir/sub:\nup\n"},
		{Args: "dir/", Stdout: "file\nsub\n"},
		{Args: "-x a b Z", Stdout: "Z  a  b\n"},
		{Args: "-C a b Z", Stdout: "Z  a  b\n"},
		{Args: "-1 --color=always dir a lost -d", Stdout: "\x1b[1;32ma\x1b[m\n\x1b[1;34mdir\x1b[m\n\x1b[1;31mlost\x1b[m\n", Differs: "GNU has other sequences"},
		{Args: "-LR dir", Stdout: "dir:\nfile\nsub\n\ndir/sub:\nup\n", Status: 1, Stderr: "cannot list dir/sub/up again: it is inside itself", Differs: "GNU ends with 2"},
		{Args: "/no/such a", Stdout: "a\n", Status: 1, Stderr: "cannot list /no/such: no such file or directory", Differs: "GNU ends with 2"},
		{Args: "-W", Status: 2, Stderr: "unknown option -W"},
		{Args: "--color=x", Status: 2, Stderr: "auto, always or never", Differs: "GNU ends with 1"},
	})
}

// What depends on the file system and on users can only be compared.
func TestAsHost(t *testing.T) {
	tree(t)
	cmdtest.Compare(t, "ls", files().run,
		"-l", "-la", "-n", "-li", "-ls", "-lh", "-lsh dir b", "-lL link", "-lF", "-lS", "-lR", "-ltr",
		"-s", "-1s", "-i a b", "-l lost", "-l dir", "-lR dir")
}

func TestLong(t *testing.T) {
	tree(t)
	m := files()
	m.now = func() time.Time { return time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC) }
	m.users.Name = func(uid string) (string, error) { return "user\x1b", nil }
	m.groups.Name = func(gid string) (string, error) { return "", errors.New("none") }
	m.isTerminal = func() bool { return true }
	var stdout strings.Builder
	must(t, m.run([]string{"-l", "--color=never", "a", "b"}, nil, &stdout, io.Discard))
	gid := fmt.Sprint(os.Getgid())
	want := "-rwxr-xr-x 1 user? " + gid + "   10 Feb  3 05:05 a\n" +
		"-rw-r--r-- 1 user? " + gid + " 2000 Feb  3 04:05 b\n"
	if stdout.String() != want {
		t.Errorf("got\n%s\nwant\n%s", stdout.String(), want)
	}
}

// On a terminal: columns, colours, and nothing that controls it.
func TestTerminal(t *testing.T) {
	tree(t)
	m := files()
	m.isTerminal = func() bool { return true }
	var stdout strings.Builder
	must(t, m.run(nil, nil, &stdout, io.Discard))
	if got := stdout.String(); !strings.HasPrefix(got, "\x1b[37;41mZ\x1b[m") || !strings.Contains(got, "new?line") {
		t.Errorf("got %q; want colours, and ? for the newline", got)
	}
	m.getenv = func(name string) string { return map[string]string{"NO_COLOR": "1"}[name] }
	stdout.Reset()
	must(t, m.run(nil, nil, &stdout, io.Discard))
	if want := "Z  dir    lost\na  empty  new?line\nb  link   pipe\n"; stdout.String() != want {
		t.Errorf("got  %q\nwant %q", stdout.String(), want)
	}
}

func TestColumns(t *testing.T) {
	tests := []struct {
		names  string
		width  int
		across bool
		want   string
	}{
		{names: "a b c d e", width: 80, want: "a  b  c  d  e\n"},
		{names: "a b c d e", width: 8, want: "a  c  e\nb  d\n"},
		{names: "a b c d e", width: 8, across: true, want: "a  b  c\nd  e\n"},
		{names: "a b c d e", width: 7, want: "a  d\nb  e\nc\n"},
		{names: "aaaaaaaaaaaa b", width: 5, want: "aaaaaaaaaaaa\nb\n"},
		{names: "a b c d", width: 0, want: "a\nb\nc\nd\n"},
		{names: "a bb ccc d", width: 9, want: "a   ccc\nbb  d\n"},
	}
	for _, tt := range tests {
		var cells []cell
		for _, name := range strings.Fields(tt.names) {
			cells = append(cells, cell{name, len(name)})
		}
		var text strings.Builder
		out := bufio.NewWriter(&text)
		writeColumns(out, cells, tt.width, tt.across)
		out.Flush()
		if text.String() != tt.want {
			t.Errorf("%+v: got %q", tt, text.String())
		}
	}
}
