package main

import (
	"fmt"
	"io"
	"os"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// A followed file is one whose end is waited for.
type followed struct {
	name string
	file *os.File // nil while there is none of that name
}

// followAll prints what is appended to the files, until wait says that it is
// enough or the output is lost.
func (t *tail) followAll(wait func() bool) {
	for {
		t.streams.Out.Flush()
		if t.streams.OutputFailed() || !wait() {
			return
		}
		for _, f := range t.followed {
			if f.file != nil {
				t.copyNew(f)
			}
			if t.byName {
				t.reopen(f)
			}
		}
	}
}

// copyNew prints what was appended. A file that has become shorter was emptied
// by its writer: all of it is new.
func (t *tail) copyNew(f *followed) {
	at, err := f.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return
	}
	if info, err := f.file.Stat(); err == nil && info.Size() < at {
		t.note("%s was emptied", f.name)
		f.file.Seek(0, io.SeekStart)
	}
	in := &noticingReader{r: f.file, first: func() { t.heading(f.name) }}
	if _, err := io.Copy(t.streams.Out, in); err != nil && !t.streams.OutputFailed() {
		t.streams.Complain(stdio.Cannot("read", f.name, err))
	}
}

// reopen opens the file that has taken f's name.
func (t *tail) reopen(f *followed) {
	now, err := os.Stat(f.name)
	if err != nil {
		return // nothing has; the old one is read on
	}
	if f.file != nil {
		if before, err := f.file.Stat(); err == nil && os.SameFile(before, now) {
			return
		}
		f.file.Close()
		f.file = nil
		t.note("%s was replaced", f.name)
	}
	if f.file, err = os.Open(f.name); err != nil {
		f.file = nil
		return // it may be readable at the next look
	}
	t.copyNew(f)
}

// note tells what happens to a file, which is no failure.
func (t *tail) note(format, name string) {
	t.streams.Out.Flush()
	fmt.Fprintf(t.streams.Err, "tail: "+format+"\n", stdio.Quote(name))
}

// A noticingReader calls first before it hands over the first byte.
type noticingReader struct {
	r     io.Reader
	first func()
}

func (n *noticingReader) Read(b []byte) (int, error) {
	count, err := n.r.Read(b)
	if count > 0 && n.first != nil {
		n.first()
		n.first = nil
	}
	return count, err
}
