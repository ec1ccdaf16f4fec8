package source

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/vole-linux/vole/internal/cli"
)

// A Workplace is a folder to compile a Source in. Make splits words at spaces
// and targets at colons, patterns have percent signs, the shell has characters
// of its own, and the projects' makefiles quote none of them, so the path of a
// workplace is of letters, digits and a few more, wherever the cache is.
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
	dir, err := os.MkdirTemp(parent, "vole-work-")
	if err != nil {
		return Workplace{}, fmt.Errorf("cannot make a folder to build in: %w", err)
	}
	return Workplace{dir}, nil
}

func plain(path string) bool {
	return strings.IndexFunc(path, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._+-", r)
	}) < 0
}

// Compiler returns what a compiler says of its version, as part of a cache key:
// in English, whoever asks.
func Compiler(ctx context.Context, program string) (version string, err error) {
	cmd := exec.CommandContext(ctx, program, "--version")
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	text, err := cmd.Output()
	if err != nil {
		return "", cli.Hint(fmt.Errorf("cannot run %s: %w", program, err), "run scripts/setup")
	}
	return string(text), nil
}

// Remove removes the workplace with all that is in it.
func (w Workplace) Remove() { os.RemoveAll(w.Dir) }

// Copy puts a copy of tree into the workplace, called name, and returns its path.
func (w Workplace) Copy(ctx context.Context, tree, name string) (string, error) {
	dir := filepath.Join(w.Dir, name)
	if err := os.CopyFS(dir, interruptible{os.DirFS(tree).(fs.ReadLinkFS), ctx}); err != nil {
		return "", fmt.Errorf("cannot copy the source: %w", err)
	}
	return dir, nil
}

// An interruptible file system opens nothing more when its context has ended.
type interruptible struct {
	fs.ReadLinkFS
	ctx context.Context
}

func (i interruptible) Open(name string) (fs.File, error) {
	if err := i.ctx.Err(); err != nil {
		return nil, err
	}
	return i.ReadLinkFS.Open(name)
}

// Readable returns a path of tree that make can handle: tree itself where
// possible, else that of a copy.
func (w Workplace) Readable(ctx context.Context, tree string) (string, error) {
	if plain(tree) {
		return tree, nil
	}
	return w.Copy(ctx, tree, "tree")
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
