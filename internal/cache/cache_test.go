package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestBuildOnce(t *testing.T) {
	d := Dir(filepath.Join(t.TempDir(), "a cache with spaces"))
	var built atomic.Int32
	var wg sync.WaitGroup
	for range 8 { // flock is per open file, so goroutines stand in for processes
		wg.Go(func() {
			dir, err := d.Build(t.Context(), "kernel", "k1", func(tmp string) error {
				built.Add(1)
				time.Sleep(20 * time.Millisecond)
				return os.WriteFile(filepath.Join(tmp, "image"), []byte("x"), 0o666)
			})
			if err != nil {
				t.Error(err)
			}
			if data, err := os.ReadFile(filepath.Join(dir, "image")); string(data) != "x" {
				t.Errorf("entry holds %q, %v", data, err)
			}
		})
	}
	wg.Wait()
	if n := built.Load(); n != 1 {
		t.Errorf("built %d times; want once", n)
	}
}

func TestBuildFailureLeavesNothing(t *testing.T) {
	d := Dir(t.TempDir())
	broken := errors.New("disk full")
	_, err := d.Build(t.Context(), "kernel", "k", func(tmp string) error {
		os.WriteFile(filepath.Join(tmp, "half"), nil, 0o666)
		return broken
	})
	if !errors.Is(err, broken) || d.Has("kernel", "k") {
		t.Errorf("err = %v, has = %v", err, d.Has("kernel", "k"))
	}
	if left, _ := filepath.Glob(string(d) + "/tmp/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A killed build can't clean up after itself; the next one does it.
func TestLeftoversRemoved(t *testing.T) {
	d := Dir(t.TempDir())
	os.MkdirAll(filepath.Join(string(d), "tmp", "kernel-k-123"), 0o777)
	if _, err := d.Build(t.Context(), "kernel", "k", func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(string(d) + "/tmp/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBuildInterrupted(t *testing.T) {
	d := Dir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	_, err := d.Build(ctx, "kernel", "k", func(string) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || d.Has("kernel", "k") {
		t.Errorf("err = %v, has = %v", err, d.Has("kernel", "k"))
	}
}

func TestKeyIsUnambiguous(t *testing.T) {
	a := NewKey("k", "1").Add("ab", "c").Sum()
	b := NewKey("k", "1").Add("a", "bc").Sum()
	if a == b || len(a) != 40 {
		t.Errorf("keys %s and %s", a, b)
	}
}

func TestAddTree(t *testing.T) {
	sum := func(change func(dir string)) string {
		dir := t.TempDir()
		os.MkdirAll(filepath.Join(dir, "d"), 0o777)
		os.WriteFile(filepath.Join(dir, "d", "f"), []byte("1"), 0o666)
		os.Symlink("d/f", filepath.Join(dir, "l"))
		change(dir)
		k := NewKey("t", "1")
		if err := k.AddTree(dir); err != nil {
			t.Fatal(err)
		}
		return k.Sum()
	}
	same := sum(func(string) {})
	if sum(func(string) {}) != same {
		t.Error("equal trees have different keys")
	}
	for name, change := range map[string]func(string){
		"content": func(d string) { os.WriteFile(filepath.Join(d, "d", "f"), []byte("2"), 0o666) },
		"name":    func(d string) { os.Rename(filepath.Join(d, "d", "f"), filepath.Join(d, "d", "g")) },
		"mode":    func(d string) { os.Chmod(filepath.Join(d, "d", "f"), 0o777) },
		"link":    func(d string) { os.Remove(filepath.Join(d, "l")); os.Symlink("d", filepath.Join(d, "l")) },
	} {
		if sum(change) == same {
			t.Errorf("a change of %s does not change the key", name)
		}
	}
}

func TestQuarantine(t *testing.T) {
	d := Dir(t.TempDir())
	bad := filepath.Join(t.TempDir(), "bad.tar.xz")
	os.WriteFile(bad, []byte("x"), 0o666)
	place, err := d.Quarantine(bad)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bad); !os.IsNotExist(err) {
		t.Error("the bad file is still in place")
	}
	if data, _ := os.ReadFile(place); string(data) != "x" {
		t.Errorf("quarantined %q", data)
	}
}
