package image

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/cache"
)

// TestReproducible builds the image twice, from two copies of the tree, with
// all that must not matter made different: folder (one with spaces), file
// times, umask, user, home, time zone, language, number of processors. Only
// the kernel is taken from the cache; "make test-long" does that.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the image twice")
	}
	kernelOnce(t)
	first := buildCopy(t, "one", nil, "umask 022; export TZ=UTC LANG=C")
	second := buildCopy(t, "two with spaces", otherUser(t),
		"umask 077; export TZ=Asia/Tokyo LANG=tr_TR.UTF-8 GOMAXPROCS=1 USER=other")
	for _, name := range []string{"bb", "initramfs"} {
		compare(t, filepath.Join(first, name), filepath.Join(second, name))
	}
}

// kernelOnce builds the kernel into the shared cache, where both copies find
// it: each has a lock of its own, so they would build it twice.
func kernelOnce(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "run", "./tools/go-builder", "kernel", "-arch", "x86_64")
	cmd.Dir = filepath.Join("..", "..", "..")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the kernel: %v\n%s", err, text)
	}
}

// otherUser returns the words that run a command as another user, in a
// namespace. Where the host forbids those the user is the same in both builds.
func otherUser(t *testing.T) []string {
	words := []string{"unshare", "--user", "--map-user=4321", "--map-group=4321"}
	if text, err := exec.Command(words[0], append(words[1:], "true")...).CombinedOutput(); err != nil {
		t.Logf("both builds are of one user: no user namespaces here: %s", text)
		return nil
	}
	return words
}

// buildCopy copies the tree to a folder called name, builds the image there
// and returns its output folder. wrap goes before the shell that runs the
// build, setting before the build in it.
func buildCopy(t *testing.T, name string, wrap []string, setting string) (out string) {
	t.Helper()
	tree := filepath.Join(t.TempDir(), name)
	copyTree(t, tree)
	store := filepath.Join(t.TempDir(), "cache")
	shared, err := cache.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"kernel", "source"} { // neither depends on the copy
		os.MkdirAll(filepath.Join(string(shared), kind), 0o777)
		os.MkdirAll(store, 0o777)
		if err := os.Symlink(filepath.Join(string(shared), kind), filepath.Join(store, kind)); err != nil {
			t.Fatal(err)
		}
	}
	command := append(wrap, "sh", "-c", setting+"; exec go run ./tools/go-builder image -arch x86_64")
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "VOLE_CACHE="+store)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, text)
	}
	return filepath.Join(tree, "out", "x86_64")
}

// copyTree copies what git would: everything but what is built or hidden. All
// copies have a file time of their own.
func copyTree(t *testing.T, to string) {
	t.Helper()
	from := filepath.Join("..", "..", "..")
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = from
	names, err := list.Output()
	if err != nil {
		t.Fatalf("cannot list the tree: %v", err)
	}
	when := time.Now().Add(-time.Duration(len(to)) * 24 * time.Hour)
	for _, name := range strings.Split(strings.TrimRight(string(names), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(from, name))
		if err != nil {
			continue // deleted, and not committed yet
		}
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(to, name)
		os.MkdirAll(filepath.Dir(target), 0o777)
		if err := os.WriteFile(target, data, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(target, when, when)
	}
}

func compare(t *testing.T, a, b string) {
	t.Helper()
	dataA, errA := os.ReadFile(a)
	dataB, errB := os.ReadFile(b)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if bytes.Equal(dataA, dataB) {
		return
	}
	at := 0
	for at < min(len(dataA), len(dataB)) && dataA[at] == dataB[at] {
		at++
	}
	t.Errorf("%s differs between two builds: %d and %d bytes, first at offset %d", filepath.Base(a), len(dataA), len(dataB), at)
}
