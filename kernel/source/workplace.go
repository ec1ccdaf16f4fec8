package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A Workplace is a folder to compile a Source in. Make splits words at spaces
// and targets at colons, and the projects' makefiles quote neither, so the
// path of a workplace has none of them, wherever the cache is.
type Workplace struct {
	Dir string // empty at first
}

// NewWorkplace makes a workplace in the folder tmp, or, when that has a path
// that make can't handle, in the system's folder for temporary files. The
// caller ends it with Remove.
func NewWorkplace(tmp string) (Workplace, error) {
	parent := tmp
	if !plain(parent) {
		parent = os.TempDir()
	}
	if !plain(parent) {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "work-")
	if err != nil {
		return Workplace{}, fmt.Errorf("cannot make a folder to build in: %w", err)
	}
	return Workplace{dir}, nil
}

func plain(path string) bool { return !strings.ContainsAny(path, " \t:'\"$#\\&;()") }

// Remove removes the workplace with all that is in it.
func (w Workplace) Remove() { os.RemoveAll(w.Dir) }

// Copy puts a copy of tree into the workplace, called name, and returns its path.
func (w Workplace) Copy(tree, name string) (string, error) {
	dir := filepath.Join(w.Dir, name)
	if err := os.CopyFS(dir, os.DirFS(tree)); err != nil {
		return "", fmt.Errorf("cannot copy the source: %w", err)
	}
	return dir, nil
}

// Readable returns a path of tree that make can handle: tree itself where
// possible, else that of a copy.
func (w Workplace) Readable(tree string) (string, error) {
	if plain(tree) {
		return tree, nil
	}
	return w.Copy(tree, "tree")
}

// Keep copies the file called from in the workplace to the path to, which is on
// another file system perhaps.
func (w Workplace) Keep(from, to string) error {
	data, err := os.ReadFile(filepath.Join(w.Dir, from))
	if err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(w.Dir, from))
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
