package main

import (
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"
)

// counts are the numbers of one file, or of all.
type counts struct{ lines, words, chars, bytes, longest int }

func (c *counts) add(other counts) {
	c.lines += other.lines
	c.words += other.words
	c.chars += other.chars
	c.bytes += other.bytes
	c.longest = max(c.longest, other.longest)
}

// A counter goes through a file.
type counter struct {
	counts
	inWord bool
	column int
}

const blockSize = 32 << 10

// count reads in to its end.
func (o options) count(in io.Reader) (counts, error) {
	var c counter
	block := make([]byte, blockSize)
	kept := 0 // the begin of a character that the last block ended in
	for {
		n, err := in.Read(block[kept:])
		c.bytes += n
		text := block[:kept+n]
		if !o.words && !o.chars && !o.longest {
			c.lines += bytes.Count(text, []byte{'\n'})
			text = nil
		}
		for len(text) > 0 && (utf8.FullRune(text) || err != nil) {
			char, size := rune(text[0]), 1
			if char >= utf8.RuneSelf {
				char, size = utf8.DecodeRune(text)
			}
			text = text[size:]
			if char == utf8.RuneError && size == 1 {
				c.inWord = c.inWord || c.startWord()
				continue // no character
			}
			c.char(char)
		}
		kept = copy(block, text)
		if err != nil {
			c.endLine()
			if err == io.EOF {
				err = nil
			}
			return c.counts, err
		}
	}
}

func (c *counter) startWord() bool { c.words++; return true }

func (c *counter) char(char rune) {
	c.chars++
	switch char {
	case '\n':
		c.lines++
		c.endLine()
	case '\r', '\f':
		c.endLine()
	case '\t':
		const tabStop = 8
		c.column += tabStop - c.column%tabStop
	default:
		if unicode.IsPrint(char) || unicode.IsSpace(char) && char >= utf8.RuneSelf {
			c.column++
		}
	}
	if unicode.IsSpace(char) {
		c.inWord = false
	} else if !c.inWord {
		c.inWord = c.startWord()
	}
}

func (c *counter) endLine() {
	c.longest = max(c.longest, c.column)
	c.column = 0
}
