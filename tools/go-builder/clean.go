package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const cleanUsage = `usage: go-builder clean [-cache]

  -cache      also empty the cache: the next build fetches and compiles everything

Removes out/ and bin/.`

func clean(_ context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("clean", flag.ContinueOnError)
	everything := flags.Bool("cache", false, "")
	if err := a.parse(flags, args, cleanUsage); err != nil {
		return err
	}
	folders := []string{filepath.Join(a.repo, "out"), filepath.Join(a.repo, "bin")}
	if *everything {
		folders = append(folders, string(a.cache))
	}
	for _, folder := range folders {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("cannot remove %s: %w", folder, err)
		}
		a.progress.Say("removed %s", folder)
	}
	return nil
}
