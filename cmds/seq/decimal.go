package main

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A decimal is a whole number of any size; who uses it knows where its point
// is.
type decimal struct {
	negative bool
	digits   []byte // '0' to '9', the first one is no zero; none for zero
}

// An operand is a number as it stands on the command line.
type operand struct {
	negative bool
	digits   string // without a point
	places   int    // digits after the point
	width    int    // of what is before the point, with the sign
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// parseOperand reads 5, -0.25, .5 or 1e3.
func parseOperand(text string) (operand, error) {
	bad := fmt.Errorf("%q is no number such as 5, -0.25 or 1e3", text)
	var n operand
	rest := strings.TrimPrefix(text, "+")
	if len(rest) == len(text) {
		rest, n.negative = strings.CutPrefix(text, "-")
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(rest), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	n.digits, n.places = whole+fraction, len(fraction)
	if n.digits == "" || strings.Trim(n.digits, "0123456789") != "" {
		return n, bad
	}
	n.width = max(1, len(whole))
	if hasExponent {
		const largest = 10000
		e, err := strconv.Atoi(exponent)
		if err != nil || e > largest || e < -largest {
			return n, bad
		}
		n.places -= e
		if n.places < 0 {
			n.digits += strings.Repeat("0", -n.places)
			n.places = 0
		}
		n.width = max(1, len(strings.TrimLeft(n.digits, "0"))-n.places)
	}
	if n.negative {
		n.width++
	}
	return n, nil
}

// scaled is n as a whole number of units of 10 to the power -scale.
func (n operand) scaled(scale int) decimal {
	digits := strings.TrimLeft(n.digits+strings.Repeat("0", scale-n.places), "0")
	return decimal{n.negative && digits != "", []byte(digits)}
}

// text writes d with scale digits after the point.
func (d decimal) text(scale int) string {
	text := string(d.digits)
	if missing := scale + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if scale > 0 {
		point := len(text) - scale
		text = text[:point] + "." + text[point:]
	}
	if d.negative {
		text = "-" + text
	}
	return text
}

func (d decimal) compare(e decimal) int {
	switch {
	case d.negative && !e.negative:
		return -1
	case !d.negative && e.negative:
		return 1
	case d.negative:
		return compareDigits(e.digits, d.digits)
	}
	return compareDigits(d.digits, e.digits)
}

func compareDigits(a, b []byte) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), bytes.Compare(a, b))
}

func (d decimal) add(e decimal) decimal {
	if d.negative == e.negative {
		return decimal{d.negative, sum(d.digits, e.digits)}
	}
	switch compareDigits(d.digits, e.digits) {
	case 1:
		return decimal{d.negative, difference(d.digits, e.digits)}
	case -1:
		return decimal{e.negative, difference(e.digits, d.digits)}
	}
	return decimal{}
}

// sum adds as one does on paper.
func sum(a, b []byte) []byte {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := make([]byte, len(a)+1)
	carry := byte(0)
	for i := range a {
		column := a[len(a)-1-i] - '0' + carry
		if i < len(b) {
			column += b[len(b)-1-i] - '0'
		}
		carry = column / 10
		out[len(out)-1-i] = '0' + column%10
	}
	out[0] = '0' + carry
	return bytes.TrimLeft(out, "0")
}

// difference is a-b, of which a is larger.
func difference(a, b []byte) []byte {
	out := make([]byte, len(a))
	borrowed := byte(0)
	for i := range a {
		column := 10 + a[len(a)-1-i] - '0' - borrowed
		if i < len(b) {
			column -= b[len(b)-1-i] - '0'
		}
		borrowed = 1 - column/10
		out[len(out)-1-i] = '0' + column%10
	}
	return bytes.TrimLeft(out, "0")
}
