package main

import (
	"bytes"
	"cmp"
)

// compareVersions compares names with numbers in them as GNU does: without
// what looks like the extension of a file, then with it.
func compareVersions(a, b []byte) int {
	if order := cmp.Compare(hiddenRank(a), hiddenRank(b)); order != 0 {
		return order
	}
	stemA, stemB := stem(a), stem(b)
	order := compareParts(stemA, stemB)
	if order != 0 || len(stemA) == len(a) && len(stemB) == len(b) {
		return order
	}
	return compareParts(a, b)
}

// hiddenRank puts names with a dot first, and of those "." and "..".
func hiddenRank(name []byte) int {
	switch {
	case len(name) == 0:
		return 0
	case string(name) == ".":
		return 1
	case string(name) == "..":
		return 2
	case name[0] == '.':
		return 3
	}
	return 4
}

// stem is name without its extensions: dots, each with a letter behind it and
// no other sign than letters, digits and ~.
func stem(name []byte) []byte {
	for {
		dot := bytes.LastIndexByte(name, '.')
		if dot < 0 || !isExtension(name[dot+1:]) {
			return name
		}
		name = name[:dot]
	}
}

func isExtension(text []byte) bool {
	for i, c := range text {
		if !isLetter(c) && c != '~' && (i == 0 || !isDigit(c)) {
			return false
		}
	}
	return len(text) > 0
}

// compareParts compares by turns what is no number and what is one.
func compareParts(a, b []byte) int {
	for len(a) > 0 || len(b) > 0 {
		for len(a) > 0 && !isDigit(a[0]) || len(b) > 0 && !isDigit(b[0]) {
			if order := cmp.Compare(rank(a), rank(b)); order != 0 {
				return order
			}
			a, b = a[1:], b[1:]
		}
		var x, y []byte
		x, a = digits(a)
		y, b = digits(b)
		if order := (number{whole: bytes.TrimLeft(x, "0")}).compare(number{whole: bytes.TrimLeft(y, "0")}); order != 0 {
			return order
		}
	}
	return 0
}

// rank orders what text may begin with: ~, the end, a digit, letters, others.
func rank(text []byte) int {
	const aboveLetters = 256
	switch {
	case len(text) == 0:
		return -1
	case isDigit(text[0]):
		return 0
	case text[0] == '~':
		return -2
	case isLetter(text[0]):
		return int(text[0])
	}
	return int(text[0]) + aboveLetters
}
