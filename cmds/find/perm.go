package main

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const permissionBits = 0o7777

func (p *parser) permTest() (test, error) {
	text, err := p.value()
	if err != nil {
		return nil, err
	}
	how := byte(0)
	if text != "" && (text[0] == '-' || text[0] == '/') {
		how, text = text[0], text[1:]
	}
	mode, err := parseMode(text)
	return withStatus(func(s *unix.Stat_t) bool {
		bits := s.Mode & permissionBits
		switch how {
		case '-':
			return bits&mode == mode
		case '/':
			return bits&mode != 0 || mode == 0
		}
		return bits == mode
	}), err
}

// parseMode reads 644, or as chmod does u=rw,go=r, from no bits at all.
func parseMode(text string) (uint32, error) {
	bad := fmt.Errorf("%q is no mode such as 644 or u+w", text)
	if n, err := strconv.ParseUint(text, 8, 32); err == nil {
		if n > permissionBits {
			return 0, bad
		}
		return uint32(n), nil
	}
	mode := uint32(0)
	for clause := range strings.SplitSeq(text, ",") {
		operator := strings.IndexAny(clause, "+-=")
		if operator < 0 {
			return 0, bad
		}
		who := uint32(0)
		for _, letter := range clause[:operator] {
			mask := map[rune]uint32{'u': 0o4700, 'g': 0o2070, 'o': 0o1007, 'a': 0o7777}[letter]
			if mask == 0 {
				return 0, bad
			}
			who |= mask
		}
		if operator == 0 {
			who = permissionBits
		}
		for rest := clause[operator:]; rest != ""; { // +x-w
			operator, letters := rest[0], rest[1:]
			end := strings.IndexAny(letters, "+-=")
			if end < 0 {
				end = len(letters)
			}
			letters, rest = letters[:end], letters[end:]
			bits, ok := lettersToBits(letters)
			if !ok {
				return 0, bad
			}
			switch bits &= who; operator {
			case '=':
				mode = mode&^who | bits
			case '+':
				mode |= bits
			case '-':
				mode &^= bits
			}
		}
	}
	return mode, nil
}

func lettersToBits(letters string) (bits uint32, ok bool) {
	for _, letter := range letters {
		mask := map[rune]uint32{'r': 0o444, 'w': 0o222, 'x': 0o111, 's': 0o6000, 't': 0o1000}[letter]
		if mask == 0 {
			return 0, false
		}
		bits |= mask
	}
	return bits, true
}
