// Package lineedit reads lines from a person at a terminal, and lets him edit
// them.
//
// # Keys
//
//	Left, Ctrl-B; Right, Ctrl-F    one character
//	Alt-B, Ctrl-Left; Alt-F, Ctrl-Right    one word
//	Home, Ctrl-A; End, Ctrl-E      to the start, to the end
//	Backspace; Delete, Ctrl-D      remove a character
//	Ctrl-W; Alt-D, Alt-Backspace   cut a word
//	Ctrl-U; Ctrl-K                 cut to the start, to the end
//	Ctrl-Y                         bring back what was cut
//	Ctrl-T                         swap two characters
//	Up, Ctrl-P; Down, Ctrl-N       through the history, among the lines that
//	                               start like what is left of the cursor
//	Ctrl-R                         search the history
//	Alt-.                          the last word of the line before
//	Tab                            complete; twice: list the candidates
//	Ctrl-L                         clear the screen
//	Ctrl-C                         drop the line
//	Ctrl-D on an empty line        end of input
//
// A paste is taken as text, with its line ends, in terminals that mark pastes
// (bracketed paste).
//
// # How it draws
//
// All it needs of a terminal is what a VT100 has: carriage return, cursor up,
// down and right, erase to the end. It asks for the size each time it draws,
// so that a resized window is right at the next key.
//
// The files: key.go (bytes to keys), buffer.go (the line), screen.go (the line
// to a terminal), width.go, history.go, search.go, complete.go, terminal.go.
//
// # Bugs
//
// A line with more rows than the terminal is drawn wrong. Combining characters
// that take a column of their own, and joined emoji, shift the cursor. There
// is no undo and there are no vi keys.
//
// Next in the tour: none
package lineedit

import (
	"errors"
	"io"
	"strings"
)

// ErrInterrupt is the error of a line that was dropped with Ctrl-C.
var ErrInterrupt = errors.New("interrupted")

// An Editor reads lines from a terminal in raw mode.
type Editor struct {
	In       io.Reader
	Out      io.Writer
	Size     func() (columns, rows int)
	Complete Completer // nil: Tab does nothing
	History  *History

	// MarkPastes asks the terminal to mark pastes. A terminal that doesn't
	// know how may show the request.
	MarkPastes bool

	keys keyReader
}

// A reading is the state of one ReadLine. It is used by one goroutine.
type reading struct {
	buffer
	e        *Editor
	screen   screen
	prompt   string
	previous key    // the key before this one
	entry    int    // of the history; the number of entries: the new line
	prefix   string // what entries are looked for
	typed    string // the new line, while an entry is shown
	browsing bool
}

// ReadLine shows prompt and returns the line the user enters, without its
// end; a pasted line can have line ends inside. The error is io.EOF after
// Ctrl-D on an empty line, ErrInterrupt after Ctrl-C, or one of In.
func (e *Editor) ReadLine(prompt string) (string, error) {
	e.keys.in = e.In
	r := &reading{e: e, prompt: prompt, screen: screen{out: e.Out, size: e.Size}}
	if e.MarkPastes {
		io.WriteString(e.Out, "\x1b[?2004h")
	}
	for {
		r.screen.draw(r.prompt, r.text, r.pos)
		k, err := e.keys.read()
		if err == nil && k == ctrl('R') {
			k, err = r.search()
		}
		if err != nil {
			r.leave("")
			return "", err
		}
		if done, err := r.press(k); done || err != nil {
			return string(r.text), err
		}
		r.previous = k
	}
}

// press does what key k means. done says that the line is complete.
func (r *reading) press(k key) (done bool, err error) {
	browsing := r.browsing
	r.browsing = false
	switch {
	case k == '\r' || k == '\n':
		r.leave("")
		return true, nil
	case k == ctrl('C'):
		r.leave("^C")
		return false, ErrInterrupt
	case k == ctrl('D') && len(r.text) == 0:
		r.leave("^D")
		return false, io.EOF
	case k == '\t':
		r.complete()
	case k == ctrl('L'):
		r.screen.clear()
	case k == keyPasteStart:
		err = r.paste()
	case k >= ' ' && k < keyUnknown && k != backspace:
		r.insert(rune(k))
	case r.move(k) || r.change(k):
	default:
		r.browse(k, browsing)
	}
	r.kills = r.kills && isCut(k)
	return false, err
}

// leave shows the line as it will stay on the terminal, with mark behind it,
// and goes below it.
func (r *reading) leave(mark string) {
	r.pos = len(r.text)
	r.screen.draw(r.prompt, r.text, r.pos)
	if r.e.MarkPastes {
		mark += "\x1b[?2004l"
	}
	io.WriteString(r.e.Out, mark)
	r.screen.leave()
}

// move does the keys that move the cursor.
func (r *reading) move(k key) bool {
	switch k {
	case keyLeft, ctrl('B'):
		r.pos = r.left()
	case keyRight, ctrl('F'):
		r.pos = r.right()
	case keyHome, ctrl('A'):
		r.pos = 0
	case keyEnd, ctrl('E'):
		r.pos = len(r.text)
	case keyWordLeft, 'b' | alt:
		r.pos = r.wordLeft()
	case keyWordRight, 'f' | alt:
		r.pos = r.wordRight()
	default:
		return false
	}
	return true
}

func isCut(k key) bool {
	switch k {
	case ctrl('K'), ctrl('U'), ctrl('W'), 'd' | alt, backspace | alt:
		return true
	}
	return false
}

// change does the keys that change the text.
func (r *reading) change(k key) bool {
	switch k {
	case backspace, ctrl('H'):
		r.remove(r.left(), r.pos)
	case keyDelete, ctrl('D'):
		r.remove(r.pos, r.right())
	case ctrl('K'):
		r.cut(r.pos, len(r.text))
	case ctrl('U'):
		r.cut(0, r.pos)
	case ctrl('W'):
		r.cut(r.blankLeft(), r.pos)
	case backspace | alt:
		r.cut(r.wordLeft(), r.pos)
	case 'd' | alt:
		r.cut(r.pos, r.wordRight())
	case ctrl('Y'):
		r.yank()
	case ctrl('T'):
		r.transpose()
	default:
		return false
	}
	return true
}

// browse does the keys that bring back lines of the past. again says that the
// key before this one did so too.
func (r *reading) browse(k key, again bool) {
	if !again {
		r.entry, r.prefix, r.typed = len(r.e.History.lines), string(r.text[:r.pos]), string(r.text)
	}
	find := r.e.History.before
	switch k {
	case keyUp, ctrl('P'):
	case keyDown, ctrl('N'):
		find = r.e.History.after
	case '.' | alt:
		r.insertLastWord()
		return
	default:
		return
	}
	r.browsing = true
	if i, ok := find(r.entry, r.prefix, string(r.text)); ok {
		r.entry = i
		r.set(r.e.History.lines[i])
	} else if k == keyDown || k == ctrl('N') {
		r.entry = len(r.e.History.lines)
		r.set(r.typed)
	} else {
		r.bell()
	}
}

func (r *reading) insertLastWord() {
	lines := r.e.History.lines
	if len(lines) == 0 {
		r.bell()
		return
	}
	words := strings.Fields(lines[len(lines)-1])
	r.insert([]rune(words[len(words)-1])...)
}

// paste takes all that comes until the terminal says that the paste is over.
func (r *reading) paste() error {
	var text []rune
	for {
		k, err := r.e.keys.read()
		switch {
		case err != nil:
			return err
		case k == keyPasteEnd:
			for len(text) > 0 && text[len(text)-1] == '\n' {
				text = text[:len(text)-1]
			}
			r.insert(text...)
			return nil
		case k == '\r':
			text = append(text, '\n')
		case k < keyUnknown:
			text = append(text, rune(k))
		}
	}
}

func (r *reading) bell() { io.WriteString(r.e.Out, "\a") }
