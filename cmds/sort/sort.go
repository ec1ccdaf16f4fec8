// Sort prints the lines of its input in order.
//
// Usage:
//
//	sort [-bdfgiMnhrVsuz] [-k KEY]... [-t CHARACTER] [-o FILE] [FILE...]
//	sort -c | -C [OPTIONS] [FILE]     only check that the lines are in order
//	sort -m [OPTIONS] FILE...         merge files that are in order
//
// What is compared:
//
//	-k KEY  a part of the line; a second -k decides among lines that are equal
//	        by the first
//	-t C    fields are parted by C. Without -t a field is the blanks before it
//	        and all up to the next blank
//	-b      skip the blanks that a key begins with
//	-d      only blanks, letters and digits count
//	-i      only printable characters count
//	-f      small letters count as capitals
//
// As what:
//
//	-n  numbers, such as -3 and 0.50          -h  sizes, such as 900, 4.0K and 2G
//	-g  numbers with an exponent, such as 1e3 -M  months, JAN to DEC
//	-V  versions, so that a9 is before a10
//	-r  the other way round
//
// What is printed:
//
//	-u  of lines that compare equal only the first
//	-s  lines that compare equal stay as they are; without -s their bytes decide
//	-o  to FILE, which may be one that is read
//	-z  lines end with a NUL, not a newline (find -print0)
//	-c  nothing: an exit status of 1 and a message mean "not in order"; -C no message
//
// KEY is FROM[,TO], each a field, counted from 1, or FIELD.CHARACTER, and then
// any of the letters bdfgiMnhrV, which hold for this key only (instead of those
// given as options). Without TO the key is the rest of the line: -k2 is rarely
// what one wants, -k2,2 is.
//
// Without FILE, or for the file "-", it reads standard input.
//
// Examples:
//
//	sort -t: -k3,3n /etc/passwd           by user number
//	du -h /var | sort -h                  the largest last
//	sort names | uniq -c | sort -nr       how often each is there
//	sort -k2,2 -k1,1nr table              by the second column, then by the first, largest first
//	sort -u -o list list                  in place
//
// # Exit status
//
// 0 done, 1 not in order (-c, -C), 2 something failed; there is no output then.
//
// Links: POSIX.1-2024 sort.
//
// # Bugs
//
// The whole input is kept in memory, with -m too; -S and -T are taken and do
// nothing. The order is that of bytes (locale C), and characters in a KEY are
// bytes. -R (see shuf elsewhere) and the form +1 -2 are missing. -g has the
// precision of 64 bits.
//
// Next in the tour: none
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: sort [-bdfgiMnhrVsuz] [-k KEY] [-t CHARACTER] [-o FILE] [FILE...]

  sort -n FILE            by numbers; -h sizes, -g exponents, -M months, -V versions
  sort -k2,2 FILE         by the second field
  sort -t: -k3,3nr FILE   fields parted by colons, the largest number first

  -r reverse  -u without repetitions  -s stable  -f ignore case  -b -d -i ignore more
  -c check, -C silently  -m merge  -o to a file  -z lines end with NUL`

// options are what the command line asks for.
type options struct {
	rules
	check, quiet   bool
	unique, stable bool
	end            byte   // of a line
	output         string // a file, or "" for standard output
}

// A line is one line of the input, without its end.
type line struct {
	text, key []byte // key is the part that the first key compares
	number    int
}

// Exit statuses.
const (
	notInOrder = 1
	failed     = 2 // POSIX: above 1
)

type failure struct{ error }

func (failure) ExitStatus() int { return failed }

func main() {
	cli.Exit("sort", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, files, err := parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("sort", stdin, stdout, stderr)
	lines, err := o.read(s, files)
	if err != nil {
		return failure{err}
	}
	if o.check {
		name := "-"
		if len(files) > 0 {
			name = files[0]
		}
		return o.report(name, lines, stderr)
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(o.compare(a, b), cmp.Compare(a.number, b.number))
	})
	if o.unique {
		lines = slices.CompactFunc(lines, func(a, b line) bool { return o.compare(a, b) == 0 })
	}
	if o.output != "" {
		err = writeFile(o.output, func(w io.Writer) { o.print(w, lines) })
	} else {
		o.print(s.Out, lines)
		err = s.End()
	}
	if err != nil {
		return failure{err}
	}
	return nil
}

func parse(args []string) (*options, []string, error) {
	o := &options{end: '\n'}
	set := getopt.New(usage)
	o.orderOptions(set)
	ignored := ""
	set.Text(&ignored, "S", "buffer-size")
	set.Text(&ignored, "T", "temporary-directory")
	set.Text(&ignored, "parallel")
	set.Do(func() { o.check = true }, "c")
	set.Do(func() { o.check, o.quiet = true, true }, "C")
	set.Optional(func(how string) error {
		o.check, o.quiet = true, how == "quiet" || how == "silent"
		if !o.quiet && how != "" && how != "diagnose-first" {
			return errors.New("quiet, silent or diagnose-first")
		}
		return nil
	}, "check")
	merge := false // what is in order stays so when it is sorted
	set.Flag(&merge, "m", "merge")
	set.Text(&o.output, "o", "output")
	set.Flag(&o.stable, "s", "stable")
	set.Flag(&o.unique, "u", "unique")
	set.Do(func() { o.end = 0 }, "z", "zero-terminated")
	files, err := set.Parse(args)
	if err == nil {
		err = o.finish()
	}
	switch {
	case errors.As(err, new(incompatible)):
		return nil, nil, set.Usagef("%v", err)
	case err != nil:
		return nil, nil, err
	case o.check && len(files) > 1:
		return nil, nil, set.Usagef("only one file can be checked")
	case o.check && o.output != "":
		return nil, nil, set.Usagef("-c and -C print nothing, so -o is in vain")
	}
	return o, files, nil
}

// orderOptions declares the options that say what is compared as what.
func (o *options) orderOptions(set *getopt.Set) {
	for letter, name := range map[string]string{
		"b": "ignore-leading-blanks", "d": "dictionary-order", "f": "ignore-case", "g": "general-numeric-sort",
		"h": "human-numeric-sort", "i": "ignore-nonprinting", "M": "month-sort", "n": "numeric-sort", "r": "reverse",
		"V": "version-sort",
	} {
		set.Do(func() { o.global.set(letter[0]) }, letter, name)
	}
	set.Value(func(name string) error {
		letter := map[string]byte{"general-numeric": 'g', "human-numeric": 'h', "month": 'M', "numeric": 'n', "version": 'V'}[name]
		if letter == 0 {
			return errors.New("numeric, general-numeric, human-numeric, month or version")
		}
		o.global.set(letter)
		return nil
	}, "sort")
	set.Value(func(text string) error {
		k, err := parseKey(text)
		o.keys = append(o.keys, k)
		return err
	}, "k", "key")
	set.Value(func(text string) error {
		if text == `\0` {
			text = "\x00"
		}
		if utf8.RuneCountInString(text) != 1 {
			return errors.New("the separator is a single character")
		}
		if o.separator != nil && string(o.separator) != text {
			return errors.New("there can be only one separator")
		}
		o.separator = []byte(text)
		return nil
	}, "t", "field-separator")
}

// read returns the lines of all files.
func (o *options) read(s *stdio.Streams, files []string) ([]line, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var lines []line
	for _, name := range files {
		in, err := s.Open(name)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(in)
		in.Close()
		if err != nil {
			return nil, stdio.Cannot("read", name, err)
		}
		for len(text) > 0 {
			var one []byte
			one, text, _ = bytes.Cut(text, []byte{o.end})
			lines = append(lines, line{text: one, key: o.firstKey(one), number: len(lines)})
		}
	}
	return lines, nil
}

// compare is below 0 if a comes before b.
func (o *options) compare(a, b line) int {
	if order := o.compareKeys(a, b); order != 0 || len(o.keys) > 0 && (o.stable || o.unique) {
		return order
	}
	order := bytes.Compare(a.text, b.text)
	if o.global.reverse {
		return -order
	}
	return order
}

// report says whether the lines are in order.
func (o *options) report(name string, lines []line, stderr io.Writer) error {
	for i := 1; i < len(lines); i++ {
		order := o.compare(lines[i-1], lines[i])
		if order < 0 || order == 0 && !o.unique {
			continue
		}
		if !o.quiet {
			fmt.Fprintf(stderr, "sort: %s:%d: not in order: %s\n", stdio.Quote(name), i+1, stdio.Quote(string(lines[i].text)))
		}
		return cli.Status(notInOrder)
	}
	return nil
}

func (o *options) print(w io.Writer, lines []line) {
	for _, l := range lines {
		w.Write(l.text)
		w.Write([]byte{o.end})
	}
}
