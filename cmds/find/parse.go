package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

// A test is a part of the expression, or all of it.
type test func(w *walker, f *file) bool

// A parser reads an expression by recursive descent, a method for each kind of
// operator, the loosest first.
type parser struct {
	machine
	walker *walker // gets the options
	rest   []string

	acts                  bool // an action: nothing else is printed
	deletes, prunes, post bool // -delete, -prune, -depth
}

// errMissing is a value that the command line ends before.
var errMissing = errors.New("a value is missing")

// parse reads the whole expression.
func (p *parser) parse() (test, error) {
	if len(p.rest) == 0 {
		return printPath("\n"), nil
	}
	expression, err := p.list()
	if err == nil && len(p.rest) > 0 {
		err = cli.Usagef("%s is where an operator should be", stdio.Quote(p.rest[0]))
	}
	switch {
	case errors.As(err, new(cli.Help)):
		return nil, err
	case err != nil:
		return nil, cli.Hint(err, "find PATH -name '*.go' -type f -print; help find lists all tests")
	case p.deletes && p.prunes && !p.post:
		return nil, cli.Usagef("-prune has no effect, since -delete begins inside of folders")
	case p.acts:
		return expression, nil
	}
	show := printPath("\n")
	return func(w *walker, f *file) bool { return expression(w, f) && !f.gone && show(w, f) }, nil
}

// list is E , E.
func (p *parser) list() (test, error) {
	left, err := p.or()
	for err == nil && p.take(",") {
		var right test
		before := left
		if right, err = p.or(); err == nil {
			left = func(w *walker, f *file) bool { before(w, f); return !w.stopped && right(w, f) }
		}
	}
	return left, err
}

// or is E -o E.
func (p *parser) or() (test, error) {
	left, err := p.and()
	for err == nil && (p.take("-o") || p.take("-or")) {
		var right test
		before := left
		if right, err = p.and(); err == nil {
			left = func(w *walker, f *file) bool { return before(w, f) || !w.stopped && right(w, f) }
		}
	}
	return left, err
}

// and is E -a E, or E E.
func (p *parser) and() (test, error) {
	left, err := p.not()
	for err == nil && len(p.rest) > 0 {
		switch p.rest[0] {
		case ")", ",", "-o", "-or":
			return left, nil
		case "-a", "-and":
			p.rest = p.rest[1:]
		}
		var right test
		before := left
		if right, err = p.not(); err == nil {
			left = func(w *walker, f *file) bool { return before(w, f) && !w.stopped && right(w, f) }
		}
	}
	return left, err
}

// not is ! E.
func (p *parser) not() (test, error) {
	if !p.take("!") && !p.take("-not") {
		return p.primary()
	}
	inner, err := p.not()
	return func(w *walker, f *file) bool { return !inner(w, f) }, err
}

// primary is ( E ), a test or an action.
func (p *parser) primary() (test, error) {
	if len(p.rest) == 0 {
		return nil, cli.Usagef("the expression ends where a test should be")
	}
	word := p.rest[0]
	p.rest = p.rest[1:]
	switch word {
	case "(":
		inner, err := p.list()
		if err == nil && !p.take(")") {
			err = cli.Usagef("a ( is not closed")
		}
		return inner, err
	case ")", ",", "-a", "-and", "-o", "-or":
		return nil, cli.Usagef("%s is where a test should be", word)
	case "-help", "--help":
		return nil, cli.Help(usage)
	}
	if !strings.HasPrefix(word, "-") {
		return nil, cli.Usagef("%s is where a test should be: paths come first, and * needs quotes", stdio.Quote(word))
	}
	for _, group := range []func(string) (test, error){p.globalOption, p.nameTest, p.statusTest, p.ownerTest, p.timeTest, p.action} {
		t, err := group(word)
		if err != nil {
			return nil, cli.Usagef("%s: %v", word, err)
		}
		if t != nil {
			return t, nil
		}
	}
	return nil, cli.Usagef("there is no test %s", stdio.Quote(word))
}

func (p *parser) take(word string) bool {
	if len(p.rest) == 0 || p.rest[0] != word {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// value takes the value of a test.
func (p *parser) value() (string, error) {
	if len(p.rest) == 0 {
		return "", errMissing
	}
	value := p.rest[0]
	p.rest = p.rest[1:]
	return value, nil
}

// globalOption takes what holds for the whole walk, and is true for each file.
func (p *parser) globalOption(word string) (test, error) {
	w := p.walker
	var err error
	switch word {
	case "-maxdepth":
		w.maxDepth, err = p.depth()
	case "-mindepth":
		w.minDepth, err = p.depth()
	case "-depth", "-d":
		w.contentsFirst, p.post = true, true
	case "-xdev", "-mount":
		w.oneFileSystem = true
	case "-follow", "-noleaf", "-warn", "-nowarn", "-ignore_readdir_race":
	default:
		return nil, nil
	}
	return always(true), err
}

func (p *parser) depth() (int, error) {
	text, err := p.value()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no number of zero or above", text)
	}
	return n, nil
}

// A comparison is N, +N or -N.
type comparison struct {
	sign byte // 0, '+' or '-'
	n    int64
}

func parseComparison(text string) (c comparison, err error) {
	digits := text
	if text != "" && (text[0] == '+' || text[0] == '-') {
		c.sign, digits = text[0], text[1:]
	}
	c.n, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || c.n < 0 || digits[0] == '+' || digits[0] == '-' {
		return c, fmt.Errorf("%q is no number such as 3, +3 or -3", text)
	}
	return c, nil
}

// comparison takes a value of that form.
func (p *parser) comparison() (comparison, error) {
	text, err := p.value()
	if err != nil {
		return comparison{}, err
	}
	return parseComparison(text)
}

func (c comparison) holds(n int64) bool {
	switch c.sign {
	case '+':
		return n > c.n
	case '-':
		return n < c.n
	}
	return n == c.n
}
