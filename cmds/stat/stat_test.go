package main

import (
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
)

func TestStat(t *testing.T) {
	t.Chdir(t.TempDir())
	old := time.Date(2020, 2, 3, 4, 5, 6, 789, time.UTC)
	for _, err := range []error{
		os.WriteFile("f", make([]byte, 5000), 0o644),
		os.Chtimes("f", old, old.Add(time.Hour)),
		os.WriteFile("a\nb", nil, 0o644),
		os.Mkdir("dir", 0o755),
		unix.Chmod("dir", 0o1777),
		os.Symlink("f", "link"),
		syscall.Mkfifo("pipe", 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	m := machine{users: owner.Users(), groups: owner.Groups(), zone: time.UTC}
	cmdtest.Run(t, "stat", m.run, []cmdtest.Case{
		{Args: "-c %n:%s:%a:%A:%F:%h f", Stdout: "f:5000:644:-rw-r--r--:regular file:1\n"},
		{Argv: []string{"-c", "%x|%y|%X|%Y", "f"}, Stdout: "2020-02-03 04:05:06.000000789 +0000|2020-02-03 05:05:06.000000789 +0000|1580702706|1580706306\n"},
		{Args: "-c %a:%A:%f:%F dir", Stdout: "1777:drwxrwxrwt:43ff:directory\n"},
		{Args: "-c %F link pipe", Stdout: "symbolic link\nfifo\n"},
		{Args: "-Lc %F link", Stdout: "regular file\n"},
		{Args: "-c %F:%t:%T /dev/null", Stdout: "character special file:1:3\n"},
		{Args: "-c %s%% f", Stdout: "5000%\n"},
		{Argv: []string{"-c", "%N", "link", "a\nb"}, Stdout: "link -> f\n\"a\\nb\"\n", Differs: "GNU quotes as shells do"},
		{Argv: []string{"-c", "%F", "a\nb"}, Stdout: "regular empty file\n"},
		{Args: "-c %s missing f", Stdout: "5000\n", Status: 1, Stderr: "cannot look at missing: no such file or directory"},
		{Args: "", Status: 2, Stderr: "a file is missing", Differs: "GNU ends with 1"},
		{Args: "-c %q f", Status: 2, Stderr: "%q is not known", Differs: "GNU prints ?"},
		{Args: "-c % f", Status: 2, Stderr: "percent sign is the last", Differs: "GNU prints it"},
	})
	cmdtest.Compare(t, "stat", m.run, "f", "link", "-L link", "dir", "/dev/null", "/",
		"-c %b:%B:%o:%f:%u:%U:%g:%G:%d:%D:%i:%z:%Z f", "-c %W f")
}

// FuzzFormat: a format that check accepts can be expanded.
func FuzzFormat(f *testing.F) {
	f.Add("%n %% %y")
	f.Fuzz(func(t *testing.T, format string) {
		if check(format) == nil {
			(&file{machine: machine{users: owner.Users(), groups: owner.Groups(), zone: time.UTC}}).expand(format)
		}
	})
}
