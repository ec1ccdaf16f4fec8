package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// numbered is a text of n lines: "line 1" and so on.
func numbered(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "line %d\n", i+1)
	}
	return text.String()
}

// A screen is a pager of 20 columns and 6 rows: 5 of text and the status.
func screen(o options, texts ...string) *pager {
	var files []file
	for i, text := range texts {
		files = append(files, file{fmt.Sprintf("f%d", i+1), strings.NewReader(text)})
	}
	p := newPager(o, files)
	p.resize(20, 6)
	settle(p)
	return p
}

// settle waits until the text has as many lines as are wanted.
func settle(p *pager) {
	for {
		t := p.text()
		t.mu.Lock()
		enough := t.ended || len(t.lines) >= t.wanted
		t.mu.Unlock()
		p.more()
		if enough && p.pending == nil {
			return
		}
		<-t.changed
	}
}

var sequence = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]`)

// rows is what a person sees, with [ ] around what is in reverse video.
func rows(p *pager) []string {
	marked := strings.NewReplacer("\x1b[7m", "[", "\x1b[27m", "]").Replace(p.draw())
	return strings.Split(sequence.ReplaceAllString(marked, ""), "\r\n")
}

func typeKeys(p *pager, keys string) (left bool) {
	for keys != "" {
		k, size := decodeKey([]byte(keys))
		keys = keys[size:]
		if !p.press(k) {
			return true
		}
		settle(p)
	}
	return false
}

// The number of all lines, /20, is shown once it is known, which is a matter of
// time.
func TestMove(t *testing.T) {
	tests := []struct {
		keys       string
		top, state string
	}{
		{"", "line 1", "[f1 1-5"},
		{"j", "line 2", "[f1 2-6"},
		{" ", "line 6", "[f1 6-10"},
		{"\x1b[6~", "line 6", "[f1 6-10"},
		{" b", "line 1", "[f1 1-5"},
		{"d", "line 3", "[f1 3-7"},
		{"ddu", "line 3", "[f1 3-7"},
		{"3j", "line 4", "[f1 4-8"},
		{"2 ", "line 11", "[f1 11-15"},
		{"k", "line 1", "[f1 1-5"},
		{"G", "line 16", "[f1 16-20/20 (end)"},
		{"Gj ", "line 16", "[f1 16-20/20 (end)"},
		{"Gk", "line 15", "[f1 15-19"},
		{"Gg", "line 1", "[f1 1-5"},
		{"7g", "line 7", "[f1 7-11"},
		{"7G", "line 7", "[f1 7-11"},
		{"18g", "line 16", "[f1 16-20/20 (end)"},
		{"99g", "line 16", "[f1 16-20/20 (end)"},
		{"9\x03j", "line 2", "[f1 2-6"},
		{"\x1b[B\x1b[B\x1b[A", "line 2", "[f1 2-6"},
		{"\x1b[F\x1b[H", "line 1", "[f1 1-5"},
		{"z", "line 1", "[f1 1-5"},
	}
	for _, tt := range tests {
		p := screen(options{}, numbered(20))
		typeKeys(p, tt.keys)
		got := rows(p)
		if len(got) != 6 || got[0] != tt.top || strings.TrimSuffix(got[5], "/20") != tt.state {
			t.Errorf("%q: %q; want the top %q and the state %q", tt.keys, got, tt.top, tt.state)
		}
	}
}

func TestSearch(t *testing.T) {
	tests := []struct {
		keys       string
		top, state string
	}{
		{"/ne 7\r", "li[ne 7]", "[f1 7-11"},
		{"/1\r", "line [1]", "[f1 1-5"},
		{"/1\rn", "line [1]0", "[f1 10-14"},
		{"/1\r2n", "line [11]", "[f1 11-15"},
		{"/1\rnnN", "line [1]0", "[f1 10-14"},
		{"G?line 3$\r", "[line 3]", "[f1 3-7"},
		{"G?1\rn", "line [1]4", "[f1 14-18"},
		{"/20\r", "line 16", "[f1 16-20/20 (end)"},
		{"/20\rn", "line 16", "[not found"},
		{"/nothing\r", "line 1", "[not found"},
		{"n", "line 1", "[nothing has been se"},
		{"/(\r", "line 1", "[an opening parenthe"},
		{"/ab\x7f\x7f\x7fj", "line 2", "[f1 2-6"},
		{"/12", "line 1", "/12"},
		{"/12\x03j", "line 2", "[f1 2-6"},
		{"/1\r10j/\r", "line [11]", "[f1 11-15"},
		{"h", "line 1", "[space b: screens  j"},
	}
	for _, tt := range tests {
		p := screen(options{}, numbered(20))
		typeKeys(p, tt.keys)
		got := rows(p)
		if got[0] != tt.top || strings.TrimSuffix(got[5], "/20") != tt.state {
			t.Errorf("%q: %q; want the top %q and the state %q", tt.keys, got, tt.top, tt.state)
		}
	}
	p := screen(options{ignoreCase: true}, "a\nb\nc\nd\ne\nXYZ\nf\ng\nh\ni\n")
	typeKeys(p, "/xyz\r")
	if got := rows(p)[0]; got != "[XYZ]" {
		t.Errorf("with -i: %q", got)
	}
}

func TestShape(t *testing.T) {
	long := strings.Repeat("0123456789", 5) + "\nshort\n"
	tests := []struct {
		o    options
		text string
		keys string
		want string // the rows of text
	}{
		{options{}, long, "", "01234567890123456789|01234567890123456789|0123456789|short|~"},
		{options{}, long + long, "jj", "0123456789|short|01234567890123456789|01234567890123456789|0123456789"},
		{options{chop: true}, long, "", "01234567890123456789|short|~|~|~"},
		{options{chop: true}, long, "\x1b[C\x1b[C", "01234567890123456789||~|~|~"},
		{options{chop: true}, long, "\x1b[C\x1b[C\x1b[C\x1b[C", "0123456789||~|~|~"},
		{options{numbers: true}, long, "", "      1 012345678901|        234567890123|        456789012345|        678901234567|        89"},
		{options{}, "a\tb\n\x1b[2Jx\n\xff\nee\u0301\n", "", "a       b|^[[2Jx|<FF>|ee\u0301|~"},
		{options{}, "\x1b[31mred\x1b[m\n", "", "^[[31mred^[[m|~|~|~|~"},
		{options{raw: true}, "\x1b[31mred\x1b[m\x1b[2J\n", "", "red^[[2J|~|~|~|~"},
		{options{}, "", "", "~|~|~|~|~"},
		{options{}, "no end", "", "no end|~|~|~|~"},
		{options{chop: true}, strings.Repeat("x", longest-1) + "éy\nz", "", strings.Repeat("x", 20) + "|éy|z|~|~"},
		{options{chop: true}, strings.Repeat("x", longest-1) + "\xffy\nz", "", strings.Repeat("x", 20) + "|y|z|~|~"},
	}
	for _, tt := range tests {
		p := screen(tt.o, tt.text)
		typeKeys(p, tt.keys)
		if got := strings.Join(rows(p)[:5], "|"); got != tt.want {
			t.Errorf("%+v %q: got %q; want %q", tt.o, tt.text, got, tt.want)
		}
	}
}

func TestFiles(t *testing.T) {
	p := screen(options{}, "one\n", "two\n")
	for _, tt := range []struct{ keys, top, state string }{
		{":n\r", "two", "[f2 1-1/1 (end)"},
		{":n\r", "two", "[there is no such fi"},
		{":p\r", "one", "[f1 1-1/1 (end)"},
		{":x\r", "one", "[known are :n, :p an"},
	} {
		typeKeys(p, tt.keys)
		if got := rows(p); got[0] != tt.top || got[5] != tt.state {
			t.Errorf("%q: %q", tt.keys, got)
		}
	}
	if !typeKeys(p, "q") || !typeKeys(p, ":q\r") {
		t.Error("q does not leave")
	}
}

// Only what may be shown is read: a pipe may be endless.
func TestReadsNoFurther(t *testing.T) {
	p := screen(options{}, numbered(1000))
	if count, ended, _ := p.text().state(); count > 7 || ended {
		t.Errorf("%d lines were read for a screen of 5", count)
	}
	p.resize(40, 12)
	settle(p)
	typeKeys(p, "  ")
	if got := rows(p)[0]; got != "line 23" {
		t.Errorf("two screens on there is %q", got)
	}
	if got := len(p.visible()); got != 11 {
		t.Errorf("%d rows after the terminal has grown; want 11", got)
	}
}

// Ctrl-C ends waiting for a line that does not come.
func TestInterrupt(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	p := newPager(options{}, []file{{"pipe", r}})
	p.resize(30, 6)
	io.WriteString(w, "one\n")
	p.press('G')
	if p.pending == nil || !strings.Contains(p.draw(), "reading, Ctrl-C stops") {
		t.Error("G does not wait for the end")
	}
	p.press(ctrlC)
	if p.pending != nil {
		t.Error("Ctrl-C does not stop it")
	}
}

// -F prints the bytes that came, even if the last line has no end.
func TestFits(t *testing.T) {
	for text, fits := range map[string]bool{"a\nb": true, "a\n": true, "": true, numbered(5): true, numbered(6): false} {
		p := newPager(options{quitIfFits: true}, []file{{"f", strings.NewReader(text)}})
		p.resize(20, 6)
		var out strings.Builder
		if got := p.fits(); got != fits {
			t.Errorf("%q fits: %v", text, got)
		} else if p.writeAll(&out); fits && out.String() != text {
			t.Errorf("%q becomes %q", text, out.String())
		}
	}
}

// What can't be shown is complained about before the screen changes.
func TestOpenAll(t *testing.T) {
	var stderr strings.Builder
	s := stdio.New("less", nil, io.Discard, &stderr)
	files := openAll(s, []string{t.TempDir(), "/no/such", "/dev/null"}, nil)
	if text := stderr.String(); len(files) != 1 || !strings.Contains(text, ": is a directory\n") || !strings.Contains(text, "cannot open /no/such") {
		t.Errorf("%d files, %q", len(files), text)
	}
}

// Without a terminal less is cat.
func TestNoTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f", []byte("file\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	m := machine{isTerminal: func() bool { return false }}
	cmdtest.Run(t, "less", m.run, []cmdtest.Case{
		{Args: "", Stdin: "a\x1bb", Stdout: "a\x1bb"},
		{Args: "-N f", Stdout: "file\n"},
		{Args: "f /no/such", Stdout: "file\n", Status: 1, Stderr: "cannot open /no/such: no such file", Differs: "less complains on standard output"},
		{Args: "-Z", Status: 2, Stderr: "unknown option -Z", Differs: "less ends with 1"},
	})
}

// FuzzCells: what is shown holds no control character, and no byte is lost.
func FuzzCells(f *testing.F) {
	f.Add("a\tb\x1b[31m\xff\u0301", true)
	f.Fuzz(func(t *testing.T, line string, raw bool) {
		at := 0
		for _, c := range cells(line, raw) {
			if c.at < at || c.at > len(line) {
				t.Fatalf("%q: cell at %d after %d", line, c.at, at)
			}
			at = c.at
			shown := c.text
			if raw && c.width == 0 && colorLength(shown) == len(shown) {
				continue
			}
			if strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
				t.Errorf("%q: shows %q", line, shown)
			}
		}
		for _, row := range wrap(cells(line, raw), 10) {
			width := 0
			for _, c := range row {
				width += c.width
			}
			if width > 10 && len(row) > 1 {
				t.Errorf("%q: a row of %d columns", line, width)
			}
		}
	})
}
