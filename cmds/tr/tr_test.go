package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestTr(t *testing.T) {
	cmdtest.Run(t, "tr", run, []cmdtest.Case{
		{Args: "a-z A-Z", Stdin: "abc xyz\n", Stdout: "ABC XYZ\n"},
		{Args: "[:lower:] [:upper:]", Stdin: "abc é\n", Stdout: "ABC é\n"},
		{Args: "abc x", Stdin: "aabbccd", Stdout: "xxxxxxd"},
		{Args: "-t abc x", Stdin: "aabbccd", Stdout: "xxbbccd"},
		{Args: "ab ba", Stdin: "aabb", Stdout: "bbaa"},
		{Args: "aa xy", Stdin: "a", Stdout: "y"},
		{Args: "a-c-e x", Stdin: "a-ce", Stdout: "xxxx"},
		{Args: "a- xy", Stdin: "a-b", Stdout: "xyb"},
		{Args: "-- -a xy", Stdin: "a-b", Stdout: "yxb"},
		{Args: "ab -x", Stdin: "ab", Stdout: "-x"},
		{Args: `\n\101 \tx`, Stdin: "A\nB", Stdout: "x\tB"},
		{Args: `\\ /`, Stdin: `a\b`, Stdout: "a/b"},
		{Args: `\000 x`, Stdin: "a\x00b", Stdout: "axb"},
		{Args: `-d \200-\377`, Stdin: "aéb", Stdout: "ab"},
		{Args: "-d 0-9", Stdin: "a1b22c", Stdout: "abc"},
		{Args: "-cd [:digit:]", Stdin: "a1b22c\n", Stdout: "122"},
		{Args: "-s a-b", Stdin: "aabbcc", Stdout: "abcc"},
		{Args: "-s ab xx", Stdin: "aabbxx.", Stdout: "x."},
		{Args: "-ds a b", Stdin: "babbacc", Stdout: "bcc"},
		{Args: `-cs [:alnum:] [\n*]`, Stdin: "one, two--3", Stdout: "one\ntwo\n3"},
		{Args: "abcde [x*3]yz", Stdin: "abcde", Stdout: "xxxyz"},
		{Args: "abcde [x*]z", Stdin: "abcde", Stdout: "xxxxz"},
		{Args: "a-j [x*010]yz", Stdin: "abcdefghij", Stdout: "xxxxxxxxyz"},
		{Args: "[=a=]b xy", Stdin: "ab", Stdout: "xy"},
		{Args: "[a] xyz", Stdin: "[a]", Stdout: "xyz"},
		{Args: "-c a-z x", Stdin: "a1b\n", Stdout: "axbx"},
		{Args: "-d a", Stdin: strings.Repeat("ab", 40<<10), Stdout: strings.Repeat("b", 40<<10)},
		{Args: "-s a", Stdin: strings.Repeat("a", 100<<10) + "b", Stdout: "ab"},

		{Args: "", Status: 2, Stderr: "a set is missing", Differs: "GNU ends with 1"},
		{Args: "a", Status: 2, Stderr: "the second set is missing", Differs: "GNU ends with 1"},
		{Args: "-ds a", Status: 2, Stderr: "the second set is missing", Differs: "GNU ends with 1"},
		{Args: "-d a b", Status: 2, Stderr: "b is one set too many", Differs: "GNU ends with 1"},
		{Args: "a b c", Status: 2, Stderr: "c is one set too many", Differs: "GNU ends with 1"},
		{Args: "z-a x", Status: 2, Stderr: "upside down", Differs: "GNU ends with 1"},
		{Args: "[:nope:] x", Status: 2, Stderr: "no class", Differs: "GNU ends with 1"},
		{Args: `a\ x`, Status: 2, Stderr: "backslash is the last", Differs: "GNU warns and goes on"},
		{Args: `\777 x`, Status: 2, Stderr: `\777 is no byte`, Differs: "GNU takes it for two"},
		{Args: "[x*3] y", Status: 2, Stderr: "second set", Differs: "GNU ends with 1"},
		{Args: "a [x*99999999]", Status: 2, Stderr: "below 65536", Differs: "GNU takes it"},
		{Argv: []string{"a", ""}, Status: 2, Stderr: "the second set is empty", Differs: "GNU ends with 1"},
	})
}

// FuzzExpand: a set that is understood has a bounded size, and its complement
// and itself make up all bytes.
func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"a-z", "[:alpha:]", "[x*5]", `\101-\177`, "[=a=]-", `[\`} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, text string, length int) {
		set, err := expand(text, length%1000)
		if err != nil {
			return
		}
		rest := others(set)
		for b := range 256 {
			if bytes.IndexByte(set, byte(b)) >= 0 == (bytes.IndexByte(rest, byte(b)) >= 0) {
				t.Fatalf("%q: byte %d is in both or none", text, b)
			}
		}
	})
}
