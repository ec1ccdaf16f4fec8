package main

import (
	"os"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestUniq(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("f", []byte("x\nx\ny"), 0o644)
	const in = "a\na\nb\na\nA\nc\nc\nc\n"
	const table = "1 x a\n2 x a\n3  x a\n4 y b\n"
	const fails = "GNU ends with 1"
	long := strings.Repeat("x", 100<<10)
	cmdtest.Run(t, "uniq", run, []cmdtest.Case{
		{Args: ""},
		{Args: "", Stdin: in, Stdout: "a\nb\na\nA\nc\n"},
		{Args: "", Stdin: "\n\na\na", Stdout: "\na\n"},
		{Args: "-c", Stdin: in, Stdout: "      2 a\n      1 b\n      1 a\n      1 A\n      3 c\n"},
		{Args: "-d", Stdin: in, Stdout: "a\nc\n"},
		{Args: "-u", Stdin: in, Stdout: "b\na\nA\n"},
		{Args: "-cd", Stdin: in, Stdout: "      2 a\n      3 c\n"},
		{Args: "-cu", Stdin: in, Stdout: "      1 b\n      1 a\n      1 A\n"},
		{Args: "-du", Stdin: in},
		{Args: "-D", Stdin: in, Stdout: "a\na\nc\nc\nc\n"},
		{Args: "-i", Stdin: in, Stdout: "a\nb\na\nc\n"},
		{Args: "-ic", Stdin: "é\nÉ\nÖx\n", Stdout: "      1 é\n      1 É\n      1 Öx\n"},
		{Args: "-f1", Stdin: table, Stdout: "1 x a\n3  x a\n4 y b\n"},
		{Args: "-f 2", Stdin: table, Stdout: "1 x a\n4 y b\n"},
		{Args: "-f9", Stdin: table, Stdout: "1 x a\n"},
		{Args: "-s1", Stdin: table, Stdout: "1 x a\n3  x a\n4 y b\n"},
		{Args: "-s 99", Stdin: table, Stdout: "1 x a\n"},
		{Args: "-f1 -s1", Stdin: "a  bc\nd bc\n e ec\n", Stdout: "a  bc\nd bc\n e ec\n"},
		{Args: "-f1 -s2", Stdin: "a bc\nd  c\n e ec\n", Stdout: "a bc\n"},
		{Args: "-w1", Stdin: "ab\nac\nb\n", Stdout: "ab\nb\n"},
		{Args: "-w 0", Stdin: "ab\nb\n", Stdout: "ab\n"},
		{Args: "-s1 -w1", Stdin: "xay\nzab\nb\n", Stdout: "xay\nb\n"},
		{Args: "-z", Stdin: "a\x00a\x00b", Stdout: "a\x00b\x00"},
		{Args: "-c", Stdin: long + "\n" + long + "\n", Stdout: "      2 " + long + "\n"},
		{Args: "--count --skip-fields=1 --ignore-case", Stdin: "a x\nb X\n", Stdout: "      2 a x\n"},
		{Args: "f", Stdout: "x\ny\n"},
		{Args: "- -", Stdin: "a\na\n", Stdout: "a\n"},
		{Args: "missing", Status: 1, Stderr: "cannot open missing: no such file or directory"},
		{Args: ".", Status: 1, Stderr: "cannot read .: is a directory"},
		{Args: "f /dev/full", Status: 1, Stderr: "cannot write: no space left on device"},
		{Args: "f no/such", Status: 1, Stderr: "cannot open no/such: no such file or directory"},
		{Args: "f f", Status: 1, Stderr: "cannot write f: it is the input", Differs: "GNU empties it"},
		{Args: "a b c", Status: 2, Stderr: "so c is too much", Differs: fails},
		{Args: "-cD", Status: 2, Stderr: "makes no sense", Differs: fails},
		{Args: "-f x", Status: 2, Stderr: `"x" is no number`, Differs: fails},
	})
	if err := run([]string{"-c", "f", "out"}, nil, nil, nil); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile("out"); string(text) != "      2 x\n      1 y\n" {
		t.Errorf("out holds %q", text)
	}
}
