// Package busybox builds the fallback shell: BusyBox's ash and the few dozen
// applets with which one repairs a system whose own userland does not start.
//
// Nothing else on the device is C, and nothing uses this: init opens it after
// "rescue" on the kernel's command line, or when the first steps of the boot
// fail. So it leans on nothing that could be what is broken: one static
// binary, linked with musl, that finds its applets in itself.
//
// Both are built from pinned source by the host's gcc, musl first, into a
// folder of its own. The configuration is a fragment, busybox.config, with a
// why for every symbol; all other symbols are off.
//
// # Files
//
//	busybox.config               the configuration
//	sources.json                 pinned versions of BusyBox and musl
//	applets.txt                  the applets that result, compared by a test
//	$VOLE_CACHE/busybox/KEY/     busybox
//
// # Links
//
// https://busybox.net, https://musl.libc.org
//
// # Bugs
//
// The kernel's headers are the host's (linux-libc-dev), whose version is part
// of the key. CVE-2023-39810 (cpio) and CVE-2025-46394 (control characters in
// names listed by tar) are known in 1.37.0; cpio is not built, and names from
// archives of strangers should not be listed in a rescue.
//
// Next in the tour: none
package busybox

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/command"
	"github.com/vole-linux/vole/internal/progress"
	"github.com/vole-linux/vole/internal/strictjson"
	"github.com/vole-linux/vole/kernel/kconfig"
	"github.com/vole-linux/vole/kernel/source"
)

//go:embed busybox.config
var configuration string

//go:embed sources.json
var sources []byte

// MaxSize is the most bytes that the binary may have.
const MaxSize = 400 << 10

// buildVersion changes whenever the code below builds another binary from the
// same inputs.
const buildVersion = "1"

// A Config says what to build.
type Config struct {
	Cache    cache.Dir
	Arch     string // x86_64 or arm64
	Progress *progress.Printer
}

// A Result is a finished shell.
type Result struct{ Path string }

// A target is how the compilers and the host's headers name an architecture.
type target struct {
	cross   string   // prefix of the tools, when the host is another
	headers []string // folders with the kernel's headers, the host's own and Debian's for crossing
}

func targets() map[string]target {
	return map[string]target{
		"x86_64": {"x86_64-linux-gnu-", []string{"/usr/x86_64-linux-gnu/include", "/usr/include/x86_64-linux-gnu", "/usr/include"}},
		"arm64":  {"aarch64-linux-gnu-", []string{"/usr/aarch64-linux-gnu/include", "/usr/include/aarch64-linux-gnu", "/usr/include"}},
	}
}

// Build returns the binary from the cache, or builds it.
func Build(ctx context.Context, c Config) (Result, error) {
	t, ok := targets()[c.Arch]
	if !ok {
		return Result{}, cli.Usagef("unknown architecture %q: valid are x86_64, arm64", c.Arch)
	}
	if runtime.GOARCH == map[string]string{"x86_64": "amd64", "arm64": "arm64"}[c.Arch] {
		t.cross = ""
	}
	pins, err := readPins()
	if err != nil {
		return Result{}, err
	}
	wanted, err := kconfig.Parse("busybox.config", configuration, "")
	if err != nil {
		return Result{}, err
	}
	compiler, err := source.Compiler(ctx, t.cross+"gcc")
	if err != nil {
		return Result{}, err
	}
	version, err := t.headersVersion()
	if err != nil {
		return Result{}, err
	}
	key := cache.NewKey("busybox", buildVersion).Add(c.Arch, compiler, version, kconfig.Format(wanted),
		pins["busybox"].Tree, pins["musl"].Tree).Sum()
	dir, err := c.Cache.Build(ctx, c.Progress, "busybox", key, func(tmp string) error {
		step := c.Progress.Step("busybox %s", c.Arch)
		work, err := source.NewWorkplace(tmp)
		if err == nil {
			defer work.Remove()
			err = builder{c, ctx, t, work, wanted, pins}.build(filepath.Join(tmp, "busybox"))
		}
		if err != nil {
			step.Fail()
			return err
		}
		step.Done("built")
		return nil
	})
	return Result{filepath.Join(dir, "busybox")}, err
}

func readPins() (map[string]source.Source, error) {
	var file struct {
		Format  int                      `json:"format"`
		Sources map[string]source.Source `json:"sources"`
	}
	err := strictjson.Decode("tools/internal/busybox/sources.json", sources, &file)
	return file.Sources, err
}

// headersVersion finds the kernel's headers and returns the version they have.
func (t target) headersVersion() (string, error) {
	for _, folder := range t.headers {
		if text, err := os.ReadFile(filepath.Join(folder, "linux", "version.h")); err == nil {
			return string(text), nil
		}
	}
	return "", cli.Hint(errors.New("cannot find linux/version.h: the kernel's headers are not installed"), "run scripts/setup")
}

// A builder is one build, in the folder work.
type builder struct {
	Config
	ctx    context.Context
	target target
	work   source.Workplace
	wanted []kconfig.Setting
	pins   map[string]source.Source
}

// build puts the binary at the path result.
func (b builder) build(result string) error {
	for _, name := range []string{"musl", "busybox"} {
		tree, err := source.Fetch(b.ctx, b.pins[name], source.Options{Cache: b.Cache, Folder: os.Getenv("VOLE_SOURCES"), Progress: b.Progress})
		if err != nil {
			return err
		}
		if _, err := b.work.Copy(b.ctx, tree, name); err != nil { // both write into their own tree
			return err
		}
	}
	dir := b.work.Dir
	if err := b.musl(filepath.Join(dir, "musl"), filepath.Join(dir, "sys")); err != nil {
		return fmt.Errorf("cannot build musl: %w", err)
	}
	if err := b.busybox(filepath.Join(dir, "busybox"), dir); err != nil {
		return fmt.Errorf("cannot build BusyBox: %w", err)
	}
	info, err := os.Stat(filepath.Join(dir, "busybox", "busybox"))
	if err != nil {
		return err
	}
	if info.Size() > MaxSize {
		return fmt.Errorf("cannot accept BusyBox: it has %d bytes, the budget is %d", info.Size(), MaxSize)
	}
	return b.work.Keep("busybox/busybox", result)
}

// musl builds the C library and installs it, with its wrapper of gcc, in sys.
func (b builder) musl(tree, sys string) error {
	compiler := b.target.cross + "gcc"
	err := b.run(tree, "./configure", "--prefix="+sys, "--syslibdir="+sys+"/lib", "--disable-shared", "--enable-wrapper=gcc",
		"--enable-optimize=size", "CC="+compiler, "CROSS_COMPILE="+b.target.cross, "CFLAGS=-g0 "+b.mapped())
	if err != nil {
		return err
	}
	return b.make(tree, "install")
}

// mapped keeps the folder of the build out of the result.
func (b builder) mapped() string { return "-ffile-prefix-map=" + b.work.Dir + "=/build" }

func (b builder) busybox(tree, work string) error {
	headers, err := b.linkHeaders(filepath.Join(work, "headers"))
	if err != nil {
		return err
	}
	if err := b.configure(tree); err != nil {
		return err
	}
	return b.make(tree, "CROSS_COMPILE="+b.target.cross, "CC="+filepath.Join(work, "sys", "bin", "musl-gcc"),
		"EXTRA_CFLAGS=-idirafter "+headers+" "+b.mapped(), "EXTRA_LDFLAGS=-Wl,-z,norelro", "busybox")
}

// linkHeaders makes a folder with the kernel's headers and nothing of glibc's.
func (b builder) linkHeaders(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	for _, name := range []string{"linux", "asm", "asm-generic", "mtd"} {
		for _, folder := range b.target.headers {
			from := filepath.Join(folder, name)
			if _, err := os.Stat(from); err == nil {
				if err := os.Symlink(from, filepath.Join(dir, name)); err != nil {
					return "", err
				}
				break
			}
		}
	}
	return dir, nil
}

// configure writes .config: what is wanted, and every other symbol off, since
// BusyBox's own tools would turn on what they have a default for.
func (b builder) configure(tree string) error {
	if err := b.make(tree, "gen_build_files"); err != nil {
		return err
	}
	symbols, err := allSymbols(tree)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(kconfig.Format(b.wanted))
	chosen := map[string]bool{}
	for _, s := range b.wanted {
		chosen[s.Symbol] = true
	}
	for _, symbol := range symbols {
		if !chosen["CONFIG_"+symbol] {
			fmt.Fprintf(&text, "# CONFIG_%s is not set\n", symbol)
		}
	}
	path := filepath.Join(tree, ".config")
	if err := os.WriteFile(path, []byte(text.String()), 0o666); err != nil {
		return err
	}
	if err := b.make(tree, "oldconfig"); err != nil {
		return err
	}
	expanded, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return kconfig.Survivors(b.wanted, string(expanded))
}

// allSymbols finds every symbol that a Config.in file declares.
func allSymbols(tree string) ([]string, error) {
	var symbols []string
	err := filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "Config.in" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); len(words) == 2 && words[0] == "config" {
				symbols = append(symbols, words[1])
			}
		}
		return nil
	})
	return symbols, err
}

func (b builder) make(tree string, args ...string) error {
	return b.run(tree, "make", append([]string{fmt.Sprintf("-j%d", runtime.NumCPU())}, args...)...)
}

// run runs a command with nothing of the caller's environment that could
// change the result. Questions are answered with an empty line.
func (b builder) run(dir, program string, args ...string) error {
	cmd := command.New(b.ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.work.Dir, "LC_ALL=C", "TZ=UTC", "SOURCE_DATE_EPOCH=0", "KCONFIG_NOTIMESTAMP=1"}
	cmd.Stdin = strings.NewReader(strings.Repeat("\n", 1<<16))
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := command.Run(b.ctx, cmd); b.ctx.Err() != nil {
		return err
	} else if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, text.Bytes()[max(0, text.Len()-3000):])
	}
	return nil
}
