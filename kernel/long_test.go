//go:build long

package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/kernel/source"
)

// TestLongReproducible builds each kernel twice, in caches of different names,
// and compares the bytes. It takes the better part of an hour.
func TestLongReproducible(t *testing.T) {
	shared, err := cache.Default()
	if err != nil {
		t.Fatal(err)
	}
	pins, err := readSources("sources.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Fetch(t.Context(), pins["stable"], source.Options{Cache: shared, Folder: os.Getenv("VOLE_SOURCES")}); err != nil {
		t.Fatal(err)
	}
	for arch := range arches() {
		var images [2][]byte
		for i, name := range []string{"one", "another-name"} {
			store := filepath.Join(t.TempDir(), name)
			os.MkdirAll(store, 0o777)
			// A copy of the tree, so that its path differs, too.
			if text, err := exec.Command("cp", "-r", filepath.Join(string(shared), "source"), store).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			r, err := Build(t.Context(), Config{Repo: "..", Cache: cache.Dir(store), Arch: arch, Channel: "stable"})
			if err != nil {
				t.Fatal(err)
			}
			images[i], _ = os.ReadFile(r.Image)
			os.RemoveAll(filepath.Join(store, "source"))
		}
		if len(images[0]) == 0 || !bytes.Equal(images[0], images[1]) {
			t.Errorf("%s: two builds differ", arch)
		}
	}
}
