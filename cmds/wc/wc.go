// Wc counts lines, words, characters and bytes.
//
// Usage:
//
//	wc [-lwmcL] [FILE...]
//
//	-l  lines: how many newlines there are
//	-w  words: what is between white space
//	-m  characters of UTF-8
//	-c  bytes
//	-L  the width of the longest line
//
// Without options it is -lwc. The numbers always come in the order above, and
// after several files there is a line for all of them.
//
// Without FILE, or for the file "-", it reads standard input.
//
// Examples:
//
//	wc -l /etc/passwd
//	ls | wc -l
//	find . -name '*.go' -exec cat {} + | wc
//
// # Exit status
//
// 0 done, 1 a file could not be read, 2 usage.
//
// Links: POSIX.1-2024 wc.
//
// # Bugs
//
// -L takes every character for one column, also those of East Asia, which take
// two.
//
// Next in the tour: none
package main

import (
	"io"
	"os"
	"strconv"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: wc [-lwmcL] [FILE...]

  wc -l FILE    lines
  wc -w FILE    words
  wc -c FILE    bytes; -m characters; -L the longest line
  wc FILE       lines, words and bytes`

// options are what is printed.
type options struct{ lines, words, chars, bytes, longest bool }

func main() {
	cli.Exit("wc", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var o options
	set := getopt.New(usage)
	set.Flag(&o.lines, "l", "lines")
	set.Flag(&o.words, "w", "words")
	set.Flag(&o.chars, "m", "chars")
	set.Flag(&o.bytes, "c", "bytes")
	set.Flag(&o.longest, "L", "max-line-length")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	if o == (options{}) {
		o = options{lines: true, words: true, bytes: true}
	}
	s := stdio.New("wc", stdin, stdout, stderr)
	width := o.width(names, stdin)
	var total counts
	s.Each(names, func(name string, in io.Reader) error {
		c, err := o.count(in)
		total.add(c)
		if err == nil {
			if len(names) == 0 {
				name = ""
			}
			o.print(s.Out, c, width, name)
		}
		return err
	})
	if len(names) > 1 {
		o.print(s.Out, total, width, "total")
	}
	return s.End()
}

// numbers are those that are asked for, in their order.
func (o options) numbers(c counts) []int {
	var n []int
	for _, column := range []struct {
		wanted bool
		value  int
	}{{o.lines, c.lines}, {o.words, c.words}, {o.chars, c.chars}, {o.bytes, c.bytes}, {o.longest, c.longest}} {
		if column.wanted {
			n = append(n, column.value)
		}
	}
	return n
}

func (o options) print(out io.Writer, c counts, width int, name string) {
	var line []byte
	for i, n := range o.numbers(c) {
		if i > 0 {
			line = append(line, ' ')
		}
		digits := strconv.Itoa(n)
		for range width - len(digits) {
			line = append(line, ' ')
		}
		line = append(line, digits...)
	}
	if name != "" {
		line = append(line, ' ')
		line = append(line, stdio.Quote(name)...)
	}
	out.Write(append(line, '\n'))
}

// width is that of the columns: no number is larger than the sizes together.
// What has no size gets room for seven digits.
func (o options) width(names []string, stdin io.Reader) int {
	if len(o.numbers(counts{})) == 1 && len(names) <= 1 {
		return 0
	}
	const ofPipes = 7
	if len(names) == 0 {
		names = []string{"-"}
	}
	least, sum := 1, int64(0)
	for _, name := range names {
		info, err := os.Stat(name)
		if name == "-" {
			info, err = nil, nil
			if file, ok := stdin.(*os.File); ok {
				info, err = file.Stat()
			}
		}
		switch {
		case err != nil:
		case info != nil && info.Mode().IsRegular():
			sum += info.Size()
		default:
			least = ofPipes
		}
	}
	return max(least, len(strconv.FormatInt(sum, 10)))
}
