package bench

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// rebuild measures what a developer waits for: a program is edited in a copy
// of the tree, the image is built and booted to the prompt.
func (c Config) rebuild(ctx context.Context, tmp string) ([]Row, error) {
	tree := filepath.Join(tmp, "tree")
	if err := copyTree(tree, c.Repo); err != nil {
		return nil, fmt.Errorf("cannot copy the tree: %w", err)
	}
	step := c.Progress.Step("rebuilding after an edit")
	if _, err := c.Build(ctx, tree); err != nil { // what the copy alone costs
		step.Fail()
		return nil, err
	}
	edited := filepath.Join(tree, "cmds", "init", "edited.go")
	text := "package main\n\nconst edited = " + strconv.FormatInt(time.Now().UnixNano(), 10) + "\n"
	if err := os.WriteFile(edited, []byte(text), 0o666); err != nil {
		step.Fail()
		return nil, err
	}
	start := time.Now()
	initramfs, err := c.Build(ctx, tree)
	if err == nil {
		_, err = c.boot(ctx, initramfs, prompt, 256)
	}
	if err != nil {
		step.Fail()
		return nil, fmt.Errorf("cannot rebuild after an edit: %w", err)
	}
	took := time.Since(start)
	step.Done("%.1f s", took.Seconds())
	return []Row{{"from an edit to the prompt", took.Seconds(), "s", 15}}, nil
}

// copyTree copies the tree without what is built or hidden.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case slices.Contains([]string{"out", "bin", ".git"}, name):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o777)
		case !entry.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, info.Mode().Perm())
	})
}
