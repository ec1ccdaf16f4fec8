package main

import (
	"bytes"
	"io"
	"os"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

const blockSize = 32 << 10

// copyEnd prints the end of what can't be read backwards.
func (t *tail) copyEnd(in io.Reader) error {
	switch {
	case t.bytes && t.fromBegin:
		if _, err := io.CopyN(io.Discard, in, int64(t.count)-1); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		_, err := io.Copy(t.streams.Out, in)
		return err
	case t.bytes:
		return t.lastBytes(in)
	}
	return t.lastLines(in)
}

func (t *tail) lastBytes(in io.Reader) error {
	var kept []byte
	block := make([]byte, blockSize)
	for {
		n, err := in.Read(block)
		kept = append(kept, block[:n]...)
		if extra := len(kept) - t.count; extra > 0 {
			kept = append(kept[:0], kept[extra:]...)
		}
		if err != nil {
			t.streams.Out.Write(kept)
			if err == io.EOF {
				err = nil
			}
			return err
		}
	}
}

func (t *tail) lastLines(in io.Reader) error {
	var kept [][]byte // a ring, once it is full
	oldest, number := 0, 0
	for line, err := range stdio.Lines(in, '\n') {
		if err != nil {
			return err
		}
		number++
		switch {
		case t.fromBegin && number >= t.count:
			t.streams.Out.Write(line)
		case t.fromBegin || t.count == 0:
		case len(kept) < t.count:
			kept = append(kept, append([]byte(nil), line...))
		default:
			kept[oldest] = append(kept[oldest][:0], line...)
			oldest = (oldest + 1) % t.count
		}
	}
	for i := range kept {
		t.streams.Out.Write(kept[(oldest+i)%len(kept)])
	}
	return nil
}

// copyEndOfFile prints the end of a file of the given size.
func (t *tail) copyEndOfFile(f *os.File, size int64) error {
	if t.fromBegin && !t.bytes {
		return t.copyEnd(t.streams.Prompt(f))
	}
	var at int64
	switch {
	case t.fromBegin:
		at = min(size, max(0, int64(t.count)-1))
	case t.bytes:
		at = max(0, size-int64(t.count))
	default:
		var err error
		if at, err = lineFromEnd(f, size, t.count); err != nil {
			return err
		}
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(t.streams.Out, t.streams.Prompt(f))
	return err
}

// lineFromEnd returns where the last count lines of the first size bytes of f
// begin, reading blocks backwards.
func lineFromEnd(f io.ReaderAt, size int64, count int) (int64, error) {
	if count == 0 {
		return size, nil
	}
	block := make([]byte, blockSize)
	end := size
	for end > 0 {
		begin := max(0, end-blockSize)
		part := block[:end-begin]
		if _, err := f.ReadAt(part, begin); err != nil {
			return 0, err
		}
		for {
			i := bytes.LastIndexByte(part, '\n')
			if i < 0 {
				break
			}
			at := begin + int64(i) + 1
			if at < size { // the one that ends the last line begins none
				if count--; count == 0 {
					return at, nil
				}
			}
			part = part[:i]
		}
		end = begin
	}
	return 0, nil
}
