package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// A search is grep in one file.
type search struct {
	*grep
	name    string // as it is shown
	named   bool   // before each line
	binary  bool
	line    int   // number of the current line, from 1
	count   int   // of selected lines
	last    int   // number of the last line printed
	context int   // lines to print yet after a match
	earlier queue // the lines before, as many as may be printed
}

const blockSize = 32 << 10

// search reads one file and prints what is asked for.
func (g *grep) search(in io.Reader, name string, named bool) error {
	block := bufio.NewReaderSize(in, blockSize)
	block.Peek(1) // an error comes again in Lines
	begin, _ := block.Peek(block.Buffered())
	s := &search{grep: g, name: name, named: named, earlier: queue{limit: g.before}}
	s.binary = !g.text && bytes.IndexByte(begin, 0) >= 0
	if s.binary && g.skipBinary {
		s.finish()
		return nil
	}
	for line, err := range stdio.Lines(block, '\n') {
		if err != nil {
			return err
		}
		if s.next(bytes.TrimSuffix(line, []byte{'\n'})) {
			break
		}
	}
	s.finish()
	return nil
}

// next looks at one line, and says whether it was the last that matters.
func (s *search) next(line []byte) (done bool) {
	s.line++
	s.binary = s.binary || !s.text && bytes.IndexByte(line, 0) >= 0
	if s.binary && s.skipBinary {
		return true
	}
	if s.count == s.max { // only the context of the last match is missing
		s.print(line, '-')
		s.context--
		return s.context == 0
	}
	if s.match.matches(line) == s.invert {
		s.unselected(line)
		return false
	}
	s.count++
	s.selected = true
	switch {
	case s.quiet || s.withMatch || s.withoutMatch:
		return true
	case s.count == s.max && (s.after == 0 || s.countOnly):
		s.selectLine(line)
		return true
	}
	return s.selectLine(line)
}

// selectLine prints a selected line with the lines before it.
func (s *search) selectLine(line []byte) (done bool) {
	switch {
	case s.countOnly:
		return false
	case s.binary:
		s.streams.Out.Flush()
		fmt.Fprintf(s.streams.Err, "grep: %s: binary file matches\n", stdio.Quote(s.name))
		return true
	}
	first := s.line - s.earlier.len()
	if (s.before > 0 || s.after > 0) && s.printed && (s.last == 0 || first > s.last+1) {
		s.separator("--")
		s.streams.Out.WriteByte('\n')
	}
	now := s.line
	for i := range s.earlier.len() {
		s.line = first + i
		s.print(s.earlier.line(i), '-')
	}
	s.line = now
	s.earlier.clear()
	s.print(line, ':')
	s.context = s.after
	return false
}

// unselected prints a line that follows a selected one, or keeps it in case
// that one comes.
func (s *search) unselected(line []byte) {
	if s.context > 0 {
		s.context--
		s.print(line, '-')
		return
	}
	s.earlier.add(line)
}

// finish prints what is known only at the end of a file.
func (s *search) finish() {
	switch {
	case s.quiet:
	case s.withMatch || s.withoutMatch:
		if (s.count > 0) == s.withMatch {
			s.paint(colorName, s.name)
			s.streams.Out.WriteByte('\n')
		}
	case s.countOnly:
		s.printCount()
	}
}

// A queue keeps the last lines, limit of them, in buffers that it uses again.
type queue struct {
	limit  int
	lines  [][]byte // a ring, once it is full
	oldest int
}

func (q *queue) add(line []byte) {
	switch n := len(q.lines); {
	case q.limit == 0:
	case n == q.limit:
		q.lines[q.oldest] = append(q.lines[q.oldest][:0], line...)
		q.oldest = (q.oldest + 1) % n
	case n < cap(q.lines): // a buffer from before clear
		q.lines = q.lines[:n+1]
		q.lines[n] = append(q.lines[n][:0], line...)
	default:
		q.lines = append(q.lines, append([]byte(nil), line...))
	}
}

func (q *queue) len() int { return len(q.lines) }

// line is line i, from the oldest.
func (q *queue) line(i int) []byte { return q.lines[(q.oldest+i)%len(q.lines)] }

func (q *queue) clear() { q.lines, q.oldest = q.lines[:0], 0 }
