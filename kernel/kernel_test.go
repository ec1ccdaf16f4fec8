package kernel

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/kernel/kconfig"
)

// Every fragment of the tree parses for both channels; a line without a why
// does not.
func TestFragments(t *testing.T) {
	for arch := range arches() {
		paths, err := Config{Repo: "..", Arch: arch}.fragments()
		if err != nil {
			t.Fatal(err)
		}
		stable, err := kconfig.ParseFiles(paths, "stable")
		if err != nil {
			t.Fatal(err)
		}
		longterm, err := kconfig.ParseFiles(paths, "longterm")
		if err != nil {
			t.Fatal(err)
		}
		if len(stable) < 150 || len(longterm) < 150 {
			t.Errorf("%s: only %d and %d settings", arch, len(stable), len(longterm))
		}
		text := kconfig.Format(stable)
		for _, want := range []string{"# CONFIG_MODULES is not set\n", "CONFIG_SECURITY_LANDLOCK=y\n", "CONFIG_RD_ZSTD=y\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not among the settings", arch, want)
			}
		}
		if strings.Contains(text, "CONFIG_RANDOM_KMALLOC_CACHES") || !strings.Contains(kconfig.Format(longterm), "CONFIG_RANDOM_KMALLOC_CACHES=y") {
			t.Errorf("%s: a line for longterm is not for longterm alone", arch)
		}
	}
}

var unmetRow = regexp.MustCompile(`(?m)^\| ([A-Z0-9_]+) \| (\S+) \| (both|x86_64|arm64) \| (.*) \|$`)

// What unmet.md says we don't have, no fragment asks for, and each has a reason.
func TestUnmet(t *testing.T) {
	page, err := os.ReadFile("config.d/unmet.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := unmetRow.FindAllStringSubmatch(string(page), -1)
	if len(rows) < 15 {
		t.Fatalf("only %d rows are of the form \"| SYMBOL | wanted | on | why not |\"", len(rows))
	}
	for arch := range arches() {
		paths, err := Config{Repo: "..", Arch: arch}.fragments()
		if err != nil {
			t.Fatal(err)
		}
		settings, err := kconfig.ParseFiles(paths, "stable")
		if err != nil {
			t.Fatal(err)
		}
		requested := "\n" + kconfig.Format(settings)
		for _, row := range rows {
			symbol, wanted, on, why := row[1], row[2], row[3], row[4]
			line := "\nCONFIG_" + symbol + "=" + wanted + "\n"
			if wanted == "n" {
				line = "\n# CONFIG_" + symbol + " is not set\n"
			}
			if (on == "both" || on == arch) && strings.Contains(requested, line) {
				t.Errorf("%s: unmet.md says that %s is not %s, a fragment says it is", arch, symbol, wanted)
			}
			if len(why) < 5 {
				t.Errorf("unmet.md has no reason for %s", symbol)
			}
		}
	}
}

func TestFragmentChoice(t *testing.T) {
	paths, err := Config{Repo: "..", Arch: "arm64", ExtraFragments: []string{"x.config"}}.fragments()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(paths, " ")
	if strings.Contains(all, "x86_64.config") || !strings.Contains(all, "arm64-raspberrypi.config") || !strings.HasSuffix(all, "x.config") {
		t.Errorf("fragments for arm64: %s", all)
	}
}

func TestSources(t *testing.T) {
	pins, err := readSources("sources.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, pin := range pins {
		if len(pin.Tree) != 64 || pin.Version == "" || len(pin.Archives) == 0 {
			t.Errorf("channel %s: %+v", name, pin)
		}
	}
	if pins["stable"].Version == "" || pins[Fallback].Version == "" {
		t.Errorf("channels: %v", pins)
	}
}

func TestSourcesErrors(t *testing.T) {
	good, err := os.ReadFile("sources.json")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ old, new, want string }{
		{`"channels"`, `"chanels"`, "sources.json:3:3: unknown key \"chanels\"\n  hint: did you mean \"channels\"?"},
		{`"format": 1`, `"format": 2`, "sources.json:2:3: format is 2, this tree reads 1"},
		{`"longterm"`, `"long"`, `sources.json:3:3: channel "longterm" is missing`},
		{`"tree": "f2`, `"tree": "F2`, `sources.json:4:5: linux 7.3.4: the pinned tree digest is not 64 hexadecimal digits`},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "sources.json")
		os.WriteFile(path, []byte(strings.Replace(string(good), tt.old, tt.new, 1)), 0o666)
		_, err := readSources(path)
		var status interface{ ExitStatus() int }
		if !errors.As(err, &status) || status.ExitStatus() != 2 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v; want %s", err, tt.want)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		c    Config
		want string
	}{
		{Config{Repo: "..", Arch: "x86_64", Channel: "mainline"}, `unknown kernel channel "mainline": valid are longterm, stable`},
		{Config{Repo: "..", Arch: "x86_64", Channel: "stabel"}, `unknown kernel channel "stabel"`},
		{Config{Repo: "..", Arch: "vax", Channel: "stable"}, `unknown architecture "vax": valid are x86_64, arm64`},
	}
	for _, tt := range tests {
		_, err := Build(t.Context(), tt.c)
		var status interface{ ExitStatus() int }
		if !errors.As(err, &status) || status.ExitStatus() != 2 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v; want %s", err, tt.want)
		}
	}
}

// A tree whose stable source can't be had builds the fallback, or says so.
func TestFallback(t *testing.T) {
	repo := t.TempDir()
	os.MkdirAll(filepath.Join(repo, "kernel", "config.d"), 0o777)
	os.WriteFile(filepath.Join(repo, "kernel", "config.d", "base.config"), []byte("CONFIG_A=y  # why\n"), 0o666)
	pin := func(version string) string {
		return `{"name": "linux", "version": "` + version + `", "tree": "` + strings.Repeat("0", 64) + `", "archives": []}`
	}
	os.WriteFile(filepath.Join(repo, "kernel", "sources.json"),
		[]byte(`{"format": 1, "channels": {"stable": `+pin("7")+`, "longterm": `+pin("6")+`}}`), 0o666)
	c := Config{Repo: repo, Cache: cache.Dir(t.TempDir()), Arch: hostArch(), Channel: "stable"}
	if _, err := Build(t.Context(), c); err == nil || !strings.Contains(err.Error(), "linux 7") {
		t.Errorf("without the fallback: %v; want an error about version 7", err)
	}
	c.AllowFallback = true
	if _, err := Build(t.Context(), c); err == nil || !strings.Contains(err.Error(), "linux 6") {
		t.Errorf("with the fallback: %v; want an error about version 6", err)
	}
}

func hostArch() string {
	return map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
}
