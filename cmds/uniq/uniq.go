// Uniq prints lines that follow each other and are equal only once, or counts
// them.
//
// Usage:
//
//	uniq [-cdDuiz] [-f N] [-s N] [-w N] [INPUT [OUTPUT]]
//
//	-c  with how often each is there
//	-d  only those that are repeated;  -D  and all of their repetitions
//	-u  only those that are not
//	-i  small letters are equal to capitals
//	-f N  the first N fields (blanks, then what is no blank) don't count
//	-s N  nor the first N characters after that
//	-w N  and only N characters count
//	-z  lines end with a NUL, not a newline
//
// Equal lines that don't follow each other stay: sort first. Without INPUT, or
// for "-", it reads standard input; without OUTPUT it prints.
//
// Examples:
//
//	sort names | uniq -c | sort -nr    how often each is there
//	sort a b | uniq -d                 what is in both
//	uniq -f 2 log                      without looking at date and time
//
// # Exit status
//
// 0 done, 1 failed, 2 usage.
//
// Links: POSIX.1-2024 uniq.
//
// # Bugs
//
// Characters are bytes, and -i knows the letters of ASCII only.
//
// Next in the tour: none
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: uniq [-cdDuiz] [-f N] [-s N] [-w N] [INPUT [OUTPUT]]

  sort FILE | uniq -c    how often each line is there
  sort FILE | uniq -d    lines that are repeated; -D with their repetitions
  sort FILE | uniq -u    lines that are not

  -i ignore case  -f N skip fields  -s N skip characters  -w N compare so many
  -z lines end with NUL`

// options are what the command line asks for.
type options struct {
	count, repeated, all, single, foldCase bool
	fields, chars, width                   int
	end                                    byte // of a line
}

func main() {
	cli.Exit("uniq", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o := options{width: -1, end: '\n'}
	set := getopt.New(usage)
	set.Flag(&o.count, "c", "count")
	set.Flag(&o.repeated, "d", "repeated")
	set.Do(func() { o.repeated, o.all = true, true }, "D")
	set.Flag(&o.single, "u", "unique")
	set.Flag(&o.foldCase, "i", "ignore-case")
	set.Int(&o.fields, "f", "skip-fields")
	set.Int(&o.chars, "s", "skip-chars")
	set.Int(&o.width, "w", "check-chars")
	set.Do(func() { o.end = 0 }, "z", "zero-terminated")
	names, err := set.Parse(args)
	switch {
	case err != nil:
		return err
	case len(names) > 2:
		return set.Usagef("there is one input and one output, so %s is too much", stdio.Quote(names[2]))
	case o.all && o.count:
		return set.Usagef("-c makes no sense with -D")
	}
	s := stdio.New("uniq", stdin, stdout, stderr)
	if len(names) == 2 && names[1] != "-" {
		out, err := create(names[1], names[0])
		if err != nil {
			return err
		}
		defer out.Close()
		s = stdio.New("uniq", stdin, out, stderr)
	}
	s.Each(names[:min(1, len(names))], func(_ string, in io.Reader) error { return o.copy(s.Out, in) })
	return s.End()
}

// create opens the output, which must not be the input: that would be empty
// before it is read.
func create(name, input string) (*os.File, error) {
	old, oldErr := os.Stat(name)
	in, inErr := os.Stat(input)
	if oldErr == nil && inErr == nil && os.SameFile(old, in) {
		return nil, fmt.Errorf("cannot write %s: it is the input", stdio.Quote(name))
	}
	out, err := os.Create(name)
	if err != nil {
		return nil, stdio.Cannot("open", name, err)
	}
	return out, nil
}

// copy prints what is wanted of each group of equal lines.
func (o *options) copy(out io.Writer, in io.Reader) error {
	var first []byte // of the group
	size := 0        // of the group so far
	for line, err := range stdio.Lines(in, o.end) {
		if err != nil {
			return err
		}
		line = bytes.TrimSuffix(line, []byte{o.end})
		if size > 0 && o.equal(first, line) {
			size++
			if o.all && !o.single {
				if size == 2 {
					o.print(out, first, 0)
				}
				o.print(out, line, 0)
			}
			continue
		}
		o.finish(out, first, size)
		first, size = append(first[:0], line...), 1
	}
	o.finish(out, first, size)
	return nil
}

// finish prints the first line of a group, if it is one that is wanted.
func (o *options) finish(out io.Writer, first []byte, size int) {
	if size == 0 || o.all || o.repeated && size == 1 || o.single && size > 1 {
		return
	}
	o.print(out, first, size)
}

func (o *options) print(out io.Writer, line []byte, size int) {
	if o.count {
		fmt.Fprintf(out, "%7d ", size)
	}
	out.Write(line)
	out.Write([]byte{o.end})
}

// equal compares the parts of two lines that count.
func (o *options) equal(a, b []byte) bool {
	a, b = o.part(a), o.part(b)
	if !o.foldCase {
		return bytes.Equal(a, b)
	}
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if capital(a[i]) != capital(b[i]) {
			return false
		}
	}
	return true
}

func capital(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

func (o *options) part(line []byte) []byte {
	isBlank := func(r rune) bool { return r == ' ' || r == '\t' }
	for n := o.fields; n > 0 && len(line) > 0; n-- {
		line = bytes.TrimLeftFunc(line, isBlank)
		line = line[len(line)-len(bytes.TrimLeftFunc(line, func(r rune) bool { return !isBlank(r) })):]
	}
	line = line[min(o.chars, len(line)):]
	if o.width >= 0 {
		line = line[:min(o.width, len(line))]
	}
	return line
}
