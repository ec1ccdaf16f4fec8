package main

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A glob is a pattern of a shell, where * and ? match slashes and dots, too.
type glob struct {
	parts    []globPart
	foldCase bool
}

// A globPart matches one character, or any number of any.
type globPart struct {
	kind    byte // '*', '?', '[', or 0: char
	char    rune
	set     []globRange // of [
	classes []string    // of [: alpha and so on
	negated bool
}

type globRange struct{ low, high rune }

// parseGlob reads a pattern; what is no pattern, such as a lone [, stands for
// itself.
func parseGlob(text string, foldCase bool) glob {
	if foldCase {
		text = strings.ToLower(text)
	}
	g := glob{foldCase: foldCase}
	for text != "" {
		char, size := decode(text)
		part := globPart{char: char}
		switch {
		case char == '*' || char == '?':
			part.kind = byte(char)
		case char == '\\' && len(text) > 1:
			text = text[1:]
			part.char, size = decode(text)
		case char == '[':
			if set, length := parseSet(text); length > 0 {
				part, size = set, length
			}
		}
		g.parts = append(g.parts, part)
		text = text[size:]
	}
	return g
}

// decode takes one character; a byte that is none stands apart from all.
func decode(text string) (rune, int) {
	char, size := utf8.DecodeRuneInString(text)
	if char == utf8.RuneError && size == 1 {
		return -1 - rune(text[0]), 1
	}
	return char, size
}

// parseSet reads [abc0-9[:alpha:]]; the length is 0 if there is no end.
func parseSet(text string) (part globPart, length int) {
	part.kind = '['
	i := 1
	if i < len(text) && (text[i] == '!' || text[i] == '^') {
		part.negated = true
		i++
	}
	for first := true; i < len(text); first = false {
		if text[i] == ']' && !first {
			return part, i + 1
		}
		if name, after, ok := strings.Cut(text[i:], ":]"); ok && strings.HasPrefix(name, "[:") && isClass(name[2:]) {
			part.classes = append(part.classes, name[2:])
			i = len(text) - len(after)
			continue
		}
		var r globRange
		r.low, i = setChar(text, i)
		r.high = r.low
		if i+1 < len(text) && text[i] == '-' && text[i+1] != ']' {
			r.high, i = setChar(text, i+1)
		}
		part.set = append(part.set, r)
	}
	return part, 0
}

// setChar takes one character of a set at i, which may have a \ before it.
func setChar(text string, i int) (char rune, next int) {
	if text[i] == '\\' && i+1 < len(text) {
		i++
	}
	char, size := decode(text[i:])
	return char, i + size
}

func isClass(name string) bool {
	return slices.Contains([]string{"alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit"}, name)
}

func inClass(class string, c rune) bool {
	switch class {
	case "alpha":
		return unicode.IsLetter(c)
	case "digit":
		return '0' <= c && c <= '9'
	case "alnum":
		return unicode.IsLetter(c) || unicode.IsDigit(c)
	case "upper":
		return unicode.IsUpper(c)
	case "lower":
		return unicode.IsLower(c)
	case "space":
		return unicode.IsSpace(c)
	case "blank":
		return c == ' ' || c == '\t'
	case "punct":
		return unicode.IsPunct(c) || unicode.IsSymbol(c)
	case "print":
		return unicode.IsPrint(c)
	case "graph":
		return unicode.IsPrint(c) && c != ' '
	case "cntrl":
		return unicode.IsControl(c)
	}
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' // xdigit
}

// match says whether the whole of name matches. After a failure only the last
// * is tried with more, which is enough, and keeps the time linear in both.
func (g *glob) match(name string) bool {
	if g.foldCase {
		name = strings.ToLower(name)
	}
	at, retry, retryName := 0, -1, ""
	for {
		if at < len(g.parts) && g.parts[at].kind == '*' {
			at++
			retry, retryName = at, name
			continue
		}
		if name == "" && at == len(g.parts) {
			return true
		}
		if name != "" && at < len(g.parts) {
			if char, size := decode(name); g.parts[at].matches(char) {
				at++
				name = name[size:]
				continue
			}
		}
		if retry < 0 || retryName == "" {
			return false
		}
		_, size := decode(retryName)
		retryName = retryName[size:]
		at, name = retry, retryName
	}
}

func (p *globPart) matches(c rune) bool {
	switch p.kind {
	case '?':
		return true
	case '[':
		in := slices.ContainsFunc(p.set, func(r globRange) bool { return r.low <= c && c <= r.high }) ||
			slices.ContainsFunc(p.classes, func(class string) bool { return inClass(class, c) })
		return in != p.negated
	}
	return c == p.char
}
