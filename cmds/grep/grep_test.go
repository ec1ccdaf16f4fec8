package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	m := machine{isTerminal: func() bool { return false }, getenv: func(string) string { return "" }}
	return m.run(args, stdin, stdout, stderr)
}

// tree makes the folder that the tables search.
func tree(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	files := map[string]string{
		"fruit":       "apple\nbanana\ncherry\nApple pie\n",
		"numbers":     "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
		"empty":       "",
		"nul":         "text\n\x00apple\n",
		"words":       "foo bar food foo\nfood\n_foo\nbar-foo\n",
		"patterns":    "banana\npie\n",
		"sub/a.go":    "func main\n",
		"sub/b.txt":   "func main\n",
		"sub/.git/x":  "func main\n",
		"odd\nname":   "apple\n",
		"-dash":       "apple\n",
		"noeol":       "apple",
		"sub/deep/ok": "apple\n",
	}
	for name, text := range files {
		if i := strings.LastIndex(name, "/"); i > 0 {
			if err := os.MkdirAll(name[:i], 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../fruit", "sub/link"); err != nil {
		t.Fatal(err)
	}
}

func TestGrep(t *testing.T) {
	tree(t)
	long := strings.Repeat("x", 200<<10)
	cmdtest.Run(t, "grep", run, []cmdtest.Case{
		{Args: "an fruit", Stdout: "banana\n"},
		{Args: "nothing fruit", Status: 1},
		{Args: "a empty", Status: 1},
		{Args: "apple", Stdin: "an apple\nx\n", Stdout: "an apple\n"},
		{Args: "apple -", Stdin: "an apple\nx\n", Stdout: "an apple\n"},
		{Args: "apple noeol", Stdout: "apple\n"},
		{Args: "-i APPLE fruit", Stdout: "apple\nApple pie\n"},
		{Args: "-vi apple fruit", Stdout: "banana\ncherry\n"},
		{Args: "-c p fruit numbers", Stdout: "fruit:2\nnumbers:0\n"},
		{Args: "-cv 5 numbers", Stdout: "8\n"},
		{Args: "-n an fruit words", Stdout: "fruit:2:banana\n"},
		{Args: "-hn an fruit words", Stdout: "2:banana\n"},
		{Args: "-H an fruit", Stdout: "fruit:banana\n"},
		{Args: "-H an", Stdin: "an\n", Stdout: "(standard input):an\n"},
		{Args: "-l apple fruit numbers noeol", Stdout: "fruit\nnoeol\n"},
		{Args: "-L apple fruit numbers noeol", Stdout: "numbers\n"},
		{Args: "-L zzz fruit", Stdout: "fruit\n", Status: 1},
		{Args: "-q apple fruit"},
		{Args: "-q zzz fruit", Status: 1},
		{Args: "-x apple fruit", Stdout: "apple\n"},
		{Args: "-e pie -e cherry fruit", Stdout: "cherry\nApple pie\n"},
		{Args: "-f patterns fruit", Stdout: "banana\nApple pie\n"},
		{Args: "-f empty fruit", Status: 1},
		{Args: "-vf empty numbers -c", Stdout: "9\n"},
		{Argv: []string{"pie\nban", "fruit"}, Stdout: "banana\nApple pie\n"},
		{Argv: []string{"", "patterns"}, Stdout: "banana\npie\n"},
		{Args: "apple -- -dash", Stdout: "apple\n"},
		{Args: "-- -dash", Stdin: "a -dash\n", Stdout: "a -dash\n"},
		{Args: "-m1 p fruit", Stdout: "apple\n"},
		{Args: "-m0 p fruit", Status: 1},
		{Args: "-cm1 p fruit", Stdout: "1\n"},

		{Args: "-E ^(apple|cherry)$ fruit", Stdout: "apple\ncherry\n"},
		{Args: "-F a.p fruit", Status: 1},
		{Args: "-Fx -e apple -e ban fruit", Stdout: "apple\n"},
		{Args: `a\{2\}`, Stdin: "a\naa\n", Stdout: "aa\n"},
		{Args: "-o [an]*a", Stdin: "banana\nbandana\n", Stdout: "anana\na\nana\n"},
		{Args: "-on [0-9]*", Stdin: "a12b3\n", Stdout: "1:12\n1:3\n"},
		{Args: "-oE a|ab|abc", Stdin: "abc\n", Stdout: "abc\n"},
		{Args: "-ov a", Stdin: "b\n"},
		{Args: "-o ^a", Stdin: "aaa\n", Stdout: "a\n"},

		{Args: "-w foo words", Stdout: "foo bar food foo\nbar-foo\n"},
		{Args: "-ow foo words", Stdout: "foo\nfoo\nfoo\n"},
		{Args: "-ow [a-z]*", Stdin: "a b,cc\n", Stdout: "a\nb\ncc\n"},
		{Args: "-ow ^a", Stdin: "a a\n", Stdout: "a\n"},
		{Args: "-w é", Stdin: "é\néa\n", Stdout: "é\n"},
		{Args: "-w -- -n", Stdin: "ls -n x\nls -nl\n", Stdout: "ls -n x\n"},

		{Args: "-A1 3 numbers", Stdout: "3\n4\n"},
		{Args: "-B2 3 numbers", Stdout: "1\n2\n3\n"},
		{Args: "-nB3 [69] numbers", Stdout: "3-3\n4-4\n5-5\n6:6\n7-7\n8-8\n9:9\n"},
		{Args: "-B2 -e 1 -e 6 -e 9 numbers", Stdout: "1\n--\n4\n5\n6\n7\n8\n9\n"},
		{Args: "-nC1 3 numbers", Stdout: "2-2\n3:3\n4-4\n"},
		{Args: "-n1 3 numbers", Stdout: "2-2\n3:3\n4-4\n"},
		{Args: "-C1 -e 2 -e 4 -e 9 numbers", Stdout: "1\n2\n3\n4\n5\n--\n8\n9\n"},
		{Args: "-B1 -e 3 -e 5 numbers", Stdout: "2\n3\n4\n5\n"},
		{Args: "-A1 -e 1 -e 4 numbers", Stdout: "1\n2\n--\n4\n5\n"},
		{Args: "-A1 -e 9 -e 1 numbers numbers", Stdout: "numbers:1\nnumbers-2\n--\nnumbers:9\n--\nnumbers:1\nnumbers-2\n--\nnumbers:9\n"},
		{Args: "-m1 -A2 [135] numbers", Stdout: "1\n2\n3\n"},
		{Args: "-vA1 [1-8] numbers", Stdout: "9\n"},

		{Args: "apple nul", Stderr: "grep: nul: binary file matches\n"},
		{Args: "text nul", Stderr: "grep: nul: binary file matches\n"},
		{Args: "-c apple nul", Stdout: "1\n"},
		{Args: "-a apple nul", Stdout: "\x00apple\n"},
		{Args: "-I apple nul fruit", Stdout: "fruit:apple\n"},
		{Args: "-cI apple nul fruit", Stdout: "nul:0\nfruit:1\n"},
		{Args: "--line-buffered apple noeol", Stdout: "apple\n"},
		{Args: "zzz nul", Status: 1},

		{Args: "-r main sub", Stdout: "sub/.git/x:func main\nsub/a.go:func main\nsub/b.txt:func main\n", Differs: "GNU keeps the order of the disk"},
		{Args: "-r main sub --include=*.go", Stdout: "sub/a.go:func main\n"},
		{Args: "-r main --exclude-dir=.git --exclude *.txt", Stdout: "sub/a.go:func main\n"},
		{Args: "-rl apple sub/", Stdout: "sub/deep/ok\n"},
		{Args: "-r apple fruit", Stdout: "apple\n"},
		{Args: "-rh apple sub", Stdout: "apple\n"},

		{Argv: []string{"x$"}, Stdin: long + "\ny\n" + long, Stdout: long + "\n" + long + "\n"},

		{Args: "--color=always -n an fruit", Stdout: "\x1b[32m2\x1b[m\x1b[36m:\x1b[mb\x1b[1;31man\x1b[m\x1b[1;31man\x1b[ma\n", Differs: "GNU also clears to the end of each line"},
		{Args: "apple /no/such fruit", Stdout: "fruit:apple\n", Status: 2, Stderr: "cannot open /no/such: no such file or directory"},
		{Args: "-s apple /no/such noeol", Stdout: "noeol:apple\n", Status: 2},
		{Args: "-q apple /no/such fruit", Stderr: "/no/such"},
		{Args: "apple sub", Status: 2, Stderr: "cannot read sub: is a directory"},
		{Args: "", Status: 2, Stderr: "a pattern is missing"},
		{Args: "-Z9 x", Status: 2, Stderr: "unknown option -Z", Differs: "GNU has -Z"},
		{Args: "-A x y", Status: 2, Stderr: "option -A"},
		{Args: "-f /no/such x", Status: 2, Stderr: "cannot open /no/such"},
		{Args: `\(a`, Status: 2, Stderr: `pattern \(a: an opening parenthesis is never closed`},
		{Args: `\(a\)\1 fruit`, Status: 2, Stderr: "back-references", Differs: "GNU has back-references"},
		{Args: "--color=blue x", Status: 2, Stderr: "auto, always or never", Differs: "GNU prints its help and ends with 0"},
	})
}

// Colours only where somebody sees them, and wants them.
func TestColor(t *testing.T) {
	tests := []struct {
		args        string
		terminal    bool
		noColor     string
		wantColored bool
	}{
		{args: "a", terminal: true, wantColored: true},
		{args: "a", terminal: false},
		{args: "a", terminal: true, noColor: "1"},
		{args: "--color=never a", terminal: true},
		{args: "--color=always a", noColor: "1", wantColored: true},
		{args: "--color a", terminal: true, wantColored: true},
	}
	for _, tt := range tests {
		m := machine{isTerminal: func() bool { return tt.terminal }, getenv: func(key string) string {
			if key == "NO_COLOR" {
				return tt.noColor
			}
			return "linux"
		}}
		var stdout strings.Builder
		if err := m.run(strings.Fields(tt.args), strings.NewReader("xay\n"), &stdout, io.Discard); err != nil {
			t.Fatal(err)
		}
		want := "xay\n"
		if tt.wantColored {
			want = "x\x1b[1;31ma\x1b[my\n"
		}
		if stdout.String() != want {
			t.Errorf("%+v: %q", tt, stdout.String())
		}
	}
}

// A file that the output goes to is not searched, or it would grow for ever.
func TestOutputIsInput(t *testing.T) {
	tree(t)
	for args, want := range map[string]string{"apple noeol out": "noeol:apple\n", "-c apple out": "1\n", "-l apple out": "out\n"} {
		if err := os.WriteFile("out", []byte("apple\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := os.OpenFile("out", os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		var stderr strings.Builder
		status := cli.Report("grep", run(strings.Fields(args), nil, out, &stderr), io.Discard, &stderr)
		text, err := os.ReadFile("out")
		complained := status == 2 && stderr.String() == "grep: cannot read out: it is also the output\n"
		if err != nil || string(text) != "apple\n"+want || complained != strings.HasPrefix(args, "apple") {
			t.Errorf("grep %s: output %q, status %d, %q", args, text, status, stderr.String())
		}
	}
}

// With -q the first match ends the reading, even of endless input.
func TestQuietStops(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("a\n"), readerFunc(func(b []byte) (int, error) {
		t.Error("read on after the match")
		return 0, io.EOF
	}))
	if err := run([]string{"-q", "a"}, endless, io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// FuzzSpans: the pieces that -o and the colours mark lie in order in the line.
func FuzzSpans(f *testing.F) {
	f.Add("a*", "baac a", true)
	f.Add("^x|y ", "x y y", false)
	f.Fuzz(func(t *testing.T, pattern, line string, words bool) {
		p := patterns{list: []string{pattern}, kind: extended, words: words}
		m, err := p.compile()
		if err != nil {
			return
		}
		spans, at := m.spans([]byte(line)), 0
		for _, span := range spans {
			if span[0] < at || span[1] < span[0] || span[1] > len(line) {
				t.Fatalf("%q in %q: %v", pattern, line, spans)
			}
			at = span[1]
		}
		if m.matches([]byte(line)) != (len(spans) > 0) {
			t.Errorf("%q in %q: %v", pattern, line, spans)
		}
	})
}
