// Package source gets the source of an upstream project (the kernel, BusyBox,
// musl) from whichever origin has it, and lets none of them cheat.
//
// What is pinned is the unpacked tree: one digest over the path, type,
// executable bit and content of every file. Projects publish one tarball, and
// distributions publish another with some files stripped for their licences;
// the pin names the stripped paths, leaves them out, and so fits both. Where
// the digest of an archive is known from a signed index it is pinned, too, and
// checked before anything is unpacked.
//
// Origins are tried in this order:
//
//  1. the cache: a tree that was verified before
//  2. $VOLE_SOURCES: a folder of archives, found by file name
//  3. upstream's own server, by https
//  4. the distribution's package, through the host's own apt and its mirrors
//
// An archive or tree with another digest is put into quarantine, both digests
// and the origin are named, and the next origin is tried.
//
// # Files
//
//	$VOLE_CACHE/source/DIGEST/tree   an unpacked, verified tree
//
// # Bugs
//
// Verified trees are not verified again: who can write into the cache can
// change them. Interrupted downloads start anew.
//
// Next in the tour: none
package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/progress"
)

// A Source is one pinned version of one project, as it stands in a
// sources.json.
type Source struct {
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	About    string    `json:"about"`    // what a reader of the file should know
	Tree     string    `json:"tree"`     // digest of the unpacked tree, see Digest
	Without  []string  `json:"without"`  // paths (files or folders) that the digest leaves out
	Archives []Archive `json:"archives"` // in the order in which they are tried
}

// An Archive is one place to get a Source from.
type Archive struct {
	File   string `json:"file"`             // its file name
	SHA256 string `json:"sha256"`           // hexadecimal; "" where only the tree is pinned
	URL    string `json:"url"`              // upstream's server, or
	Apt    *Apt   `json:"apt"`              // the distribution's package
	Inside string `json:"inside,omitempty"` // the tarball's path in a .deb
}

// Apt names a Debian package: Source (its orig tarball) or Binary (a .deb that
// holds the tarball).
type Apt struct {
	Suite   string `json:"suite"`
	Source  string `json:"source,omitempty"`
	Binary  string `json:"binary,omitempty"`
	Version string `json:"version,omitempty"` // "" takes the suite's newest
}

// Check finds what can't be right whatever the origins have.
func (s Source) Check() error {
	switch {
	case s.Name == "" || s.Version == "":
		return cli.Usagef("a pin has no name or no version")
	case !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(s.Tree):
		return cli.Usagef("%s %s: the pinned tree digest is not 64 hexadecimal digits", s.Name, s.Version)
	}
	return nil
}

// Options are what Fetch needs of the machine.
type Options struct {
	Cache    cache.Dir
	Folder   string // $VOLE_SOURCES, "" for none
	Progress *progress.Printer
}

// ErrNoOrigin is the error when every origin was asked and none has the source.
var ErrNoOrigin = errors.New("no origin has it")

// Fetch returns the folder of the verified tree of s. It must not be written
// to. The error, when no origin has it, lists what each of them said.
func Fetch(ctx context.Context, s Source, o Options) (string, error) {
	if err := s.Check(); err != nil {
		return "", err
	}
	entry, err := o.Cache.Build(ctx, o.Progress, "source", s.Tree[:40], func(tmp string) error {
		return fill(ctx, s, o, tmp)
	})
	return filepath.Join(entry, "tree"), err
}

// fill tries the origins until one gives the pinned tree.
func fill(ctx context.Context, s Source, o Options, tmp string) error {
	var failed []error
	for _, origin := range origins(s, o) {
		err := origin.try(ctx, s, o, tmp)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			return fmt.Errorf("cannot keep the source of %s %s: %w", s.Name, s.Version, err) // from anywhere
		}
		var bad *mismatch
		if errors.As(err, &bad) {
			o.Progress.Warn("%s %s from %s: %v", s.Name, s.Version, origin.name, err)
		}
		failed = append(failed, fmt.Errorf("%s: %w", origin.name, err))
	}
	return cli.Hint(fmt.Errorf("cannot get the source of %s %s: %w:\n%w", s.Name, s.Version, ErrNoOrigin, errors.Join(failed...)),
		"put one of "+strings.Join(fileNames(s), ", ")+" into a folder and name it in VOLE_SOURCES")
}

func fileNames(s Source) []string {
	var names []string
	for _, a := range s.Archives {
		names = append(names, a.File)
	}
	return names
}

// An origin is one place to try: get puts the archive into the folder dir and
// returns its path.
type origin struct {
	name    string
	archive Archive
	get     func(ctx context.Context, dir string) (path string, err error)
}

func origins(s Source, o Options) []origin {
	var all []origin
	if o.Folder != "" {
		for _, a := range s.Archives {
			all = append(all, origin{"VOLE_SOURCES", a, func(_ context.Context, dir string) (string, error) {
				return copyFile(filepath.Join(o.Folder, a.File), filepath.Join(dir, a.File))
			}})
		}
	}
	for _, a := range s.Archives {
		switch {
		case a.URL != "":
			all = append(all, origin{a.URL, a, func(ctx context.Context, dir string) (string, error) {
				return download(ctx, a, dir, o.Progress)
			}})
		case a.Apt != nil:
			all = append(all, origin{"apt " + a.Apt.Suite, a, func(ctx context.Context, dir string) (string, error) {
				return aptGet(ctx, a, dir, o.Progress)
			}})
		}
	}
	return all
}

// try gets, verifies and unpacks the archive, and leaves tmp/tree when all of
// it is right and nothing when not.
func (g origin) try(ctx context.Context, s Source, o Options, tmp string) error {
	dir := filepath.Join(tmp, "download")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path, err := g.get(ctx, dir)
	if err != nil {
		return err
	}
	if g.archive.SHA256 != "" {
		if err := checkFile(path, g.archive.SHA256); err != nil {
			return quarantine(o.Cache, path, err)
		}
	}
	step := o.Progress.Step("unpacking %s", g.archive.File)
	tree := filepath.Join(tmp, "tree")
	if err := unpack(ctx, path, g.archive.Inside, tree); err != nil {
		step.Fail()
		os.RemoveAll(tree)
		return err
	}
	digest, err := Digest(ctx, tree, s.Without)
	if err == nil && digest != s.Tree {
		err = quarantine(o.Cache, path, &mismatch{"tree", s.Tree, digest})
	}
	if err != nil {
		step.Fail()
		os.RemoveAll(tree)
		return err
	}
	step.Done("verified")
	return nil
}

// A mismatch is content that is not what the pin says.
type mismatch struct{ what, want, got string }

func (m *mismatch) Error() string {
	return fmt.Sprintf("the %s has digest %s, pinned is %s", m.what, m.got, m.want)
}

// quarantine moves the bad file away and adds its new place to the error.
func quarantine(store cache.Dir, path string, cause error) error {
	place, err := store.Quarantine(path)
	if err != nil {
		return errors.Join(cause, err)
	}
	return fmt.Errorf("%w (kept as %s)", cause, place)
}
