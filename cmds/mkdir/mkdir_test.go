package main

import (
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func prepare(t *testing.T) {
	cmdtest.Make(t, "f=F", "d/", "shared/", "todir->d", "lost->nowhere")
	if err := unix.Chmod("shared", 0o2775); err != nil {
		t.Fatal(err)
	}
}

func TestMkdir(t *testing.T) {
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	cmdtest.Changes(t, "mkdir", run, prepare, []cmdtest.Change{
		row("a b", "a drwxr-xr-x, b drwxr-xr-x"),
		row("a/", "a drwxr-xr-x"),
		row("-m 700 a", "a drwx------"),
		row("-m 777 a", "a drwxrwxrwx"),
		row("-m 1777 a", "a drwxrwxrwt"),
		row("-m g-w,o= a", "a drwxr-x---"),
		row("-m a=rx a", "a dr-xr-xr-x"),
		row("-m u=rwx,g=s a", "a drwx--Srwx"),
		row("-p a/b/c", "a drwxr-xr-x, a/b drwxr-xr-x, a/b/c drwxr-xr-x"),
		row("-p a//b/./c/", "a/b/c drwxr-xr-x"),
		row("-pm 700 a/b", "a drwxr-xr-x, a/b drwx------"),
		row("-pm 700 d", "d drwxr-xr-x"),
		row("-p d todir / .", ""),
		row("-p todir/x", "d/x drwxr-xr-x"),
		row("shared/a", "shared/a drwxr-sr-x"),
		row("-m 700 shared/a", "shared/a drwx--S---"),
		row("-p shared/a/b", "shared/a/b drwxr-sr-x"),
		{Case: cmdtest.Case{Args: "-vp a/b d/c", Stdout: "mkdir: created directory 'a'\nmkdir: created directory 'a/b'\nmkdir: created directory 'd/c'\n"}},
		bad("d a", "cannot make d: file exists", "a drwxr-xr-x"),
		bad("a/b", "cannot make a/b: no such file or directory", "no a"),
		bad("-p f/a d/x", "cannot make f: file exists", "d/x drwxr-xr-x"),
		bad("-p f", "cannot make f: file exists", ""),
		bad("-p lost/a", "cannot make lost: file exists", "no nowhere"),
		{Case: cmdtest.Case{Args: "-m 999 a", Status: 2, Stderr: `"999" is no mode`, Differs: "GNU ends with 1"}, Tree: "no a"},
		{Case: cmdtest.Case{Status: 2, Stderr: "a folder is missing", Differs: "GNU ends with 1"}},
	})
}

// A umask that keeps out the owner concerns only the last folder.
func TestUmask(t *testing.T) {
	t.Chdir(t.TempDir())
	defer syscall.Umask(syscall.Umask(0o777))
	if err := run([]string{"-p", "a/b"}, nil, os.Stdout, os.Stderr); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod("a", 0o700) // so that it can be removed
	var a, b unix.Stat_t
	if unix.Lstat("a", &a) != nil || unix.Lstat("a/b", &b) != nil || a.Mode&0o7777 != 0o300 || b.Mode&0o7777 != 0 {
		t.Errorf("the modes are %o and %o", a.Mode, b.Mode)
	}
}
