package lineedit

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A History is the lines of the past, the oldest first. It is kept in a file,
// if it has one: private to the user, and never a reason to fail. A read-only
// disk costs the memory of past sessions, and nothing else.
//
// An entry of several lines is stored as such; all but its first line start
// with a tab.
type History struct {
	lines []string
	limit int
	file  string
}

// OpenHistory reads the history in file, at most the latest limit entries.
// file is "" for a history that is forgotten at the end.
func OpenHistory(file string, limit int) *History {
	h := &History{limit: limit, file: file}
	if file == "" {
		return h
	}
	data, _ := os.ReadFile(file)
	h.lines = parseHistory(string(data))
	if h.trim(); bytes.Count(data, []byte("\n")) > 2*limit {
		h.rewrite()
	}
	return h
}

func parseHistory(data string) []string {
	var lines []string
	for line := range strings.Lines(data) {
		line = strings.TrimSuffix(line, "\n")
		if more, ok := strings.CutPrefix(line, "\t"); ok && len(lines) > 0 {
			lines[len(lines)-1] += "\n" + more
		} else if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func formatHistory(line string) string {
	return strings.ReplaceAll(line, "\n", "\n\t") + "\n"
}

// Add puts line at the end of the history. Empty lines, repetitions and lines
// that start with a blank are left out.
func (h *History) Add(line string) {
	line = strings.TrimRight(line, " \t\n")
	if line == "" || line[0] == ' ' || line[0] == '\t' ||
		len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	h.trim()
	if h.file == "" {
		return
	}
	f, err := os.OpenFile(h.file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		h.file = ""
		return
	}
	defer f.Close()
	f.WriteString(formatHistory(line))
}

// Lines returns the entries, the oldest first.
func (h *History) Lines() []string { return slices.Clone(h.lines) }

// Clear forgets all, in the file too.
func (h *History) Clear() {
	h.lines = nil
	h.rewrite()
}

func (h *History) trim() {
	h.lines = h.lines[max(0, len(h.lines)-h.limit):]
}

// rewrite writes the file anew, beside the old one, so that no moment has a
// half of it.
func (h *History) rewrite() {
	if h.file == "" {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(h.file), filepath.Base(h.file)+".*") // mode 0600
	if err != nil {
		return
	}
	defer os.Remove(f.Name())
	var all strings.Builder
	for _, line := range h.lines {
		all.WriteString(formatHistory(line))
	}
	_, err = f.WriteString(all.String())
	if f.Close() == nil && err == nil {
		os.Rename(f.Name(), h.file)
	}
}

// before returns the latest entry older than the one at i that starts with
// prefix and differs from the line shown.
func (h *History) before(i int, prefix, shown string) (int, bool) {
	for i--; i >= 0; i-- {
		if strings.HasPrefix(h.lines[i], prefix) && h.lines[i] != shown {
			return i, true
		}
	}
	return 0, false
}

// after is the same towards the present.
func (h *History) after(i int, prefix, shown string) (int, bool) {
	for i++; i < len(h.lines); i++ {
		if strings.HasPrefix(h.lines[i], prefix) && h.lines[i] != shown {
			return i, true
		}
	}
	return 0, false
}

// containing returns the latest entry before i that contains text.
func (h *History) containing(i int, text string) (int, bool) {
	for i = min(i, len(h.lines)) - 1; i >= 0; i-- {
		if strings.Contains(h.lines[i], text) {
			return i, true
		}
	}
	return 0, false
}
