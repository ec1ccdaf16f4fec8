package mount

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A Mounted is one line of the kernel's mount table.
type Mounted struct {
	Target string // where it is seen
	Type   string // the file system's type
	Source string // the device, or a name that means nothing
}

// InMemory tells whether all that is on the file system goes with the power
// anyway, so that there is nothing to write out.
func (m Mounted) InMemory() bool {
	switch m.Type {
	case "proc", "sysfs", "devtmpfs", "devpts", "tmpfs", "ramfs", "rootfs", "mqueue",
		"cgroup", "cgroup2", "securityfs", "debugfs", "tracefs", "configfs", "bpf", "pstore", "efivarfs":
		return true
	}
	return false
}

// Table reads what is mounted now, in the order of mounting. It needs /proc.
func Table() ([]Mounted, error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parse(string(data))
}

// parse reads the form that proc_pid_mountinfo(5) describes:
//
//	36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
//	id parent dev root target options optional... - type source super-options
//
// The number of optional fields varies; the lone hyphen ends them.
func parse(table string) ([]Mounted, error) {
	var mounts []Mounted
	for line := range strings.Lines(table) {
		before, after, found := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		place, fs := strings.Split(before, " "), strings.Split(after, " ")
		if !found || len(place) < 6 || len(fs) < 2 {
			return nil, fmt.Errorf("cannot understand the mount table's line %q", line)
		}
		mounts = append(mounts, Mounted{Target: unescape(place[4]), Type: unescape(fs[0]), Source: unescape(fs[1])})
	}
	return mounts, nil
}

// unescape undoes the kernel's \040 for a space, and likewise for tab, newline
// and backslash.
func unescape(field string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(field, `\`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if len(after) >= 3 {
			if code, err := strconv.ParseUint(after[:3], 8, 8); err == nil {
				b.WriteByte(byte(code))
				field = after[3:]
				continue
			}
		}
		b.WriteByte('\\')
		field = after
	}
}
