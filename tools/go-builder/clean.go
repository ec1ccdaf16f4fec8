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

Removes out/ and bin/.

Examples:
  go-builder clean
  VOLE_CACHE=/tmp/trial go-builder clean -cache`

func clean(_ context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("clean", flag.ContinueOnError)
	everything := flags.Bool("cache", false, "")
	if err := a.parse(flags, args, cleanUsage); err != nil {
		return err
	}
	for _, name := range []string{"out", "bin"} {
		folder := filepath.Join(a.repo, name)
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("cannot remove %s: %w", folder, err)
		}
		a.progress.Say("removed %s", folder)
	}
	if !*everything {
		return nil
	}
	if err := a.cache.Clear(); err != nil {
		return err
	}
	a.progress.Say("emptied the cache %s", a.cache)
	return nil
}
