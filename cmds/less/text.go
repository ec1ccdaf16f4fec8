package main

import (
	"io"
	"strings"
	"sync"

	"github.com/vole-linux/vole/cmds/internal/stdio"
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
	lines  []string
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

func (t *text) read(in io.Reader) {
	var failure error
	for line, err := range stdio.Lines(in, '\n') {
		if err != nil {
			failure = err
			break
		}
		t.mu.Lock()
		for len(t.lines) >= t.wanted {
			t.wake.Wait()
		}
		t.lines = append(t.lines, strings.TrimSuffix(string(line), "\n"))
		t.mu.Unlock()
		t.notify()
	}
	t.mu.Lock()
	t.ended, t.err = true, failure
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

// line returns line i, which must have been read.
func (t *text) line(i int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines[i]
}
