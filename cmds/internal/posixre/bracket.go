package posixre

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Classes are the names that [[:NAME:]] may have.
func classes() []string {
	return []string{"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"}
}

var errUnclosed = errors.New("[ is never closed by ]")

// bracket reads the rest of a bracket expression. In it a backslash is plain,
// and so is a ] that comes first.
func (l *lexer) bracket() (string, error) {
	var out strings.Builder
	out.WriteString("[")
	if strings.HasPrefix(l.rest, "^") {
		l.rest = l.rest[1:]
		out.WriteString("^")
	}
	for first := true; ; first = false {
		if l.rest == "" {
			return "", errUnclosed
		}
		if l.rest[0] == ']' && !first {
			l.rest = l.rest[1:]
			out.WriteString("]")
			return out.String(), nil
		}
		item, err := l.bracketItem()
		if err != nil {
			return "", err
		}
		out.WriteString(item)
	}
}

// bracketItem reads a class, a range or a character.
func (l *lexer) bracketItem() (string, error) {
	if body, ok := strings.CutPrefix(l.rest, "[:"); ok {
		name, rest, closed := strings.Cut(body, ":]")
		if !closed {
			return "", errUnclosed
		}
		if !slices.Contains(classes(), name) {
			return "", fmt.Errorf("[:%s:] is no class of characters", name)
		}
		l.rest = rest
		return "[:" + name + ":]", nil
	}
	low, err := l.bracketChar()
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(l.rest, "-") || strings.HasPrefix(l.rest, "-]") {
		return classQuote(low), nil
	}
	l.rest = l.rest[1:]
	if l.rest == "" {
		return "", errUnclosed
	}
	high, err := l.bracketChar()
	switch {
	case err != nil:
		return "", err
	case high < low:
		return "", fmt.Errorf("the range %c-%c is upside down", low, high)
	}
	return classQuote(low) + "-" + classQuote(high), nil
}

// bracketChar reads one character, also in its long forms [.x.] and [=x=].
func (l *lexer) bracketChar() (rune, error) {
	for _, mark := range []string{".", "="} {
		body, ok := strings.CutPrefix(l.rest, "["+mark)
		if !ok {
			continue
		}
		name, rest, closed := strings.Cut(body, mark+"]")
		r, size := utf8.DecodeRuneInString(name)
		if !closed || size == 0 || size != len(name) {
			return 0, fmt.Errorf("[%s%s%s] is no single character", mark, name, mark)
		}
		l.rest = rest
		return r, nil
	}
	r, size := utf8.DecodeRuneInString(l.rest)
	if r == utf8.RuneError && size == 1 {
		return 0, errors.New("the expression is not UTF-8")
	}
	l.rest = l.rest[size:]
	return r, nil
}

// classQuote is r as a member of a class in Go's syntax.
func classQuote(r rune) string {
	if strings.ContainsRune(`\]^-[`, r) {
		return `\` + string(r)
	}
	return string(r)
}
