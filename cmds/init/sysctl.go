package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// A setting is a line of /etc/sysctl.d: a file under /proc/sys and its text.
type setting struct {
	key, value string
	optional   bool // not every kernel has it
}

// setParameters writes the settings, file by file in the order of their names.
// A key that this kernel refuses is reported and the others are set.
func setParameters(m *machine) error {
	files, err := m.kernel.glob("/etc/sysctl.d/*.conf")
	for _, file := range files {
		text, readErr := m.kernel.readFile(file)
		settings, parseErr := parseSettings(file, string(text))
		err = errors.Join(err, readErr, parseErr)
		for _, s := range settings {
			writeErr := m.kernel.writeFile(s.path(), s.value+"\n")
			if writeErr != nil && !(s.optional && errors.Is(writeErr, fs.ErrNotExist)) {
				m.fail(fmt.Errorf("cannot set %s: %w", s.key, writeErr))
			}
		}
	}
	return err
}

// path is where the kernel has the key: kernel.printk is kernel/printk. A key
// that has slashes keeps its dots, as in net/ipv4/conf/eth0.1/rp_filter.
func (s setting) path() string {
	if strings.Contains(s.key, "/") {
		return path.Join("/proc/sys", path.Clean("/"+s.key))
	}
	return path.Join("/proc/sys", strings.ReplaceAll(s.key, ".", "/"))
}

// parseSettings reads the form of sysctl.d(5): "key = value", comments after #
// or ; at the start of a line, a hyphen before a key that may be missing. Lines
// that it can't read are in the error.
func parseSettings(file, text string) (settings []setting, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, found := strings.Cut(line, "=")
		s := setting{value: strings.TrimSpace(value)}
		s.key, s.optional = strings.CutPrefix(strings.TrimSpace(key), "-")
		if !found || s.key == "" {
			err = errors.Join(err, fmt.Errorf("%s:%d:1: no \"key = value\" but %q", file, number, line))
			continue
		}
		settings = append(settings, s)
	}
	return settings, err
}
