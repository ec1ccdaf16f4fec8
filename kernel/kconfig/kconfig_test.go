package kconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct{ text, want, err string }{
		{text: "# comment\n\nCONFIG_A=y  # why\nCONFIG_B=n  # why", want: "CONFIG_A=y\n# CONFIG_B is not set\n"},
		{text: "CONFIG_N=64  # why\nCONFIG_S=\"a b\"  # why\nCONFIG_X=0xff  # why", want: "CONFIG_N=64\nCONFIG_S=\"a b\"\nCONFIG_X=0xff\n"},
		{text: "stable: CONFIG_A=y  # why\nlongterm: CONFIG_B=y  # why", want: "CONFIG_A=y\n"},
		{text: "CONFIG_A=y", err: "f:1:1: not of the form CONFIG_SYMBOL=value  # why"},
		{text: "CONFIG_A=y  #", err: "f:1:1: not of the form"},
		{text: "CONFIG_A=m  # why", err: "f:1:1: not of the form"},
		{text: "CONFIG_A=y  # why\nCONFIG_A=n  # why", err: "f:2:1: CONFIG_A is set twice, first at f:1"},
	}
	for _, tt := range tests {
		got, err := Parse("f", tt.text, "stable")
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: error %v; want %s", tt.text, err, tt.err)
			}
			continue
		}
		if err != nil || Format(got) != tt.want {
			t.Errorf("%q: got %q, %v; want %q", tt.text, Format(got), err, tt.want)
		}
	}
}

func TestLaterFragmentWins(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.config"), filepath.Join(dir, "b.config")
	os.WriteFile(a, []byte("CONFIG_A=y  # why\nCONFIG_B=y  # why\n"), 0o666)
	os.WriteFile(b, []byte("CONFIG_A=n  # another why\n"), 0o666)
	got, err := ParseFiles([]string{a, b}, "stable")
	if want := "CONFIG_B=y\n# CONFIG_A is not set\n"; err != nil || Format(got) != want {
		t.Errorf("got %q, %v; want %q", Format(got), err, want)
	}
}

func TestSurvivors(t *testing.T) {
	wanted, err := Parse("f", "CONFIG_ON=y  # why\nCONFIG_OFF=n  # why\nCONFIG_NUMBER=64  # why", "stable")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ expanded, want string }{
		{"CONFIG_ON=y\n# CONFIG_OFF is not set\nCONFIG_NUMBER=64\n", ""},
		{"CONFIG_ON=y\nCONFIG_NUMBER=64\n", ""}, // absent is off
		{"CONFIG_NUMBER=64\n", "f:1:1: CONFIG_ON=y is gone"},
		{"# CONFIG_ON is not set\nCONFIG_NUMBER=64\n", "f:1:1: CONFIG_ON=y became n"},
		{"CONFIG_ON=y\nCONFIG_OFF=y\nCONFIG_NUMBER=64\n", "f:2:1: CONFIG_OFF=n became y"},
		{"CONFIG_ON=y\nCONFIG_NUMBER=2\n", "f:3:1: CONFIG_NUMBER=64 became 2"},
	}
	for _, tt := range tests {
		err := Survivors(wanted, tt.expanded)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v; want %q", tt.expanded, err, tt.want)
		}
	}
}

// Whatever is accepted is formatted as lines that name symbols.
func FuzzParse(f *testing.F) {
	f.Add("CONFIG_A=y  # why\nstable: CONFIG_S=\"x\"  # why\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Parse("f", text, "stable")
		if err != nil {
			return
		}
		for _, s := range all {
			if !strings.Contains(Format([]Setting{s}), "CONFIG_") {
				t.Errorf("accepted %+v", s)
			}
		}
	})
}
