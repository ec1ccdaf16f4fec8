package lineedit

import (
	"strings"
	"unicode"
)

// runeWidth is how many columns of the terminal r takes: 2 for the wide
// characters of East Asia and for pictures, 0 for marks that sit on the
// character before them, else 1.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case isWide(r):
		return 2
	}
	return 1
}

// isWide follows the blocks of Unicode that are wide as a whole
// (UAX #11, East Asian Width, W and F).
func isWide(r rune) bool {
	return r >= 0x1100 && r <= 0x115f || // Hangul Jamo
		r >= 0x2e80 && r <= 0x303e || // radicals, punctuation
		r >= 0x3041 && r <= 0xa4cf || // kana, CJK, Yi
		r >= 0xac00 && r <= 0xd7a3 || // Hangul
		r >= 0xf900 && r <= 0xfaff || // CJK compatibility
		r >= 0xfe30 && r <= 0xfe6f || // vertical forms
		r >= 0xff00 && r <= 0xff60 || // fullwidth forms
		r >= 0xffe0 && r <= 0xffe6 ||
		r >= 0x1f300 && r <= 0x1f64f || // pictographs, emoticons
		r >= 0x1f680 && r <= 0x1f6ff ||
		r >= 0x1f900 && r <= 0x1f9ff ||
		r >= 0x20000 && r <= 0x3fffd // CJK extensions
}

// shown is how a character of the line is shown: a control character as ^X,
// a tab as four blanks.
func shown(r rune) string {
	switch {
	case r == '\t':
		return "    "
	case r < 0x20 || r == 0x7f:
		return "^" + string(r^0x40)
	case r >= 0x80 && r < 0xa0: // the second set of control characters
		return "?"
	}
	return string(r)
}

// printable is text as it can be shown: a file's name must not be able to send
// commands to the terminal.
func printable(text string) string {
	var all strings.Builder
	for _, r := range text {
		all.WriteString(shown(r))
	}
	return all.String()
}

func textWidth(s string) int {
	width := 0
	for _, r := range s {
		width += runeWidth(r)
	}
	return width
}
