package main

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

// prepare makes what the table copies.
func prepare(t *testing.T) {
	cmdtest.Make(t, "a=A", "b=B", "hard==b", "tolink->a", "todir->d", "lost->nowhere", "d/", "d/f=F", "d/sub/", "d/sub/g=G",
		"d/h==d/f", "d/l->f", "d/out->../a", "d/pipe|", "e/", "e/f=old", "secret=S", "prog=P", "other/", "other/a=other A", "full/", "full/d/", "full/d/f->../../a", "ro/", "ro/x=X")
	for name, mode := range map[string]uint32{"secret": 0o600, "prog": 0o4755, "ro": 0o555, "d/sub": 0o700} {
		if err := unix.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
}

type cmdCase = cmdtest.Case

func TestCp(t *testing.T) {
	const fails = "GNU ends with 1"
	const old = " @981173106.123456789"
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdCase{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdCase{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	partly := func(args, stderr, tree string) cmdtest.Change {
		c := bad(args, stderr, tree)
		c.Differs = "GNU copies some of it before"
		return c
	}
	usage := func(args, stderr string) cmdtest.Change {
		return cmdtest.Change{Case: cmdCase{Args: args, Status: 2, Stderr: stderr, Differs: fails}}
	}
	m := machine{root: os.Geteuid() == 0}
	cmdtest.Changes(t, "cp", m.run, prepare, []cmdtest.Change{
		row("a new", `new -rw-r--r-- "A"`),
		row("a b", `b -rw-r--r-- "A", hard -rw-r--r-- "A" = b`),
		row("a e", `e/a -rw-r--r-- "A"`),
		row("a e/", `e/a -rw-r--r-- "A"`),
		row("a b e", `e/a -rw-r--r-- "A", e/b -rw-r--r-- "B"`),
		row("-t e a b", `e/a -rw-r--r-- "A", e/b -rw-r--r-- "B"`),
		row("a todir", `d/a -rw-r--r-- "A"`),
		row("b tolink", `a -rw-r--r-- "B", tolink lrwxrwxrwx -> a`),
		row("tolink new", `new -rw-r--r-- "A"`),
		row("-P tolink new", `new lrwxrwxrwx -> a`),
		row("-d tolink new", `new lrwxrwxrwx -> a`),
		row("secret new", `new -rw------- "S"`),
		row("secret a", `a -rw-r--r-- "S"`),
		row("prog new", `new -rwxr-xr-x "P"`),
		row("-p prog new", `new -rwsr-xr-x "P"`+old),
		row("-p secret a", `a -rw------- "S"`+old),
		row("--preserve=mode prog new", `new -rwsr-xr-x "P"`),
		row("-r d new", `new/f -rw-r--r-- "F", new/sub/g -rw-r--r-- "G", new/l lrwxrwxrwx -> f, new/out lrwxrwxrwx -> ../a, new/pipe prw-r--r--, new/sub drwx------`),
		row("-R d/ new", `new/f -rw-r--r-- "F"`),
		row("-r d e", `e/d/f -rw-r--r-- "F", e/f -rw-r--r-- "old"`),
		row("-r d/. e", `e/f -rw-r--r-- "F", e/sub/g -rw-r--r-- "G"`),
		row("-rT d e", `e/f -rw-r--r-- "F", no e/d`),
		row("-a d new", `new/f -rw-r--r-- "F" = new/f`+old+`, new/h -rw-r--r-- "F" = new/f, new/l lrwxrwxrwx -> f`+old+`, new drwxr-xr-x`+old+`, new/pipe prw-r--r--`+old),
		row("-a ro new", `new dr-xr-xr-x`+old+`, new/x -rw-r--r-- "X"`),
		row("-r ro new", `new dr-xr-xr-x`),
		row("-a b hard e", `e/b -rw-r--r-- "B" = e/b, e/hard -rw-r--r-- "B" = e/b`),
		row("-r todir new", `new lrwxrwxrwx -> d`),
		row("-rH todir new", `new/l lrwxrwxrwx -> f`),
		row("-rL todir/sub new", `new/g -rw-r--r-- "G"`),
		row("-r todir/ new", `new/l lrwxrwxrwx -> f`),
		row("-n a b", `b -rw-r--r-- "B"`),
		row("-u a b", `b -rw-r--r-- "B"`),
		row("-u b new", `new -rw-r--r-- "B"`),
		row("-l a new", `new -rw-r--r-- "A" = a`),
		row("-l b hard", `hard -rw-r--r-- "B" = b`),
		row("-l tolink new", `new -rw-r--r-- "A" = a`),
		row("-al d new", `new/f -rw-r--r-- "F" = d/f, new/l lrwxrwxrwx -> f = d/l`),
		row("-lf a b", `b -rw-r--r-- "A" = a`),
		row("-s a new", `new lrwxrwxrwx -> a`),
		row("-sf a b", `b lrwxrwxrwx -> a`),
		row("--remove-destination a b", `b -rw-r--r-- "A", hard -rw-r--r-- "B"`),
		row("--remove-destination b tolink", `tolink -rw-r--r-- "B", a -rw-r--r-- "A"`),
		row("-f a b", `b -rw-r--r-- "A"`),
		row("-x -r d/sub new", `new/g -rw-r--r-- "G"`),
		row("-P lost new", `new lrwxrwxrwx -> nowhere`),
		row("-P lost b", `b lrwxrwxrwx -> nowhere, hard -rw-r--r-- "B"`),
		{Case: cmdCase{Args: "-v a b e", Stdout: "'a' -> 'e/a'\n'b' -> 'e/b'\n"}},
		{Case: cmdCase{Args: "-rv d/sub new", Stdout: "'d/sub' -> 'new'\n'd/sub/g' -> 'new/g'\n"}},
		{Case: cmdCase{Args: "-i a b", Stdin: "y\n", Stderr: "overwrite b? "}, Tree: `b -rw-r--r-- "A"`},
		{Case: cmdCase{Args: "-i a b", Stdin: "n\n", Stderr: "overwrite b? "}, Tree: `b -rw-r--r-- "B"`},
		{Case: cmdCase{Args: "-i a b e/f e", Stdin: "y\n", Status: 1, Stderr: "onto itself"}, Tree: `e/b -rw-r--r-- "B"`},
		{Case: cmdCase{Args: "-rT d full/d", Differs: "GNU writes through links in the target"}, Tree: `a -rw-r--r-- "A", full/d/f -rw-r--r-- "F"`},
		bad("missing a b e", "cannot copy missing: no such file or directory", `e/a -rw-r--r-- "A", e/b -rw-r--r-- "B"`),
		bad("a a", "cannot copy a onto itself, a", `a -rw-r--r-- "A"`),
		bad("a .", "onto itself", `a -rw-r--r-- "A"`),
		bad("b hard", "onto itself", `b -rw-r--r-- "B"`),
		bad("-f b hard", "onto itself", `b -rw-r--r-- "B"`),
		bad("a tolink", "onto itself", `a -rw-r--r-- "A"`),
		bad("tolink a", "onto itself", `a -rw-r--r-- "A"`),
		bad("-P tolink a", "onto itself", `a -rw-r--r-- "A"`),
		bad("-a tolink a", "onto itself", `a -rw-r--r-- "A"`),
		bad("d new", "cannot copy the folder d: -r is missing", "no new"),
		partly("-r d d/new", "cannot copy the folder d into itself, d/new", "no d/new"),
		partly("-r d todir/new", "into itself", "no d/new"),
		partly("-r d d", "into itself", "no d/d"),
		bad("-rT d d", "onto itself", ""),
		partly("-r . d", "into itself", ""),
		bad("-r d a", "over a, which is none", `a -rw-r--r-- "A"`),
		bad("-r d lost", "over lost, which is none", ""),
		bad("a full/d/f/x", "not a directory", ""),
		bad("-T a d", "over the folder d", ""),
		bad("a new/", "cannot create new/: ", "no new"),
		bad("a lost", "it is a link to nothing", "no nowhere"),
		bad("a other/a e", "cannot put other/a over e/a, which was just made", `e/a -rw-r--r-- "A"`),
		bad("lost new", "cannot copy lost: no such file", "no new"),
		bad("-l a b", "file exists", ""),
		bad("-s a e/new", "does not begin with /", "no e/new"),
		bad("a b missing", "cannot put files into missing: no such file or directory", ""),
		bad("a b secret", "cannot put files into secret: not a directory", ""),
		usage("", "a file is missing"),
		usage("a", "a target after a is missing"),
		usage("-T a b e", "e is not wanted"),
		usage("-ls a new", "exclude each other"),
		usage("--preserve=xattr a new", "xattr is none of"),
	})
}

// Holes stay holes, and what is around them stays in its place.
func TestHoles(t *testing.T) {
	t.Chdir(t.TempDir())
	const size = 9 << 20
	f, err := os.Create("holes")
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt([]byte("middle"), 4<<20)
	f.WriteAt([]byte("end"), 6<<20)
	f.Truncate(size)
	f.Close()
	if err := (machine{}).run([]string{"holes", "copy"}, nil, os.Stdout, os.Stderr); err != nil {
		t.Fatal(err)
	}
	from, _ := os.ReadFile("holes")
	to, err := os.ReadFile("copy")
	if err != nil || string(from) != string(to) {
		t.Errorf("the copy of %d bytes has %d and is another: %v", len(from), len(to), err)
	}
	var stat unix.Stat_t
	if unix.Stat("copy", &stat); stat.Blocks*512 > size/2 {
		t.Errorf("the copy takes %d KiB", stat.Blocks/2)
	}
}

// A file that says it is empty is read all the same.
func TestProc(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := (machine{}).run([]string{"/proc/sys/kernel/ostype", "copy"}, nil, os.Stdout, os.Stderr); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile("copy"); string(text) != "Linux\n" {
		t.Errorf("copied %q", text)
	}
}

// A full disk is told, with status 1.
func TestFull(t *testing.T) {
	var stderr strings.Builder
	status := cli.Report("cp", machine{}.run([]string{"/etc/passwd", "/dev/full"}, nil, os.Stdout, &stderr), os.Stdout, &stderr)
	if status != 1 || !strings.Contains(stderr.String(), "no space left on device") {
		t.Errorf("status %d, %q", status, stderr.String())
	}
}
