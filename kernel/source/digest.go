package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/vole-linux/vole/internal/cache"
)

// Digest is the SHA-256 of a tree, 64 hexadecimal digits: of one line for
// every file and symbolic link, in the order of their paths, which is
//
//	TYPE PATH NUL CONTENT NUL
//
// where TYPE is f, x (executable) or l, and CONTENT the SHA-256 of a file or
// the target of a link. Folders count only by what is in them. Paths in
// without, and all below them, are left out.
func Digest(ctx context.Context, root string, without []string) (string, error) {
	sum := sha256.New()
	// WalkDir walks each folder in lexical order: the same on every machine.
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if leftOut(name, without) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		kind, content, err := describe(path, entry)
		fmt.Fprintf(sum, "%s %s\x00%s\x00", kind, name, content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("cannot compute the digest of a tree: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func leftOut(name string, without []string) bool {
	for _, w := range without {
		if name == w || strings.HasPrefix(name, w+"/") {
			return true
		}
	}
	return false
}

func describe(path string, entry fs.DirEntry) (kind, content string, err error) {
	if entry.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return "l", target, err
	}
	info, err := entry.Info()
	if err != nil {
		return "", "", err
	}
	kind = "f"
	if info.Mode()&0o100 != 0 {
		kind = "x"
	}
	content, err = cache.FileDigest(path)
	return kind, content, err
}

func checkFile(path, want string) error {
	got, err := cache.FileDigest(path)
	if err != nil {
		return err
	}
	if got != want {
		return &mismatch{"archive", want, got}
	}
	return nil
}
