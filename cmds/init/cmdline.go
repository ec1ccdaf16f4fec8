package main

import "strings"

// A commandLine is the text that the boot loader has given to the kernel.
// Words are separated by spaces; quotes hold spaces together, in `key="a b"`
// and `"key=a b"` alike; the last of several equal keys counts.
// See Documentation/admin-guide/kernel-parameters.rst.
type commandLine []parameter

type parameter struct{ key, value string }

func parseCommandLine(text string) commandLine {
	var words commandLine
	for text = trimSpace(text); text != ""; text = trimSpace(text) {
		var word string
		word, text = cutWord(text)
		key, value, _ := strings.Cut(word, "=")
		words = append(words, parameter{key, value})
	}
	return words
}

func trimSpace(s string) string { return strings.TrimLeft(s, " \t\r\n\x00") }

// cutWord returns the first word of text without its quotes, and what follows.
func cutWord(text string) (word, rest string) {
	var b strings.Builder
	quoted := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && trimSpace(text[i:i+1]) == "":
			return b.String(), text[i:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// has tells whether a word stands on the line, with or without a value.
func (c commandLine) has(key string) bool {
	_, found := c.lookup(key)
	return found
}

// get returns the value of key, "" if it isn't there.
func (c commandLine) get(key string) string {
	value, _ := c.lookup(key)
	return value
}

func (c commandLine) lookup(key string) (value string, found bool) {
	for i := len(c) - 1; i >= 0; i-- {
		if c[i].key == key {
			return c[i].value, true
		}
	}
	return "", false
}
