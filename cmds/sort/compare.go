package main

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"
)

// compareKeys compares two lines by the keys, the first that differs.
func (r *rules) compareKeys(a, b line) int {
	for i := range r.keys {
		k := &r.keys[i]
		x, y := a.key, b.key
		if i > 0 {
			x, y = r.part(a.text, k), r.part(b.text, k)
		}
		if order := k.compare(x, y); order != 0 {
			return order
		}
	}
	return 0
}

func (o *order) compare(a, b []byte) int {
	result := 0
	switch o.kind {
	case 'n':
		x, _ := scanNumber(a)
		y, _ := scanNumber(b)
		result = x.compare(y)
	case 'h':
		result = compareSizes(a, b)
	case 'g':
		result = compareFloats(a, b)
	case 'M':
		result = cmp.Compare(month(a), month(b))
	default:
		result = o.compareText(a, b)
	}
	if o.reverse {
		return -result
	}
	return result
}

func (o *order) compareText(a, b []byte) int {
	if o.fold || o.dictionary || o.printable {
		a, b = o.filter(a), o.filter(b)
	}
	if o.kind == 'V' {
		return compareVersions(a, b)
	}
	return bytes.Compare(a, b)
}

// filter is the bytes of text that count, as capitals if letters are folded.
// A tab is not printable, but counts in a dictionary.
func (o *order) filter(text []byte) []byte {
	kept := make([]byte, 0, len(text))
	for _, c := range text {
		counts := true
		switch {
		case o.dictionary:
			counts = isBlank(c) || isDigit(c) || isLetter(c)
		case o.printable:
			counts = ' ' <= c && c <= '~'
		}
		if !counts {
			continue
		}
		if o.fold && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		kept = append(kept, c)
	}
	return kept
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

// A number has as many digits as the input has: converting would lose some.
type number struct {
	negative        bool
	whole, fraction []byte // without zeros at the outer ends
}

// scanNumber reads the number that text begins with, 0 if there is none.
func scanNumber(text []byte) (n number, rest []byte) {
	text = text[skipBlanks(text, 0):]
	text, n.negative = bytes.CutPrefix(text, []byte{'-'})
	n.whole, text = digits(text)
	if after, point := bytes.CutPrefix(text, []byte{'.'}); point {
		n.fraction, text = digits(after)
	}
	n.whole = bytes.TrimLeft(n.whole, "0")
	n.fraction = bytes.TrimRight(n.fraction, "0")
	n.negative = n.negative && !n.isZero()
	return n, text
}

func digits(text []byte) (digits, rest []byte) {
	i := 0
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

func (n number) isZero() bool { return len(n.whole)+len(n.fraction) == 0 }

func (n number) compare(m number) int {
	switch {
	case n.negative && !m.negative:
		return -1
	case !n.negative && m.negative:
		return 1
	}
	order := cmp.Or(cmp.Compare(len(n.whole), len(m.whole)), bytes.Compare(n.whole, m.whole), bytes.Compare(n.fraction, m.fraction))
	if n.negative {
		return -order
	}
	return order
}

// compareSizes compares the units, then the numbers, as du -h writes them: it
// never writes 2000K.
func compareSizes(a, b []byte) int {
	x, restX := scanNumber(a)
	y, restY := scanNumber(b)
	return cmp.Or(cmp.Compare(x.unit(restX), y.unit(restY)), x.compare(y))
}

// unit is the power of the unit that follows n, below 0 if n is.
func (n number) unit(rest []byte) int {
	if n.isZero() || len(rest) == 0 {
		return 0
	}
	letter := rest[0]
	if letter == 'k' {
		letter = 'K'
	}
	power := strings.IndexByte("KMGTPEZYRQ", letter) + 1
	if n.negative {
		return -power
	}
	return power
}

// compareFloats puts what is no number first, then NaN.
func compareFloats(a, b []byte) int {
	x, isX := scanFloat(a)
	y, isY := scanFloat(b)
	switch {
	case !isX || !isY:
		return cmp.Compare(boolToInt(isX), boolToInt(isY))
	case x != x && y == y:
		return -1
	}
	return cmp.Compare(x, y)
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// scanFloat reads the number that text begins with.
func scanFloat(text []byte) (float64, bool) {
	text = text[skipBlanks(text, 0):]
	end := 0
	for end < len(text) && (isDigit(text[end]) || isLetter(text[end]) || strings.IndexByte("+-.", text[end]) >= 0) {
		end++
	}
	const longest = 400 // digits that matter, and more
	for end = min(end, longest); end > 0; end-- {
		word := string(text[:end])
		if lower := strings.ToLower(word); strings.Contains(lower, "0x") && !strings.Contains(lower, "p") {
			word += "p0" // Go wants an exponent
		}
		f, err := strconv.ParseFloat(word, 64)
		if err == nil || err.(*strconv.NumError).Err == strconv.ErrRange {
			return f, true
		}
	}
	return 0, false
}

// month is the number of the month that text begins with, 0 if there is none.
func month(text []byte) int {
	text = text[skipBlanks(text, 0):]
	const names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
	const size = 3
	if len(text) < size {
		return 0
	}
	for i := 0; i < len(names); i += size {
		if bytes.EqualFold(text[:size], []byte(names[i:i+size])) {
			return i/size + 1
		}
	}
	return 0
}
