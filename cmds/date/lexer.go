package main

import (
	"strconv"
	"strings"
)

// A token is a number, a word or a sign of a time such as "2026-01-05 3pm".
type token struct {
	kind  byte   // 'n', 'w', or the sign itself
	text  string // in small letters
	glued bool   // no blank is before it
}

// tokens splits text, which is all that a lexer has to do here.
func tokens(text string) []token {
	var all []token
	glued := false
	text = strings.ToLower(text)
	for text != "" {
		size, kind := 1, text[0]
		switch {
		case isDigit(kind):
			size, kind = len(text)-len(strings.TrimLeftFunc(text, func(r rune) bool { return '0' <= r && r <= '9' })), 'n'
		case isLetter(kind):
			size, kind = len(text)-len(strings.TrimLeftFunc(text, func(r rune) bool { return 'a' <= r && r <= 'z' })), 'w'
			if rest := text[size:]; size == 1 && strings.HasPrefix(rest, ".m.") { // a.m.
				all = append(all, token{'w', text[:1] + "m", glued})
				text, glued = rest[len(".m."):], true
				continue
			}
		case strings.IndexByte(" \t\n", kind) >= 0:
			text, glued = text[1:], false
			continue
		}
		all = append(all, token{kind, text[:size], glued})
		text, glued = text[size:], true
	}
	return all
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// number is the value of a token of digits; the largest if it is too large, so
// that every check of a range refuses it.
func (t token) number() int {
	const large = 1 << 40
	n, err := strconv.Atoi(t.text)
	if err != nil || n > large {
		return large
	}
	return n
}

// match says whether the next tokens are of these kinds.
func (p *parser) match(kinds string) bool {
	if len(p.rest) < len(kinds) {
		return false
	}
	for i := range kinds {
		if p.rest[i].kind != kinds[i] {
			return false
		}
	}
	return true
}

// take takes the next count tokens.
func (p *parser) take(count int) []token {
	taken := p.rest[:count]
	p.rest = p.rest[count:]
	return taken
}

// word takes the next token if it is this word.
func (p *parser) word(word string) bool {
	if !p.match("w") || p.rest[0].text != word {
		return false
	}
	p.take(1)
	return true
}

// prefixed is the index of the one of names that text is or begins, with at
// least three letters; -1 if it is none.
func prefixed(names []string, text string) int {
	const short = 3
	for i, name := range names {
		if len(text) >= short && strings.HasPrefix(name, text) {
			return i
		}
	}
	return -1
}
