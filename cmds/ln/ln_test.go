package main

import (
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func prepare(t *testing.T) {
	cmdtest.Make(t, "a=A", "b=B", "hard==b", "d/", "d/f=F", "e/", "toa->a", "todir->d", "lost->nowhere", "other/", "other/a=other A")
}

func TestLn(t *testing.T) {
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	usage := func(args, stderr string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 2, Stderr: stderr, Differs: "GNU ends with 1"}}
	}
	cmdtest.Changes(t, "ln", run, prepare, []cmdtest.Change{
		row("a new", `new -rw-r--r-- "A" = a`),
		row("d/f", `f -rw-r--r-- "F" = d/f`),
		row("a b d", `d/a -rw-r--r-- "A" = a, d/b -rw-r--r-- "B" = b`),
		row("-t d a b", `d/a -rw-r--r-- "A" = a`),
		row("toa new", `new lrwxrwxrwx -> a = new`),
		row("-L toa new", `new -rw-r--r-- "A" = a`),
		row("-s a new", `new lrwxrwxrwx -> a`),
		row("-s nowhere new", `new lrwxrwxrwx -> nowhere`),
		row("-s d/f", `f lrwxrwxrwx -> d/f`),
		row("-s ../a d", `d/a lrwxrwxrwx -> ../a`),
		row("-s /x/y/ d", `d/y lrwxrwxrwx -> /x/y/`),
		row("-s a todir", `d/a lrwxrwxrwx -> a`),
		row("-sf b toa", `toa lrwxrwxrwx -> b, no .ln*`),
		row("-sf a b", `b lrwxrwxrwx -> a, hard -rw-r--r-- "B"`),
		row("-sfn e todir", `todir lrwxrwxrwx -> e, no d/e`),
		row("-sfT e todir", `todir lrwxrwxrwx -> e, no d/e`),
		row("-sf e todir", `d/e lrwxrwxrwx -> e, todir lrwxrwxrwx -> d`),
		row("-sf x lost", `lost lrwxrwxrwx -> x`),
		row("-f a b", `b -rw-r--r-- "A" = a, hard -rw-r--r-- "B"`),
		row("-f b hard", `hard -rw-r--r-- "B" = b, no .ln*`),
		row("-sr a d/new", `d/new lrwxrwxrwx -> ../a`),
		row("-sr d/f e", `e/f lrwxrwxrwx -> ../d/f`),
		row("-sr todir/f e/g", `e/g lrwxrwxrwx -> ../d/f`),
		row("-sr missing/x todir/g", `d/g lrwxrwxrwx -> ../missing/x`),
		row("-sr /proc new", ``),
		{Case: cmdtest.Case{Args: "-v a new", Stdout: "'new' => 'a'\n"}},
		{Case: cmdtest.Case{Args: "-sv a d", Stdout: "'d/a' -> 'a'\n"}},
		{Case: cmdtest.Case{Args: "-si a b", Stdin: "y\n", Stderr: "overwrite b? "}, Tree: "b lrwxrwxrwx -> a"},
		{Case: cmdtest.Case{Args: "-si a b", Stdin: "n\n", Stderr: "overwrite b? ", Differs: "GNU ends with 1"}, Tree: `b -rw-r--r-- "B"`},
		bad("a b", "cannot make b: file exists", `b -rw-r--r-- "B"`),
		bad("-s a b", "cannot make b: file exists", ""),
		bad("-sn e todir", "cannot make todir: file exists", "no d/e"),
		bad("missing new", "cannot link to missing: no such file or directory", ""),
		bad("d new", "cannot make a hard link to the folder d: -s is missing", "no new"),
		bad("-f a a", "cannot link a to itself", `a -rw-r--r-- "A"`),
		bad("-sf a a", "cannot link a to itself", `a -rw-r--r-- "A"`),
		bad("-sf a ./a", "to itself", `a -rw-r--r-- "A"`),
		bad("-sfT a d", "cannot replace the folder d", `d/f -rw-r--r-- "F"`),
		bad("-s a missing/new", "no such file or directory", ""),
		bad("-s a b lost", "cannot put files into lost: no such file", ""),
		{Case: cmdtest.Case{Args: "-sf a other/a e", Status: 1, Stderr: "which was just made", Differs: "GNU replaces it"}, Tree: "e/a lrwxrwxrwx -> a"},
		usage("", "a file is missing"),
		usage("-T a", "a target after a is missing"),
		usage("-r a new", "-r is for symbolic links"),
	})
}
