package lineedit

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// newline goes to the start of the next row: the terminal driver makes
// carriage return and newline of it (ONLCR, see Terminal.Raw).
const newline = "\n"

// A screen draws the prompt and the line, over as many rows as they need. It
// breaks rows itself, and never counts on the terminal to do so: over a serial
// line nobody knows the terminal's width, and 80 columns are then a guess that
// must not garble the line.
type screen struct {
	out  io.Writer
	size func() (columns, rows int)

	row  int    // the row of the cursor, counted from the prompt's first
	last layout // what is on the screen
}

// A layout is the prompt and the line as rows of a terminal.
type layout struct {
	rows     []string
	row, col int // of the cursor
	atEnd    bool
	width    int
}

// arrange breaks prompt and text into rows of at most width columns.
func arrange(prompt string, text []rune, pos, width int) layout {
	l := layout{rows: []string{""}, atEnd: pos == len(text), width: width}
	var row strings.Builder
	col := 0
	newRow := func() {
		l.rows[len(l.rows)-1] = row.String()
		l.rows = append(l.rows, "")
		row.Reset()
		col = 0
	}
	put := func(s string, w int) {
		if col+w > width {
			newRow()
		}
		row.WriteString(s)
		if col += w; col == width { // the cursor needs a place to stand
			newRow()
		}
	}
	for piece, w := range pieces(prompt) {
		if piece == "\n" {
			newRow()
			continue
		}
		put(piece, w)
	}
	for i, r := range text {
		if i == pos {
			l.row, l.col = len(l.rows)-1, col
		}
		if r == '\n' {
			newRow()
			continue
		}
		s := shown(r)
		put(s, textWidth(s))
	}
	l.rows[len(l.rows)-1] = row.String()
	if l.atEnd {
		l.row, l.col = len(l.rows)-1, col
	}
	return l
}

// pieces yields the characters of a prompt with their widths. The control
// sequences in it, such as colours, have none.
func pieces(prompt string) func(func(string, int) bool) {
	return func(yield func(string, int) bool) {
		for len(prompt) > 0 {
			n, width := sequenceLength(prompt), 0
			if n == 0 {
				r := []rune(prompt)[0]
				n, width = len(string(r)), runeWidth(r)
				if r == '\a' {
					width = 0
				}
			}
			if !yield(prompt[:n], width) {
				return
			}
			prompt = prompt[n:]
		}
	}
}

// sequenceLength is how many bytes the control sequence takes that text starts
// with, or 0: a colour (ESC [ ... letter), the title of the window (ESC ] ...
// BEL or ESC \), or the character set that tput sgr0 chooses (ESC ( letter).
func sequenceLength(text string) int {
	isFinal := func(r rune) bool { return r >= 0x40 && r <= 0x7e }
	end := -1
	switch {
	case strings.HasPrefix(text, "\x1b["):
		if end = strings.IndexFunc(text[2:], isFinal); end >= 0 {
			return 2 + end + 1
		}
	case strings.HasPrefix(text, "\x1b]"):
		for _, terminator := range []string{"\a", "\x1b\\"} {
			if i := strings.Index(text, terminator); i >= 0 && (end < 0 || i+len(terminator) < end) {
				end = i + len(terminator)
			}
		}
		return max(end, 0)
	case strings.HasPrefix(text, "\x1b(") && len(text) > 2:
		return 3
	}
	return 0
}

// draw shows the line. It changes as little as it can when the user only
// types on, which keeps a slow serial line usable.
func (s *screen) draw(prompt string, text []rune, pos int) {
	columns, _ := s.size()
	l := arrange(prompt, text, pos, columns)
	if added, ok := l.addedTo(s.last); ok {
		io.WriteString(s.out, added)
	} else {
		io.WriteString(s.out, s.up()+l.String())
	}
	s.row, s.last = l.row, l
}

// addedTo returns what has to be written when l is old with something more at
// the end of its last row.
func (l layout) addedTo(old layout) (string, bool) {
	last := len(l.rows) - 1
	if len(old.rows) != len(l.rows) || old.width != l.width || !old.atEnd || !l.atEnd ||
		!slices.Equal(old.rows[:last], l.rows[:last]) {
		return "", false
	}
	return strings.CutPrefix(l.rows[last], old.rows[last])
}

// up brings the cursor to the start of the prompt and clears all below.
func (s *screen) up() string {
	switch {
	case s.last.rows == nil:
		return "" // what a program has left in this row stays
	case s.row > 0:
		return fmt.Sprintf("\r\x1b[%dA\x1b[J", s.row)
	}
	return "\r\x1b[J"
}

func (l layout) String() string {
	s := strings.Join(l.rows, newline)
	if l.atEnd {
		return s
	}
	if up := len(l.rows) - 1 - l.row; up > 0 {
		s += fmt.Sprintf("\x1b[%dA", up)
	}
	s += "\r"
	if l.col > 0 {
		s += fmt.Sprintf("\x1b[%dC", l.col)
	}
	return s
}

// leave brings the cursor below the line, and forgets the line.
func (s *screen) leave() {
	if down := len(s.last.rows) - 1 - s.row; down > 0 {
		fmt.Fprintf(s.out, "\x1b[%dB", down)
	}
	io.WriteString(s.out, newline)
	s.forget()
}

// clear empties the terminal.
func (s *screen) clear() {
	io.WriteString(s.out, "\x1b[H\x1b[2J")
	s.forget()
}

func (s *screen) forget() { s.row, s.last = 0, layout{} }
