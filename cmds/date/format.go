package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A directive is one % of a format.
type directive struct {
	pad    byte // '-', '_', '0', or 0: as the letter has it
	upper  bool
	swap   bool // as # asks: mostly capitals
	width  int
	colons int
	letter byte
}

// maxWidth keeps a slip of the finger from filling the memory.
const maxWidth = 1000

// expand replaces the directives of format, as strftime does, by those of t.
func expand(format string, t time.Time) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(format, "%")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		d, after, err := parseDirective(rest)
		if err != nil {
			return "", err
		}
		text, ok := d.expand(t)
		if !ok {
			return "", fmt.Errorf("%%%c is not known", d.letter)
		}
		out.WriteString(text)
		format = after
	}
}

func parseDirective(text string) (d directive, rest string, err error) {
	i := 0
flags:
	for ; i < len(text); i++ {
		switch text[i] {
		case '-', '_', '0':
			d.pad = text[i]
		case '^':
			d.upper = true
		case '#':
			d.swap = true
		default:
			break flags
		}
	}
	for ; i < len(text) && '0' <= text[i] && text[i] <= '9'; i++ {
		if d.width = d.width*10 + int(text[i]-'0'); d.width > maxWidth {
			return d, "", fmt.Errorf("a width is at most %d", maxWidth)
		}
	}
	for ; i < len(text) && text[i] == ':'; i++ {
		d.colons++
	}
	if d.colons == 0 && i < len(text) && (text[i] == 'E' || text[i] == 'O') {
		i++ // another calendar or other digits: there are none
	}
	if i == len(text) {
		return d, "", fmt.Errorf("a letter is missing after the last %%")
	}
	d.letter = text[i]
	return d, text[i+1:], nil
}

func (d directive) expand(t time.Time) (text string, ok bool) {
	if d.colons > 0 && d.letter != 'z' || d.colons > 3 {
		return "", false
	}
	switch d.letter {
	case 'N':
		return d.nanoseconds(t), true
	case 'z':
		_, offset := t.Zone()
		return zoneOffset(offset, d.colons), true
	}
	if value, digits, pad, ok := number(d.letter, t); ok {
		return d.padNumber(value, digits, pad), true
	}
	if composite, ok := composites(d.letter); ok {
		text, _ = expand(composite, t)
	} else if text, ok = name(d.letter, t); !ok {
		return "", false
	}
	switch {
	case d.swap && (d.letter == 'p' || d.letter == 'Z'):
		text = strings.ToLower(text)
	case d.upper || d.swap && strings.IndexByte("aAbBh", d.letter) >= 0:
		text = strings.ToUpper(text)
	}
	if missing := d.width - len(text); missing > 0 && d.pad != '-' {
		fill := " "
		if d.pad == '0' {
			fill = "0"
		}
		text = strings.Repeat(fill, missing) + text
	}
	return text, true
}

// padNumber writes value with at least this many digits.
func (d directive) padNumber(value int64, digits int, pad byte) string {
	text := strconv.FormatInt(value, 10)
	if d.pad != 0 {
		pad = d.pad
	}
	if pad == '-' {
		return text
	}
	missing := max(digits, d.width) - len(text)
	switch {
	case missing <= 0:
		return text
	case pad == '_':
		return strings.Repeat(" ", missing) + text
	case value < 0:
		return "-" + strings.Repeat("0", missing) + text[1:]
	}
	return strings.Repeat("0", missing) + text
}

// nanoseconds is a fraction: its width is that of a column after the point.
func (d directive) nanoseconds(t time.Time) string {
	text := fmt.Sprintf("%09d", t.Nanosecond())
	if d.width > 0 {
		text = text[:min(d.width, len(text))]
	}
	missing := max(0, d.width-len(text))
	if d.pad == '_' {
		short := strings.TrimRight(text, "0")
		return short + strings.Repeat(" ", len(text)-len(short)+missing)
	}
	return text + strings.Repeat("0", missing)
}

// zoneOffset writes the seconds east of Greenwich: +0100, +01:00, +01:00:00,
// or with three colons as short as can be.
func zoneOffset(seconds, colons int) string {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	hours, minutes, seconds := seconds/3600, seconds/60%60, seconds%60
	switch {
	case colons == 0:
		return fmt.Sprintf("%c%02d%02d", sign, hours, minutes)
	case colons == 2 || colons == 3 && seconds != 0:
		return fmt.Sprintf("%c%02d:%02d:%02d", sign, hours, minutes, seconds)
	case colons == 1 || minutes != 0:
		return fmt.Sprintf("%c%02d:%02d", sign, hours, minutes)
	}
	return fmt.Sprintf("%c%02d", sign, hours)
}

// composites are the letters that stand for a format.
func composites(letter byte) (string, bool) {
	switch letter {
	case 'c':
		return "%a %b %e %H:%M:%S %Y", true
	case 'D', 'x':
		return "%m/%d/%y", true
	case 'F':
		return "%Y-%m-%d", true
	case 'r':
		return "%I:%M:%S %p", true
	case 'R':
		return "%H:%M", true
	case 'T', 'X':
		return "%H:%M:%S", true
	}
	return "", false
}

// name is the letters that stand for words and signs.
func name(letter byte, t time.Time) (string, bool) {
	const short = 3
	switch letter {
	case 'a':
		return t.Weekday().String()[:short], true
	case 'A':
		return t.Weekday().String(), true
	case 'b', 'h':
		return t.Month().String()[:short], true
	case 'B':
		return t.Month().String(), true
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return t.Format("pm"), true
	case 'Z':
		zone, _ := t.Zone()
		return zone, true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case '%':
		return "%", true
	}
	return "", false
}

// number is the letters that stand for numbers, with how they are padded.
func number(letter byte, t time.Time) (value int64, digits int, pad byte, ok bool) {
	n := func(value, digits int) (int64, int, byte, bool) { return int64(value), digits, '0', true }
	blank := func(value int) (int64, int, byte, bool) { return int64(value), 2, '_', true }
	year, week := t.ISOWeek()
	weekday, day := int(t.Weekday()), t.YearDay()
	switch letter {
	case 'C':
		return n(t.Year()/100, 2)
	case 'd':
		return n(t.Day(), 2)
	case 'e':
		return blank(t.Day())
	case 'g':
		return n(year%100, 2)
	case 'G':
		return n(year, 4)
	case 'H':
		return n(t.Hour(), 2)
	case 'I':
		return n((t.Hour()+11)%12+1, 2)
	case 'j':
		return n(day, 3)
	case 'k':
		return blank(t.Hour())
	case 'l':
		return blank((t.Hour()+11)%12 + 1)
	case 'm':
		return n(int(t.Month()), 2)
	case 'M':
		return n(t.Minute(), 2)
	case 'q':
		return n((int(t.Month())+2)/3, 1)
	case 's':
		return t.Unix(), 1, '0', true
	case 'S':
		return n(t.Second(), 2)
	case 'u':
		return n((weekday+6)%7+1, 1)
	case 'U':
		return n((day+6-weekday)/7, 2)
	case 'V':
		return n(week, 2)
	case 'w':
		return n(weekday, 1)
	case 'W':
		return n((day+6-(weekday+6)%7)/7, 2)
	case 'y':
		return n(t.Year()%100, 2)
	case 'Y':
		return n(t.Year(), 4)
	}
	return 0, 0, 0, false
}
