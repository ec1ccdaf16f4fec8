// Package kernel builds the Linux kernel that Vole boots.
//
// The kernel is the first program of ours that the machine runs. It sets up
// memory, processors and devices, unpacks the initramfs into memory and starts
// /init there: the next stop. Ours has everything built in and loads no
// modules: what is not in config.d is not in the kernel, and nothing can be
// added to it while it runs.
//
// # Configuration
//
// config.d holds small fragments on top of "make tinyconfig", the smallest
// kernel there is: one symbol a line, each with its why. After the kernel's
// own tools have expanded them ("make olddefconfig") every requested line must
// still be there; one that was dropped, since a dependency is missing or a
// name has changed, stops the build and is named. The expanded configuration
// is output, not source. config.d/unmet.md lists every hardening check that we
// fail, with the reason.
//
// # The same bytes everywhere
//
// Time, user, host and build number are fixed and paths are mapped away, so
// two builds of one configuration by the same compiler are equal. The
// compiler's version is part of the key under which the result is cached.
//
// # Files
//
//	kernel/sources.json          pinned versions, one for each channel
//	kernel/config.d/*.config     fragments; those named after an architecture are for it alone
//	$VOLE_CACHE/kernel/KEY/      kernel, kernel.config
//
// # Links
//
// Documentation/kbuild/kconfig.rst, Documentation/kbuild/reproducible-builds.rst,
// Documentation/arch/x86/boot.rst in the kernel's tree.
//
// # Bugs
//
// Only gcc is supported; clang would give control-flow integrity.
//
// Next in the tour: initramfs
package kernel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/command"
	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/progress"
	"github.com/vole-linux/vole/kernel/kconfig"
	"github.com/vole-linux/vole/kernel/source"
)

// buildVersion changes whenever the code below builds another kernel from the
// same inputs.
const buildVersion = "1"

// Fallback is the channel that is built when the wanted one can't be had.
const Fallback = "longterm"

// A Config says which kernel to build.
type Config struct {
	Repo           string // root of the tree
	Cache          cache.Dir
	Arch           string   // x86_64 or arm64
	Channel        string   // of sources.json
	AllowFallback  bool     // build Fallback, loudly, when no origin has the channel's version
	ExtraFragments []string // paths, applied last
	Jobs           int      // 0: as many as processors
	Progress       *progress.Printer
}

// A Result is a finished kernel.
type Result struct {
	Dir        string // the cache entry
	Image      string // path of what a boot loader starts
	ConfigFile string // path of the expanded configuration
	Version    string
	Channel    string // the one that was built
}

// An arch is how the kernel's own build names an architecture of ours.
type arch struct {
	kernel string // ARCH=
	cross  string // CROSS_COMPILE=, when the host is another
	target string // make's target
	image  string // path of the result in the build folder
}

func arches() map[string]arch {
	return map[string]arch{
		"x86_64": {"x86", "x86_64-linux-gnu-", "bzImage", "arch/x86/boot/bzImage"},
		"arm64":  {"arm64", "aarch64-linux-gnu-", "Image.gz", "arch/arm64/boot/Image.gz"},
	}
}

// Build returns the kernel from the cache, or builds it.
func Build(ctx context.Context, c Config) (Result, error) {
	pins, err := readSources(filepath.Join(c.Repo, "kernel", "sources.json"))
	if err != nil {
		return Result{}, err
	}
	pin, ok := pins[c.Channel]
	if !ok {
		return Result{}, nearest.Unknown("kernel channel", c.Channel, slices.Sorted(maps.Keys(pins)))
	}
	r, err := c.build(ctx, c.Channel, pin)
	if err == nil || !c.AllowFallback || c.Channel == Fallback || ctx.Err() != nil || !errors.Is(err, source.ErrNoOrigin) {
		return r, err
	}
	c.Progress.Warn("%v", err)
	c.Progress.Warn("building the %s kernel %s instead of %s", Fallback, pins[Fallback].Version, pin.Version)
	return c.build(ctx, Fallback, pins[Fallback])
}

func (c Config) build(ctx context.Context, channel string, pin source.Source) (Result, error) {
	a, ok := arches()[c.Arch]
	if !ok {
		return Result{}, cli.Usagef("unknown architecture %q: valid are x86_64, arm64", c.Arch)
	}
	if runtime.GOARCH == map[string]string{"x86_64": "amd64", "arm64": "arm64"}[c.Arch] {
		a.cross = ""
	}
	fragments, err := c.fragments()
	if err != nil {
		return Result{}, err
	}
	wanted, err := kconfig.ParseFiles(fragments, channel)
	if err != nil {
		return Result{}, err
	}
	compiler, err := source.Compiler(ctx, a.cross+"gcc")
	if err != nil {
		return Result{}, err
	}
	key := cache.NewKey("kernel", buildVersion).Add(c.Arch, channel, pin.Tree, compiler, kconfig.Format(wanted)).Sum()
	dir, err := c.Cache.Build(ctx, c.Progress, "kernel", key, func(tmp string) error {
		tree, err := source.Fetch(ctx, pin, source.Options{Cache: c.Cache, Folder: os.Getenv("VOLE_SOURCES"), Progress: c.Progress})
		if err != nil {
			return err
		}
		return c.compile(ctx, a, tree, tmp, pin.Version, wanted)
	})
	return Result{dir, filepath.Join(dir, "kernel"), filepath.Join(dir, "kernel.config"), pin.Version, channel}, err
}

// compile leaves tmp/kernel and tmp/kernel.config.
func (c Config) compile(ctx context.Context, a arch, tree, tmp, version string, wanted []kconfig.Setting) error {
	work, err := source.NewWorkplace(tmp)
	if err != nil {
		return err
	}
	defer work.Remove()
	if tree, err = work.Readable(ctx, tree); err != nil {
		return err
	}
	build := filepath.Join(work.Dir, "build")
	if err := os.Mkdir(build, 0o777); err != nil {
		return fmt.Errorf("cannot make the build folder: %w", err)
	}
	m := maker{ctx, a, tree, build, c.Jobs}
	if err := m.configure(wanted); err != nil {
		return err
	}
	step := c.Progress.Step("kernel %s %s", version, c.Arch)
	if err := m.run(step, a.target); err != nil {
		step.Fail()
		return fmt.Errorf("cannot build the kernel: %w", err)
	}
	step.Done("built")
	err = errors.Join(
		work.Keep(filepath.Join("build", a.image), filepath.Join(tmp, "kernel")),
		work.Keep("build/.config", filepath.Join(tmp, "kernel.config")))
	if err != nil {
		return fmt.Errorf("cannot keep the kernel: %w", err)
	}
	return nil
}

// A maker runs the kernel's make, out of its tree.
type maker struct {
	ctx         context.Context
	arch        arch
	tree, build string
	jobs        int
}

// configure leaves a complete .config in the build folder in which every
// wanted line has survived.
func (m maker) configure(wanted []kconfig.Setting) error {
	if err := m.run(nil, "tinyconfig"); err != nil {
		return fmt.Errorf("cannot make the smallest configuration: %w", err)
	}
	path := filepath.Join(m.build, ".config")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(kconfig.Format(wanted))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("cannot write the configuration: %w", err)
	}
	if err := m.run(nil, "olddefconfig"); err != nil {
		return fmt.Errorf("cannot expand the configuration: %w", err)
	}
	expanded, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return kconfig.Survivors(wanted, string(expanded))
}

// run calls make and shows what it compiles on step. Its error carries the end
// of what make said.
func (m maker) run(step *progress.Step, target string) error {
	jobs := m.jobs
	if jobs == 0 {
		jobs = runtime.NumCPU()
	}
	mapped := fmt.Sprintf("-ffile-prefix-map=%s=/linux -ffile-prefix-map=%s=/build", m.tree, m.build)
	cmd := command.New(m.ctx, "make", "-C", m.tree, "O="+m.build, fmt.Sprintf("-j%d", jobs),
		"ARCH="+m.arch.kernel, "CROSS_COMPILE="+m.arch.cross, "KCFLAGS="+mapped, "KAFLAGS="+mapped,
		"KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970", "KBUILD_BUILD_VERSION=1",
		"KBUILD_BUILD_USER=vole", "KBUILD_BUILD_HOST=vole", target)
	// Nothing else of the caller's environment reaches the build: it reads
	// dozens of variables. Its scripts sort text: one language for all.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.build, "LC_ALL=C", "TZ=UTC", "SOURCE_DATE_EPOCH=0"}
	out := &output{step: step}
	cmd.Stdout, cmd.Stderr = out, out
	if err := command.Run(m.ctx, cmd); m.ctx.Err() != nil {
		return err
	} else if err != nil {
		return fmt.Errorf("make %s: %w\n%s", target, err, out.tail)
	}
	return nil
}

// An output keeps the end of what make says, and counts its lines on a step.
type output struct {
	step  *progress.Step
	lines int
	tail  []byte
}

func (o *output) Write(b []byte) (int, error) {
	o.lines += bytes.Count(b, []byte("\n"))
	o.step.Update("%d files", o.lines)
	o.tail = append(o.tail, b...)
	o.tail = o.tail[max(0, len(o.tail)-3000):]
	return len(b), nil
}
