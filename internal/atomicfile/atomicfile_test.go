package atomicfile

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/internal/missing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	os.WriteFile(path, []byte("old"), 0o600)
	os.WriteFile(filepath.Join(dir, ".file.new"), []byte("left by a killed writer, and longer"), 0o600)
	if err := Write(path, []byte("new"), 0o755); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	info, _ := os.Stat(path)
	if string(data) != "new" || info.Mode().Perm()&0o700 != 0o700 {
		t.Errorf("%q, mode %v", data, info.Mode())
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if err := Write(filepath.Join(dir, "none", "file"), nil, 0o666); !os.IsNotExist(err) {
		t.Errorf("into no folder: %v", err)
	}
}

// On a full disk the old content stays, and nothing is left beside it.
func TestFullDisk(t *testing.T) {
	dir := os.Getenv("VOLE_TEST_FULL")
	if dir == "" {
		onSmallDisk(t)
		return
	}
	path := filepath.Join(dir, "file")
	os.WriteFile(path, []byte("old"), 0o666)
	if err := Write(path, make([]byte, 1<<20), 0o666); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("err = %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "old" {
		t.Errorf("content %q", data)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// onSmallDisk runs the test again in a namespace where VOLE_TEST_FULL is a
// file system of 64 KiB.
func onSmallDisk(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=64k small "$VOLE_TEST_FULL" && exec "$0" -test.run "^$1\$"`, os.Args[0], t.Name())
	cmd.Env = append(os.Environ(), "VOLE_TEST_FULL="+dir)
	text, err := cmd.CombinedOutput()
	if err != nil && (strings.Contains(string(text), "unshare: ") || strings.Contains(string(text), "mount: ")) {
		missing.Skip(t, "no user namespaces on this host: %s", text)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// Of writers at the same time one is the last, and its content is whole.
func TestTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := Write(path, bytes.Repeat([]byte{'a' + byte(i)}, 1<<16), 0o666); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	data, _ := os.ReadFile(path)
	if len(data) != 1<<16 || bytes.Count(data, data[:1]) != len(data) {
		t.Errorf("%d bytes that are not of one writer", len(data))
	}
}
