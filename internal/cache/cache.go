// Package cache keeps finished build results, each under the digest of all
// that went into it, so that nothing is built or fetched twice and a result
// is either whole or absent.
//
// An entry is a folder KIND/KEY. It is made in a temporary folder beside its
// final place and renamed when it is complete, so an interrupt, a full disk or
// a power cut leaves no half entry under a final name. One builder at a time
// makes an entry: others wait on its lock and then find it there.
//
// # Files
//
//	$VOLE_CACHE, else the user's cache folder + /vole
//	  KIND/KEY/...          finished entries, never changed afterwards
//	  tmp/KIND-KEY-*        entries being made; leftovers are removed by the next Build of that key
//	  lock/KIND-KEY         flock(2) files, empty
//	  quarantine/           files that failed verification, kept for a look
//
// # Bugs
//
// Nothing is ever evicted: "go-builder clean" removes the whole cache.
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
	"syscall"
	"time"
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
		return "", fmt.Errorf("cannot find the cache folder: %w", err)
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
// kept. While another process makes the same entry Build waits, until ctx ends.
func (d Dir) Build(ctx context.Context, kind, key string, build func(tmp string) error) (string, error) {
	final := d.Path(kind, key)
	if d.Has(kind, key) {
		return final, nil
	}
	unlock, err := d.lock(ctx, kind+"-"+key)
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
	if err := os.Rename(tmp, final); err != nil && !d.Has(kind, key) { // made under another lock, through a link
		return "", fmt.Errorf("cannot place the finished %s: %w", kind, err)
	}
	return final, nil
}

// freshTemp removes what an interrupted build of the same key left and makes
// an empty folder. The caller holds the lock of the key.
func (d Dir) freshTemp(kind, key string) (string, error) {
	old, _ := filepath.Glob(filepath.Join(string(d), "tmp", kind+"-"+key+"-*"))
	for _, dir := range old {
		os.RemoveAll(dir)
	}
	if err := os.MkdirAll(filepath.Join(string(d), "tmp"), 0o777); err != nil {
		return "", fmt.Errorf("cannot make the cache folder: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Join(string(d), "tmp"), kind+"-"+key+"-")
	if err != nil {
		return "", fmt.Errorf("cannot make a folder to build in: %w", err)
	}
	return tmp, nil
}

// lock takes the flock(2) of name. It polls, since flock can't be interrupted
// by a context.
func (d Dir) lock(ctx context.Context, name string) (unlock func(), err error) {
	dir := filepath.Join(string(d), "lock")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("cannot make the cache folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the cache: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, fmt.Errorf("cannot lock the cache: %w", err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Quarantine moves a file that failed verification out of the way and returns
// its new place.
func (d Dir) Quarantine(path string) (string, error) {
	dir := filepath.Join(string(d), "quarantine")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("cannot make the quarantine folder: %w", err)
	}
	place := filepath.Join(dir, time.Now().UTC().Format("20060102T150405.000000000")+"-"+filepath.Base(path))
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
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	k.Add(hex.EncodeToString(sum.Sum(nil)))
	return nil
}

// AddTree adds names, contents and executable bits of all files below root.
func (k *Key) AddTree(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			k.Add(name, "link", target)
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		k.Add(name, fmt.Sprint(info.Mode()&0o100 != 0))
		return k.AddFile(path)
	})
}

// Sum ends the key: 40 hexadecimal digits.
func (k *Key) Sum() string { return hex.EncodeToString(k.h.Sum(nil))[:40] }
