package lineedit

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// A terminal is a VT100 as far as the editor uses one. It never wraps.
type terminal struct {
	rows     [][]rune
	row, col int
	bells    int
	pending  string
}

func (t *terminal) Write(p []byte) (int, error) {
	for _, r := range string(p) {
		t.put(r)
	}
	return len(p), nil
}

func (t *terminal) put(r rune) {
	for len(t.rows) <= t.row {
		t.rows = append(t.rows, nil)
	}
	switch {
	case t.pending != "":
		t.pending += string(r)
		if r != '[' && r >= 0x40 && r <= 0x7e {
			t.sequence(t.pending[2:len(t.pending)-1], r)
			t.pending = ""
		}
	case r == 0x1b:
		t.pending = string(r)
	case r == '\a':
		t.bells++
	case r == '\r':
		t.col = 0
	case r == '\n': // ONLCR
		t.row, t.col = t.row+1, 0
	default:
		line := t.rows[t.row]
		for len(line) <= t.col {
			line = append(line, ' ')
		}
		line[t.col] = r
		t.rows[t.row] = line
		t.col += runeWidth(r)
	}
}

func (t *terminal) sequence(parameters string, final rune) {
	n := 1
	fmt.Sscan(parameters, &n)
	switch final {
	case 'A':
		t.row -= n
	case 'B':
		t.row += n
	case 'C':
		t.col += n
	case 'H':
		t.row, t.col = 0, 0
	case 'J':
		if n == 2 {
			t.rows = nil
			return
		}
		t.rows = t.rows[:t.row+1]
		t.rows[t.row] = t.rows[t.row][:min(t.col, len(t.rows[t.row]))]
	}
}

// String is the screen, with | where the cursor is.
func (t *terminal) String() string {
	var screen strings.Builder
	for i := range max(len(t.rows), t.row+1) {
		var line []rune
		if i < len(t.rows) {
			line = t.rows[i]
		}
		if i == t.row {
			for len(line) < t.col {
				line = append(line, ' ')
			}
			line = append(line[:t.col:t.col], append([]rune{'|'}, line[t.col:]...)...)
		}
		screen.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(screen.String(), "\n")
}

func newEditor(keys string, width int, history ...string) (*Editor, *terminal) {
	t := &terminal{}
	h := OpenHistory("", 100)
	for _, line := range history {
		h.Add(line)
	}
	return &Editor{
		In: iotest.OneByteReader(strings.NewReader(keys)), Out: t, History: h,
		Size: func() (int, int) { return width, 24 },
	}, t
}

func TestEdit(t *testing.T) {
	past := []string{"echo one", "ls -l /tmp", "echo two"}
	tests := []struct{ name, keys, line string }{
		{"plain", "hello", "hello"},
		{"utf-8", "grüße 世界", "grüße 世界"},
		{"backspace", "abc\x7f\x08", "a"},
		{"backspace takes the accent with its letter", "ae\u0301\x7f", "a"},
		{"backspace at the start", "\x7fa", "a"},
		{"C-a C-e", "bc\x01a\x05d", "abcd"},
		{"C-b C-f", "ac\x02b\x06d", "abcd"},
		{"arrows", "ac\x1b[Db\x1b[Cd", "abcd"},
		{"arrows of application mode", "ac\x1bODb\x1bOCd", "abcd"},
		{"home end delete", "xbc\x1b[1~\x1b[3~a\x1b[4~d", "abcd"},
		{"C-d deletes", "abc\x01\x04", "bc"},
		{"C-k C-y", "one two\x02\x02\x02\x0b\x01\x19", "twoone "},
		{"C-u", "one two\x02\x02\x02\x15", "two"},
		{"C-w", "one two-three\x17", "one "},
		{"C-w twice, C-y brings both back", "one two three\x17\x17x \x19", "one x two three"},
		{"M-b M-f", "one two three\x1bb\x1bbX\x1bfY", "one Xtwo" + "Y three"},
		{"M-d", "one two three\x01\x1bd", " two three"},
		{"M-backspace", "one two-three\x1b\x7f", "one two-"},
		{"Ctrl-Left", "one two\x1b[1;5DX", "one Xtwo"},
		{"C-t", "abdc\x14", "abcd"},
		{"C-t in the middle", "bacd\x02\x02\x02\x14", "abcd"},
		{"up", "\x1b[A", "echo two"},
		{"up up down", "\x1b[A\x1b[A\x1b[B", "echo two"},
		{"up down gives back what was typed", "new\x01\x10\x0e", "new"},
		{"up keeps the prefix", "echo\x1b[A\x1b[A", "echo one"},
		{"C-p C-n", "\x10\x10\x0e", "echo two"},
		{"up beyond the first", "\x10\x10\x10\x10\x10", "echo one"},
		{"M-.", "cat \x1b.", "cat two"},
		{"C-r", "\x12tmp\x05!", "ls -l /tmp!"},
		{"C-r again", "\x12echo\x12\x05", "echo one"},
		{"C-r and C-g", "x\x12echo\x07y", "xy"},
		{"C-r narrows", "\x12e\x12o o\x05", "echo one"},
		{"C-r backspace", "\x12echo o\x7ft\x05", "echo two"},
		{"paste", "\x1b[200~one\ntwo\t\n\x1b[201~!", "one\ntwo\t!"},
		{"unknown keys", "a\x1b[15~\x1b[[A\x1bOPb\x1b[1;2Sc", "abc"},
		{"broken UTF-8", "a\xffb\xc3(c\xe2\x82d", "ab(cd"},
		{"C-l", "ab\x0cc", "abc"},
		{"escape escape [ A", "\x1b\x1b[A", "echo two"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := newEditor(tt.keys+"\r", 80, past...)
			if line, err := e.ReadLine("$ "); line != tt.line || err != nil {
				t.Errorf("line = %q, %v; want %q", line, err, tt.line)
			}
		})
	}
}

func TestEnds(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		keys string
		in   io.Reader
		err  error
	}{
		{keys: "\x04", err: io.EOF},
		{keys: "abc\x03", err: ErrInterrupt},
		{keys: "abc", err: io.EOF},
		{in: iotest.ErrReader(broken), err: broken},
	}
	for _, tt := range tests {
		e, _ := newEditor(tt.keys, 80)
		if tt.in != nil {
			e.In = tt.in
		}
		if _, err := e.ReadLine("$ "); !errors.Is(err, tt.err) {
			t.Errorf("%q: error = %v; want %v", tt.keys, err, tt.err)
		}
	}
}

// What is typed ahead stays in In for the next program.
func TestTakesNoMoreThanTheLine(t *testing.T) {
	e, _ := newEditor("", 80)
	in := strings.NewReader("one\rrest")
	e.In = in
	if _, err := e.ReadLine("$ "); err != nil || in.Len() != len("rest") {
		t.Errorf("%d bytes are left, %v; want %d", in.Len(), err, len("rest"))
	}
}

func TestScreen(t *testing.T) {
	tests := []struct {
		name, keys, screen string
	}{
		{"short", "abc", "$ abc|"},
		{"cursor moved", "abc\x02\x02", "$ a|bc"},
		{"inserted", "ac\x02b", "$ ab|c"},
		{"full row", "12345678", "$ 12345678\n|"},
		{"two rows", "123456789", "$ 12345678\n9|"},
		{"back over the edge", "123456789\x02\x02", "$ 1234567|8\n9"},
		{"home of three rows", "1234567890123456789012\x01", "$ |12345678\n9012345678\n9012"},
		{"kill leaves no rows", "1234567890123456789012\x15", "$ |"},
		{"insert pushes the edge", "12345678\x01x", "$ x|1234567\n8"},
		{"wide", "世界世界世界", "$ 世 界 世 界\n世 界 |"},
		{"wide at the edge", "1234567世", "$ 1234567\n世 |"},
		{"accent", "e\u0301x\x02", "$ e|x"}, // the fake terminal forgets the mark
		{"control", "\x1b[200~a\x01b\x1b[201~", "$ a^Ab|"},
		{"lines", "\x1b[200~for i\ndo x\x1b[201~", "$ for i\ndo x|"},
		{"up to the first line", "\x1b[200~for i\ndo x\x1b[201~\x01y", "$ y|for i\ndo x"},
		{"search", "\x12ec", "(history:\nec) echo o\nne|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, term := newEditor("", 10, "echo one")
			var shown string
			e.In = io.MultiReader(iotest.OneByteReader(strings.NewReader(tt.keys)), readerFunc(func([]byte) (int, error) {
				shown = term.String()
				return 0, io.EOF
			}))
			if _, err := e.ReadLine("$ "); err != io.EOF {
				t.Fatal(err)
			}
			if shown != tt.screen {
				t.Errorf("screen:\n%s\nwant:\n%s", shown, tt.screen)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Typing at the end writes the characters and nothing else.
func TestTypingIsCheap(t *testing.T) {
	e, _ := newEditor("hello\r", 80)
	var out strings.Builder
	e.Out = &out
	if _, err := e.ReadLine("$ "); err != nil || out.String() != "$ hello\n" {
		t.Errorf("wrote %q, %v", out.String(), err)
	}
}

func TestColouredPrompt(t *testing.T) {
	e, term := newEditor("1234567\x01x\r", 10)
	if _, err := e.ReadLine("\x1b[1;32m$\x1b[0m "); err != nil {
		t.Fatal(err)
	}
	if got, want := term.String(), "$ x1234567\n\n|"; got != want {
		t.Errorf("screen:\n%s\nwant:\n%s", got, want)
	}
}

// Control sequences take no room.
func TestPieces(t *testing.T) {
	tests := []struct {
		prompt string
		width  int
	}{
		{"ab ", 3},
		{"\x1b[1;32ma\x1b[0m", 1},
		{"\x1b]0;title\aa", 1},
		{"\x1b]0;title\x1b\\ab\a", 2},
		{"\x1b(B\x1b[mab", 2},
		{"\x1b]0;a", 5}, // no end: shown as it is
		{"\x1b[", 2},
		{"世", 2},
	}
	for _, tt := range tests {
		width, all := 0, ""
		for piece, w := range pieces(tt.prompt) {
			width, all = width+w, all+piece
		}
		if width != tt.width || all != tt.prompt {
			t.Errorf("%q: width %d, pieces %q; want width %d", tt.prompt, width, all, tt.width)
		}
	}
}

func TestResize(t *testing.T) {
	width := 80
	e, term := newEditor("", 80)
	e.Size = func() (int, int) { return width, 24 }
	keys := strings.NewReader("1234567890\x01x\r")
	e.In = readerFunc(func(p []byte) (int, error) {
		if keys.Len() == 2 {
			width = 8
		}
		return keys.Read(p[:1])
	})
	if line, err := e.ReadLine("$ "); line != "x1234567890" || err != nil {
		t.Fatal(line, err)
	}
	if got, want := term.String(), "$ x12345\n67890\n|"; got != want {
		t.Errorf("screen:\n%s\nwant:\n%s", got, want)
	}
}

func TestComplete(t *testing.T) {
	words := []string{"apple", "apricot", "banana", "über", `quote\(d`, `quote\)d`}
	completer := func(head string) (int, []Candidate) {
		start := strings.LastIndexByte(head, ' ') + 1
		var found []Candidate
		for _, w := range words {
			if strings.HasPrefix(w, head[start:]) {
				found = append(found, Candidate{Text: w, Show: w, End: " "})
			}
		}
		return start, found
	}
	tests := []struct {
		name, keys, line string
		bells            int
	}{
		{"one", "eat b\tnow", "eat banana now", 0},
		{"common start", "a\t", "ap", 0},
		{"none", "x\t", "x", 1},
		{"different after an escape", "q\t\\(\t", `quote\(d `, 0},
		{"in the middle", "b tail\x01\x06\tX", "banana X tail", 0},
		{"not ASCII", "eat ü\tX", "eat über X", 0},
		{"twice", "ap\t\tr\t", "apricot ", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, term := newEditor(tt.keys+"\r", 80)
			e.Complete = completer
			if line, err := e.ReadLine("$ "); line != tt.line || err != nil {
				t.Errorf("line = %q, %v; want %q", line, err, tt.line)
			}
			if term.bells != tt.bells {
				t.Errorf("%d bells; want %d", term.bells, tt.bells)
			}
			if tt.name == "twice" && !strings.Contains(term.String(), "\napple    apricot\n$ apricot") {
				t.Errorf("screen:\n%s", term)
			}
		})
	}
}

func TestInColumns(t *testing.T) {
	candidates := func(shows ...string) (list []Candidate) {
		for _, s := range shows {
			list = append(list, Candidate{Show: s})
		}
		return list
	}
	tests := []struct {
		width int
		shows []string
		want  string
	}{
		{80, []string{"a", "b"}, "a  b"},
		{7, []string{"a", "b", "c", "d", "e"}, "a  d|b  e|c"}, // two columns of three
		{8, []string{"a", "b", "c", "d", "e"}, "a  c  e|b  d"},
		{3, []string{"long name", "b"}, "long name|b"},
		{20, []string{"世界", "b"}, "世界  b"},
		{20, []string{"a\x1b[2J", "b"}, "a^[[2J  b"}, // a file's name
	}
	for _, tt := range tests {
		if got := strings.Join(inColumns(candidates(tt.shows...), tt.width), "|"); got != tt.want {
			t.Errorf("width %d: %q; want %q", tt.width, got, tt.want)
		}
	}
}

// No bytes from a terminal, or from a line gone bad, may hang or break the editor.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"abc\r", "\x1b[200~x\x1b[201~\r", "\x1b[[A\x1bO", "\x12a\x12\x07", "\xe4\xb8\x1b[999999999999C", "\x01\x14\x0b\x19\x1b."} {
		f.Add(seed, 80)
	}
	f.Fuzz(func(t *testing.T, keys string, width int) {
		e, _ := newEditor(keys, max(width%200, 2), "echo one", "for\ni")
		for {
			line, err := e.ReadLine("$ ")
			if err == io.EOF {
				return
			}
			if err != nil && err != ErrInterrupt {
				t.Fatal(line, err)
			}
		}
	})
}
