package main

import (
	"bufio"
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
	case t.fromBegin:
		return t.linesFrom(in)
	}
	return t.lastLines(in)
}

// linesFrom prints what follows the first count-1 lines.
func (t *tail) linesFrom(in io.Reader) error {
	block := bufio.NewReaderSize(in, blockSize)
	for number := 1; number < t.count; {
		switch _, err := block.ReadSlice('\n'); err {
		case nil:
			number++
		case bufio.ErrBufferFull: // a long line
		case io.EOF:
			return nil
		default:
			return err
		}
	}
	_, err := io.Copy(t.streams.Out, block)
	return err
}

func (t *tail) lastBytes(in io.Reader) error {
	var kept []byte
	block := make([]byte, blockSize)
	for {
		n, err := in.Read(block)
		kept = append(kept, block[:n]...)
		extra := max(0, len(kept)-t.count)
		if err != nil {
			t.streams.Out.Write(kept[extra:])
			if err == io.EOF {
				err = nil
			}
			return err
		}
		if extra > t.count { // moving the rest for each block would take quadratic time
			kept = append(kept[:0], kept[extra:]...)
		}
	}
}

func (t *tail) lastLines(in io.Reader) error {
	var kept [][]byte // a ring, once it is full
	oldest := 0
	for line, err := range stdio.Lines(in, '\n') {
		if err != nil {
			return err
		}
		switch {
		case t.count == 0:
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
