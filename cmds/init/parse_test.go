package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
)

func TestCommandLine(t *testing.T) {
	tests := []struct {
		line string
		want commandLine
	}{
		{"", nil},
		{" \n", nil},
		{"quiet console=ttyS0,115200 rescue\n", commandLine{{"quiet", ""}, {"console", "ttyS0,115200"}, {"rescue", ""}}},
		{`a="b c" "d=e f" g`, commandLine{{"a", "b c"}, {"d", "e f"}, {"g", ""}}},
		{`root=UUID=1 x==`, commandLine{{"root", "UUID=1"}, {"x", "="}}},
		{`a="open to the end`, commandLine{{"a", "open to the end"}}},
		{`"" b`, commandLine{{"", ""}, {"b", ""}}},
	}
	for _, tt := range tests {
		if got := parseCommandLine(tt.line); !slices.Equal(got, tt.want) {
			t.Errorf("parseCommandLine(%q) = %q; want %q", tt.line, got, tt.want)
		}
	}
	line := parseCommandLine("hostname=a hostname=b rescue")
	if line.get("hostname") != "b" || line.get("rescue") != "" || !line.has("rescue") || line.has("resc") {
		t.Errorf("look-ups in %q are wrong", line)
	}
}

func FuzzCommandLine(f *testing.F) {
	f.Add(`console=ttyS0 a="b c" "d=e f"`)
	f.Add("\"\x00=")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range parseCommandLine(text) {
			if strings.Contains(p.key+p.value, `"`) || strings.Contains(p.key, "=") {
				t.Errorf("parameter %q of %q", p, text)
			}
			if !strings.Contains(text, `"`) && strings.ContainsAny(p.key+p.value, " \n") {
				t.Errorf("a space in %q of %q", p, text)
			}
		}
	})
}

func TestSettingPath(t *testing.T) {
	for key, want := range map[string]string{
		"kernel.printk":         "/proc/sys/kernel/printk",
		"kernel/printk":         "/proc/sys/kernel/printk",
		"net/ipv4/conf/e.1/x":   "/proc/sys/net/ipv4/conf/e.1/x",
		"../../etc/passwd":      "/proc/sys/etc/passwd",
		"..":                    "/proc/sys",
		"/proc/../../etc/group": "/proc/sys/etc/group",
	} {
		if got := (setting{key: key}).path(); got != want {
			t.Errorf("path of %s = %s; want %s", key, got, want)
		}
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("# a\nkernel.panic = 10\n???\n")
	f.Fuzz(func(t *testing.T, text string) {
		settings, err := parseSettings("x.conf", text)
		for _, s := range settings {
			if path := s.path(); path != "/proc/sys" && !strings.HasPrefix(path, "/proc/sys/") {
				t.Errorf("%q leads to %s", s.key, path)
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "x.conf:") {
			t.Errorf("an error without its place: %v", err)
		}
	})
}

func TestNotProcess1(t *testing.T) {
	var help cli.Help
	if err := run([]string{"-h"}, nil, nil, nil); !errors.As(err, &help) || !strings.HasPrefix(string(help), "usage: init") {
		t.Errorf("init -h: %v", err)
	}
	if err := run(nil, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "cannot be anything but process 1") {
		t.Errorf("init: %v", err)
	}
}
