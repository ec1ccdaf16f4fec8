// Head prints the first lines or bytes of files.
//
// Usage:
//
//	head [-n N | -c N | -N] [-qv] [FILE...]
//
//	-n N, -N  N lines (10 if nothing is given); -n -N all but the last N
//	-c N      N bytes; -c -N all but the last N
//	-q, -v    never, always print a line with the name before each file (else
//	          when there are several)
//
// N may end in K, M or G, powers of 1024. Without FILE, or for the file "-", it
// reads standard input.
//
// Examples:
//
//	head -5 /var/log/messages
//	head -c 16 /dev/urandom | hexdump
//	ls -t | head -n -3            all but the three oldest
//
// # Exit status
//
// 0 done, 1 a file could not be read, 2 usage.
//
// Links: POSIX.1-2024 head.
//
// # Bugs
//
// A negative N keeps the last N lines or bytes in memory. From a pipe, head may
// have read more than it printed.
//
// Next in the tour: none
package main

import (
	"errors"
	"io"
	"math"
	"os"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: head [-n N | -c N | -N] [-qv] [FILE...]

  head -5 FILE       five lines
  head -n -5 FILE    all but the last five
  head -c 1K FILE    1024 bytes

  -q, -v never, always print the name before each file`

// options are what the command line asks for.
type options struct {
	count     uint64
	bytes     bool // count bytes, not lines
	allBut    bool // the last count of them
	quiet, on bool
}

func main() {
	cli.Exit("head", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o := options{count: 10}
	set := getopt.New(usage)
	set.Value(func(n string) error { o.bytes = false; return o.setCount(n) }, "n", "lines")
	set.Value(func(n string) error { o.bytes = true; return o.setCount(n) }, "c", "bytes")
	set.Number(func(n string) error { o.bytes = false; return o.setCount(n) })
	set.Do(func() { o.quiet, o.on = true, false }, "q", "quiet", "silent")
	set.Do(func() { o.quiet, o.on = false, true }, "v", "verbose")
	files, err := set.Parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("head", stdin, stdout, stderr)
	first := true
	s.Each(files, func(name string, in io.Reader) error {
		if o.on || len(files) > 1 && !o.quiet {
			if !first {
				s.Out.WriteByte('\n')
			}
			if name == "-" {
				name = "standard input"
			}
			s.Out.WriteString("==> " + name + " <==\n")
		}
		first = false
		return o.copy(s.Out, in)
	})
	return s.End()
}

func (o *options) setCount(text string) (err error) {
	text, o.allBut = strings.CutPrefix(text, "-")
	o.count, err = human.Parse(text)
	return err
}

func (o *options) copy(w io.Writer, in io.Reader) error {
	switch {
	case o.count > math.MaxInt/2:
		return errors.New("the number is too large")
	case o.bytes && o.allBut:
		return allButBytes(w, in, int(o.count))
	case o.bytes:
		_, err := io.Copy(w, io.LimitReader(in, int64(o.count)))
		return err
	case o.allBut:
		return allButLines(w, in, int(o.count))
	}
	return lines(w, in, o.count)
}

func lines(w io.Writer, in io.Reader, count uint64) error {
	if count == 0 {
		return nil
	}
	for line, err := range stdio.Lines(in, '\n') {
		if err != nil {
			return err
		}
		w.Write(line)
		if count--; count == 0 {
			break
		}
	}
	return nil
}

// allButLines prints each line when count more have been read.
func allButLines(w io.Writer, in io.Reader, count int) error {
	var waiting [][]byte // a ring, once it is full
	oldest := 0
	for line, err := range stdio.Lines(in, '\n') {
		switch {
		case err != nil:
			return err
		case count == 0:
			w.Write(line)
		case len(waiting) < count:
			waiting = append(waiting, append([]byte(nil), line...))
		default:
			w.Write(waiting[oldest])
			waiting[oldest] = append(waiting[oldest][:0], line...)
			oldest = (oldest + 1) % count
		}
	}
	return nil
}

// allButBytes prints what has count more bytes after it.
func allButBytes(w io.Writer, in io.Reader, count int) error {
	var waiting []byte
	block := make([]byte, 32<<10)
	for {
		n, err := in.Read(block)
		waiting = append(waiting, block[:n]...)
		if ready := len(waiting) - count; ready > 0 {
			if _, err := w.Write(waiting[:ready]); err != nil {
				return nil // End tells
			}
			waiting = append(waiting[:0], waiting[ready:]...)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
