// Package image joins the kernel, the multicall binary, the fallback shell,
// the manual and the constant files into what boots.
//
// The parts don't depend on one another until the archive is written, so the
// slow one (the kernel) and the others are built side by side. Each part comes
// from the cache when nothing that it is made of has changed.
//
// # Files
//
//	out/ARCH/kernel          compressed kernel image
//	out/ARCH/kernel.config   the configuration it was built with, expanded
//	out/ARCH/bb              the multicall binary, for a look from outside
//	out/ARCH/initramfs       the archive the kernel unpacks: everything else
//
// # Bugs
//
// out/ARCH holds the latest template only.
//
// Next in the tour: none
package image

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/vole-linux/vole/internal/atomicfile"
	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/progress"
	"github.com/vole-linux/vole/kernel"
	"github.com/vole-linux/vole/tools/internal/busybox"
	"github.com/vole-linux/vole/tools/internal/distro"
	"github.com/vole-linux/vole/tools/internal/userland"
)

// A Config says what to build.
type Config struct {
	Repo     string // root of the tree
	Arch     string // of distro.Architectures
	Distro   distro.Distro
	Template distro.Template
	Channel  string // of kernel/sources.json
	Fallback bool   // take the longterm kernel when no origin has the pinned one
	Out      string // folder that receives the result
	Cache    cache.Dir
	Progress *progress.Printer
}

// A Result is what lies in Config.Out afterwards: paths, and the kernel's version.
type Result struct {
	Kernel, KernelConfig, BB, Initramfs string
	KernelVersion                       string
}

// parts are the finished pieces, before they are joined.
type parts struct {
	kernel   kernel.Result
	userland userland.Result
	busybox  string // path, "" without
}

// Build makes the image. The size budget of the template is enforced before
// anything appears in Config.Out.
func Build(ctx context.Context, c Config) (Result, error) {
	// Where nothing can be put one should hear so before all is built.
	if err := os.MkdirAll(c.Out, 0o777); err != nil {
		return Result{}, fmt.Errorf("cannot make the output folder: %w", err)
	}
	p, err := buildParts(ctx, c)
	if err != nil {
		return Result{}, err
	}
	step := c.Progress.Step("initramfs %s", c.Arch)
	r, size, err := c.join(ctx, p)
	if err != nil {
		step.Fail()
		return Result{}, err
	}
	step.Done("%.2f MiB with the kernel", float64(size)/(1<<20))
	return r, nil
}

// join makes the archive and places all that belongs to the image. size is
// that of kernel and archive.
func (c Config) join(ctx context.Context, p parts) (r Result, size int64, err error) {
	archive, err := c.archive(ctx, p)
	if err != nil {
		return Result{}, 0, err
	}
	for _, path := range []string{p.kernel.Image, archive} {
		info, err := os.Stat(path)
		if err != nil {
			return Result{}, 0, err
		}
		size += info.Size()
	}
	if size > c.Template.Budget {
		return Result{}, 0, fmt.Errorf("cannot accept the image: kernel and initramfs have %d bytes, the template's budget is %d", size, c.Template.Budget)
	}
	r, err = c.place(p, archive)
	return r, size, err
}

// buildParts builds the pieces side by side.
func buildParts(ctx context.Context, c Config) (parts, error) {
	var p parts
	jobs := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			p.kernel, err = kernel.Build(ctx, kernel.Config{Repo: c.Repo, Cache: c.Cache, Arch: c.Arch,
				Channel: c.Channel, AllowFallback: c.Fallback, Progress: c.Progress})
			return err
		},
		func(ctx context.Context) (err error) {
			p.userland, err = userland.Build(ctx, userland.Config{Repo: c.Repo, Cache: c.Cache, Arch: c.Arch,
				Programs: c.Template.ImportPaths(), PIE: true, Progress: c.Progress})
			return err
		},
	}
	if c.Distro.Busybox {
		jobs = append(jobs, func(ctx context.Context) error {
			r, err := busybox.Build(ctx, busybox.Config{Cache: c.Cache, Arch: c.Arch, Progress: c.Progress})
			p.busybox = r.Path
			return err
		})
	}
	return p, together(ctx, jobs)
}

// together runs jobs side by side. The first failure cancels the others, and
// is the error: what the others say then only follows from it.
func together(ctx context.Context, jobs []func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(func() {
			if err := job(ctx); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// place copies the finished pieces under their final names in Config.Out.
func (c Config) place(p parts, archive string) (Result, error) {
	in := func(name string) string { return filepath.Join(c.Out, name) }
	r := Result{in("kernel"), in("kernel.config"), in("bb"), in("initramfs"), p.kernel.Version}
	for _, copy := range []struct{ from, to string }{
		{p.kernel.Image, r.Kernel},
		{p.kernel.ConfigFile, r.KernelConfig},
		{p.userland.Path, r.BB},
		{archive, r.Initramfs},
	} {
		if err := replace(copy.to, copy.from); err != nil {
			return Result{}, fmt.Errorf("cannot write %s: %w", copy.to, err)
		}
	}
	return r, nil
}

// replace puts a copy of the file from under the name to, all at once.
func replace(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return atomicfile.Write(to, data, info.Mode().Perm())
}
