package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// expand returns the bytes that a set stands for, in order. length is that of
// the first set, for [x*] in the second; -1 while the first is read.
func expand(text string, length int) ([]byte, error) {
	e := expander{rest: text}
	fill, filler := -1, byte(0) // where [x*] stands
	for e.rest != "" {
		if b, count, ok, err := e.repetition(); err != nil {
			return nil, err
		} else if ok {
			switch {
			case length < 0:
				return nil, errors.New("[x*] belongs in the second set")
			case count > 0:
				e.out = append(e.out, strings.Repeat(string([]byte{b}), count)...)
			case fill >= 0:
				return nil, errors.New("only one [x*] can fill up")
			default:
				fill, filler = len(e.out), b
			}
			continue
		}
		if err := e.next(); err != nil {
			return nil, err
		}
	}
	if fill >= 0 {
		missing := strings.Repeat(string([]byte{filler}), max(0, length-len(e.out)))
		e.out = append(e.out[:fill:fill], append([]byte(missing), e.out[fill:]...)...)
	}
	return e.out, nil
}

type expander struct {
	rest string
	out  []byte
}

// next expands a class, a range or a byte.
func (e *expander) next() error {
	if body, ok := strings.CutPrefix(e.rest, "[:"); ok {
		if name, rest, closed := strings.Cut(body, ":]"); closed {
			e.rest = rest
			return e.class(name)
		}
	}
	if strings.HasPrefix(e.rest, "[=") && len(e.rest) >= 5 && e.rest[3:5] == "=]" {
		e.out = append(e.out, e.rest[2])
		e.rest = e.rest[5:]
		return nil
	}
	low, err := e.char()
	if err != nil {
		return err
	}
	if len(e.rest) < 2 || e.rest[0] != '-' {
		e.out = append(e.out, low)
		return nil
	}
	e.rest = e.rest[1:]
	high, err := e.char()
	if err != nil {
		return err
	}
	if high < low {
		return fmt.Errorf("the range %q-%q is upside down", low, high)
	}
	for b := int(low); b <= int(high); b++ {
		e.out = append(e.out, byte(b))
	}
	return nil
}

// char reads one byte, which may be written as an escape.
func (e *expander) char() (byte, error) {
	c := e.rest[0]
	e.rest = e.rest[1:]
	if c != '\\' {
		return c, nil
	}
	if e.rest == "" {
		return 0, errors.New("a backslash is the last character")
	}
	digits := 0
	for digits < min(3, len(e.rest)) && e.rest[digits] >= '0' && e.rest[digits] <= '7' {
		digits++
	}
	if digits > 0 {
		n, err := strconv.ParseUint(e.rest[:digits], 8, 8)
		if err != nil {
			return 0, fmt.Errorf(`\%s is no byte`, e.rest[:digits])
		}
		e.rest = e.rest[digits:]
		return byte(n), nil
	}
	c = e.rest[0]
	e.rest = e.rest[1:]
	if i := strings.IndexByte("abfnrtv", c); i >= 0 {
		return "\a\b\f\n\r\t\v"[i], nil
	}
	return c, nil
}

// repetition reads [x*5] or [x*]; count is 0 for the second. A count with a
// leading 0 is octal (POSIX).
func (e *expander) repetition() (b byte, count int, ok bool, err error) {
	if !strings.HasPrefix(e.rest, "[") || len(e.rest) < 4 {
		return 0, 0, false, nil
	}
	inside := expander{rest: e.rest[1:]}
	b, err = inside.char()
	digits, rest, closed := strings.Cut(strings.TrimPrefix(inside.rest, "*"), "]")
	if err != nil || !strings.HasPrefix(inside.rest, "*") || !closed || strings.Trim(digits, "0123456789") != "" {
		return 0, 0, false, nil
	}
	base := 10
	if strings.HasPrefix(digits, "0") {
		base = 8
	}
	if digits != "" {
		n, err := strconv.ParseUint(digits, base, 16)
		if err != nil {
			return 0, 0, false, fmt.Errorf("the count %s is not a number below 65536", digits)
		}
		count = int(n)
	}
	e.rest = rest
	return b, count, true, nil
}

// class adds the bytes of a class of POSIX, in order.
func (e *expander) class(name string) error {
	in, ok := map[string]func(b byte) bool{
		"alnum":  func(b byte) bool { return isLower(b) || isUpper(b) || isDigit(b) },
		"alpha":  func(b byte) bool { return isLower(b) || isUpper(b) },
		"blank":  func(b byte) bool { return b == ' ' || b == '\t' },
		"cntrl":  func(b byte) bool { return b < ' ' || b == 0x7f },
		"digit":  isDigit,
		"graph":  func(b byte) bool { return b > ' ' && b < 0x7f },
		"lower":  isLower,
		"print":  func(b byte) bool { return b >= ' ' && b < 0x7f },
		"punct":  func(b byte) bool { return b > ' ' && b < 0x7f && !isLower(b) && !isUpper(b) && !isDigit(b) },
		"space":  func(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' },
		"upper":  isUpper,
		"xdigit": func(b byte) bool { return isDigit(b) || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' },
	}[name]
	if !ok {
		return fmt.Errorf("[:%s:] is no class of characters", name)
	}
	for b := range 256 {
		if in(byte(b)) {
			e.out = append(e.out, byte(b))
		}
	}
	return nil
}

func isLower(b byte) bool { return b >= 'a' && b <= 'z' }
func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool { return b >= '0' && b <= '9' }
