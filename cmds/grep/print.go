package main

import "strconv"

// Colours, as parameters of the escape sequence SGR (ECMA-48, 8.3.117;
// console_codes(4)).
const (
	colorName      = "35"   // magenta
	colorNumber    = "32"   // green
	colorSeparator = "36"   // cyan
	colorMatch     = "1;31" // bold red
)

// paint writes text in a colour, if colours are wanted.
func (g *grep) paint(color, text string) {
	if g.color && text != "" {
		text = "\x1b[" + color + "m" + text + "\x1b[m"
	}
	g.streams.Out.WriteString(text)
}

func (g *grep) separator(text string) { g.paint(colorSeparator, text) }

// head writes what stands before a line: the file, and the number.
func (s *search) head(mark byte) {
	if s.named {
		s.paint(colorName, s.name)
		s.separator(string(mark))
	}
	if s.numbers {
		s.paint(colorNumber, strconv.Itoa(s.line))
		s.separator(string(mark))
	}
}

// print writes a line. mark is ':' for a selected one, '-' for context.
func (s *search) print(line []byte, mark byte) {
	s.printed, s.last = true, s.line
	if s.onlyMatching {
		if mark == ':' && !s.invert {
			s.printMatches(line)
		}
		return
	}
	s.head(mark)
	at := 0
	if s.color && mark == ':' && !s.invert {
		for _, span := range s.match.spans(line) {
			s.streams.Out.Write(line[at:span[0]])
			s.paint(colorMatch, string(line[span[0]:span[1]]))
			at = span[1]
		}
	}
	s.streams.Out.Write(line[at:])
	s.streams.Out.WriteByte('\n')
}

func (s *search) printMatches(line []byte) {
	for _, span := range s.match.spans(line) {
		if span[0] == span[1] {
			continue
		}
		s.head(':')
		s.paint(colorMatch, string(line[span[0]:span[1]]))
		s.streams.Out.WriteByte('\n')
	}
}

func (s *search) printCount() {
	if s.named {
		s.paint(colorName, s.name)
		s.separator(":")
	}
	s.streams.Out.WriteString(strconv.Itoa(s.count) + "\n")
}
