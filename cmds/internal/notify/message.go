package notify

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Sender is who sent a message, as the kernel saw it. The numbers are those
// of the reader's namespaces; Pid is 0 if the sender is in none of them.
type Sender struct {
	Pid, UID, GID int
}

// A Message is what a service said. What it did not mention is zero.
type Message struct {
	Sender Sender

	Ready     bool
	Reloading bool
	Stopping  bool
	Alive     bool // WATCHDOG=1
	Sick      bool // WATCHDOG=trigger
	Barrier   bool // nothing to do: see the package's documentation

	HasStatus bool // an empty Status is one, too
	Status    string
	MainPid   int
	Errno     int
	Extend    time.Duration // EXTEND_TIMEOUT_USEC
	Watchdog  time.Duration // WATCHDOG_USEC
	Monotonic time.Duration // MONOTONIC_USEC

	Refused error // why nothing but Sender is set
}

// Parse reads the text of a message.
func Parse(text []byte) Message {
	var m Message
	if bytes.IndexByte(text, 0) >= 0 {
		return Message{Refused: errors.New("it has a NUL byte")}
	}
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		key, value, _ := strings.Cut(string(line), "=")
		if err := m.set(key, value); err != nil {
			return Message{Refused: fmt.Errorf("%s: %w", key, err)}
		}
	}
	return m
}

func (m *Message) set(key, value string) (err error) {
	switch key {
	case "READY": // systemd knows no READY=0 either
		m.Ready = m.Ready || value == "1"
	case "RELOADING":
		m.Reloading = m.Reloading || value == "1"
	case "STOPPING":
		m.Stopping = m.Stopping || value == "1"
	case "BARRIER":
		m.Barrier = m.Barrier || value == "1"
	case "WATCHDOG":
		m.Alive = m.Alive || value == "1"
		m.Sick = m.Sick || value == "trigger"
	case "STATUS":
		m.HasStatus, m.Status = true, printable(value)
	case "MAINPID":
		m.MainPid, err = number(value, 2) // 1 is init itself
	case "ERRNO":
		m.Errno, err = number(value, 0)
	case "EXTEND_TIMEOUT_USEC":
		m.Extend, err = microseconds(value)
	case "WATCHDOG_USEC":
		m.Watchdog, err = microseconds(value)
	case "MONOTONIC_USEC":
		m.Monotonic, err = microseconds(value)
	}
	return err
}

func number(text string, least int) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || int(n) < least {
		return 0, fmt.Errorf("%q is no number from %d on", text, least)
	}
	return int(n), nil
}

func microseconds(text string) (time.Duration, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number of microseconds", text)
	}
	if n > math.MaxInt64/1000 { // systemd's "infinity" is the largest number
		return math.MaxInt64, nil
	}
	return time.Duration(n) * time.Microsecond, nil
}

// printable returns text as a terminal can be given it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) { // also what is no UTF-8, as it comes as U+FFFD
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
