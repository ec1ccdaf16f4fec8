package lineedit

import (
	"slices"
	"unicode"
)

const longestLine = 1 << 16 // characters

// A buffer is the line being edited. The cursor stands before text[pos].
type buffer struct {
	text   []rune
	pos    int
	killed []rune // what Ctrl-Y brings back
	kills  bool   // the last key cut something, so the next cut adds to it
}

func (b *buffer) set(line string) {
	b.text = []rune(line)
	b.pos = len(b.text)
}

// insert puts text before the cursor, unless the line gets too long: the
// editor looks at all of it for each key.
func (b *buffer) insert(text ...rune) {
	if len(b.text)+len(text) > longestLine {
		return
	}
	b.text = slices.Insert(b.text, b.pos, text...)
	b.pos += len(text)
}

// replace puts text in the place of what is between from and the cursor.
func (b *buffer) replace(from int, text []rune) {
	b.text = slices.Replace(b.text, from, b.pos, text...)
	b.pos = from + len(text)
}

// cut removes what is between from and to, and keeps it for yank.
func (b *buffer) cut(from, to int) {
	cut := slices.Clone(b.text[from:to])
	switch {
	case !b.kills:
		b.killed = cut
	case from < b.pos:
		b.killed = append(cut, b.killed...)
	default:
		b.killed = append(b.killed, cut...)
	}
	b.kills = true
	b.remove(from, to)
}

func (b *buffer) remove(from, to int) {
	b.text = slices.Delete(b.text, from, to)
	b.pos = from
}

func (b *buffer) yank() { b.insert(b.killed...) }

// left and right step over one character and the marks that sit on it.
func (b *buffer) left() int {
	p := b.pos
	for p > 0 {
		p--
		if b.text[p] == '\n' || runeWidth(b.text[p]) > 0 {
			break
		}
	}
	return p
}

func (b *buffer) right() int {
	p := b.pos
	for p < len(b.text) {
		p++
		if p == len(b.text) || b.text[p] == '\n' || runeWidth(b.text[p]) > 0 {
			break
		}
	}
	return p
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (b *buffer) wordLeft() int  { return skipBack(b.text, skipBack(b.text, b.pos, false), true) }
func (b *buffer) wordRight() int { return skip(b.text, skip(b.text, b.pos, false), true) }

// skip returns the first place from p on that is not (or is) inside a word.
func skip(text []rune, p int, inWord bool) int {
	for p < len(text) && isWordRune(text[p]) == inWord {
		p++
	}
	return p
}

func skipBack(text []rune, p int, inWord bool) int {
	for p > 0 && isWordRune(text[p-1]) == inWord {
		p--
	}
	return p
}

// blankLeft is where the blank-separated word before the cursor starts.
func (b *buffer) blankLeft() int {
	p := b.pos
	for p > 0 && unicode.IsSpace(b.text[p-1]) {
		p--
	}
	for p > 0 && !unicode.IsSpace(b.text[p-1]) {
		p--
	}
	return p
}

// transpose swaps the two characters before the cursor, or around it.
func (b *buffer) transpose() {
	if b.pos == 0 || len(b.text) < 2 {
		return
	}
	p := min(b.pos, len(b.text)-1)
	b.text[p-1], b.text[p] = b.text[p], b.text[p-1]
	b.pos = p + 1
}
