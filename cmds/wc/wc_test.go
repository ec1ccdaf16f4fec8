package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestWc(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("f", []byte("a b\nc d\na b\n"), 0o644)
	os.WriteFile("g", []byte("x"), 0o644)
	os.WriteFile("empty", nil, 0o644)
	long := strings.Repeat("word ", 100<<10)
	cmdtest.Run(t, "wc", run, []cmdtest.Case{
		{Args: "", Stdin: "a b\nc", Stdout: "      1       3       5\n"},
		{Args: "-", Stdin: "a b\nc", Stdout: "      1       3       5 -\n"},
		{Args: "-l", Stdin: "a b\nc", Stdout: "1\n"},
		{Args: "-w", Stdin: long, Stdout: "102400\n"},
		{Args: "-c", Stdin: long, Stdout: "512000\n"},
		{Args: "-l", Stdin: strings.Repeat("\n", 99<<10), Stdout: "101376\n"},
		{Args: "", Stdin: "", Stdout: "      0       0       0\n"},
		{Args: "-lw f", Stdout: " 3  6 f\n"},
		{Args: "-wl f", Stdout: " 3  6 f\n"},
		{Args: "-l -c f", Stdout: " 3 12 f\n"},
		{Args: "f", Stdout: " 3  6 12 f\n"},
		{Args: "-L f", Stdout: "3 f\n"},
		{Args: "-cLlmw f", Stdout: " 3  6 12 12  3 f\n"},
		{Args: "f g", Stdout: " 3  6 12 f\n 0  1  1 g\n 3  7 13 total\n"},
		{Args: "-l f g", Stdout: " 3 f\n 0 g\n 3 total\n"},
		{Args: "-L f g", Stdout: " 3 f\n 1 g\n 3 total\n"},
		{Args: "empty", Stdout: "0 0 0 empty\n"},
		{Args: "-l f -", Stdin: "x\n", Stdout: "      3 f\n      1 -\n      4 total\n"},
		{Args: "/dev/null", Stdout: "      0       0       0 /dev/null\n"},
		{Args: "f missing", Stdout: " 3  6 12 f\n 3  6 12 total\n", Status: 1, Stderr: "cannot open missing: no such file or directory"},
		{Args: "missing", Status: 1, Stderr: "wc: cannot open missing"},
		{Args: ".", Status: 1, Stderr: "cannot read .: is a directory", Differs: "GNU prints zeros"},
		{Args: "-l /proc/sys/kernel/ostype", Stdout: "1 /proc/sys/kernel/ostype\n"},

		{Args: "-lwmcL", Stdin: "é\t\nx\r yy\bz\fq\vabc", Stdout: "      1       5      16      17       8\n"},
		{Args: "-wmc", Stdin: "\xff a\xa0b\xc2\xa0c \xe2\x82", Stdout: "      4       6      11\n", Differs: "GNU takes no word of bytes that are no character"},
		{Args: "-m", Stdin: strings.Repeat("é€😀", 9000), Stdout: "27000\n"},
		{Args: "-L", Stdin: "a\tb\nccc", Stdout: "9\n"},
		{Args: "-L", Stdin: "a\x01b", Stdout: "2\n"},
		{Args: "-mL", Stdin: "日本", Stdout: "      2       2\n", Differs: "GNU knows wide characters"},
		{Args: "--lines --words --chars --bytes --max-line-length", Stdin: "a", Stdout: "      0       1       1       1       1\n"},

		{Args: "-x", Status: 2, Stderr: "unknown option -x", Differs: "GNU ends with 1"},
	})
}

// FuzzCount: what is read in single bytes counts the same, and as package
// strings counts it.
func FuzzCount(f *testing.F) {
	f.Add("a\xe2\x82\xac b\n\xe2\x82")
	f.Fuzz(func(t *testing.T, text string) {
		o := options{words: true}
		whole, err := o.count(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []io.Reader{iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			if parts, err := o.count(in); err != nil || parts != whole {
				t.Errorf("%q: %+v in parts, %+v as a whole, %v", text, parts, whole, err)
			}
		}
		if whole.words != len(strings.Fields(text)) || whole.lines != strings.Count(text, "\n") || whole.bytes != len(text) {
			t.Errorf("%q: %+v", text, whole)
		}
	})
}
