package loader

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/missing"
)

// build links the probe as the userland is linked.
func build(t testing.TB, goarch string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "probe")
	cmd := exec.Command("go", "build", "-buildmode=pie", "-trimpath", "-ldflags=-s -w -bindnow", "-o", path, "./testdata/probe")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return path
}

func embedded(t testing.TB, goarch string) string {
	path := build(t, goarch)
	if err := Embed(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHeaders(t *testing.T) {
	for _, goarch := range []string{"amd64", "arm64"} {
		file, err := elf.Open(embedded(t, goarch))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		last, relro, entry := uint64(0), false, false
		for _, seg := range file.Progs {
			switch seg.Type {
			case elf.PT_INTERP:
				t.Errorf("%s: still names an interpreter", goarch)
			case elf.PT_GNU_RELRO:
				relro = true
			case elf.PT_LOAD:
				if seg.Vaddr < last || seg.Vaddr%seg.Align != seg.Off%seg.Align {
					t.Errorf("%s: segment at %#x, offset %#x is out of order or place", goarch, seg.Vaddr, seg.Off)
				}
				if seg.Flags&(elf.PF_W|elf.PF_X) == elf.PF_W|elf.PF_X {
					t.Errorf("%s: segment at %#x is writable and executable", goarch, seg.Vaddr)
				}
				last = seg.Vaddr
				entry = entry || file.Entry >= seg.Vaddr && file.Entry < seg.Vaddr+seg.Filesz && seg.Flags&elf.PF_X != 0
			}
		}
		if file.Type != elf.ET_DYN || !relro || !entry {
			t.Errorf("%s: type %v, relro %v, entry in code %v", goarch, file.Type, relro, entry)
		}
		if flags, err := file.DynValue(elf.DT_FLAGS); err != nil || len(flags) != 1 || flags[0]&uint64(elf.DF_BIND_NOW) == 0 {
			t.Errorf("%s: not bound at once: flags %v, %v", goarch, flags, err)
		}
	}
}

// run starts the probe; it must be for this machine.
func run(t *testing.T, path string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = []string{"WHO=world"}
	text, err := cmd.CombinedOutput()
	return string(text), err
}

func TestRuns(t *testing.T) {
	path := embedded(t, runtime.GOARCH)
	if text, err := run(t, path, "hello", "big"); text != "hello, big world\n" || err != nil {
		t.Errorf("printed %q, %v", text, err)
	}
	if text, err := run(t, path, "write"); err == nil || strings.Contains(text, "written") {
		t.Errorf("constant data can be written: %q", text)
	}
	first, second := textAddress(t, path), textAddress(t, path)
	if first == second {
		t.Errorf("two runs are at the same address %s", first)
	}
}

// textAddress returns where the kernel put the code in a run of the probe, and
// checks that what was relocated is read-only there.
func textAddress(t *testing.T, path string) string {
	t.Helper()
	maps, err := run(t, path, "maps")
	if err != nil {
		t.Fatal(err)
	}
	address, readOnly := "", 0
	for line := range strings.Lines(maps) {
		fields := strings.Fields(line)
		if len(fields) < 6 || fields[5] != path {
			continue
		}
		if address == "" && fields[1] == "r-xp" {
			address, _, _ = strings.Cut(fields[0], "-")
		}
		if fields[1] == "r--p" {
			readOnly++
		}
	}
	if address == "" || readOnly != 2 { // .rodata and what was relocated
		t.Errorf("unexpected memory map, %d read-only parts:\n%s", readOnly, maps)
	}
	return address
}

// In an empty root there is no other file than the binary.
func TestEmptyRoot(t *testing.T) {
	path := embedded(t, runtime.GOARCH)
	cmd := exec.Command("unshare", "--user", "--map-root-user", "chroot", filepath.Dir(path), "/probe", "hello", "empty")
	text, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(string(text), "unshare") {
		missing.Skip(t, "no user namespaces on this host: %s", text)
	}
	if string(text) != "hello, empty \n" || err != nil {
		t.Errorf("printed %q, %v", text, err)
	}
}

// The bytes that are checked in are those that the sources assemble to.
func TestStubs(t *testing.T) {
	for arch, prefix := range map[string]string{"x86_64": "x86_64-linux-gnu-", "arm64": "aarch64-linux-gnu-"} {
		if _, err := exec.LookPath(prefix + "gcc"); err != nil {
			t.Errorf("%sgcc is not installed: run scripts/setup", prefix)
			continue
		}
		object, binary := filepath.Join(t.TempDir(), "o"), filepath.Join(t.TempDir(), "b")
		text, err1 := exec.Command(prefix+"gcc", "-c", "-o", object, filepath.Join("stub", arch+".S")).CombinedOutput()
		more, err2 := exec.Command(prefix+"objcopy", "-O", "binary", "-j", ".text", object, binary).CombinedOutput()
		if err := errors.Join(err1, err2); err != nil {
			t.Errorf("%s: %v\n%s%s", arch, err, text, more)
			continue
		}
		got, _ := os.ReadFile(binary)
		want, _ := os.ReadFile(filepath.Join("stub", arch+".bin"))
		if len(want) == 0 || !bytes.Equal(got, want) {
			t.Errorf("%s: stub/%s.bin is stale", arch, arch)
		}
	}
}

func TestRefusals(t *testing.T) {
	good, err := os.ReadFile(build(t, "amd64"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := rewrite(good)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "no ELF file"},
		{"text", []byte("#!/bin/sh\n"), "no ELF file"},
		{"done already", again, "it names no interpreter"},
		{"other relocation", changeRelocation(t, good), "only relative ones (8) are understood"},
		{"other machine", change(good, 18, 243), "EM_RISCV"},
		{"not position-independent", change(good, 16, 2), "ET_EXEC"},
	}
	for _, tt := range tests {
		if _, err := rewrite(tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v; want %q", tt.name, err, tt.want)
		}
	}
}

func change(data []byte, at int, value byte) []byte {
	data = bytes.Clone(data)
	data[at] = value
	return data
}

// changeRelocation makes the first relocation an absolute one.
func changeRelocation(t *testing.T, data []byte) []byte {
	file, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	table, err := file.DynValue(elf.DT_RELA)
	if err != nil {
		t.Fatal(err)
	}
	offset, err := fileOffset(file, table[0], relaLen)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Clone(data)
	binary.LittleEndian.PutUint32(data[offset+8:], uint32(elf.R_X86_64_64))
	return data
}

// A broken file is refused or rewritten, and never crashes the builder.
func FuzzRewrite(f *testing.F) {
	good, err := os.ReadFile(build(f, "amd64"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:4096])
	// Whole binaries are too large to mutate; what matters is the beginning.
	f.Fuzz(func(t *testing.T, head []byte) {
		data := bytes.Clone(good[:min(len(good), 1<<16)])
		copy(data, head)
		rewrite(data)
	})
}
