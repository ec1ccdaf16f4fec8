package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"

	"github.com/vole-linux/vole/internal/atomicfile"
	"github.com/vole-linux/vole/qemu"
	"github.com/vole-linux/vole/tools/internal/bench"
)

const benchUsage = `usage: go-builder bench [-arch A] [-template T] [-boots N] [-json]
` + imageFlagsUsage + `
  -boots N        boots of each kind (default 7)
  -json           print JSON instead of a table

Measures boot time against the floor, sizes, memory and the cost of starting a
program. Writes out/bench.json.

Examples:
  go-builder bench -arch arm64
  go-builder bench -boots 3 -json`

func runBench(ctx context.Context, a *app, args []string) error {
	var f imageFlags
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.define(flags, a.distro)
	boots := flags.Int("boots", 7, "")
	asJSON := flags.Bool("json", false, "")
	if err := a.parse(flags, args, benchUsage); err != nil {
		return err
	}
	machine, err := qemu.Find(f.arch, "")
	if err != nil {
		return err
	}
	built, err := a.image(ctx, f, true)
	if err != nil {
		return err
	}
	rows, err := bench.Run(ctx, bench.Config{Arch: f.arch, Machine: machine, Kernel: built.Kernel, Initramfs: built.Initramfs,
		BB: built.BB, Boots: max(1, *boots), Progress: a.progress, Repo: a.repo, Build: func(ctx context.Context, repo string) (string, error) {
			copied := *a
			copied.repo, copied.progress = repo, nil
			r, err := copied.image(ctx, f, true)
			return r.Initramfs, err
		}})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(a.repo, "out", "bench.json")
	if err := atomicfile.Write(path, append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("cannot keep the figures: %w", err)
	}
	if *asJSON {
		fmt.Fprintf(a.stdout, "%s\n", text)
		return nil
	}
	bench.Print(a.stdout, rows)
	return nil
}
