// Cut prints chosen parts of each line.
//
// Usage:
//
//	cut -f LIST [-d CHARACTER] [-s] [FILE...]   fields
//	cut -c LIST [FILE...]                       characters
//	cut -b LIST [FILE...]                       bytes
//
//	-d C  fields are parted by C, not by a tab
//	-s    leave out lines without C (else they are printed whole)
//	--complement          everything but LIST
//	--output-delimiter T  put T between the parts
//
// LIST is numbers and ranges from 1, parted by commas: 3, 1,4, 2-5, 3- (to the
// end), -2 (from the begin). Parts are printed in the order of the line.
//
// Without FILE, or for the file "-", it reads standard input.
//
// Examples:
//
//	cut -d: -f1,7 /etc/passwd     names and shells
//	ls -l | cut -c1-10            permissions
//
// # Exit status
//
// 0 done, 1 a file could not be read, 2 usage.
//
// Links: POSIX.1-2024 cut.
//
// # Bugs
//
// Fields parted by any number of blanks need awk or "tr -s ' '" first.
//
// Next in the tour: none
package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: cut -f LIST [-d CHARACTER] [-s] [FILE...] | cut -c LIST [FILE...] | cut -b LIST [FILE...]

  cut -d: -f1,7 /etc/passwd   the first and seventh field
  cut -c1-10                  the first ten characters

  LIST: 3 | 1,4 | 2-5 | 3- | -2
  -s leave out lines without the delimiter   --complement the others
  --output-delimiter TEXT between the parts`

// options are what the command line asks for.
type options struct {
	unit       byte // 'b', 'c' or 'f'
	list       ranges
	delimiter  []byte
	separator  []byte // of the output; nil: that of the input
	onlyParted bool
}

func main() {
	cli.Exit("cut", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, files, err := parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("cut", stdin, stdout, stderr)
	s.Each(files, func(_ string, in io.Reader) error {
		for line, err := range stdio.Lines(in, '\n') {
			if err != nil {
				return err
			}
			line = bytes.TrimSuffix(line, []byte{'\n'})
			if o.unit == 'f' && o.onlyParted && !bytes.Contains(line, o.delimiter) {
				continue
			}
			o.cut(s.Out, line)
			s.Out.WriteByte('\n')
		}
		return nil
	})
	return s.End()
}

func parse(args []string) (options, []string, error) {
	o := options{delimiter: []byte{'\t'}}
	delimited, complement := false, false
	set := getopt.New(usage)
	for _, unit := range []string{"b", "c", "f"} {
		set.Value(func(list string) (err error) {
			if o.unit != 0 {
				return errors.New("only one list can be given")
			}
			o.unit = unit[0]
			o.list, err = parseRanges(list)
			return err
		}, unit, map[string]string{"b": "bytes", "c": "characters", "f": "fields"}[unit])
	}
	set.Value(func(text string) error {
		if utf8.RuneCountInString(text) != 1 {
			return errors.New("the delimiter is a single character")
		}
		o.delimiter, delimited = []byte(text), true
		return nil
	}, "d", "delimiter")
	set.Value(func(text string) error { o.separator = []byte(text); return nil }, "output-delimiter")
	set.Flag(&o.onlyParted, "s", "only-delimited")
	set.Flag(&complement, "complement")
	unused := false
	set.Flag(&unused, "n") // POSIX: with -b, don't split characters
	files, err := set.Parse(args)
	switch {
	case err != nil:
		return o, nil, err
	case o.unit == 0:
		return o, nil, set.Usagef("a list is missing: -f, -c or -b")
	case o.unit != 'f' && (delimited || o.onlyParted):
		return o, nil, set.Usagef("-d and -s are for fields")
	}
	if complement {
		o.list = o.list.complement()
	}
	return o, files, nil
}

// cut writes the parts of line that are in the list.
func (o *options) cut(w io.Writer, line []byte) {
	if o.unit == 'f' && !bytes.Contains(line, o.delimiter) {
		w.Write(line)
		return
	}
	between := o.separator
	if between == nil && o.unit == 'f' {
		between = o.delimiter
	}
	printed, last := false, 0
	for number := 1; line != nil; number++ {
		var part []byte
		part, line = o.part(line)
		if !o.list.contains(number) {
			continue
		}
		// bytes and characters of one range belong together
		if printed && (o.unit == 'f' || last != number-1 || o.list.begins(number)) {
			w.Write(between)
		}
		w.Write(part)
		printed, last = true, number
	}
}

// part takes the first part from line. The rest is nil after the last.
func (o *options) part(line []byte) (part, rest []byte) {
	size := min(1, len(line))
	switch o.unit {
	case 'f':
		part, rest, found := bytes.Cut(line, o.delimiter)
		if !found {
			return part, nil
		}
		return part, rest
	case 'c':
		_, size = utf8.DecodeRune(line)
	}
	if size == len(line) {
		return line, nil
	}
	return line[:size], line[size:]
}
