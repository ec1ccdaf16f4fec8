// Tail prints the last lines or bytes of files, and what is appended to them.
//
// Usage:
//
//	tail [-n N | -c N | -N] [-f | -F] [-qv] [FILE...]
//
//	-n N, -N  N lines (10 if nothing is given); -n +N from line N on
//	-c N      N bytes; -c +N from byte N on
//	-f        then wait, and print what is appended
//	-F        the same by name: a file that is replaced (a log that is rotated)
//	          is opened again, one that is missing is waited for
//	-q, -v    never, always print a line with the name before each file (else
//	          when there are several)
//
// N may end in K, M or G, powers of 1024. Without FILE, or for the file "-", it
// reads standard input. Ctrl-C ends -f.
//
// Examples:
//
//	tail -50 /var/log/messages
//	tail -F /var/log/messages | grep error
//	tail -n +2 table.csv               without its first line
//
// # Exit status
//
// 0 done, 1 a file could not be read, 2 usage.
//
// A file on disk is read from its end, whatever its size; of a pipe only what
// will be printed is kept. -f looks four times a second.
//
// Links: POSIX.1-2024 tail.
//
// # Bugs
//
// -f on a pipe just reads it to its end.
//
// Next in the tour: none
package main

import (
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: tail [-n N | -c N | -N] [-f | -F] [-qv] [FILE...]

  tail -5 FILE       five lines
  tail -n +5 FILE    from the fifth line on
  tail -c 1K FILE    1024 bytes
  tail -f FILE       then what is appended; -F also when it is replaced

  -q, -v never, always print the name before each file`

// options are what the command line asks for.
type options struct {
	count          int
	bytes          bool // count bytes, not lines
	fromBegin      bool // begin at number count
	follow, byName bool
	quiet, on      bool // the names of files
}

// A machine is the clock that tests replace.
type machine struct {
	// wait passes the time between two looks at the files; false ends -f.
	wait func() bool
}

func main() {
	const interval = time.Second / 4
	linux := machine{wait: func() bool { time.Sleep(interval); return true }}
	cli.Exit("tail", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o := options{count: 10}
	set := getopt.New(usage)
	set.Value(func(n string) error { o.bytes = false; return o.setCount(n) }, "n", "lines")
	set.Value(func(n string) error { o.bytes = true; return o.setCount(n) }, "c", "bytes")
	set.Number(func(n string) error { o.bytes = false; return o.setCount(n) })
	set.Flag(&o.follow, "f", "follow")
	set.Do(func() { o.follow, o.byName = true, true }, "F")
	set.Do(func() { o.quiet, o.on = true, false }, "q", "quiet", "silent")
	set.Do(func() { o.quiet, o.on = false, true }, "v", "verbose")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		names = []string{"-"}
	}
	s := stdio.New("tail", stdin, stdout, stderr)
	t := &tail{options: o, streams: s, on: o.on || len(names) > 1 && !o.quiet}
	for _, name := range names {
		t.file(name)
	}
	if o.follow && len(t.followed) > 0 {
		t.followAll(m.wait)
	}
	return s.End()
}

func (o *options) setCount(text string) error {
	text, o.fromBegin = strings.CutPrefix(text, "+")
	if !o.fromBegin {
		text = strings.TrimPrefix(text, "-")
	}
	n, err := human.Parse(text)
	if err == nil && n > math.MaxInt/2 {
		err = errors.New("the number is too large")
	}
	o.count = int(n)
	return err
}

// A tail is one run.
type tail struct {
	options
	streams  *stdio.Streams
	on       bool // names are printed
	current  string
	started  bool
	followed []*followed
}

// file prints the end of one file, and keeps it open if it is to be followed.
func (t *tail) file(name string) {
	if name == "-" {
		t.heading("standard input")
		if err := t.copyEnd(t.streams.In); err != nil {
			t.streams.Complain(stdio.Cannot("read", name, err))
		}
		return
	}
	f, err := os.Open(name)
	if err != nil {
		t.streams.Complain(stdio.Cannot("open", name, err))
		if t.byName {
			t.followed = append(t.followed, &followed{name: name})
		}
		return
	}
	t.heading(name)
	info, err := f.Stat()
	regular := err == nil && info.Mode().IsRegular()
	// Files of /proc say that they have no bytes, those of /sys a page of them.
	const largestPage = 64 << 10
	if regular && info.Size() > largestPage {
		err = t.copyEndOfFile(f, info.Size())
	} else {
		err = t.copyEnd(t.streams.Prompt(f))
	}
	if err != nil {
		t.streams.Complain(stdio.Cannot("read", name, err))
	}
	if err != nil || !t.follow || !regular {
		f.Close()
		return
	}
	t.followed = append(t.followed, &followed{name: name, file: f})
}

// heading names the file that the next output is of.
func (t *tail) heading(name string) {
	if !t.on || t.started && t.current == name {
		return
	}
	if t.started {
		t.streams.Out.WriteByte('\n')
	}
	t.streams.Out.WriteString("==> " + name + " <==\n")
	t.started, t.current = true, name
}
