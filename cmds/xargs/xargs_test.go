package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

func host() machine {
	return machine{start: start, limit: kernelLimit, terminal: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("y\nn\nyes\n")), nil
	}}
}

func TestXargs(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("f", []byte("1 2\n3"), 0o644)
	os.WriteFile("data", nil, 0o644)
	const fails = "GNU ends with 1"
	sh := func(words ...string) []string { return words }
	cmdtest.Run(t, "xargs", host().run, []cmdtest.Case{
		{Args: "", Stdin: "a b\n  c\t'd  e'\n", Stdout: "a b c d  e\n"},
		{Args: "echo x", Stdin: "a", Stdout: "x a\n"},
		{Args: "echo x", Stdout: "x\n"},
		{Args: "-r echo x"},
		{Args: "-r echo x", Stdin: " \n\t\n"},
		{Args: "echo -n", Stdin: "a", Stdout: "a"},
		{Argv: sh("printf", "[%s]"), Stdin: `a\ b "c 'd" 'e "f' "" g\\h i"j"k`, Stdout: `[a b][c 'd][e "f][][g\h][ijk]`},
		{Argv: sh("printf", "[%s]"), Stdin: "a\\\nb c\n", Stdout: "[a\nb][c]"},
		{Args: "-n1", Stdin: "a b\nc", Stdout: "a\nb\nc\n"},
		{Args: "-n 2 echo x", Stdin: "a b\nc", Stdout: "x a b\nx c\n"},
		{Args: "-n2", Stdin: "a b", Stdout: "a b\n"},
		{Args: "--max-args=1", Stdin: "a b", Stdout: "a\nb\n"},
		{Args: "-L1", Stdin: "a b\n\nc \nd\ne", Stdout: "a b\nc d\ne\n"},
		{Args: "-L 2", Stdin: "a b\nc\nd\n", Stdout: "a b c\nd\n"},
		{Args: "-l", Stdin: "a b\nc\n", Stdout: "a b\nc\n"},
		{Args: "-I{} echo [{}] {}{}", Stdin: "a 'b  c' \n\n  d\n", Stdout: "[a b  c ] a b  c a b  c \n[d] dd\n"},
		{Args: "-I @ -n1 echo @", Stdin: "a b\nc\n", Stdout: "a b\nc\n"},
		{Args: "-I@ echo x", Stdin: "a\nb\n", Stdout: "x\nx\n"},
		{Args: "-I@ echo x"},
		{Args: "-i echo <{}>", Stdin: "a b", Stdout: "<a b>\n"},
		{Args: "-I{} -n2", Stdin: "a b c", Stdout: "a b\nc\n"},
		{Args: "-n1 -L1", Stdin: "a b\nc", Stdout: "a b\nc\n"},
		{Args: "-0 -n1", Stdin: "a b\x00'c\x00", Stdout: "a b\n'c\n"},
		{Args: "-0 -I{} echo [{}]", Stdin: "a b\x00c\nd", Stdout: "[a b]\n[c\nd]\n"},
		{Args: "-0 -L1", Stdin: "a b\x00c", Stdout: "a b\nc\n"},
		{Argv: sh("-d,", "printf", "[%s]"), Stdin: "a,b c,,d", Stdout: "[a][b c][][d]"},
		{Argv: sh("-d", "\\n", "printf", "[%s]"), Stdin: "a b\n\"c\n", Stdout: "[a b][\"c]"},
		{Args: "-E_ -n1", Stdin: "a b _ c", Stdout: "a\nb\n"},
		{Args: "-s 9", Stdin: "a b c d", Stdout: "a b\nc d\n"},
		{Args: "-n3 -s9", Stdin: "a b c d", Stdout: "a b\nc d\n"},
		{Args: "-n3 -s9 -x", Stdin: "a b c d", Status: 1, Stderr: "too long"},
		{Args: "-s8", Stdin: "aaaa", Status: 1, Stderr: "too long"},
		{Args: "-I@ -s9 echo @", Stdin: "aaaa", Status: 1, Stderr: "too long"},
		{Args: "-a f -n2", Stdin: "x", Stdout: "1 2\n3\n"},
		{Args: "-a f cat -", Stdin: "x", Stdout: "x", Status: 123, Stderr: "1"},
		{Args: "cat -", Stdin: "-", Stdout: ""},
		{Args: "-tn1 echo x", Stdin: "a b", Stdout: "x a\nx b\n", Stderr: "echo x a\necho x b\n"},
		{Args: "-P4", Stdin: "a b", Stdout: "a b\n"},
		{Args: "-P0 -n1 true", Stdin: "a b c"},

		{Argv: sh("-n1", "sh", "-c", "echo $0; exit 3"), Stdin: "a b", Stdout: "a\nb\n", Status: 123},
		{Argv: sh("-n1", "sh", "-c", "echo $0; exit 255"), Stdin: "a b", Stdout: "a\n", Status: 124, Stderr: "sh ended with status 255"},
		{Argv: sh("-n1", "sh", "-c", "echo $0; kill -9 $$"), Stdin: "a b", Stdout: "a\n", Status: 125, Stderr: "sh was ended by a signal (signal: killed)"},
		{Args: "-n1 ./data", Stdin: "a b", Status: 126, Stderr: "xargs: cannot run ./data: permission denied\n"},
		{Args: "no-such", Stdin: "a", Status: 127, Stderr: "xargs: cannot run no-such: no such file or directory\n"},
		{Args: "./no-such", Stdin: "a", Status: 127, Stderr: "cannot run ./no-such: no such file"},
		{Args: "-a missing", Status: 1, Stderr: "cannot open missing: no such file"},
		{Args: "-n9", Stdin: "a\n'b\n", Status: 1, Stderr: "a ' has no partner", Differs: "GNU runs what is before that"},
		{Args: "-n9", Stdin: `"b`, Status: 1, Stderr: `a " has no partner`, Differs: "GNU runs echo without arguments"},
		{Args: "", Stdin: `b\`, Status: 1, Stderr: `ends with a \`, Differs: "GNU leaves it out"},
		{Args: "-pn1", Stdin: "a b c d", Stdout: "a\nc\n", Stderr: "echo a ?...echo b ?...", Differs: "the terminal"},

		{Args: "-n0", Status: 2, Stderr: `"0" is no number of 1 or above`, Differs: fails},
		{Args: "-P-1", Status: 2, Stderr: `"-1" is no number of 0 or above`, Differs: "GNU takes it for 1"},
		{Args: "-dab", Status: 2, Stderr: "single character", Differs: fails},
		{Argv: sh("-I", ""), Status: 2, Stderr: "the text to replace is empty", Differs: "GNU replaces it"},
		{Args: "--nope", Status: 2, Stderr: "unknown option --nope", Differs: fails},
	})
}

// A kernel with a small limit, and one argument that is too long for it.
func TestLimit(t *testing.T) {
	m := host()
	runs := 0
	m.limit = func() int { return 100 }
	m.start = func(argv []string, _ io.Reader, _, _ io.Writer) error {
		runs++
		if length(argv)+pointerSize*len(argv) > 100 {
			t.Errorf("%d arguments of %d bytes", len(argv), length(argv))
		}
		return nil
	}
	if err := m.run(nil, strings.NewReader(strings.Repeat("abc ", 100)), io.Discard, io.Discard); err != nil || runs < 10 || runs > 20 {
		t.Errorf("%d runs, %v", runs, err)
	}
	var stderr strings.Builder
	err := m.run([]string{"-s", "9999"}, strings.NewReader("x "+strings.Repeat("a", 100)), io.Discard, &stderr)
	if status := cli.Report("xargs", err, io.Discard, &stderr); status != 1 || !strings.Contains(stderr.String(), "too long") {
		t.Errorf("status %d, %q", status, stderr.String())
	}
}

// -P 3 runs three at a time, and no more are started once one says stop.
func TestParallel(t *testing.T) {
	m := host()
	var mu sync.Mutex // guards now and most
	now, most := 0, 0
	m.start = func([]string, io.Reader, io.Writer, io.Writer) error {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
		return nil
	}
	if err := m.run([]string{"-n1", "-P3", "x"}, strings.NewReader("a b c d e f g h i"), io.Discard, io.Discard); err != nil || most != 3 || now != 0 {
		t.Errorf("%d at a time, %d at the end, %v", most, now, err)
	}
	runs := 0
	m.start = func([]string, io.Reader, io.Writer, io.Writer) error {
		mu.Lock()
		runs++
		mu.Unlock()
		return errors.New("broken")
	}
	err := m.run([]string{"-n1", "-P2", "x"}, strings.NewReader(strings.Repeat("a ", 1000)), io.Discard, io.Discard)
	if status := cli.Report("xargs", err, io.Discard, io.Discard); status != notRun || runs > 10 {
		t.Errorf("status %d after %d runs", status, runs)
	}
}

// FuzzSplit: words that are quoted come back as they were.
func FuzzSplit(f *testing.F) {
	f.Add("a 'b", "c\\\"", true)
	f.Fuzz(func(t *testing.T, first, second string, lines bool) {
		s := splitter{in: bufio.NewReader(strings.NewReader(first + second)), delimiter: -1, wholeLines: lines}
		for {
			if _, _, err := s.next(); err != nil {
				break
			}
		}
		var text string
		for _, word := range []string{first, second} {
			for i := range len(word) {
				text += "\\" + word[i:i+1]
			}
			text += "\"\"\n"
		}
		s = splitter{in: bufio.NewReader(strings.NewReader(text)), delimiter: -1, wholeLines: lines}
		for _, word := range []string{first, second} {
			if got, endsLine, err := s.next(); got != word || !endsLine || err != nil {
				t.Errorf("%q is %q, %v", word, got, err)
			}
		}
		if _, _, err := s.next(); err != io.EOF {
			t.Errorf("more than two words: %v", err)
		}
	})
}
