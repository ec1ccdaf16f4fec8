// Seq prints numbers, from one to another.
//
// Usage:
//
//	seq [-w] [-s TEXT] [-f FORMAT] [FIRST [STEP]] LAST
//
//	-w  zeros in front make all as wide as the widest
//	-s  TEXT stands between the numbers, not a newline
//	-f  FORMAT is one %f, %e or %g of printf(3), as in %05.1f, and what is around it
//
// FIRST and STEP are 1 if they are not given. The numbers may have fractions and
// as many digits as one likes: they are added digit by digit, so 0.1 is exactly
// that, and a million is 1000000. A negative STEP counts down.
//
// Examples:
//
//	seq 5
//	seq 10 -2 0
//	seq -w 8 12                  08 09 10 11 12
//	seq -s, 0 .25 1              0.00,0.25,0.50,0.75,1.00
//	for i in $(seq 3); do echo $i; done
//
// # Exit status
//
// 0 done, 1 the output was lost, 2 usage.
//
// Links: printf(3).
//
// # Bugs
//
// With -f numbers have the precision of 64 bits. Hexadecimal numbers and
// infinity are not read.
//
// Next in the tour: none
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: seq [-w] [-s TEXT] [-f FORMAT] [FIRST [STEP]] LAST

  seq 5              1 2 3 4 5
  seq 10 -2 0        10 8 6 4 2 0
  seq -w 8 11        08 09 10 11
  seq -s, 0 .5 1     0.0,0.5,1.0
  seq -f %03g 3      001 002 003`

// A sequence is what the command line asks for.
type sequence struct {
	first, step, last decimal // of the same scale
	scale             int     // places after the point of all of them
	places            int     // and of what is printed
	width             int     // zeros make it so wide
	separator, format string
}

func main() {
	cli.Exit("seq", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	q, err := parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("seq", stdin, stdout, stderr)
	n, printed := q.first, false
	for !s.OutputFailed() && !q.isBeyond(n) {
		if printed {
			s.Out.WriteString(q.separator)
		}
		s.Out.WriteString(q.text(n))
		n, printed = n.add(q.step), true
	}
	if printed {
		s.Out.WriteByte('\n')
	}
	return s.End()
}

func parse(args []string) (*sequence, error) {
	q := &sequence{separator: "\n"}
	equalWidth := false
	set := getopt.New(usage)
	set.StopAtOperand() // what follows may be negative
	set.Flag(&equalWidth, "w", "equal-width")
	set.Text(&q.separator, "s", "separator")
	set.Value(func(format string) (err error) { q.format, err = goFormat(format); return err }, "f", "format")
	operands, err := set.Parse(protectNegative(args))
	switch {
	case err != nil:
		return nil, err
	case len(operands) == 0:
		return nil, set.Usagef("the last number is missing")
	case len(operands) > 3:
		return nil, set.Usagef("three numbers are enough, so %s is too much", stdio.Quote(operands[3]))
	case equalWidth && q.format != "":
		return nil, set.Usagef("-f says how wide the numbers are, so -w makes no sense")
	}
	var numbers []operand
	for _, text := range operands {
		n, err := parseOperand(text)
		if err != nil {
			return nil, set.Usagef("%v", err)
		}
		numbers = append(numbers, n)
	}
	one := operand{digits: "1", width: 1}
	switch len(numbers) {
	case 1:
		numbers = []operand{one, one, numbers[0]}
	case 2:
		numbers = []operand{numbers[0], one, numbers[1]}
	}
	q.places = max(numbers[0].places, numbers[1].places)
	q.scale = max(q.places, numbers[2].places)
	q.first, q.step, q.last = numbers[0].scaled(q.scale), numbers[1].scaled(q.scale), numbers[2].scaled(q.scale)
	if len(q.step.digits) == 0 {
		return nil, set.Usagef("a step of 0 leads nowhere")
	}
	if equalWidth {
		q.width = max(numbers[0].width, numbers[2].width)
		if q.places > 0 {
			q.width += 1 + q.places
		}
	}
	return q, nil
}

// protectNegative puts a -- before a first number such as -5, which is no
// option. Behind a number there are none.
func protectNegative(args []string) []string {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case len(arg) < 2 || arg[0] != '-' || arg == "--":
			return args
		case isDigit(arg[1]) || arg[1] == '.':
			return slices.Insert(slices.Clone(args), i, "--")
		case arg == "--format" || arg == "--separator" || arg[1] != '-' && strings.IndexAny(arg, "fs") == len(arg)-1:
			i++ // its value
		}
	}
	return args
}

// isBeyond says whether n is after the last number.
func (q *sequence) isBeyond(n decimal) bool {
	if q.step.negative {
		return n.compare(q.last) < 0
	}
	return n.compare(q.last) > 0
}

func (q *sequence) text(n decimal) string {
	text := n.text(q.scale)
	if q.scale > q.places { // only LAST has them, so here they are zeros
		text = strings.TrimSuffix(text[:len(text)-(q.scale-q.places)], ".")
	}
	if q.format != "" {
		value, _ := strconv.ParseFloat(text, 64) // too large is infinite
		return fmt.Sprintf(q.format, value)
	}
	if missing := q.width - len(text); missing > 0 {
		zeros := strings.Repeat("0", missing)
		if n.negative {
			return "-" + zeros + text[1:]
		}
		return zeros + text
	}
	return text
}

// goFormat checks a format of printf(3) and returns the same for package fmt,
// which has another precision if there is none.
func goFormat(format string) (string, error) {
	var out strings.Builder
	found := false
	for rest := format; ; {
		before, after, more := strings.Cut(rest, "%")
		out.WriteString(before)
		if !more {
			break
		}
		if strings.HasPrefix(after, "%") {
			out.WriteString("%%")
			rest = after[1:]
			continue
		}
		size := lengthOfFlags(after)
		const longest = 6 // nobody wants a billion blanks
		if found || size >= len(after) || size > longest || strings.IndexByte("efgEFG", after[size]) < 0 {
			return "", errors.New("a format has one of %f, %e and %g, and flags and a width such as %05.1f")
		}
		found = true
		out.WriteString("%" + after[:size])
		if !strings.Contains(after[:size], ".") {
			out.WriteString(".6")
		}
		out.WriteByte(after[size])
		rest = after[size+1:]
	}
	if !found {
		return "", errors.New("a %f, %e or %g is missing in it")
	}
	return out.String(), nil
}

// lengthOfFlags is how much of text are flags, a width and a precision.
func lengthOfFlags(text string) int {
	rest := strings.TrimLeft(text, "-+ #0")
	rest = strings.TrimLeft(rest, "0123456789")
	if after, point := strings.CutPrefix(rest, "."); point {
		rest = strings.TrimLeft(after, "0123456789")
	}
	return len(text) - len(rest)
}
