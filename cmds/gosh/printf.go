package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/vole-linux/vole/internal/cli"
)

// printfUsage is why printf is ours: that of the interpreter has neither
// precision nor %f, %q, %* and -v.
const printfUsage = cli.Usage("usage: printf [-v NAME] FORMAT [ARG...]")

// printf is printf [-v NAME] FORMAT [ARG...].
func printf(ctx context.Context, hc interp.HandlerContext, args []string) error {
	name := ""
	if len(args) > 1 && args[0] == "-v" {
		name, args = args[1], args[2:]
		if !syntax.ValidName(name) {
			return cli.Usagef("%s is not a name", name)
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return printfUsage
	}
	f := formatter{args: args[1:]}
	f.all(args[0])
	if name != "" {
		if err := eval(ctx, hc, name+"="+quoted(f.text.String())); err != nil {
			return err
		}
	} else if _, err := io.WriteString(hc.Stdout, f.text.String()); err != nil {
		return fmt.Errorf("cannot write: %w", err)
	}
	return f.problem
}

// A formatter does the work of one printf.
type formatter struct {
	args    []string
	text    strings.Builder
	stopped bool  // by \c in an argument
	problem error // what was wrong first; the rest is written in spite of it
}

// all applies format until no argument is left.
func (f *formatter) all(format string) {
	for {
		before := len(f.args)
		for rest := format; rest != "" && !f.stopped; {
			literal, spec, found := strings.Cut(rest, "%")
			f.text.WriteString(unescaped(literal))
			if rest = ""; found {
				rest = f.one(spec)
			}
		}
		if f.stopped || len(f.args) == 0 || len(f.args) == before {
			return
		}
	}
}

// one writes the argument that spec, what follows a %, asks for. It returns
// what follows the spec.
func (f *formatter) one(spec string) (rest string) {
	end := len(spec) - len(strings.TrimLeft(spec, "-+ #0"))
	flags := spec[:end]
	width, rest := f.number(spec[end:])
	precision := ""
	if after, ok := strings.CutPrefix(rest, "."); ok {
		precision, rest = f.number(after)
		precision = "." + precision
		if strings.HasPrefix(precision, ".-") {
			precision = "" // POSIX: as if it were missing
		}
	}
	rest = strings.TrimLeft(rest, "hlLjzt")
	if rest == "" {
		f.complain(errors.New("the format ends in the middle of a %"))
		return ""
	}
	letter, size := utf8.DecodeRuneInString(rest)
	f.convert(flags, width+precision, letter)
	return rest[size:]
}

// number reads the digits of a width or precision, or takes an argument for *.
func (f *formatter) number(spec string) (digits, rest string) {
	if after, ok := strings.CutPrefix(spec, "*"); ok {
		return strconv.FormatInt(f.integer(), 10), after
	}
	end := len(spec) - len(strings.TrimLeft(spec, "0123456789"))
	return spec[:end], spec[end:]
}

// convert writes one argument. The verbs of package fmt are those of C, but
// for the details here.
func (f *formatter) convert(flags, size string, letter rune) {
	text, number := "%"+strings.ReplaceAll(flags, "0", "")+size+"s", "%"+flags+size
	switch letter {
	case '%':
		f.text.WriteByte('%')
	case 's':
		fmt.Fprintf(&f.text, text, f.next())
	case 'b':
		var arg string
		arg, _, f.stopped = strings.Cut(f.next(), `\c`)
		fmt.Fprintf(&f.text, text, unescaped(arg))
	case 'q':
		fmt.Fprintf(&f.text, text, quoted(f.next()))
	case 'c':
		arg := f.next()
		_, first := utf8.DecodeRuneInString(arg)
		fmt.Fprintf(&f.text, text, arg[:first])
	case 'd', 'i':
		fmt.Fprintf(&f.text, number+"d", f.integer())
	case 'u':
		fmt.Fprintf(&f.text, number+"d", uint64(f.integer()))
	case 'o', 'x', 'X':
		fmt.Fprintf(&f.text, number+string(letter), uint64(f.integer()))
	case 'g', 'G':
		if !strings.Contains(size, ".") {
			number += ".6" // fmt would write all digits that the number has
		}
		fmt.Fprintf(&f.text, number+string(letter), f.float())
	case 'e', 'E', 'f', 'F':
		fmt.Fprintf(&f.text, number+string(letter), f.float())
	default:
		f.complain(fmt.Errorf("unknown format %%%c", letter))
		f.stopped = true
	}
}

// next takes an argument; one that is missing is empty.
func (f *formatter) next() string {
	if len(f.args) == 0 {
		return ""
	}
	arg := f.args[0]
	f.args = f.args[1:]
	return arg
}

// integer takes a number: decimal, 0 and octal, 0x and hexadecimal, or a quote
// and a character.
func (f *formatter) integer() int64 {
	arg := strings.TrimLeft(f.next(), " \t")
	if code, ok := characterCode(arg); ok {
		return code
	}
	if n, err := strconv.ParseInt(arg, 0, 64); err == nil {
		return n
	}
	n, err := strconv.ParseUint(arg, 0, 64)
	if err != nil && arg != "" {
		f.complain(fmt.Errorf("%s is not a number", arg))
		return 0
	}
	return int64(n)
}

func (f *formatter) float() float64 {
	arg := strings.TrimLeft(f.next(), " \t")
	if code, ok := characterCode(arg); ok {
		return float64(code)
	}
	n, err := strconv.ParseFloat(arg, 64)
	if err != nil && arg != "" {
		f.complain(fmt.Errorf("%s is not a number", arg))
	}
	return n
}

func characterCode(arg string) (code int64, ok bool) {
	if len(arg) < 2 || arg[0] != '\'' && arg[0] != '"' {
		return 0, false
	}
	r, _ := utf8.DecodeRuneInString(arg[1:])
	return int64(r), true
}

func (f *formatter) complain(problem error) {
	if f.problem == nil {
		f.problem = problem
	}
}

// unescaped is text with what \n and its kin stand for.
func unescaped(text string) string {
	plain, _, err := expand.Format(&expand.Config{}, text, nil)
	if err != nil {
		return text
	}
	return plain
}
