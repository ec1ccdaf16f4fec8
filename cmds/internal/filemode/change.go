package filemode

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Bits are those of a mode that chmod changes.
const Bits = 0o7777

// A Change is what the mode of chmod and mkdir says: 644, u+x, g-w,o=.
type Change []clause

// A clause is one operation on one set of bits.
type clause struct {
	op        byte   // '+', '-' or '='
	affected  uint32 // the bits of who; 0: all that the umask leaves
	value     uint32
	mentioned uint32 // of the set-ID bits, those that change on folders too
	copyFrom  uint32 // the bits of u, g or o to copy, or 0
	xIfAny    bool   // X
}

// Parse reads an octal mode, or a symbolic one.
func Parse(text string) (Change, error) {
	bad := fmt.Errorf("%q is no mode such as 644, u+x or go-w", text)
	if text == "" {
		return nil, bad
	}
	if text[0] >= '0' && text[0] <= '7' {
		value, err := strconv.ParseUint(text, 8, 32)
		if err != nil || value > Bits {
			return nil, bad
		}
		const all = 4 // digits; with more of them, also set-ID bits of folders are cleared
		c := clause{op: '=', affected: Bits, value: uint32(value), mentioned: uint32(value) | 0o777}
		if len(text) > all {
			c.mentioned = Bits
		}
		return Change{c}, nil
	}
	var change Change
	for part := range strings.SplitSeq(text, ",") {
		clauses, ok := parsePart(part)
		if !ok {
			return nil, bad
		}
		change = append(change, clauses...)
	}
	return change, nil
}

// parsePart reads WHO and one or more of + - = with permissions.
func parsePart(part string) (Change, bool) {
	who := len(part) - len(strings.TrimLeft(part, "ugoa"))
	affected := uint32(0)
	for _, letter := range part[:who] {
		affected |= map[rune]uint32{'u': 0o4700, 'g': 0o2070, 'o': 0o1007, 'a': Bits}[letter]
	}
	var change Change
	for part = part[who:]; part != ""; {
		c := clause{op: part[0], affected: affected}
		if !strings.ContainsRune("+-=", rune(c.op)) {
			return nil, false
		}
		end := strings.IndexAny(part[1:], "+-=") + 1
		if end == 0 {
			end = len(part)
		}
		if !c.permissions(part[1:end]) {
			return nil, false
		}
		c.mentioned = c.value
		if affected != 0 {
			c.mentioned &= affected
		}
		change = append(change, c)
		part = part[end:]
	}
	return change, len(change) > 0
}

func (c *clause) permissions(letters string) bool {
	switch letters {
	case "u":
		c.copyFrom = 0o700
	case "g":
		c.copyFrom = 0o070
	case "o":
		c.copyFrom = 0o007
	default:
		for _, letter := range letters {
			switch letter {
			case 'r':
				c.value |= 0o444
			case 'w':
				c.value |= 0o222
			case 'x':
				c.value |= 0o111
			case 'X':
				c.xIfAny = true
			case 's':
				c.value |= unix.S_ISUID | unix.S_ISGID
			case 't':
				c.value |= unix.S_ISVTX
			default:
				return false
			}
		}
	}
	return true
}

// Apply is the mode after the change, without the bits of the type. umask
// counts where no who is given.
func (c Change) Apply(mode, umask uint32) uint32 {
	isFolder := mode&unix.S_IFMT == unix.S_IFDIR
	mode &= Bits
	for _, c := range c {
		value := c.value
		if c.copyFrom != 0 {
			for _, bits := range []uint32{0o444, 0o222, 0o111} {
				if mode&c.copyFrom&bits != 0 {
					value |= bits
				}
			}
		}
		if c.xIfAny && (isFolder || mode&0o111 != 0) {
			value |= 0o111
		}
		keep := uint32(0) // set-ID bits of folders stay unless they are mentioned
		if isFolder {
			keep = (unix.S_ISUID | unix.S_ISGID) &^ c.mentioned
		}
		affected := c.affected
		if affected == 0 {
			affected = Bits &^ umask
		}
		value &= affected &^ keep
		switch c.op {
		case '+':
			mode |= value
		case '-':
			mode &^= value
		case '=':
			if c.affected == 0 {
				affected = Bits
			}
			mode = mode&^(affected&^keep) | value
		}
	}
	return mode
}

// Umask is the umask of this process.
func Umask() uint32 {
	mask := unix.Umask(0)
	unix.Umask(mask)
	return uint32(mask)
}
