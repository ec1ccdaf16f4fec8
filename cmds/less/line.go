package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A cell is what one character of a line looks like.
type cell struct {
	text  string
	width int // columns
	at    int // where in the line the character begins
}

const tabWidth = 8

// cells turns a line into what can be shown safely: control characters as ^X,
// other odd bytes as <XX>. With raw, sequences that only colour are kept; they
// take no column.
func cells(line string, raw bool) []cell {
	var out []cell
	column := 0
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRuneInString(line[at:])
		c := cell{text: line[at : at+size], width: 1, at: at}
		switch {
		case raw && r == 0x1b && colorLength(line[at:]) > 0:
			size = colorLength(line[at:])
			c.text, c.width = line[at:at+size], 0
		case r == '\t':
			c.width = tabWidth - column%tabWidth
			c.text = strings.Repeat(" ", c.width)
		case r < ' ' || r == 0x7f:
			c.text, c.width = "^"+string(r^0x40), 2
		case r == utf8.RuneError && size == 1:
			c.text, c.width = fmt.Sprintf("<%02X>", line[at]), 4
		case unicode.In(r, unicode.Mn, unicode.Me): // sits on the one before
			c.width = 0
		case !unicode.IsPrint(r):
			c.text = fmt.Sprintf("<U+%04X>", r)
			c.width = len(c.text)
		}
		out = append(out, c)
		column += c.width
		at += size
	}
	return out
}

// colorLength is the length of the SGR sequence (ESC [ numbers m) that s
// begins with, or 0.
func colorLength(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	end := 2
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == ';' || s[end] == ':') {
		end++
	}
	if end == len(s) || s[end] != 'm' {
		return 0
	}
	return end + 1
}

// wrap parts cells into rows of at most width columns. There is always one row.
func wrap(line []cell, width int) [][]cell {
	rows := [][]cell{}
	begin, used := 0, 0
	for i, c := range line {
		if used+c.width > width && i > begin {
			rows = append(rows, line[begin:i])
			begin, used = i, 0
		}
		used += c.width
	}
	return append(rows, line[begin:])
}

// chop returns the one row of width columns that begins at column shift.
func chop(line []cell, shift, width int) [][]cell {
	var row []cell
	column := 0
	for _, c := range line {
		if c.width == 0 || column >= shift && column+c.width <= shift+width {
			row = append(row, c)
		}
		column += c.width
	}
	return [][]cell{row}
}

// paint writes a row, with what matches in reverse video.
func paint(out *strings.Builder, row []cell, line string, match *regexp.Regexp) {
	var spans [][]int
	if match != nil {
		spans = match.FindAllStringIndex(line, -1)
	}
	reversed := false
	for _, c := range row {
		for len(spans) > 0 && spans[0][1] <= c.at {
			spans = spans[1:]
		}
		if inside := len(spans) > 0 && spans[0][0] <= c.at; inside != reversed {
			reversed = inside
			out.WriteString(map[bool]string{true: "\x1b[7m", false: "\x1b[27m"}[inside])
		}
		out.WriteString(c.text)
	}
	if reversed {
		out.WriteString("\x1b[27m")
	}
}
