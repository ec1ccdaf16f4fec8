package image

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/kernel"
	"github.com/vole-linux/vole/tools/internal/busybox"
	"github.com/vole-linux/vole/tools/internal/distro"
)

// TestReproducible builds the image twice, from two copies of the tree, with
// all that must not matter made different: folder (one with spaces), file
// times, umask, user, time zone, language, number of processors, settings of
// the go command and of the C compiler. Only the kernel is taken from the
// cache; "make test-long" does that.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the image twice")
	}
	shared := sharedParts(t)
	first := buildCopy(t, shared, "one", nil, "umask 022; export TZ=UTC LANG=C")
	second := buildCopy(t, shared, "two with spaces", otherUser(t),
		"umask 077; export TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 GOMAXPROCS=1 USER=other "+
			"GOAMD64=v3 GOOS=windows GOFLAGS=-mod=vendor CC=false GOENV="+goEnv(t))
	for _, name := range []string{"bb", "initramfs"} {
		compare(t, filepath.Join(first, name), filepath.Join(second, name))
	}
}

// sharedParts makes sure that kernel and sources are in the shared cache, and
// returns it: a cache of the test's own that only links to them would make
// them while another test makes them, too.
func sharedParts(t *testing.T) cache.Dir {
	t.Helper()
	repo := filepath.Join("..", "..", "..")
	shared, err := cache.Default()
	if err != nil {
		t.Fatal(err)
	}
	d, err := distro.Load(repo)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := kernel.Build(t.Context(), kernel.Config{Repo: repo, Cache: shared, Arch: "x86_64", Channel: d.Kernel, AllowFallback: true})
	_, err2 := busybox.Build(t.Context(), busybox.Config{Cache: shared, Arch: "x86_64"})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return shared
}

// goEnv writes settings as "go env -w" does and returns the file's path.
func goEnv(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(path, []byte("GOFLAGS=-tags=nobody\nGOEXPERIMENT=nodwarf5\nGOARM64=v9.0\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
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
func buildCopy(t *testing.T, shared cache.Dir, name string, wrap []string, setting string) (out string) {
	t.Helper()
	tree := filepath.Join(t.TempDir(), name)
	copyTree(t, tree)
	store := filepath.Join(t.TempDir(), "cache")
	os.MkdirAll(store, 0o777)
	for _, kind := range []string{"kernel", "source"} { // neither depends on the copy
		if err := os.Symlink(filepath.Join(string(shared), kind), filepath.Join(store, kind)); err != nil {
			t.Fatal(err)
		}
	}
	// As make does it: the builder itself is compiled without the settings.
	command := append(wrap, "sh", "-c", "go build -o bin/go-builder ./tools/go-builder || exit; "+setting+"; exec bin/go-builder image -arch x86_64")
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "VOLE_CACHE="+store)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, text)
	}
	return filepath.Join(tree, "out", "x86_64")
}

// copyTree copies the tree without what is built, which is all that a build
// may need: no .git. All copies have a file time of their own.
func copyTree(t *testing.T, to string) {
	t.Helper()
	from := filepath.Join("..", "..", "..")
	when := time.Now().Add(-time.Duration(len(to)) * 24 * time.Hour)
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(from, path)
		if slices.Contains([]string{".git", "out", "bin"}, name) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil // .git is a file in a worktree
		}
		target := filepath.Join(to, name)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o777)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(target, data, info.Mode().Perm()), os.Chtimes(target, when, when))
	})
	if err != nil {
		t.Fatalf("cannot copy the tree: %v", err)
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
