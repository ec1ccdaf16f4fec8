// Package human writes and reads sizes as people do: 512, 1.5K, 20G.
//
// A unit is 1024 of the one before. Bytes rounds up, as ls -h and df -h of
// every Unix do, so that what is shown as "1.0M free" does not promise less
// than a file needs.
//
// # Bugs
//
// The units of 1000 (kB, MB) are neither written nor read.
//
// Next in the tour: none
package human

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

const units = "KMGTPE"

// Bytes writes n with at most one decimal: 999, 1.0K, 9.8M, 10M.
func Bytes(n uint64) string {
	if n < 1024 {
		return strconv.FormatUint(n, 10)
	}
	unit := (bits.Len64(n) - 1) / 10 // the power of 1024 in n
	shift := 10 * unit
	if tenths := ceilDiv(n, shift, 10); tenths < 100 {
		return fmt.Sprintf("%d.%d%c", tenths/10, tenths%10, units[unit-1])
	}
	whole := ceilDiv(n, shift, 1)
	if whole == 1024 && unit < len(units) { // rounded up into the next unit
		return "1.0" + units[unit:unit+1]
	}
	return fmt.Sprintf("%d%c", whole, units[unit-1])
}

// ceilDiv is n*times/2^shift, rounded up. n*times may need more than 64 bits.
func ceilDiv(n uint64, shift, times int) uint64 {
	high, low := bits.Mul64(n, uint64(times))
	low, carry := bits.Add64(low, 1<<shift-1, 0)
	return (high+carry)<<(64-shift) | low>>shift
}

// Parse reads a size such as 100, 4k or 2G, in bytes.
func Parse(text string) (uint64, error) {
	digits, shift := text, 0
	if text != "" {
		if unit := strings.IndexByte(units, text[len(text)-1]&^0x20); unit >= 0 {
			digits, shift = text[:len(text)-1], 10*(unit+1)
		}
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n<<shift>>shift != n {
		return 0, fmt.Errorf("%q is no size such as 512, 4K or 2G", text)
	}
	return n << shift, nil
}
