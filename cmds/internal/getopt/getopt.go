// Package getopt reads a command line by the rules of POSIX utilities, for
// the commands that people know with merged letters: ls -la, head -5, tar -xf.
//
// A command declares its options, then parses:
//
//	set := getopt.New(usage)
//	set.Flag(&o.all, "a", "all")         // -a, --all
//	set.Int(&o.max, "m", "max-count")    // -m 3, -m3, --max-count=3, --max-count 3
//	set.Do(func() { o.order = byTime }, "t")
//	operands, err := set.Parse(args)
//
// A name of one letter is a short option, a longer one a long option.
//
//   - Short options merge: -lat is -l -a -t. The rest of the word after an
//     option with a value is the value, else the next word is.
//   - "--" ends the options. A lone "-" is an operand.
//   - Options may follow operands (ls /etc -l), as on every Linux; a command
//     that runs another one (env, xargs) stops at its first operand instead.
//   - --help is the manual, and so is -h unless the command has its own -h.
//
// Errors are a cli.Usage, so the program ends with status 2, and the hint
// shows the first line of the usage.
//
// # Why not package flag
//
// It takes -la for one option of that name. internal/cli keeps it for the
// programs that have no older habits to respect.
//
// Links: POSIX.1-2024, Base Definitions 12.2, Utility Syntax Guidelines;
// getopt(3).
//
// # Bugs
//
// Long options can't be abbreviated.
//
// Next in the tour: none
package getopt

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vole-linux/vole/internal/cli"
)

// A Set is the options that one command knows.
type Set struct {
	usage         string
	options       []option
	number        func(string) error
	stopAtOperand bool
}

type option struct {
	names []string
	takes takes
	set   func(value string) error
}

// takes says whether an option has a value.
type takes int

const (
	nothing takes = iota
	value
	attachedValue // only in the same word: -iSUFFIX, --color=WHEN
)

// New makes a Set. usage is the manual that --help prints; its first line is
// shown with each error.
func New(usage string) *Set { return &Set{usage: usage} }

// Flag declares an option without a value; *p becomes true.
func (s *Set) Flag(p *bool, names ...string) {
	s.Do(func() { *p = true }, names...)
}

// Do declares an option without a value that calls do.
func (s *Set) Do(do func(), names ...string) {
	s.add(nothing, func(string) error { do(); return nil }, names)
}

// Text declares an option with a value; the last one given stays in *p.
func (s *Set) Text(p *string, names ...string) {
	s.Value(func(text string) error { *p = text; return nil }, names...)
}

// Int declares an option whose value is a number, zero or above.
func (s *Set) Int(p *int, names ...string) {
	s.Value(func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return errors.New(strconv.Quote(text) + " is no number of zero or above")
		}
		*p = n
		return nil
	}, names...)
}

// Value declares an option with a value, which set takes or refuses.
func (s *Set) Value(set func(value string) error, names ...string) {
	s.add(value, set, names)
}

// Optional declares an option whose value may be left out, and is then "".
// The value must be attached: --color=always, -i.bak.
func (s *Set) Optional(set func(value string) error, names ...string) {
	s.add(attachedValue, set, names)
}

// Number declares the old form -5, merged as in -n5; set gets "5".
func (s *Set) Number(set func(digits string) error) { s.number = set }

// StopAtOperand makes everything after the first operand an operand.
func (s *Set) StopAtOperand() { s.stopAtOperand = true }

func (s *Set) add(t takes, set func(string) error, names []string) {
	s.options = append(s.options, option{names, t, set})
}

// Parse sets what args ask for and returns the operands. The error is a
// cli.Help or a cli.Usage with a hint.
func (s *Set) Parse(args []string) (operands []string, err error) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			return append(operands, args...), nil
		case len(word) < 2 || word[0] != '-':
			operands = append(operands, word)
			if s.stopAtOperand {
				return append(operands, args...), nil
			}
			continue
		case strings.HasPrefix(word, "--"):
			args, err = s.long(word[2:], args)
		default:
			args, err = s.short(word[1:], args)
		}
		if err != nil {
			return nil, err
		}
	}
	return operands, nil
}

// Usagef is the error of operands that the command can't take.
func (s *Set) Usagef(format string, a ...any) error {
	firstLine, _, _ := strings.Cut(s.usage, "\n")
	return cli.Hint(cli.Usagef(format, a...), firstLine)
}

func (s *Set) find(name string) (option, bool) {
	i := slices.IndexFunc(s.options, func(o option) bool { return slices.Contains(o.names, name) })
	if i < 0 {
		return option{}, false
	}
	return s.options[i], true
}

// long takes one option of the form NAME or NAME=VALUE, and its value from
// args if it is not attached.
func (s *Set) long(word string, args []string) (rest []string, err error) {
	name, text, attached := strings.Cut(word, "=")
	o, known := s.find(name)
	switch {
	case !known && name == "help":
		return nil, cli.Help(s.usage)
	case !known || len(name) == 1:
		return nil, s.Usagef("unknown option --%s", name)
	case o.takes == nothing && attached:
		return nil, s.Usagef("option --%s takes no value", name)
	case o.takes == value && !attached:
		if len(args) == 0 {
			return nil, s.Usagef("option --%s needs a value", name)
		}
		text, args = args[0], args[1:]
	}
	if err := o.set(text); err != nil {
		return nil, s.Usagef("option --%s: %v", name, err)
	}
	return args, nil
}

// short takes one word of merged letters.
func (s *Set) short(word string, args []string) (rest []string, err error) {
	for word != "" {
		_, size := utf8.DecodeRuneInString(word)
		name, text := word[:size], ""
		if digits := len(word) - len(strings.TrimLeft(word, "0123456789")); digits > 1 {
			name = word[:digits]
		}
		word = word[len(name):]
		o, known := s.find(name)
		if s.number != nil && strings.Trim(name, "0123456789") == "" {
			o, known = option{set: func(string) error { return s.number(name) }}, true
		}
		switch {
		case !known && name == "h":
			return nil, cli.Help(s.usage)
		case !known:
			return nil, s.Usagef("unknown option -%s", name)
		case o.takes == value && word == "" && len(args) == 0:
			return nil, s.Usagef("option -%s needs a value", name)
		case o.takes == value && word == "":
			text, args = args[0], args[1:]
		case o.takes != nothing:
			text, word = word, ""
		}
		if err := o.set(text); err != nil {
			return nil, s.Usagef("option -%s: %v", name, err)
		}
	}
	return args, nil
}
