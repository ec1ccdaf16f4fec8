package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// rules are by what lines are compared.
type rules struct {
	keys      []key
	global    order  // for keys that have none of their own
	separator []byte // of fields; nil: blanks
}

// A key is a part of a line, and how it is compared.
type key struct {
	order
	from, to position
}

// A position is a place in a line.
type position struct {
	field, char int // from 1; as an end, char 0 is that of the field
}

const toEnd = math.MaxInt

// An order is how two keys are compared.
type order struct {
	kind                        byte // 'n', 'g', 'h', 'M', 'V', or 0: bytes
	fold, dictionary, printable bool
	reverse                     bool
	blanks, blanksOfEnd         bool // skipped before a character is counted
	clash                       bool // more than one kind
}

// set takes one option letter; false says that there is no such.
func (o *order) set(letter byte) bool {
	switch letter {
	case 'n', 'g', 'h', 'M', 'V':
		o.clash = o.clash || o.kind != 0 && o.kind != letter
		o.kind = letter
	case 'b':
		o.blanks, o.blanksOfEnd = true, true
	case 'd':
		o.dictionary = true
	case 'f':
		o.fold = true
	case 'i':
		o.printable = true
	case 'r':
		o.reverse = true
	default:
		return false
	}
	return true
}

// incompatible is the error of letters that can't stand together.
type incompatible struct{ error }

// finish gives keys without letters those of the options.
func (r *rules) finish() error {
	if len(r.keys) == 0 {
		if plain := (order{reverse: r.global.reverse}); r.global != plain {
			r.keys = []key{{from: position{1, 1}, to: position{toEnd, 0}}}
		}
	}
	for i := range r.keys {
		k := &r.keys[i]
		if k.order == (order{}) {
			k.order = r.global
		}
		if k.clash || k.kind != 0 && k.kind != 'V' && (k.dictionary || k.printable) {
			return incompatible{errors.New("only one of -d -i, -n, -g, -h, -M and -V makes sense for a key")}
		}
	}
	return nil
}

// parseKey reads FIELD[.CHARACTER][LETTERS][,FIELD[.CHARACTER][LETTERS]].
func parseKey(text string) (key, error) {
	k := key{to: position{toEnd, 0}}
	from, to, ends := strings.Cut(text, ",")
	var err error
	if k.from, from, err = parsePosition(from, 1); err != nil {
		return k, err
	}
	letters := from
	for i := range letters {
		if letters[i] == 'b' {
			k.blanks = true
		} else if !k.set(letters[i]) {
			return k, fmt.Errorf("%q in a key is not known", letters[i])
		}
	}
	if k.from.char == 0 {
		return k, errors.New("characters are counted from 1")
	}
	if !ends {
		return k, nil
	}
	if k.to, letters, err = parsePosition(to, 0); err != nil {
		return k, err
	}
	for i := range letters {
		if letters[i] == 'b' {
			k.blanksOfEnd = true
		} else if !k.set(letters[i]) {
			return k, fmt.Errorf("%q in a key is not known", letters[i])
		}
	}
	return k, nil
}

// parsePosition reads FIELD[.CHARACTER]; char is the default of the latter.
func parsePosition(text string, char int) (p position, rest string, err error) {
	p.char = char
	if p.field, text, err = parseCount(text); err != nil {
		return p, "", err
	}
	if p.field == 0 {
		return p, "", errors.New("fields are counted from 1")
	}
	if after, ok := strings.CutPrefix(text, "."); ok {
		p.char, text, err = parseCount(after)
	}
	return p, text, err
}

func parseCount(text string) (n int, rest string, err error) {
	rest = strings.TrimLeft(text, "0123456789")
	digits := text[:len(text)-len(rest)]
	n, err = strconv.Atoi(digits)
	if errors.Is(err, strconv.ErrRange) {
		return toEnd, rest, nil // there is no such field anyway
	}
	if err != nil {
		return 0, "", fmt.Errorf("%q is no key such as 2,2 or 1.3,1.5n", text)
	}
	return n, rest, nil
}

// firstKey is the part of text that the first key compares.
func (r *rules) firstKey(text []byte) []byte {
	if len(r.keys) == 0 {
		return nil
	}
	return r.part(text, &r.keys[0])
}

// part is what the key k is in text.
func (r *rules) part(text []byte, k *key) []byte {
	begin, end := 0, len(text)
	if k.from != (position{1, 1}) || k.blanks {
		begin = r.skipFields(text, k.from.field-1)
		begin = skipChars(text, begin, k.from.char-1, k.blanks)
	}
	switch {
	case k.to.field == toEnd:
	case k.to.char > 0:
		end = r.skipFields(text, k.to.field-1)
		end = skipChars(text, end, k.to.char, k.blanksOfEnd)
	default:
		end = r.endOfField(text, k.to.field)
	}
	return text[begin:max(begin, end)]
}

// skipFields returns where the field after the first count fields begins.
func (r *rules) skipFields(text []byte, count int) int {
	at := 0
	for ; count > 0 && at < len(text); count-- {
		if at = r.nextEnd(text, at); r.separator != nil && at < len(text) {
			at += len(r.separator)
		}
	}
	return at
}

// endOfField returns where the field with this number, from 1, ends.
func (r *rules) endOfField(text []byte, number int) int {
	return r.nextEnd(text, r.skipFields(text, number-1))
}

// nextEnd returns where the field that begins at at ends.
func (r *rules) nextEnd(text []byte, at int) int {
	if r.separator != nil {
		if i := bytes.Index(text[at:], r.separator); i >= 0 {
			return at + i
		}
		return len(text)
	}
	at = skipBlanks(text, at)
	for at < len(text) && !isBlank(text[at]) {
		at++
	}
	return at
}

// skipChars goes count bytes on, and over blanks first if asked to.
func skipChars(text []byte, at, count int, blanks bool) int {
	if blanks {
		at = skipBlanks(text, at)
	}
	return at + min(count, len(text)-at)
}

func skipBlanks(text []byte, at int) int {
	for at < len(text) && isBlank(text[at]) {
		at++
	}
	return at
}

// isBlank takes a newline for one: with -z it is in the middle of lines.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
