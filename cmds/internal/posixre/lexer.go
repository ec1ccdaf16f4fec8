package posixre

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A token is one piece of an expression, the same for both syntaxes. text is
// already in Go's syntax.
type token struct {
	kind kind
	text string
}

type kind int

const (
	end    kind = iota
	atom        // matches one character, or an edge of a word
	anchor      // ^ or $
	open        // a group
	shut
	bar
	repeat // * + ? {m,n}
)

// A lexer hides how the two syntaxes differ: in a BRE the backslash makes an
// operator of a character, in an ERE it takes the operator's meaning away.
type lexer struct {
	rest     string
	extended bool
	started  bool
	atStart  bool // after an opening group or a bar, where a BRE has ^ and plain *
}

func (l *lexer) next() (token, error) {
	if l.rest == "" {
		return token{kind: end}, nil
	}
	first := !l.started || l.atStart
	l.started = true
	r, size := utf8.DecodeRuneInString(l.rest)
	c := l.rest[:size]
	l.rest = l.rest[size:]
	switch {
	case r == '\\':
		return l.escaped()
	case c == "[":
		text, err := l.bracket()
		return token{atom, text}, err
	case c == ".":
		return token{atom, "."}, nil
	case c == "^" && (l.extended || first):
		if !l.extended {
			l.skipStars()
		}
		return token{anchor, "^"}, nil
	case c == "$" && (l.extended || l.atEnd()):
		return token{anchor, "$"}, nil
	case c == "*" && (l.extended || !first):
		return token{repeat, "*"}, nil
	case l.extended && strings.Contains("(){|+?", c):
		return l.operator(c)
	}
	return token{atom, regexp.QuoteMeta(c)}, nil
}

// skipStars makes the star of a BRE's ^* a plain one, by escaping it.
func (l *lexer) skipStars() {
	if strings.HasPrefix(l.rest, "*") {
		l.rest = `\` + l.rest
	}
}

// atEnd says whether the $ just read is at the end of a branch of a BRE.
func (l *lexer) atEnd() bool {
	return l.rest == "" || strings.HasPrefix(l.rest, `\)`) || strings.HasPrefix(l.rest, `\|`)
}

func (l *lexer) operator(c string) (token, error) {
	switch c {
	case "(":
		return token{open, c}, nil
	case ")":
		return token{shut, c}, nil
	case "|":
		return token{bar, c}, nil
	case "{":
		return l.interval()
	}
	return token{repeat, c}, nil
}

func (l *lexer) escaped() (token, error) {
	if l.rest == "" {
		return token{}, errors.New("a backslash is the last character")
	}
	_, size := utf8.DecodeRuneInString(l.rest)
	c := l.rest[:size]
	l.rest = l.rest[size:]
	switch c {
	case "w", "W", "s", "S", "b", "B":
		return token{atom, `\` + c}, nil
	case "<", ">":
		return token{atom, `\b`}, nil
	case "`":
		return token{atom, `\A`}, nil
	case "'":
		return token{atom, `\z`}, nil
	case "n":
		return token{atom, `\n`}, nil
	case "t":
		return token{atom, `\t`}, nil
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return token{}, fmt.Errorf(`back-references such as \%s are not supported`, c)
	case "(", ")", "{", "|", "+", "?":
		if !l.extended {
			return l.operator(c)
		}
	}
	return token{atom, regexp.QuoteMeta(c)}, nil
}

// interval reads the rest of {m}, {m,}, {,n} or {m,n}. In an ERE a brace that
// begins none is plain.
func (l *lexer) interval() (token, error) {
	closing := "}"
	if !l.extended {
		closing = `\}`
	}
	body, rest, closed := strings.Cut(l.rest, closing)
	low, high, ranged := strings.Cut(body, ",")
	if !closed || strings.Trim(low+high, "0123456789") != "" || low+high == "" && !ranged {
		if l.extended {
			return token{atom, `\{`}, nil
		}
		return token{}, errors.New(`\{ begins no interval such as \{1,3\}`)
	}
	l.rest = rest
	if low == "" {
		low = "0"
	}
	const most = 1000 // what package regexp allows
	m, err := strconv.Atoi(low)
	n := m
	if high != "" && err == nil {
		n, err = strconv.Atoi(high)
	}
	switch {
	case err != nil || m > most || n > most:
		return token{}, fmt.Errorf("interval {%s}: more than %d repetitions", body, most)
	case m > n:
		return token{}, fmt.Errorf("interval {%s}: the first number is above the second", body)
	case ranged:
		return token{repeat, "{" + strconv.Itoa(m) + "," + high + "}"}, nil
	}
	return token{repeat, "{" + strconv.Itoa(m) + "}"}, nil
}
