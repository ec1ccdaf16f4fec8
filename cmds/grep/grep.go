// Grep prints the lines that match a regular expression.
//
// Usage:
//
//	grep [OPTION...] PATTERN [FILE...]
//	grep [OPTION...] -e PATTERN... -f FILE... [FILE...]
//
// Without FILE, or for the file "-", it reads standard input; with -r the
// current folder.
//
// What matches:
//
//	-E         PATTERN is an extended regular expression: + ? | ( ) { } are operators
//	-F         PATTERN is plain text
//	-e PATTERN one of several patterns      -f FILE  patterns, one a line
//	-i         ignore case                  -v       the lines that do not match
//	-w         whole words only             -x       whole lines only
//
// What is printed:
//
//	-c         how many lines match         -n       line numbers
//	-l, -L     names of files with, without a match
//	-o         only what matches, each on a line
//	-q         nothing: the exit status tells
//	-H, -h     always, never the name of the file (else when there are several)
//	-A N, -B N N lines after, before a match, -C N both
//	-m N       stop a file after N lines
//	--color    mark matches: auto, always or never; auto heeds NO_COLOR
//
// Files:
//
//	-r         all files in folders; --include, --exclude, --exclude-dir=GLOB choose
//	-s         no complaints about files that can't be read
//	-a, -I     treat files with NUL bytes as text, as if nothing matched (else a
//	           match is told on standard error)
//
// Examples:
//
//	ps -ef | grep -w sshd
//	grep -rn --include='*.go' 'func main' .
//	grep -Eo '[0-9]+ms' /var/log/messages
//	if grep -q '^root:' /etc/passwd; then echo yes; fi
//
// # Exit status
//
// 0 a line was selected, 1 none was, 2 an error (with -q, a match wins).
//
// The expressions are those of cmds/internal/posixre: matching takes time
// linear in the input. Lines may be of any length; one line is held in memory.
//
// Links: POSIX.1-2024 grep; regex(7).
//
// # Bugs
//
//   - No back-references.
//   - -r, also spelled -R, does not follow symbolic links in folders.
//   - Only NUL bytes make a file binary.
//
// Next in the tour: none
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: grep [-EFivwxcnlLoqHhrsaI] [-A N] [-B N] [-C N] [-m N] [-e PATTERN] [-f FILE] [PATTERN] [FILE...]

  grep -n main *.go            lines with "main" and their numbers
  grep -rl TODO src            names of files below src
  grep -Eo '[0-9]+' log        only the numbers
  grep -C 2 -i error log       with two lines around

  -E extended expressions  -F plain text     -i ignore case   -v lines that don't match
  -w whole words           -x whole lines    -c count         -n line numbers
  -l names only            -L names without  -o matches only  -q nothing, just the status
  -r folders               -s no complaints  -H -h with, without file names
  -A -B -C N lines after, before, around     -m N at most N lines
  -a binary files as text  -I skip them      --color=auto|always|never
  --include=GLOB --exclude=GLOB --exclude-dir=GLOB`

const (
	statusNoMatch = 1
	statusTrouble = 2
)

// options are what the command line asks for.
type options struct {
	patterns
	invert, countOnly, numbers, onlyMatching, quiet bool
	withMatch, withoutMatch                         bool // names of files only
	recursive, silent, text, skipBinary             bool
	before, after, max                              int
	names                                           naming
	color                                           bool
	include, exclude, excludeDir                    []string // globs
}

// naming says whether the name of the file stands before each line.
type naming int

const (
	nameIfSeveral naming = iota
	nameAlways
	nameNever
)

// A machine is what grep asks about the process it is.
type machine struct {
	isTerminal func() bool // of standard output
	getenv     func(string) string
}

func main() {
	linux := machine{
		isTerminal: func() bool { return term.IsTerminal(1) },
		getenv:     os.Getenv,
	}
	cli.Exit("grep", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	s := stdio.New("grep", stdin, stdout, stderr)
	o, files, err := m.parse(args, s)
	if err != nil {
		return err
	}
	match, err := o.compile()
	if err != nil {
		return err
	}
	if o.max == 0 {
		return cli.Status(statusNoMatch)
	}
	g := &grep{options: o, match: match, streams: s, output: regularFile(stdout)}
	g.files(files)
	switch err := s.End(); {
	case o.quiet && g.selected:
		return nil
	case err != nil:
		return failed{err}
	case !g.selected:
		return cli.Status(statusNoMatch)
	}
	return nil
}

// failed makes every failure end with 2, since 1 means "no match".
type failed struct{ error }

func (f failed) Unwrap() error { return f.error }
func (failed) ExitStatus() int { return statusTrouble }

func (m machine) parse(args []string, s *stdio.Streams) (options, []string, error) {
	o := options{max: -1}
	color := ""
	set := getopt.New(usage)
	set.Do(func() { o.kind = extended }, "E", "extended-regexp")
	set.Do(func() { o.kind = fixed }, "F", "fixed-strings")
	set.Do(func() { o.kind = basic }, "G", "basic-regexp")
	set.Value(o.addPattern, "e", "regexp")
	set.Value(func(name string) error { return o.addFile(name, s) }, "f", "file")
	set.Flag(&o.ignoreCase, "i", "y", "ignore-case")
	set.Flag(&o.words, "w", "word-regexp")
	set.Flag(&o.lines, "x", "line-regexp")
	set.Flag(&o.invert, "v", "invert-match")
	set.Flag(&o.countOnly, "c", "count")
	set.Flag(&o.numbers, "n", "line-number")
	set.Flag(&o.onlyMatching, "o", "only-matching")
	set.Flag(&o.quiet, "q", "quiet", "silent")
	set.Flag(&o.withMatch, "l", "files-with-matches")
	set.Flag(&o.withoutMatch, "L", "files-without-match")
	set.Flag(&o.recursive, "r", "R", "recursive")
	set.Flag(&o.silent, "s", "no-messages")
	set.Flag(&o.text, "a", "text")
	set.Flag(&o.skipBinary, "I")
	unused := false
	set.Flag(&unused, "line-buffered") // as output always is here, see stdio
	set.Do(func() { o.names = nameAlways }, "H", "with-filename")
	set.Do(func() { o.names = nameNever }, "h", "no-filename")
	set.Int(&o.after, "A", "after-context")
	set.Int(&o.before, "B", "before-context")
	both := -1
	set.Int(&both, "C", "context")
	set.Number(func(n string) error { _, err := fmt.Sscan(n, &both); return err })
	set.Int(&o.max, "m", "max-count")
	set.Optional(func(when string) error { color = when; return checkColor(when) }, "color", "colour")
	set.Value(addGlob(&o.include), "include")
	set.Value(addGlob(&o.exclude), "exclude")
	set.Value(addGlob(&o.excludeDir), "exclude-dir")
	operands, err := set.Parse(args)
	if err != nil {
		return o, nil, err
	}
	if !o.given {
		if len(operands) == 0 {
			return o, nil, set.Usagef("a pattern is missing")
		}
		o.addPattern(operands[0])
		operands = operands[1:]
	}
	if both >= 0 {
		o.after, o.before = max(o.after, both), max(o.before, both)
	}
	o.color = color == "always" || color != "never" && m.isTerminal() && m.getenv("NO_COLOR") == "" && m.getenv("TERM") != "dumb"
	return o, operands, nil
}

func checkColor(when string) error {
	switch when {
	case "", "auto", "always", "never":
		return nil
	}
	return errors.New("is auto, always or never")
}

func addGlob(list *[]string) func(string) error {
	return func(glob string) error {
		_, err := path.Match(glob, "")
		*list = append(*list, glob)
		return err
	}
}

// A grep is one run: what to look for, and what came of it so far.
type grep struct {
	options
	match   matcher
	streams *stdio.Streams
	output  os.FileInfo // of standard output, if that is a file on disk

	printed  bool // a group of lines, so that the next one needs a "--"
	selected bool // a line, in any file
}
