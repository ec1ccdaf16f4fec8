package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/progress"
)

func TestBuildOnce(t *testing.T) {
	d := Dir(filepath.Join(t.TempDir(), "a cache with spaces"))
	var built atomic.Int32
	var wg sync.WaitGroup
	for range 8 { // flock is per open file, so goroutines stand in for processes
		wg.Go(func() {
			dir, err := d.Build(t.Context(), nil, "kernel", "k1", func(tmp string) error {
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

// Two caches with locks of their own may keep their entries in one place, by a
// link or on a file system that does not know locks: the first one stays.
func TestBuiltMeanwhile(t *testing.T) {
	d := Dir(t.TempDir())
	dir, err := d.Build(t.Context(), nil, "kernel", "k", func(tmp string) error {
		os.MkdirAll(d.Path("kernel", "k"), 0o777)
		return errors.Join(os.WriteFile(filepath.Join(d.Path("kernel", "k"), "image"), []byte("first"), 0o666),
			os.WriteFile(filepath.Join(tmp, "image"), []byte("second"), 0o666))
	})
	if data, _ := os.ReadFile(filepath.Join(dir, "image")); string(data) != "first" || err != nil {
		t.Errorf("entry holds %q, %v", data, err)
	}
}

func TestBuildFailureLeavesNothing(t *testing.T) {
	d := Dir(t.TempDir())
	broken := errors.New("disk full")
	_, err := d.Build(t.Context(), nil, "kernel", "k", func(tmp string) error {
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

// A killed build can't clean up after itself; the next one does it, also when
// it makes another entry, but leaves alone what is being made.
func TestLeftoversRemoved(t *testing.T) {
	d := Dir(filepath.Join(t.TempDir(), "cache [1]"))
	tmp := filepath.Join(string(d), "tmp")
	for _, name := range []string{"kernel-k-123", "kernel-k-456", "userland-old-7", "source-busy-8"} {
		os.MkdirAll(filepath.Join(tmp, name, "half"), 0o777)
	}
	busy, err := d.tryLock("source-busy")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	if _, err := d.Build(t.Context(), nil, "kernel", "k", func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(tmp)
	if len(left) != 1 || left[0].Name() != "source-busy-8" {
		t.Errorf("left behind: %v", left)
	}
}

// Who waits for long says so; who does not keeps quiet.
func TestWaiting(t *testing.T) {
	d := Dir(t.TempDir())
	for _, tt := range []struct {
		held time.Duration
		want string
	}{{2 * poll, ""}, {(patience + 5) * poll, "waiting for another build, which makes the same kernel ...\n"}} {
		f, err := d.tryLock("kernel-k")
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(tt.held, func() { f.Close() })
		var said strings.Builder
		unlock, err := d.lock(t.Context(), progress.NewWriter(&said), "kernel", "k")
		if err != nil {
			t.Fatal(err)
		}
		unlock()
		if got := said.String(); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("after %v it said %q; want %q", tt.held, got, tt.want)
		}
	}
}

// The cache may lie in a folder that holds more.
func TestClear(t *testing.T) {
	home := t.TempDir()
	mine := filepath.Join(home, "letters", "dear.txt")
	os.MkdirAll(filepath.Dir(mine), 0o777)
	os.WriteFile(mine, []byte("x"), 0o666)
	bad := filepath.Join(home, "bad")
	os.WriteFile(bad, nil, 0o666)
	d := Dir(home)
	if err := d.Clear(); err != nil {
		t.Errorf("a cache that was never used: %v", err)
	}
	if _, err := d.Quarantine(bad); err != nil {
		t.Fatal(err)
	}
	_, err := d.Build(t.Context(), nil, "accel", "boot-id-1", func(string) error {
		if err := d.Clear(); err == nil {
			t.Error("cleared under a build")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Clear(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(home); len(left) != 1 || left[0].Name() != "letters" {
		t.Errorf("left: %v; want what the cache has not made", left)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

func TestBuildInterrupted(t *testing.T) {
	d := Dir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	_, err := d.Build(ctx, nil, "kernel", "k", func(string) error { cancel(); return nil })
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

func TestAddFile(t *testing.T) {
	sum := func(content string) string {
		path := filepath.Join(t.TempDir(), "f")
		os.WriteFile(path, []byte(content), 0o666)
		k := NewKey("t", "1")
		if err := k.AddFile(path); err != nil {
			t.Fatal(err)
		}
		return k.Sum()
	}
	if sum("1") != sum("1") || sum("1") == sum("2") {
		t.Error("a key does not follow the content of a file, and it alone")
	}
	if err := NewKey("t", "1").AddFile("/no/such"); err == nil {
		t.Error("no error for a file that is not there")
	}
}

// The same bad file, met again, takes no more room.
func TestQuarantine(t *testing.T) {
	d := Dir(t.TempDir())
	bad := filepath.Join(t.TempDir(), "bad.tar.xz")
	for range 2 {
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
	if kept, _ := os.ReadDir(filepath.Join(string(d), "quarantine")); len(kept) != 1 {
		t.Errorf("kept: %v", kept)
	}
}
