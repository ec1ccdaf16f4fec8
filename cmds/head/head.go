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
// have read more than it printed; in a file on standard input it goes back, so
// that "(head -1; sort) <table" works.
//
// Next in the tour: none
package main

import (
	"bufio"
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
			shown := name
			if name == "-" {
				shown = "standard input"
			}
			s.Out.WriteString("==> " + shown + " <==\n")
		}
		first = false
		unused, err := o.copy(s.Out, in)
		if file, ok := stdin.(io.Seeker); ok && name == "-" && unused > 0 {
			file.Seek(-int64(unused), io.SeekCurrent) // a pipe can't, and need not
		}
		return err
	})
	return s.End()
}

func (o *options) setCount(text string) (err error) {
	text, o.allBut = strings.CutPrefix(text, "-")
	o.count, err = human.Parse(text)
	if err == nil && o.count > math.MaxInt/2 {
		err = errors.New("the number is too large")
	}
	return err
}

// copy prints what is asked for, and returns how many bytes it read after that.
func (o *options) copy(w io.Writer, in io.Reader) (unused int, err error) {
	switch {
	case o.bytes && o.allBut:
		return 0, allButBytes(w, in, int(o.count))
	case o.bytes:
		_, err := io.Copy(w, io.LimitReader(in, int64(o.count)))
		return 0, err
	case o.allBut:
		return 0, allButLines(w, in, int(o.count))
	}
	return lines(w, in, o.count)
}

// lines prints a line as it comes, so that it need not fit in memory.
func lines(w io.Writer, in io.Reader, count uint64) (unused int, err error) {
	block := bufio.NewReaderSize(in, 32<<10)
	for count > 0 {
		part, err := block.ReadSlice('\n')
		if _, err := w.Write(part); err != nil {
			return 0, nil // End tells
		}
		switch err {
		case nil:
			count--
		case bufio.ErrBufferFull:
		case io.EOF:
			return 0, nil
		default:
			return 0, err
		}
	}
	return block.Buffered(), nil
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
	printed := 0 // of waiting
	block := make([]byte, 32<<10)
	for {
		n, err := in.Read(block)
		waiting = append(waiting, block[:n]...)
		if ready := len(waiting) - count; ready > printed {
			if _, err := w.Write(waiting[printed:ready]); err != nil {
				return nil // End tells
			}
			printed = ready
		}
		if printed > count { // moving the rest for each block would take quadratic time
			waiting, printed = append(waiting[:0], waiting[printed:]...), 0
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
