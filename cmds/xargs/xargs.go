// Xargs runs a program with arguments that it reads from standard input.
//
// Usage:
//
//	xargs [-0rtpx] [-d C] [-n N | -L N | -I TEXT] [-P N] [-s N] [-E TEXT] [-a FILE] [PROGRAM [ARG...]]
//
// It puts as many arguments as fit behind PROGRAM ARG... and runs that, again
// and again until the input ends. Without PROGRAM that is echo.
//
// How the input is split:
//
//	     at blanks and newlines, but not inside of 'quotes' and "quotes", and
//	     not behind a \
//	-0   at NULs only, as find -print0 writes them: right for all names
//	-d C at the character C only (\n, \t, \0 and \\ are known)
//	-E T the input ends at the argument T
//	-a F the input is the file F
//
// How it is run:
//
//	-n N     with at most N arguments
//	-L N     with the arguments of N lines (a blank at its end continues a line)
//	-I TEXT  with one line, which replaces TEXT in every ARG
//	-P N     N at the same time; 0: all of them
//	-r       not at all if there are no arguments (else once, without)
//	-t       after showing it;  -p  after asking
//	-s N     with at most N bytes;  -x  fail if -n or -L ask for more
//
// Examples:
//
//	find . -name '*.o' -print0 | xargs -0 rm -f
//	ls | xargs -I{} mv {} old/{}
//	seq 8 | xargs -n1 -P4 sh -c 'echo $0; sleep 1'
//	xargs -d '\n' ls -l < names
//
// # Exit status
//
// 0 done, 1 failed, 2 usage, 123 a run ended with 1 to 125, 124 with 255, 125 by
// a signal, 126 PROGRAM can't be run, 127 it is not there. All but 123 end xargs
// at once.
//
// PROGRAM has no standard input, unless -a is used.
//
// Links: POSIX.1-2024 xargs; execve(2), of the limits.
//
// # Bugs
//
// The output of several programs at the same time (-P) is mixed as it comes.
//
// Next in the tour: none
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: xargs [-0rt] [-d C] [-n N | -L N | -I TEXT] [-P N] [PROGRAM [ARG...]]

  find . -name '*.o' -print0 | xargs -0 rm -f
  ls | xargs -I{} mv {} old/{}
  seq 8 | xargs -n1 -P4 PROGRAM

  -0 split at NULs  -d C at C  -n N arguments at a time  -L N lines  -I TEXT replace it
  -P N at the same time  -r not without arguments  -t show  -p ask  -s N bytes  -a FILE`

// A machine is the programs that xargs starts, and their limits.
type machine struct {
	start func(argv []string, stdin io.Reader, stdout, stderr io.Writer) error
	// limit is how many bytes the arguments may take, with a pointer for each.
	limit func() int
	// terminal is who answers -p.
	terminal func() (io.ReadCloser, error)
}

// options are what the command line asks for.
type options struct {
	splitter
	maxArgs, maxLines int    // 0: any number
	replace           string // "" if nothing is
	processes         int    // at the same time
	size              int    // bytes of one run
	exact             bool   // -x
	notEmpty          bool   // -r
	show, ask         bool
	file              string // the input, "" for standard input
}

// defaultSize is what other implementations take, too.
const defaultSize = 128 << 10

func main() {
	linux := machine{start: start, limit: kernelLimit, terminal: func() (io.ReadCloser, error) { return os.Open("/dev/tty") }}
	cli.Exit("xargs", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// kernelLimit follows execve(2): a quarter of the stack's limit is for the
// arguments and the environment.
func kernelLimit() int {
	const spare = 4096
	limit := unix.Rlimit{Cur: 8 << 20}
	unix.Getrlimit(unix.RLIMIT_STACK, &limit)
	left := int(min(limit.Cur/4, 6<<20)) - spare
	for _, variable := range os.Environ() {
		left -= len(variable) + 1 + pointerSize
	}
	return left
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, command, err := parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("xargs", stdin, stdout, stderr)
	r := &runner{machine: m, options: o, command: command, streams: s, stdout: stdout}
	input := s.In
	if o.file != "" {
		file, err := s.Open(o.file)
		if err != nil {
			return err
		}
		defer file.Close()
		input, r.stdin = file, stdin
	}
	o.in = bufio.NewReader(input)
	if o.ask {
		terminal, err := m.terminal()
		if err != nil {
			return stdio.Cannot("open", "/dev/tty", err)
		}
		defer terminal.Close()
		r.answers = bufio.NewReader(terminal)
	}
	if err := r.all(); err != nil {
		s.Complain(err)
	}
	r.wait()
	return s.End()
}

func parse(args []string) (*options, []string, error) {
	o := &options{splitter: splitter{delimiter: -1}, processes: 1, size: defaultSize}
	set := getopt.New(usage)
	set.StopAtOperand()
	set.Do(func() { o.delimiter = 0 }, "0", "null")
	set.Value(func(text string) (err error) { o.delimiter, err = parseDelimiter(text); return err }, "d", "delimiter")
	set.Text(&o.end, "E")
	set.Text(&o.file, "a", "arg-file")
	number := func(least int, use func(int)) func(string) error { // of which the last one counts
		return func(text string) error {
			n, err := strconv.Atoi(text)
			if err != nil || n < least {
				return fmt.Errorf("%q is no number of %d or above", text, least)
			}
			use(n)
			return nil
		}
	}
	byLines := func(n int) { o.maxArgs, o.maxLines, o.replace, o.exact = 0, n, "", true }
	byReplacing := func(text string) error {
		if text == "" {
			text = "{}"
		}
		o.maxArgs, o.maxLines, o.replace, o.exact = 0, 0, text, true
		return nil
	}
	set.Value(number(1, func(n int) {
		if o.replace == "" || n > 1 { // -I is for one anyway
			o.maxArgs, o.maxLines, o.replace = n, 0, ""
		}
	}), "n", "max-args")
	set.Value(number(1, byLines), "L")
	set.Optional(func(text string) error {
		if text == "" {
			text = "1"
		}
		return number(1, byLines)(text)
	}, "l", "max-lines")
	set.Value(func(text string) error {
		if text == "" {
			return errors.New("the text to replace is empty")
		}
		return byReplacing(text)
	}, "I")
	set.Optional(byReplacing, "i", "replace")
	set.Value(number(0, func(n int) { o.processes = n }), "P", "max-procs")
	set.Value(number(1, func(n int) { o.size = n }), "s", "max-chars")
	set.Flag(&o.exact, "x", "exit")
	set.Flag(&o.notEmpty, "r", "no-run-if-empty")
	set.Flag(&o.show, "t", "verbose")
	set.Flag(&o.ask, "p", "interactive")
	command, err := set.Parse(args)
	if err != nil {
		return nil, nil, err
	}
	if len(command) == 0 {
		command = []string{"echo"}
	}
	o.wholeLines = o.replace != ""
	return o, command, nil
}

func parseDelimiter(text string) (int, error) {
	switch text {
	case `\n`:
		return '\n', nil
	case `\t`:
		return '\t', nil
	case `\0`:
		return 0, nil
	case `\\`:
		return '\\', nil
	}
	if len(text) != 1 || text[0] >= utf8.RuneSelf {
		return 0, errors.New("the delimiter is a single character of ASCII, or one of " + strings.Join([]string{`\n`, `\t`, `\0`, `\\`}, " "))
	}
	return int(text[0]), nil
}
