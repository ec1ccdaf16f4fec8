package bench

import (
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	same := func(f float64) float64 { return f }
	if got := median([]float64{3, 1, 2}, same); got != 2 {
		t.Errorf("odd: %v", got)
	}
	if got := median([]float64{4, 1, 2, 3}, same); got != 2.5 {
		t.Errorf("even: %v", got)
	}
}

func TestPrint(t *testing.T) {
	var b strings.Builder
	Print(&b, []Row{{"kernel", 4.8, "MiB", 5}, {"least memory", 72, "MiB", 64}, {"floor", 0.8, "s", 0}})
	for _, want := range []string{"4.80 MiB  at most 5 MiB: ok\n", "72.00 MiB  at most 64 MiB: OVER\n", "0.80 s    \n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

// The floor's init is one static binary for each architecture.
func TestFloor(t *testing.T) {
	for arch, machine := range map[string]elf.Machine{"x86_64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		tmp := t.TempDir()
		path, err := Config{Arch: arch}.floor(t.Context(), tmp)
		if err != nil {
			t.Error(err)
			continue
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: no archive: %v", arch, err)
		}
		file, err := elf.Open(filepath.Join(tmp, "init"))
		if err != nil {
			t.Error(err)
			continue
		}
		if file.Machine != machine || len(file.Progs) == 0 {
			t.Errorf("%s: built for %v", arch, file.Machine)
		}
		file.Close()
	}
}

func TestCopyTree(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	for _, name := range []string{"cmds/a/a.go", "out/x86_64/bb", ".git/HEAD", "cmds/out/out.go"} {
		os.MkdirAll(filepath.Join(from, filepath.Dir(name)), 0o777)
		os.WriteFile(filepath.Join(from, name), []byte(name), 0o666)
	}
	if err := copyTree(to, from); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"cmds/a/a.go": true, "cmds/out/out.go": true, "out": false, ".git": false} {
		if _, err := os.Stat(filepath.Join(to, name)); (err == nil) != want {
			t.Errorf("%s: copied %v; want %v", name, err == nil, want)
		}
	}
}
