package proc

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func sortByPID(all []Process) {
	slices.SortFunc(all, func(a, b Process) int { return cmp.Compare(a.PID, b.PID) })
}

// Uptime is how long the machine has been running, the clock of Process.Start.
func (fsys FS) Uptime() (time.Duration, error) {
	name := filepath.Join(string(fsys), "uptime")
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %q is no number", name, first)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// Memory is /proc/meminfo: bytes by name, such as MemTotal.
func (fsys FS) Memory() (map[string]uint64, error) {
	text, err := os.ReadFile(filepath.Join(string(fsys), "meminfo"))
	if err != nil {
		return nil, err
	}
	memory := map[string]uint64{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		n, err := strconv.ParseUint(fields[0], 10, 64)
		if err != nil {
			continue
		}
		if len(fields) == 2 && fields[1] == "kB" {
			n <<= 10
		}
		memory[name] = n
	}
	return memory, nil
}

// TTYName is the name of a terminal by its device number, as ps shows it:
// pts/0, tty1, ttyS0, or ? for none. The kernel's numbers are those of
// Documentation/admin-guide/devices.txt.
func TTYName(device uint64) string {
	major, minor := unix.Major(device), unix.Minor(device)
	switch {
	case device == 0:
		return "?"
	case major == 4 && minor < 64:
		return fmt.Sprintf("tty%d", minor)
	case major == 4:
		return fmt.Sprintf("ttyS%d", minor-64)
	case major == 5 && minor == 1:
		return "console"
	case major >= 136 && major <= 143:
		return fmt.Sprintf("pts/%d", (major-136)<<20|minor)
	case major == 204 && minor >= 64:
		return fmt.Sprintf("ttyAMA%d", minor-64)
	case major == 229:
		return fmt.Sprintf("hvc%d", minor)
	}
	return fmt.Sprintf("%d:%d", major, minor)
}
