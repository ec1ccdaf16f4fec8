package lineedit

import (
	"io"
	"slices"
	"unicode/utf8"
)

// A key is one press: a character as it is, a control character as its byte,
// or one of the names below. alt is added for Alt, which terminals send as an
// Escape before the key.
type key rune

const (
	keyUnknown key = utf8.MaxRune + 1 + iota
	keyUp
	keyDown
	keyLeft
	keyRight
	keyHome
	keyEnd
	keyDelete
	keyWordLeft
	keyWordRight
	keyPasteStart
	keyPasteEnd

	alt key = 1 << 24
)

const (
	escape    = 0x1b
	backspace = 0x7f
)

// ctrl is the key that Ctrl makes of the letter c.
func ctrl(c rune) key { return key(c & 0x1f) }

// A keyReader makes keys of the bytes a terminal sends. It takes no byte more
// than the key needs, so that what was typed ahead for the next program stays
// with the kernel.
type keyReader struct {
	in   io.Reader
	back []byte // taken, but not part of the key; the next one is the last
}

func (k *keyReader) readByte() (byte, error) {
	if n := len(k.back); n > 0 {
		b := k.back[n-1]
		k.back = k.back[:n-1]
		return b, nil
	}
	var b [1]byte
	_, err := io.ReadFull(k.in, b[:])
	return b[0], err
}

func (k *keyReader) read() (key, error) {
	b, err := k.readByte()
	switch {
	case err != nil:
		return 0, err
	case b == escape:
		return k.readEscape()
	case b < utf8.RuneSelf:
		return key(b), nil
	}
	return k.readUTF8(b)
}

// readUTF8 reads the rest of a character whose first byte is b.
func (k *keyReader) readUTF8(b byte) (key, error) {
	text := []byte{b}
	for !utf8.FullRune(text) {
		next, err := k.readByte()
		if err != nil {
			return 0, err
		}
		text = append(text, next)
	}
	r, size := utf8.DecodeRune(text)
	if r == utf8.RuneError && size == 1 {
		for _, b := range slices.Backward(text[1:]) {
			k.back = append(k.back, b)
		}
		return keyUnknown, nil
	}
	return key(r), nil
}

// readEscape reads what follows an Escape: a sequence of ECMA-48, section 5.4
// ("[", parameters, one final byte), the older "O" with one byte, or a key
// that Alt was held with.
func (k *keyReader) readEscape() (key, error) {
	b, err := k.readByte()
	for err == nil && b == escape { // pressed twice
		b, err = k.readByte()
	}
	switch {
	case err != nil:
		return 0, err
	case b == '[':
		return k.readSequence()
	case b == 'O':
		final, err := k.readByte()
		return finalKey(final), err
	}
	k.back = append(k.back, b)
	plain, err := k.read()
	return plain | alt, err
}

func (k *keyReader) readSequence() (key, error) {
	const longest = 32 // no key is longer; a flood of digits must not fill the memory
	var parameters []byte
	for {
		b, err := k.readByte()
		switch {
		case err != nil:
			return 0, err
		case b == '[' && len(parameters) == 0: // F1 to F5 of the Linux console
			_, err := k.readByte()
			return keyUnknown, err
		case b >= 0x40 && b <= 0x7e:
			return sequenceKey(string(parameters), b), nil
		case b < 0x20 || b > 0x7e || len(parameters) == longest:
			k.back = append(k.back, b)
			return keyUnknown, nil
		}
		parameters = append(parameters, b)
	}
}

// sequenceKey is the key of a sequence. The names are those of xterm, of the
// VT100 and of the Linux console (console_codes(4)).
func sequenceKey(parameters string, final byte) key {
	if final == '~' {
		switch parameters {
		case "1", "7":
			return keyHome
		case "4", "8":
			return keyEnd
		case "3":
			return keyDelete
		case "200":
			return keyPasteStart
		case "201":
			return keyPasteEnd
		}
		return keyUnknown
	}
	switch parameters {
	case "":
		return finalKey(final)
	case "1;5", "1;3": // with Ctrl, with Alt
		switch final {
		case 'C':
			return keyWordRight
		case 'D':
			return keyWordLeft
		}
		return finalKey(final)
	}
	return keyUnknown
}

func finalKey(final byte) key {
	switch final {
	case 'A':
		return keyUp
	case 'B':
		return keyDown
	case 'C':
		return keyRight
	case 'D':
		return keyLeft
	case 'H':
		return keyHome
	case 'F':
		return keyEnd
	}
	return keyUnknown
}
