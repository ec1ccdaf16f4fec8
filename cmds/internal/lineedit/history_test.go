package lineedit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	h := OpenHistory(file, 3)
	for _, line := range []string{"one", "one", "", " secret", "two\n", "for i\ndo x", "four"} {
		h.Add(line)
	}
	want := []string{"two", "for i\ndo x", "four"}
	if got := h.Lines(); !slices.Equal(got, want) {
		t.Errorf("lines = %q; want %q", got, want)
	}
	if got := OpenHistory(file, 3).Lines(); !slices.Equal(got, want) {
		t.Errorf("read back: %q; want %q", got, want)
	}
	data, err := os.ReadFile(file)
	if err != nil || string(data) != "one\ntwo\nfor i\n\tdo x\nfour\n" {
		t.Errorf("file = %q, %v", data, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode = %v, %v; want 0600", info.Mode(), err)
	}
	h.Clear()
	if got := OpenHistory(file, 3).Lines(); len(got) != 0 {
		t.Errorf("after Clear: %q", got)
	}
}

func TestHistoryFileStaysSmall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(file, []byte(strings.Repeat("x\ny\n", 50)), 0o600); err != nil {
		t.Fatal(err)
	}
	OpenHistory(file, 10)
	data, err := os.ReadFile(file)
	if err != nil || string(data) != strings.Repeat("x\ny\n", 5) {
		t.Errorf("file = %q, %v", data, err)
	}
}

// A history that can't be kept is a history of this session.
func TestHistoryNeverFails(t *testing.T) {
	for _, file := range []string{"", "/no/such/folder/history", "/proc/version", t.TempDir()} {
		h := OpenHistory(file, 5)
		h.Add("remembered")
		if lines := h.Lines(); len(lines) == 0 || lines[len(lines)-1] != "remembered" {
			t.Errorf("%q: lines = %q", file, lines)
		}
	}
}
