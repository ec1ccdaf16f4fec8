package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// A splitter finds the arguments in the input.
type splitter struct {
	in         *bufio.Reader
	delimiter  int    // the only sign that parts arguments, or -1
	wholeLines bool   // blanks don't part them
	end        string // the argument at which the input ends, if there is one
}

// next returns the next argument, and whether its line ends with it. At the
// end of the input the error is io.EOF.
func (s *splitter) next() (item string, endsLine bool, err error) {
	if s.delimiter >= 0 {
		item, err = s.in.ReadString(byte(s.delimiter))
		if err == nil {
			return item[:len(item)-1], true, nil
		}
		if err == io.EOF && item != "" {
			err = nil
		}
		return item, true, err
	}
	item, endsLine, err = s.quoted()
	if err == nil && s.end != "" && item == s.end {
		err = io.EOF
	}
	return item, endsLine, err
}

// quoted reads an argument in which quotes and \ have a meaning.
func (s *splitter) quoted() (item string, endsLine bool, err error) {
	var text []byte
	started, quote := false, byte(0)
	for {
		c, err := s.in.ReadByte()
		switch {
		case err == io.EOF && quote != 0:
			return "", false, unmatched(quote)
		case err == io.EOF && started:
			return string(text), true, nil
		case err != nil:
			return "", false, err
		case quote != 0:
			switch c {
			case quote:
				quote = 0
			case '\n':
				return "", false, unmatched(quote)
			default:
				text = append(text, c)
			}
		case c == '\'' || c == '"':
			quote, started = c, true
		case c == '\\':
			if c, err = s.in.ReadByte(); err != nil {
				return "", false, errors.New(`cannot split the input: it ends with a \`)
			}
			text, started = append(text, c), true
		case c == '\n' || (c == ' ' || c == '\t') && !(s.wholeLines && started):
			if started {
				return string(text), c == '\n', nil
			}
		default:
			text, started = append(text, c), true
		}
	}
}

func unmatched(quote byte) error {
	return fmt.Errorf("cannot split the input: a %c has no partner in its line (-0 and -d know no quotes)", quote)
}
