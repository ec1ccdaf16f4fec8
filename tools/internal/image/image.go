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
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

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

// Size is that of kernel and initramfs together, in bytes.
func (r Result) Size() (int64, error) {
	var sum int64
	for _, path := range []string{r.Kernel, r.Initramfs} {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}

// parts are the finished pieces, before they are joined.
type parts struct {
	kernel   kernel.Result
	userland userland.Result
	busybox  string // path, "" without
}

// Build makes the image. The size budget of the template is enforced.
func Build(ctx context.Context, c Config) (Result, error) {
	p, err := buildParts(ctx, c)
	if err != nil {
		return Result{}, err
	}
	step := c.Progress.Step("initramfs %s", c.Arch)
	archive, err := c.archive(ctx, p)
	if err != nil {
		step.Fail()
		return Result{}, err
	}
	r, err := c.place(p, archive)
	if err != nil {
		step.Fail()
		return Result{}, err
	}
	size, err := r.Size()
	if err != nil {
		step.Fail()
		return Result{}, err
	}
	step.Done("%.2f MiB with the kernel", float64(size)/(1<<20))
	if size > c.Template.Budget {
		return Result{}, fmt.Errorf("cannot accept the image: kernel and initramfs have %d bytes, the template's budget is %d", size, c.Template.Budget)
	}
	return r, nil
}

// buildParts builds the pieces side by side. The first failure cancels the rest.
func buildParts(ctx context.Context, c Config) (parts, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var p parts
	jobs := []func() error{
		func() (err error) {
			p.kernel, err = kernel.Build(ctx, kernel.Config{Repo: c.Repo, Cache: c.Cache, Arch: c.Arch,
				Channel: c.Channel, AllowFallback: c.Fallback, Progress: c.Progress})
			return err
		},
		func() (err error) {
			p.userland, err = userland.Build(ctx, userland.Config{Repo: c.Repo, Cache: c.Cache, Arch: c.Arch,
				Programs: c.Template.ImportPaths(), PIE: true, Progress: c.Progress})
			return err
		},
	}
	if c.Distro.Busybox {
		jobs = append(jobs, func() error {
			r, err := busybox.Build(ctx, busybox.Config{Cache: c.Cache, Arch: c.Arch, Progress: c.Progress})
			p.busybox = r.Path
			return err
		})
	}
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() {
			if errs[i] = job(); errs[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return p, firstCause(errs)
}

// firstCause prefers the error that made the others stop.
func firstCause(errs []error) error {
	var cancelled error
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		cancelled = errors.Join(cancelled, err)
	}
	return cancelled
}

// place copies the finished pieces under their final names in Config.Out.
func (c Config) place(p parts, archive string) (Result, error) {
	if err := os.MkdirAll(c.Out, 0o777); err != nil {
		return Result{}, fmt.Errorf("cannot make the output folder: %w", err)
	}
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
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	tmp, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := io.Copy(tmp, src); err != nil {
		tmp.Close()
		return err
	}
	info, err := src.Stat()
	if err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}
