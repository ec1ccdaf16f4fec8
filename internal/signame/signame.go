// Package signame knows the signals by name and number: for kill and its kin.
//
// Links: signal(7), POSIX.1-2024 kill.
//
// # Bugs
//
// The numbers are those of the machine that Vole runs on; RTMIN is 34, as the
// C libraries have it, since the kernel knows no names for 32 and above.
//
// Next in the tour: none
package signame

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Limits of the kernel, and of the realtime signals.
const (
	last  = 64
	rtMin = 34
	rtMax = last
)

// Parse reads a signal: a number from 0 to 64, or a name with or without SIG,
// in any case. Realtime signals are RTMIN, RTMIN+N, RTMAX-N and RTMAX.
func Parse(text string) (syscall.Signal, error) {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= last && text[0] != '+' {
		return syscall.Signal(n), nil
	}
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	if sig := unix.SignalNum("SIG" + name); sig != 0 {
		return sig, nil
	}
	if sig, ok := realtime(name); ok {
		return sig, nil
	}
	return 0, fmt.Errorf("%q is no signal", text)
}

func realtime(name string) (syscall.Signal, bool) {
	switch name {
	case "RTMIN":
		return rtMin, true
	case "RTMAX":
		return rtMax, true
	}
	base := 0
	switch {
	case strings.HasPrefix(name, "RTMIN+"):
		base = rtMin
	case strings.HasPrefix(name, "RTMAX-"):
		base = rtMax
	default:
		return 0, false
	}
	n, err := strconv.Atoi(name[len("RTMIN"):])
	n += base
	return syscall.Signal(n), err == nil && n >= rtMin && n <= rtMax
}

// Name is the name of sig without SIG, or its number if it has none.
func Name(sig syscall.Signal) string {
	switch {
	case sig >= rtMin && sig <= (rtMin+rtMax)/2:
		return offset("RTMIN", "+", sig-rtMin)
	case sig > rtMin && sig <= rtMax:
		return offset("RTMAX", "-", rtMax-sig)
	}
	if name := unix.SignalName(sig); name != "" {
		return strings.TrimPrefix(name, "SIG")
	}
	return strconv.Itoa(int(sig))
}

func offset(base, sign string, n syscall.Signal) string {
	if n == 0 {
		return base
	}
	return base + sign + strconv.Itoa(int(n))
}

// All is every signal that has a name, in order of numbers.
func All() []syscall.Signal {
	var all []syscall.Signal
	for sig := syscall.Signal(1); sig <= last; sig++ {
		if Name(sig) != strconv.Itoa(int(sig)) {
			all = append(all, sig)
		}
	}
	return all
}

// TakeArg takes a signal in the old form, -9, -KILL or -hup, from the front of
// args.
func TakeArg(args []string) (sig syscall.Signal, rest []string, found bool) {
	if len(args) == 0 || len(args[0]) < 2 || args[0][0] != '-' {
		return 0, args, false
	}
	text := args[0][1:]
	const shortest = 3                                         // HUP
	if len(text) < shortest && text != strings.ToUpper(text) { // -io are options
		return 0, args, false
	}
	sig, err := Parse(text)
	if err != nil {
		return 0, args, false
	}
	return sig, args[1:], true
}

// TakeArgAnywhere is TakeArg for a signal that may stand behind other options,
// as in killall -q -9 sleep.
func TakeArgAnywhere(args []string) (sig syscall.Signal, rest []string, found bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if sig, after, found := TakeArg(args[i:]); found {
			return sig, slices.Concat(args[:i], after), true
		}
	}
	return 0, args, false
}
