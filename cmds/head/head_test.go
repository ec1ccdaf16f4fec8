package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestHead(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f", []byte("1\n2\n3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	twelve := "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl"
	const fails = "GNU ends with 1"
	cmdtest.Run(t, "head", run, []cmdtest.Case{
		{Args: "", Stdin: twelve, Stdout: twelve[:20]},
		{Args: "-2", Stdin: twelve, Stdout: "a\nb\n"},
		{Args: "-n2", Stdin: twelve, Stdout: "a\nb\n"},
		{Args: "-n 2 -", Stdin: twelve, Stdout: "a\nb\n"},
		{Args: "--lines=1", Stdin: twelve, Stdout: "a\n"},
		{Args: "-n 0", Stdin: twelve},
		{Args: "-n 99", Stdin: twelve, Stdout: twelve},
		{Args: "-n -10", Stdin: twelve, Stdout: "a\nb\n"},
		{Args: "-n -0", Stdin: twelve, Stdout: twelve},
		{Args: "-n -99", Stdin: twelve},
		{Args: "-c 3", Stdin: twelve, Stdout: "a\nb"},
		{Args: "-c -20", Stdin: twelve, Stdout: "a\nb"},
		{Args: "-c -99", Stdin: twelve},
		{Args: "-c -0", Stdin: twelve, Stdout: twelve},
		{Args: "-vc2", Stdin: "abc", Stdout: "==> standard input <==\nab"},
		{Args: "-c1K", Stdin: strings.Repeat("x", 2000), Stdout: strings.Repeat("x", 1024)},
		{Args: "-c -1K", Stdin: strings.Repeat("x", 99<<10), Stdout: strings.Repeat("x", 98<<10)},
		{Args: "-1", Stdin: strings.Repeat("x", 99<<10) + "\ny\n", Stdout: strings.Repeat("x", 99<<10) + "\n"},
		{Args: "-n1 f -", Stdin: "a\nb\n", Stdout: "==> f <==\n1\n\n==> standard input <==\na\n"},
		{Args: "-qn1 f f", Stdout: "1\n1\n"},
		{Args: "-vn1 f", Stdout: "==> f <==\n1\n"},
		{Args: "-n1 /no/such f", Stdout: "==> f <==\n1\n", Status: 1, Stderr: "cannot open /no/such: no such file or directory"},
		{Args: "-n1 .", Status: 1, Stderr: "cannot read .: is a directory"},
		{Args: "-c -200K", Stdin: strings.Repeat("x", 999<<10) + strings.Repeat("y", 200<<10), Stdout: strings.Repeat("x", 999<<10)},
		{Args: "-n 7E f", Status: 2, Stderr: "the number is too large", Differs: "GNU prints all"},
		{Args: "-n x", Status: 2, Stderr: `"x" is no size`, Differs: fails},
		{Args: "-n --3", Status: 2, Stderr: `"-3" is no size`, Differs: fails},
		{Args: "-z", Status: 2, Stderr: "unknown option -z", Differs: "GNU has -z"},
	})
}

// What head has not printed of a file is there for the next program.
func TestGivesBack(t *testing.T) {
	for args, want := range map[string]string{"-1": "2\n3\n", "-n0": "1\n2\n3\n", "-c3": "\n3\n", "-9": "", "-n-1": ""} {
		stdin := strings.NewReader("1\n2\n3\n")
		if err := run([]string{args}, stdin, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		if rest, _ := io.ReadAll(stdin); string(rest) != want {
			t.Errorf("head %s leaves %q; want %q", args, rest, want)
		}
	}
}
