package busybox

import (
	"bytes"
	"debug/elf"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/kernel/kconfig"
)

var update = flag.Bool("update", false, "write applets.txt anew")

func TestConfiguration(t *testing.T) {
	all, err := kconfig.Parse("busybox.config", configuration, "")
	if err != nil {
		t.Fatal(err)
	}
	text := kconfig.Format(all)
	for _, want := range []string{"CONFIG_STATIC=y\n", "CONFIG_ASH=y\n", "CONFIG_ASH_JOB_CONTROL=y\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not wanted", want)
		}
	}
	pins, err := readPins()
	if err != nil || pins["busybox"].Version == "" || pins["musl"].Version == "" {
		t.Errorf("pins %v, %v", pins, err)
	}
}

func TestUnknownArch(t *testing.T) {
	_, err := Build(t.Context(), Config{Arch: "vax"})
	var status interface{ ExitStatus() int }
	if !errors.As(err, &status) || status.ExitStatus() != 2 {
		t.Errorf("err = %v", err)
	}
}

func shared(t *testing.T) cache.Dir {
	t.Helper()
	if testing.Short() {
		t.Skip("builds BusyBox")
	}
	store, err := cache.Default()
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestResult(t *testing.T) {
	for arch, machine := range map[string]elf.Machine{"x86_64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		r, err := Build(t.Context(), Config{Cache: shared(t), Arch: arch})
		if err != nil {
			t.Fatal(err)
		}
		file, err := elf.Open(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, seg := range file.Progs {
			if seg.Type == elf.PT_INTERP || seg.Type == elf.PT_DYNAMIC {
				t.Errorf("%s: is not static", arch)
			}
		}
		if info, _ := os.Stat(r.Path); info.Size() > MaxSize || file.Machine != machine {
			t.Errorf("%s: %d bytes of %v", arch, info.Size(), file.Machine)
		}
		file.Close()
	}
}

// TestRuns: the applets are those of the golden list, and the shell works.
func TestRuns(t *testing.T) {
	r, err := Build(t.Context(), Config{Cache: shared(t), Arch: "x86_64"})
	if err != nil {
		t.Fatal(err)
	}
	applets, err := exec.Command(r.Path, "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		os.WriteFile("applets.txt", applets, 0o666)
	}
	golden, _ := os.ReadFile("applets.txt")
	if len(golden) == 0 || !bytes.Equal(applets, golden) {
		t.Errorf("applets are\n%s\nthe list says\n%s\n(go test -update writes it anew)", applets, golden)
	}
	text, err := exec.Command(r.Path, "ash", "-c", "for i in 1 2; do echo $((i * 21)); done | tail -n 1; ls /proc/self/exe").CombinedOutput()
	if err != nil || string(text) != "42\n/proc/self/exe\n" {
		t.Errorf("ash printed %q, %v", text, err)
	}
}

// TestReproducible builds in a cache of another name and compares.
func TestReproducible(t *testing.T) {
	store := shared(t)
	first, err := Build(t.Context(), Config{Cache: store, Arch: "x86_64"})
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "quite another name")
	os.MkdirAll(other, 0o777)
	if err := os.Symlink(filepath.Join(string(store), "source"), filepath.Join(other, "source")); err != nil {
		t.Fatal(err)
	}
	second, err := Build(t.Context(), Config{Cache: cache.Dir(other), Arch: "x86_64"})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := os.ReadFile(first.Path)
	b, _ := os.ReadFile(second.Path)
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Error("two builds differ")
	}
}
