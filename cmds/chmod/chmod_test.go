package main

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func prepare(t *testing.T) {
	cmdtest.Make(t, "a=A", "b=B", "d/", "d/f=F", "d/sub/", "d/sub/g=G", "d/out->../a", "tob->b", "todir->d", "lost->nowhere", "shared/", "like=L")
	for name, mode := range map[string]uint32{"shared": 0o2775, "b": 0o755, "like": 0o4640} {
		if err := unix.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChmod(t *testing.T) {
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	usage := func(args, stderr string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 2, Stderr: stderr, Differs: "GNU ends with 1"}}
	}
	cmdtest.Changes(t, "chmod", run, prepare, []cmdtest.Change{
		row("600 a b", `a -rw-------, b -rw-------`),
		row("+x a", `a -rwxr-xr-x`),
		row("a-w,u+w a", `a -rw-r--r--`),
		row("-x b", `b -rw-r--r--`),
		row("b -x", `b -rw-r--r--`),
		row("-rwx b", `b ----------`),
		row("-R -x d/sub/g", `d/sub/g -rw-r--r--`),
		row("-- -x b", `b -rw-r--r--`),
		row("u+s,g=rx a", `a -rwSr-xr--`),
		row("755 shared", `shared drwxr-sr-x`),
		row("00755 shared", `shared drwxr-xr-x`),
		row("1777 shared", `shared drwxrwsrwt`),
		row("g=rx shared", `shared drwxr-sr-x`),
		row("600 tob", `b -rw-------, tob lrwxrwxrwx`),
		row("-R go= d", `d drwx------, d/f -rw-------, d/sub/g -rw-------, a -rw-r--r--`),
		row("-R u=rwX,go=rX d", `d drwxr-xr-x, d/f -rw-r--r--`),
		row("-R 700 todir", `d drwx------, d/f -rwx------, a -rw-r--r--`),
		row("--reference=like a", `a -rwSr-----`),
		row("--reference=b shared", `shared drwxr-xr-x`),
		{Case: cmdtest.Case{Args: "-v 755 a b", Stdout: "mode of 'a' changed from 0644 (rw-r--r--) to 0755 (rwxr-xr-x)\nmode of 'b' retained as 0755 (rwxr-xr-x)\n"}},
		{Case: cmdtest.Case{Args: "-c 4755 a b", Stdout: "mode of 'a' changed from 0644 (rw-r--r--) to 4755 (rwsr-xr-x)\nmode of 'b' changed from 0755 (rwxr-xr-x) to 4755 (rwsr-xr-x)\n"}},
		{Case: cmdtest.Case{Args: "-c 755 b"}},
		bad("600 missing a", "cannot look at missing: no such file or directory", `a -rw-------`),
		bad("600 lost", "cannot look at lost: no such file or directory", ""),
		{Case: cmdtest.Case{Args: "-f 600 missing a", Status: 1}, Tree: `a -rw-------`},
		bad("--reference=missing a", "cannot look at missing", ""),
		usage("", "a mode is missing"),
		usage("644", "a file is missing"),
		usage("u+q a", `"u+q" is no mode`),
		usage("999 a", `"999" is no mode`),
	})
}
