// Package stdio is what commands that read files and write to standard output
// share: opening operands, lines of any length, checked output, complaints.
//
//	s := stdio.New("cut", stdin, stdout, stderr)
//	s.Each(operands, func(name string, in io.Reader) error { ... write to s.Out ... })
//	return s.End()
//
// Each goes on after a file that can't be read: it says so and remembers, and
// End makes the exit status 1. End also tells when output was lost, as on a
// full disk.
//
// # Why output is flushed before each read
//
// A filter should be fast in the middle of a pipeline and prompt at its end:
// in "tail -f log | grep oops" a match must show at once. The C library asks
// whether the output is a terminal. Here everything written so far is flushed
// just before a read, which may block: prompt always, and still one write for
// each block of input.
//
// # Bugs
//
// A broken pipe is not seen here: the Go runtime ends a program by SIGPIPE
// when it writes to a descriptor 1 that nobody reads, as Unix expects.
//
// Next in the tour: none
package stdio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/vole-linux/vole/internal/cli"
)

// Streams are the standard streams of one command.
type Streams struct {
	In  io.Reader
	Out Output
	Err io.Writer

	name   string
	status int
}

// New makes the Streams of the command called name.
func New(name string, stdin io.Reader, stdout, stderr io.Writer) *Streams {
	s := &Streams{Out: Output{bufio.NewWriterSize(stdout, 32<<10)}, Err: stderr, name: name}
	s.In = s.Prompt(stdin)
	return s
}

// An Output is a buffered standard output.
type Output struct{ *bufio.Writer }

// ReadFrom is what io.Copy calls. That of bufio would let r read into the very
// buffer that a Prompt flushes first.
func (o Output) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{o.Writer}, r)
}

// outputError is a failure to write, seen while reading.
type outputError struct{ error }

// prompt flushes out before each read of r.
type prompt struct {
	r   io.Reader
	out Output
}

func (p prompt) Read(b []byte) (int, error) {
	if err := p.out.Flush(); err != nil {
		return 0, outputError{err} // nobody needs what would be read
	}
	return p.r.Read(b)
}

// Prompt returns r, with s.Out flushed before each read.
func (s *Streams) Prompt(r io.Reader) io.Reader { return prompt{r, s.Out} }

type namedFile struct {
	io.Reader
	io.Closer
}

// Open opens the file called name, or standard input if that is "-".
func (s *Streams) Open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(s.In), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, Cannot("open", name, err)
	}
	return namedFile{s.Prompt(f), f}, nil
}

// Each calls do with each file of names, or with standard input if there are
// none. An error of do is one of reading; a command that has others complains
// itself. After a failure to write it stops: End will tell.
func (s *Streams) Each(names []string, do func(name string, in io.Reader) error) {
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		if s.OutputFailed() {
			return
		}
		in, err := s.Open(name)
		if err != nil {
			s.Complain(err)
			continue
		}
		if err := do(name, in); err != nil {
			s.Complain(Cannot("read", name, err))
		}
		in.Close()
	}
}

// OutputFailed says whether output was lost, so that going on is in vain.
func (s *Streams) OutputFailed() bool {
	_, err := s.Out.Write(nil)
	return err != nil
}

// Complain reports err and makes the exit status 1. Output written before
// comes first, so that both are in order on one terminal.
func (s *Streams) Complain(err error) { s.ComplainStatus(err, cli.StatusFailed) }

// ComplainStatus is Complain with another exit status.
func (s *Streams) ComplainStatus(err error, status int) {
	if err == nil || errors.As(err, new(outputError)) {
		return
	}
	s.Out.Flush()
	fmt.Fprintf(s.Err, "%s: %v\n", s.name, err)
	s.Fail(status)
}

// Fail makes the exit status at least status, without a word.
func (s *Streams) Fail(status int) { s.status = max(s.status, status) }

// Failed says whether there was a complaint.
func (s *Streams) Failed() bool { return s.status != 0 }

// Ask puts a question to the person at standard input and says whether the
// answer is yes: a line that begins with y. What follows the line stays unread.
func (s *Streams) Ask(question string) bool {
	s.Out.Flush()
	fmt.Fprintf(s.Err, "%s: %s? ", s.name, question)
	yes, letter := false, make([]byte, 1)
	for first := true; ; first = false {
		if n, err := s.In.Read(letter); n == 0 || err != nil || letter[0] == '\n' {
			return yes
		}
		if first {
			yes = letter[0] == 'y' || letter[0] == 'Y'
		}
	}
}

// End flushes the output. Its error is the command's: output was lost, or
// there was a complaint, which is not repeated.
func (s *Streams) End() error {
	if err := s.Out.Flush(); err != nil {
		return fmt.Errorf("cannot write: %w", Cause(err))
	}
	if s.status != 0 {
		return cli.Status(s.status)
	}
	return nil
}

// Lines yields the lines of r, of any length, each with the byte end that ends
// it; the last may lack it. A line is valid until the next one. The last pair
// has an error if reading failed.
func Lines(r io.Reader, end byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in := bufio.NewReaderSize(r, 32<<10)
		var long []byte // the beginning of a line that is longer than in's buffer
		for {
			part, err := in.ReadSlice(end)
			line := part
			if len(long) > 0 || err == bufio.ErrBufferFull {
				long = append(long, part...)
				line = long
			}
			switch {
			case err == bufio.ErrBufferFull:
				continue
			case err == nil:
				if !yield(line, nil) {
					return
				}
				long = long[:0]
				continue
			case len(line) > 0 && !yield(line, nil):
				return
			}
			if err != io.EOF {
				yield(nil, err)
			}
			return
		}
	}
}

// Cannot says in the house's form what could not be done: "cannot open x: no
// such file or directory".
func Cannot(verb, name string, err error) error {
	if errors.As(err, new(outputError)) {
		return err
	}
	if name == "-" {
		name = "standard input"
	}
	return fmt.Errorf("cannot %s %s: %w", verb, Quote(name), Cause(err))
}

// Cause is err without the names of call and file that package os adds.
func Cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return errno
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	case errors.As(err, &call):
		return call.Err
	}
	return err
}

// Quote is name as it may be shown to a person: as it is, or as a Go string
// if it is empty or holds what would disturb a terminal.
func Quote(name string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if name == "" || strings.ContainsFunc(name, odd) {
		return strconv.Quote(name)
	}
	return name
}
