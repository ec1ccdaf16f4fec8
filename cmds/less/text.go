package main

import (
	"bufio"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// A file is something to show.
type file struct {
	name string
	in   io.Reader
}

// A text is the lines of a file, as far as they have been read. A goroutine of
// its own reads them, no further than was asked for.
type text struct {
	// changed gets a value after lines were added or the end was seen.
	changed chan struct{}

	mu     sync.Mutex // guards what follows
	wake   *sync.Cond // wanted has grown
	lines  []string   // each with its newline, the last may lack it
	wanted int
	ended  bool
	err    error
}

func readText(in io.Reader) *text {
	t := &text{changed: make(chan struct{}, 1)}
	t.wake = sync.NewCond(&t.mu)
	go t.read(in)
	return t
}

// longest is how many bytes of a line are shown as one: laying them out takes
// thirty times their memory, and a file of one line would take all of it.
const longest = 32 << 10

func (t *text) read(in io.Reader) {
	block := bufio.NewReaderSize(in, longest)
	begun := "" // the character that the piece before was cut in
	for {
		part, err := block.ReadSlice('\n')
		line := begun + string(part)
		begun = ""
		if err == bufio.ErrBufferFull {
			whole := wholeRunes(line)
			line, begun = line[:whole], line[whole:]
		}
		if line != "" {
			t.add(line)
		}
		if err != nil && err != bufio.ErrBufferFull {
			t.end(err)
			return
		}
	}
}

// wholeRunes is the length of s without a last rune that is not complete.
func wholeRunes(s string) int {
	for i := len(s) - 1; i >= max(0, len(s)-utf8.UTFMax); i-- {
		if utf8.RuneStart(s[i]) {
			if utf8.FullRuneInString(s[i:]) {
				break
			}
			return i
		}
	}
	return len(s)
}

// add adds a line once it is wanted.
func (t *text) add(line string) {
	t.mu.Lock()
	for len(t.lines) >= t.wanted {
		t.wake.Wait()
	}
	t.lines = append(t.lines, line)
	t.mu.Unlock()
	t.notify()
}

func (t *text) end(err error) {
	if err == io.EOF {
		err = nil
	}
	t.mu.Lock()
	t.ended, t.err = true, err
	t.mu.Unlock()
	t.notify()
}

func (t *text) notify() {
	select {
	case t.changed <- struct{}{}:
	default: // one is waiting to be seen
	}
}

// want asks for n lines in all.
func (t *text) want(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > t.wanted {
		t.wanted = n
		t.wake.Signal()
	}
}

// state returns how many lines there are, and whether those are all.
func (t *text) state() (count int, ended bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.lines), t.ended, t.err
}

// line returns line i, which must have been read, without its newline.
func (t *text) line(i int) string { return strings.TrimSuffix(t.raw(i), "\n") }

func (t *text) raw(i int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines[i]
}
