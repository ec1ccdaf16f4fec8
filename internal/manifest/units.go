package manifest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/vole-linux/vole/internal/strictjson"
)

// A Duration is a length of time, never negative, written with its units:
// 300ms, 1.5s, 2m, 24h, 1h30m.
type Duration time.Duration

// UnmarshalText reads a duration as time.ParseDuration does, without a sign.
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	parsed, err := time.ParseDuration(s)
	if err != nil || s[0] == '+' || s[0] == '-' {
		return &strictjson.Error{Problem: fmt.Sprintf("%q is no duration", s), Hint: "write it as 300ms, 1.5s, 2m or 24h"}
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes the duration so that UnmarshalText reads it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the shortest form: 24h, not 24h0m0s.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// A Size is a number of bytes, never negative, written alone or with a unit:
// 4096, 64K, 16M, 1G. K, M and G are 1024, 1024² and 1024³.
type Size int64

// units of a Size, the largest first.
const units = "GMK"

func unit(letter byte) int64 {
	switch letter {
	case 'G':
		return 1 << 30
	case 'M':
		return 1 << 20
	case 'K':
		return 1 << 10
	}
	return 1
}

// UnmarshalText reads a size.
func (z *Size) UnmarshalText(text []byte) error {
	digits, factor := string(text), int64(1)
	if last := len(digits) - 1; last > 0 && strings.IndexByte(units, digits[last]) >= 0 {
		digits, factor = digits[:last], unit(digits[last])
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !isDigit(digits[0]) || n > math.MaxInt64/factor {
		return &strictjson.Error{Problem: fmt.Sprintf("%q is no size", text), Hint: "write whole numbers as 4096, 64K, 16M or 1G"}
	}
	*z = Size(n * factor)
	return nil
}

// MarshalText writes the size so that UnmarshalText reads it.
func (z Size) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// String is the form with the largest unit that leaves a whole number.
func (z Size) String() string {
	for i := range len(units) {
		if factor := unit(units[i]); z != 0 && int64(z)%factor == 0 {
			return strconv.FormatInt(int64(z)/factor, 10) + units[i:i+1]
		}
	}
	return strconv.FormatInt(int64(z), 10)
}

// A Mode is permission bits, written in octal with three or four digits: 0660.
type Mode uint32

// UnmarshalText reads a mode.
func (m *Mode) UnmarshalText(text []byte) error {
	s := string(text)
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil || len(s) < 3 || len(s) > 4 || n > 0o777 {
		return &strictjson.Error{Problem: fmt.Sprintf("%q is no mode", s), Hint: "write it in octal, as 0022 or 0660"}
	}
	*m = Mode(n)
	return nil
}

// MarshalText writes the mode so that UnmarshalText reads it.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// String is the mode with four digits.
func (m Mode) String() string { return fmt.Sprintf("%04o", uint32(m)) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
