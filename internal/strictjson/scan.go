package strictjson

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A scanner walks over the tokens of a JSON text (RFC 8259, sections 2 to 7).
// Its methods end the whole decoding with fail, which panics with an *Error
// that Decode recovers: a checker without an error branch after every token
// is the one that can be read.
type scanner struct {
	file string
	data []byte
	pos  int // offset of the next unread byte
}

func (s *scanner) fail(at int, hint, format string, args ...any) {
	line, col := position(s.data, at)
	panic(&Error{File: s.file, Line: line, Col: col, Problem: fmt.Sprintf(format, args...), Hint: hint})
}

// show names the byte at an offset for a message.
func (s *scanner) show(at int) string {
	if at >= len(s.data) {
		return "end of file"
	}
	r, _ := utf8.DecodeRune(s.data[at:])
	return fmt.Sprintf("%q", r)
}

func (s *scanner) space() {
	for s.pos < len(s.data) && strings.IndexByte(" \t\r\n", s.data[s.pos]) >= 0 {
		s.pos++
	}
}

// peek returns the first byte of the next token, 0 at the end of the text.
func (s *scanner) peek() byte {
	s.space()
	if s.pos == len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

// take eats c if it comes next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// expect eats c, which must come next.
func (s *scanner) expect(c byte, where string) {
	if !s.take(c) {
		s.fail(s.pos, "", "expected %q %s, found %s", c, where, s.show(s.pos))
	}
}

// text eats a string token and returns its value.
func (s *scanner) text(what string) string {
	start := s.pos
	if s.peek() != '"' {
		s.fail(s.pos, "", "expected %s, found %s", what, s.show(s.pos))
	}
	start = s.pos
	for s.pos++; ; s.pos++ {
		switch {
		case s.pos >= len(s.data) || s.data[s.pos] == '\n':
			s.fail(start, "", "string is not closed")
		case s.data[s.pos] == '\\':
			s.pos++
		case s.data[s.pos] == '"':
			s.pos++
			return s.unquote(start)
		}
	}
}

func (s *scanner) unquote(start int) string {
	token := s.data[start:s.pos]
	var value string
	if !utf8.Valid(token) {
		s.fail(start, "", "string is not valid UTF-8")
	}
	if err := json.Unmarshal(token, &value); err != nil {
		s.fail(start, "", "bad string: %v", err)
	}
	return value
}

// word eats a run of letters, digits and number signs, such as true or -1.5e3.
func (s *scanner) word() string {
	s.space()
	start := s.pos
	for s.pos < len(s.data) && isWord(s.data[s.pos]) {
		s.pos++
	}
	return string(s.data[start:s.pos])
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("+-._", c) >= 0
}
