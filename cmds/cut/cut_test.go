package main

import (
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestCut(t *testing.T) {
	const fails = "GNU ends with 1"
	const line = "a:b:c:d\n"
	cmdtest.Run(t, "cut", run, []cmdtest.Case{
		{Args: "-f2", Stdin: "a\tb\tc\nx\n", Stdout: "b\nx\n"},
		{Args: "-sf2", Stdin: "a\tb\tc\nx\n", Stdout: "b\n"},
		{Args: "-d: -f1,3", Stdin: line, Stdout: "a:c\n"},
		{Args: "-d: -f3,1", Stdin: line, Stdout: "a:c\n"},
		{Args: "-d: -f2-3", Stdin: line, Stdout: "b:c\n"},
		{Args: "-d: -f3-", Stdin: line, Stdout: "c:d\n"},
		{Args: "-d: -f-2", Stdin: line, Stdout: "a:b\n"},
		{Args: "-d: -f1-2,2-3", Stdin: line, Stdout: "a:b:c\n"},
		{Args: "-d: -f9", Stdin: line, Stdout: "\n"},
		{Args: "-d: -f2", Stdin: "::\n:\n\n", Stdout: "\n\n\n"},
		{Args: "-d: -f1,2", Stdin: "::", Stdout: ":\n"},
		{Args: "-d: -f1,3 --output-delimiter=--", Stdin: line, Stdout: "a--c\n"},
		{Args: "-d: -f2 --complement", Stdin: line, Stdout: "a:c:d\n"},
		{Args: "-d: -f1- --complement", Stdin: line, Stdout: "\n"},
		{Argv: []string{"-d", " ", "-f", "2"}, Stdin: "a b c", Stdout: "b\n"},
		{Args: "-d é -f2", Stdin: "aébéc\n", Stdout: "b\n", Differs: "GNU takes bytes only"},
		{Args: "-c2-3", Stdin: "abcd\nx\n", Stdout: "bc\n\n"},
		{Args: "-c1,3", Stdin: "abcd\n", Stdout: "ac\n"},
		{Args: "-c1 -", Stdin: "éa\n", Stdout: "é\n", Differs: "GNU takes characters for bytes"},
		{Args: "-c2", Stdin: "\xffb\n", Stdout: "b\n"},
		{Args: "-b1-2", Stdin: "éa\n", Stdout: "é\n"},
		{Args: "-c1,3-4 --output-delimiter=_", Stdin: "abcd\n", Stdout: "a_cd\n"},
		{Args: "-c1-2,3-4 --output-delimiter=_", Stdin: "abcd\n", Stdout: "ab_cd\n"},
		{Args: "-c1", Stdin: strings.Repeat("x", 100<<10) + "\ny", Stdout: "x\ny\n"},
		{Args: "-f1 /no/such -", Stdin: "a\n", Stdout: "a\n", Status: 1, Stderr: "cannot open /no/such: no such file"},

		{Args: "", Status: 2, Stderr: "a list is missing", Differs: fails},
		{Args: "-f0", Status: 2, Stderr: "counted from 1", Differs: fails},
		{Args: "-f3-2", Status: 2, Stderr: "3-2 is upside down", Differs: fails},
		{Args: "-fx", Status: 2, Stderr: `"x" is no number`, Differs: fails},
		{Args: "-f-", Status: 2, Stderr: `"-" is no number`, Differs: fails},
		{Args: "-f,", Status: 2, Stderr: "the list is empty", Differs: fails},
		{Args: "-f1 -c1", Status: 2, Stderr: "only one list", Differs: fails},
		{Args: "-d:: -f1", Status: 2, Stderr: "single character", Differs: fails},
		{Args: "-d: -c1", Status: 2, Stderr: "for fields", Differs: fails},
	})
}

// FuzzRanges: a list and its complement share no number and miss none.
func FuzzRanges(f *testing.F) {
	f.Add("1,3-5,-2,9-")
	f.Fuzz(func(t *testing.T, list string) {
		r, err := parseRanges(list)
		if err != nil {
			return
		}
		rest := r.complement()
		for n := 1; n < 50; n++ {
			if r.contains(n) == rest.contains(n) {
				t.Errorf("%q: %d is in both or none", list, n)
			}
		}
	})
}
