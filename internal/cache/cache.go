// Package cache keeps finished build results, each under the digest of all
// that went into it, so that nothing is built or fetched twice and a result
// is either whole or absent.
//
// An entry is a folder KIND/KEY. It is made in a temporary folder beside its
// final place, written to the disk, and renamed when it is complete, so an
// interrupt, a full disk or a power cut leaves no half entry under a final
// name. One builder at a time makes an entry: others say that they wait on its
// lock, and then find it there.
//
// # Files
//
//	$VOLE_CACHE, else the user's cache folder + /vole
//	  KIND/KEY/...          finished entries, never changed afterwards
//	  tmp/KIND-KEY-*        entries being made; leftovers are removed by the next Build of any key
//	  lock/KIND-KEY         flock(2) files, empty
//	  quarantine/           files that failed verification, kept for a look, by their digest
//
// # Bugs
//
// Nothing is ever evicted: "go-builder clean -cache" removes all of it.
//
// Next in the tour: none
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/progress"
)

// A Dir is the root folder of a cache.
type Dir string

// Default returns $VOLE_CACHE, or the folder "vole" in the user's cache folder.
func Default() (Dir, error) {
	if dir := os.Getenv("VOLE_CACHE"); dir != "" {
		abs, err := filepath.Abs(dir)
		return Dir(abs), err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", cli.Hint(fmt.Errorf("cannot find the cache folder: %w", err), "name one in VOLE_CACHE")
	}
	return Dir(filepath.Join(dir, "vole")), nil
}

// Path is where the entry is, or will be.
func (d Dir) Path(kind, key string) string {
	return filepath.Join(string(d), kind, key)
}

// Has tells whether the entry is complete.
func (d Dir) Has(kind, key string) bool {
	info, err := os.Stat(d.Path(kind, key))
	return err == nil && info.IsDir()
}

// Build returns the folder of the entry, after calling build to fill it if it
// is not there yet. build gets an empty folder; what it leaves there when it
// returns nil becomes the entry. Its error is returned as it is and nothing is
// kept. While another process makes the same entry Build waits, until ctx ends,
// and says so on p.
func (d Dir) Build(ctx context.Context, p *progress.Printer, kind, key string, build func(tmp string) error) (string, error) {
	final := d.Path(kind, key)
	if d.Has(kind, key) {
		return final, nil
	}
	unlock, err := d.lock(ctx, p, kind, key)
	if err != nil {
		return "", err
	}
	defer unlock()
	if d.Has(kind, key) { // made by whoever held the lock
		return final, nil
	}
	tmp, err := d.freshTemp(kind, key)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := build(tmp); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o777); err != nil {
		return "", fmt.Errorf("cannot make the cache folder: %w", err)
	}
	if err := flush(tmp); err != nil {
		return "", fmt.Errorf("cannot write the finished %s to the disk: %w", kind, err)
	}
	if err := os.Rename(tmp, final); err != nil && !d.Has(kind, key) { // made meanwhile where locks are not shared
		return "", fmt.Errorf("cannot place the finished %s: %w", kind, err)
	}
	return final, nil
}

// flush waits until all that is below dir is on the disk: a rename can get
// there before the data of the files. One call for the file system, since an
// entry may have a hundred thousand files.
func flush(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}

// freshTemp removes what interrupted builds left and makes an empty folder.
// The caller holds the lock of the key.
func (d Dir) freshTemp(kind, key string) (string, error) {
	parent := filepath.Join(string(d), "tmp")
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return "", fmt.Errorf("cannot make the cache folder: %w", err)
	}
	d.sweep(parent, kind+"-"+key)
	tmp, err := os.MkdirTemp(parent, kind+"-"+key+"-")
	if err != nil {
		return "", fmt.Errorf("cannot make a folder to build in: %w", err)
	}
	return tmp, nil
}

// sweep removes the folders in tmp that no builder is at work in: those of the
// lock that the caller holds, and those whose lock nobody holds.
func (d Dir) sweep(tmp, held string) {
	left, _ := os.ReadDir(tmp) // what can't be read is left for another time
	for _, entry := range left {
		owner := entry.Name()[:max(0, strings.LastIndexByte(entry.Name(), '-'))]
		if owner != held {
			f, err := d.tryLock(owner)
			if err != nil {
				continue
			}
			defer f.Close()
		}
		os.RemoveAll(filepath.Join(tmp, entry.Name()))
	}
}

// poll is how often lock looks, and patience how often it does so without a
// word: most waits are short.
const (
	poll     = 50 * time.Millisecond
	patience = 10
)

// lock takes the flock(2) of an entry. It polls, since flock can't be
// interrupted by a context.
func (d Dir) lock(ctx context.Context, p *progress.Printer, kind, key string) (unlock func(), err error) {
	var step *progress.Step
	for tries := 0; ; tries++ {
		f, err := d.tryLock(kind + "-" + key)
		if err == nil {
			step.Done("it is done")
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			step.Fail()
			return nil, fmt.Errorf("cannot lock the cache: %w", err)
		}
		if tries == patience {
			step = p.Step("waiting for another build, which makes the same %s", kind)
		}
		select {
		case <-ctx.Done():
			step.Fail()
			return nil, ctx.Err()
		case <-time.After(poll):
		}
	}
}

// tryLock takes the lock called name, or fails with EWOULDBLOCK at once. The
// lock ends when the file is closed, or with the process.
func (d Dir) tryLock(name string) (*os.File, error) {
	dir := filepath.Join(string(d), "lock")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Clear removes all that Build and Quarantine have put into the folder, and
// nothing else: somebody may have set VOLE_CACHE to a folder that holds more.
// It refuses while a build is at work.
func (d Dir) Clear() error {
	locks, err := os.ReadDir(filepath.Join(string(d), "lock"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read the cache: %w", err)
	}
	for _, lock := range locks {
		f, err := d.tryLock(lock.Name())
		if err != nil {
			return fmt.Errorf("cannot empty the cache while a build uses it: %s: %w", lock.Name(), err)
		}
		defer f.Close()
	}
	for _, lock := range locks {
		kind, key, _ := strings.Cut(lock.Name(), "-")
		if key == "" {
			continue
		}
		if err := os.RemoveAll(d.Path(kind, key)); err != nil {
			return fmt.Errorf("cannot empty the cache: %w", err)
		}
		os.Remove(filepath.Join(string(d), kind)) // fails unless it is empty
	}
	for _, name := range []string{"tmp", "quarantine", "lock"} {
		if err := os.RemoveAll(filepath.Join(string(d), name)); err != nil {
			return fmt.Errorf("cannot empty the cache: %w", err)
		}
	}
	os.Remove(string(d)) // likewise
	return nil
}

// Quarantine moves a file that failed verification out of the way and returns
// its new place, which is named after its digest: an origin that is wrong every
// day fills no disk.
func (d Dir) Quarantine(path string) (string, error) {
	dir := filepath.Join(string(d), "quarantine")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("cannot make the quarantine folder: %w", err)
	}
	sum, err := FileDigest(path)
	if err != nil {
		return "", fmt.Errorf("cannot quarantine %s: %w", path, err)
	}
	place := filepath.Join(dir, sum[:16]+"-"+filepath.Base(path))
	if err := os.Rename(path, place); err != nil {
		return "", fmt.Errorf("cannot quarantine %s: %w", path, err)
	}
	return place, nil
}

// A Key collects everything that a build result depends on. Each item is
// written with its length, so that no two lists of items look the same.
type Key struct{ h hash.Hash }

// NewKey starts a key. The version changes whenever the code that builds the
// kind of entry changes in a way that its inputs don't show.
func NewKey(kind, version string) *Key {
	return (&Key{sha256.New()}).Add(kind, version)
}

// Add adds items to the key.
func (k *Key) Add(items ...string) *Key {
	for _, s := range items {
		fmt.Fprintf(k.h, "%d:%s,", len(s), s)
	}
	return k
}

// AddFile adds the content of a file, not its name.
func (k *Key) AddFile(path string) error {
	sum, err := FileDigest(path)
	if err == nil {
		k.Add(sum)
	}
	return err
}

// FileDigest is the SHA-256 of a file, 64 hexadecimal digits.
func FileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Sum ends the key: 40 hexadecimal digits.
func (k *Key) Sum() string { return hex.EncodeToString(k.h.Sum(nil))[:40] }
