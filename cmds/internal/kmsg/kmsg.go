// Package kmsg writes to the kernel's log, which is there before any other
// log, and which everybody reads when a machine doesn't come up.
//
// A write to /dev/kmsg is one record, "<PRIORITY>text". The kernel refuses one
// of more than 1024 bytes and silently drops what comes faster than ten
// records in five seconds through one open file, unless
// /proc/sys/kernel/printk_devkmsg says "on". So a long text is cut into
// records, and the file is opened anew for each text.
//
// A record more urgent than the console level (/proc/sys/kernel/printk) is
// also shown on every console, by the kernel.
//
// See Documentation/ABI/testing/dev-kmsg and syslog(2).
//
// # Bugs
//
// Multi-byte characters may be cut in two where a line is too long.
//
// Next in the tour: none
package kmsg

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// A Severity is how urgent a record is [RFC 5424 §6.2.1].
type Severity int

// The severities that programs use.
const (
	Error   Severity = 3
	Warning Severity = 4
	Info    Severity = 6
	Debug   Severity = 7
)

const (
	device    = "/dev/kmsg"
	daemon    = 3 << 3 // the facility of system daemons [RFC 5424 §6.2.1]
	maxRecord = 900    // the kernel's limit is 1024 with everything
)

// Write logs text under a program's name, each of its lines as a record or more.
func Write(severity Severity, name, text string) error {
	f, err := os.OpenFile(device, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, record := range records(severity, name, text) {
		if _, err := f.WriteString(record); err != nil {
			return err
		}
	}
	return nil
}

func records(severity Severity, name, text string) []string {
	head := fmt.Sprintf("<%d>%s: ", daemon|severity, name)
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		for len(line) > maxRecord {
			all = append(all, head+line[:maxRecord]+"\n")
			line = line[maxRecord:]
		}
		all = append(all, head+line+"\n")
	}
	return all
}

// SetConsoleLevel shows on the consoles only what is more urgent than level.
func SetConsoleLevel(level Severity) error {
	const actionConsoleLevel = 8 // SYSLOG_ACTION_CONSOLE_LEVEL of syslog(2)
	_, _, errno := unix.Syscall(unix.SYS_SYSLOG, actionConsoleLevel, 0, uintptr(level))
	if errno != 0 {
		return fmt.Errorf("cannot set the console level: %w", errno)
	}
	return nil
}
