// Package posixre compiles the regular expressions of POSIX, which grep, sed
// and find speak, with package regexp, which has a syntax of its own.
//
// POSIX knows two: basic (BRE: \( \) \{ \} are operators, + ? | are not) and
// extended (ERE). Both are translated to Go's syntax. Supported beside POSIX,
// because everyone writes them: \+ \? \| in a BRE, \w \W \s \S \b \B \< \> and
// \` \' in both, \n and \t.
//
// A match is the leftmost and then the longest, as POSIX says. The time it
// takes is linear in the input, whatever the expression: there is no "regular
// expression denial of service".
//
// Links: POSIX.1-2024, Base Definitions, chapter 9; regex(7); regexp/syntax.
//
// # Bugs
//
//   - No back-references (\1): matching them takes exponential time.
//   - \< and \> are both \b, any edge of a word. \w, \b and the classes like
//     [[:alpha:]] know the letters of ASCII only.
//   - A repetition count is at most 1000.
//
// Next in the tour: none
package posixre

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// A Syntax is one of the two of POSIX.
type Syntax int

const (
	Basic Syntax = iota
	Extended
)

// Compile makes a Regexp of pattern. flags are those of package regexp: "i"
// ignores case, "m" lets ^ and $ match at each line.
func Compile(pattern string, syntax Syntax, flags string) (*regexp.Regexp, error) {
	translated, err := Translate(pattern, syntax)
	if err != nil {
		return nil, err
	}
	return CompileTranslated(translated, flags)
}

// CompileTranslated is Compile for what Translate returned, or an expression
// built of that.
func CompileTranslated(expression, flags string) (*regexp.Regexp, error) {
	re, err := regexp.Compile("(?s" + flags + ")" + expression)
	if err != nil {
		var bad *syntax.Error
		if errors.As(err, &bad) {
			return nil, errors.New(bad.Code.String())
		}
		return nil, err
	}
	re.Longest()
	return re, nil
}

// Translate returns pattern in the syntax of package regexp. Groups keep their
// numbers.
func Translate(pattern string, syntax Syntax) (string, error) {
	t := translator{lexer: lexer{rest: pattern, extended: syntax == Extended}, atom: -1}
	for {
		tok, err := t.next()
		if err != nil {
			return "", err
		}
		if tok.kind == end {
			break
		}
		if err := t.emit(tok); err != nil {
			return "", err
		}
	}
	if len(t.groups) > 0 {
		return "", errors.New("an opening parenthesis is never closed")
	}
	return t.out.String(), nil
}

type translator struct {
	lexer
	out      strings.Builder
	atom     int   // where in out the last atom begins; -1 if there is none to repeat
	repeated bool  // that atom has a repetition already
	groups   []int // where in out the open groups begin
}

func (t *translator) emit(tok token) error {
	begin := t.out.Len()
	switch tok.kind {
	case open:
		t.groups = append(t.groups, begin)
		t.put("(", -1)
	case shut:
		if len(t.groups) == 0 {
			return errors.New("a closing parenthesis has no opening one")
		}
		last := len(t.groups) - 1
		begin, t.groups = t.groups[last], t.groups[:last]
		t.put(")", begin)
	case bar:
		t.put("|", -1)
	case anchor:
		t.put(tok.text, -1)
	case atom:
		t.put(tok.text, begin)
	case repeat:
		return t.repeat(tok.text)
	}
	t.atStart = tok.kind == open || tok.kind == bar
	return nil
}

func (t *translator) put(text string, atom int) {
	t.out.WriteString(text)
	t.atom, t.repeated = atom, false
}

// repeat puts a repetition after the last atom. A second one, as in a**, is
// allowed by POSIX but needs a group around the first in Go.
func (t *translator) repeat(text string) error {
	if t.atom < 0 {
		return fmt.Errorf("%s has nothing before it to repeat", text)
	}
	if t.repeated {
		whole := t.out.String()
		t.out.Reset()
		t.out.WriteString(whole[:t.atom] + "(?:" + whole[t.atom:] + ")")
	}
	t.out.WriteString(text)
	t.repeated, t.atStart = true, false
	return nil
}
