package main

import (
	"io"
	"unicode/utf8"
)

// A key is one press: a character, or one of the names below.
type key rune

const (
	ctrlB     key = 'B' & 0x1f
	ctrlC     key = 'C' & 0x1f
	ctrlD     key = 'D' & 0x1f
	ctrlF     key = 'F' & 0x1f
	ctrlH     key = 'H' & 0x1f
	ctrlU     key = 'U' & 0x1f
	escape    key = 0x1b
	backspace key = 0x7f
)

const (
	keyUp key = utf8.MaxRune + 1 + iota
	keyDown
	keyLeft
	keyRight
	keyPageUp
	keyPageDown
	keyHome
	keyEnd
	keyUnknown
)

// readKeys sends the keys that tty gets. The channel is closed at its end.
func readKeys(tty io.Reader) <-chan key {
	keys := make(chan key)
	go func() {
		defer close(keys)
		var typed []byte
		block := make([]byte, 64)
		for {
			n, err := tty.Read(block)
			typed = append(typed, block[:n]...)
			for len(typed) > 0 {
				k, size := decodeKey(typed)
				if size == 0 {
					break // the rest is on its way
				}
				keys <- k
				typed = typed[size:]
			}
			if err != nil {
				return
			}
		}
	}()
	return keys
}

// decodeKey reads the first key of typed, and how many bytes it has: 0 if it
// is not complete. Terminals send Escape, "[" or "O", and a final byte for the
// keys without a character (ECMA-48, 5.4).
func decodeKey(typed []byte) (k key, size int) {
	if typed[0] != byte(escape) {
		if !utf8.FullRune(typed) {
			return 0, 0
		}
		r, size := utf8.DecodeRune(typed)
		return key(r), size
	}
	switch {
	case len(typed) == 1:
		return 0, 0
	case typed[1] != '[' && typed[1] != 'O':
		return escape, 1
	}
	for i := 2; i < len(typed); i++ {
		if typed[i] >= 0x40 && typed[i] <= 0x7e {
			return namedKey(string(typed[2 : i+1])), i + 1
		}
	}
	return 0, 0
}

func namedKey(sequence string) key {
	switch sequence {
	case "A":
		return keyUp
	case "B":
		return keyDown
	case "C":
		return keyRight
	case "D":
		return keyLeft
	case "H", "1~", "7~":
		return keyHome
	case "F", "4~", "8~":
		return keyEnd
	case "5~":
		return keyPageUp
	case "6~":
		return keyPageDown
	}
	return keyUnknown
}
