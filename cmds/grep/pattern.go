package main

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/posixre"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

// patterns are what to look for.
type patterns struct {
	list                     []string
	given                    bool // by -e or -f, so no operand is one
	kind                     kind
	ignoreCase, words, lines bool
}

type kind int

const (
	basic kind = iota
	extended
	fixed
)

// addPattern adds a pattern; newlines part several.
func (p *patterns) addPattern(text string) error {
	p.list = append(p.list, strings.Split(text, "\n")...)
	p.given = true
	return nil
}

// addFile adds each line of a file. An empty file has none, and matches nothing.
func (p *patterns) addFile(name string, s *stdio.Streams) error {
	p.given = true
	in, err := s.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	for line, err := range stdio.Lines(in, '\n') {
		if err != nil {
			return stdio.Cannot("read", name, err)
		}
		p.list = append(p.list, string(bytes.TrimSuffix(line, []byte{'\n'})))
	}
	return nil
}

// The edges of a word for -w: its neighbours, if any, are no letter, digit or
// underscore.
const (
	notWord    = `[^\pL\pN_]`
	beforeWord = `(?:^|` + notWord + `)`
	afterWord  = `(?:$|` + notWord + `)`
)

// A matcher finds what the patterns ask for in a line.
type matcher struct {
	first *regexp.Regexp
	// next, with -w only, is for the part of a line that begins with the
	// character after a word, where ^ must not match. The first group of both
	// is then the word without its neighbours.
	next *regexp.Regexp
}

// compile makes one expression of all patterns.
func (p *patterns) compile() (matcher, error) {
	var branches []string
	for _, pattern := range p.list {
		branch, err := p.translate(pattern)
		if err != nil {
			return matcher{}, cli.Usagef("pattern %s: %v", stdio.Quote(pattern), err)
		}
		branches = append(branches, "(?:"+branch+")")
	}
	whole := "(?:" + strings.Join(branches, "|") + ")"
	flags := ""
	if p.ignoreCase {
		flags = "i"
	}
	switch {
	case len(branches) == 0:
		whole = `[^\x00-\x{10FFFF}]` // no character at all
	case p.lines:
		whole = "^" + whole + "$"
	case p.words:
		whole = "(" + whole + ")" + afterWord
		first, err := compile(beforeWord+whole, flags)
		if err != nil {
			return matcher{}, err
		}
		next, err := compile(notWord+whole, flags)
		return matcher{first, next}, err
	}
	first, err := compile(whole, flags)
	return matcher{first: first}, err
}

func compile(expression, flags string) (*regexp.Regexp, error) {
	re, err := posixre.CompileTranslated(expression, flags)
	if err != nil {
		return nil, cli.Usagef("pattern: %v", err)
	}
	return re, nil
}

func (p *patterns) translate(pattern string) (string, error) {
	switch p.kind {
	case fixed:
		return regexp.QuoteMeta(pattern), nil
	case extended:
		return posixre.Translate(pattern, posixre.Extended)
	}
	return posixre.Translate(pattern, posixre.Basic)
}

func (m matcher) matches(line []byte) bool { return m.first.Match(line) }

// spans returns where the pieces of line that match begin and end.
func (m matcher) spans(line []byte) [][]int {
	if m.next == nil {
		return m.first.FindAllIndex(line, -1)
	}
	var spans [][]int
	re := m.first
	for at := 0; at <= len(line); re = m.next {
		found := re.FindSubmatchIndex(line[at:])
		if found == nil {
			break
		}
		begin, end := at+found[2], at+found[3]
		spans = append(spans, []int{begin, end})
		// What parts two words ends the one and begins the other.
		at = max(end, at+1)
	}
	return spans
}
