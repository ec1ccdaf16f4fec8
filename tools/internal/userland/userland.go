// Package userland builds the multicall binary: all programs of the device in
// one file, which runs the one that it is called as.
//
// gobusybox turns each program's package main into an ordinary package with a
// registered main function (research on its limits is in limits.go), and
// writes a main that picks one by the name it was called by. Its own build
// step is not used. We turn its output into a module with a vendor folder
// (vendor.go) and call the go command ourselves, so that the binary lists its
// modules, has today's GODEBUG defaults, and an edit is rebuilt in seconds
// from Go's build cache.
//
// The result is position-independent, and package loader makes it start
// without any other file.
//
// What a build costs at the start of every program can be asked: InitCost for
// the initialisation of packages, ReflectMethods for what keeps the linker
// from dropping unused methods.
//
// # Files
//
//	$VOLE_CACHE/userland/KEY/bb              the binary
//	$VOLE_CACHE/userland/KEY/programs.json   what is in it
//
// # Bugs
//
// All programs share one version of every module, the highest that any of them
// asks for.
//
// Next in the tour: none
package userland

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/command"
	"github.com/vole-linux/vole/internal/progress"
	"github.com/vole-linux/vole/tools/internal/loader"
)

// buildVersion changes whenever the code below builds another binary from the
// same inputs.
const buildVersion = "2"

// Tags are the build tags of all programs: without goshsmall, packages that
// nobody here runs would be linked in.
const Tags = "goshsmall,grpcnotrace"

// A Config says what to build.
type Config struct {
	Repo     string // root of the tree; its go.mod pins all modules
	Cache    cache.Dir
	Arch     string   // x86_64, arm64 or riscv64
	Programs []string // Go import paths
	PIE      bool     // position-independent; not on riscv64, where Go can't without a C linker
	Progress *progress.Printer
}

// A Program is one of those in a binary.
type Program struct {
	Name       string // what it is called as
	ImportPath string
	Dir        string // of its source on this host
}

// A Result is a finished binary.
type Result struct {
	Path     string // of the binary
	Programs []Program
}

// goarch translates our names of architectures.
func goarch(arch string) (string, error) {
	name, ok := map[string]string{"x86_64": "amd64", "arm64": "arm64", "riscv64": "riscv64"}[arch]
	if !ok {
		return "", cli.Usagef("unknown architecture %q: valid are x86_64, arm64, riscv64", arch)
	}
	return name, nil
}

// Build returns the binary from the cache, or builds it.
func Build(ctx context.Context, c Config) (Result, error) {
	goarch, err := goarch(c.Arch)
	if err != nil {
		return Result{}, err
	}
	b := builder{c, goarch, ctx}
	step := c.Progress.Step("userland %s", c.Arch)
	r, err := b.cached(step)
	if err != nil {
		step.Fail()
		return Result{}, err
	}
	step.Done("%d programs", len(r.Programs))
	return r, nil
}

// A builder is one call of Build.
type builder struct {
	Config
	goarch string
	ctx    context.Context
}

func (b builder) cached(step *progress.Step) (Result, error) {
	step.Update("reading packages")
	packages, err := b.list()
	if err != nil {
		return Result{}, err
	}
	programs, err := choose(packages, b.Programs)
	if err != nil {
		return Result{}, err
	}
	key, err := b.key(packages)
	if err != nil {
		return Result{}, err
	}
	dir, err := b.Cache.Build(b.ctx, b.Progress, "userland", key, func(tmp string) error {
		for _, p := range packages {
			if p.Name == "main" {
				if err := checkLimits(p); err != nil {
					return err
				}
			}
		}
		return b.build(step, tmp, packages, programs)
	})
	return Result{filepath.Join(dir, "bb"), programs}, err
}

// build leaves tmp/bb and tmp/programs.json.
func (b builder) build(step *progress.Step, tmp string, packages []pkg, programs []Program) error {
	source := filepath.Join(tmp, "source")
	step.Update("generating")
	if err := b.generate(source, packages, programs); err != nil {
		return err
	}
	step.Update("compiling %d packages", len(packages))
	bb := filepath.Join(tmp, "bb")
	if err := b.compile(source, bb); err != nil {
		return err
	}
	if b.PIE {
		if err := loader.Embed(bb); err != nil {
			return fmt.Errorf("cannot make the binary start by itself: %w", err)
		}
	}
	list, err := json.MarshalIndent(programs, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, "programs.json"), list, 0o666); err != nil {
		return fmt.Errorf("cannot write the list of programs: %w", err)
	}
	return os.RemoveAll(source)
}

// key is the digest of all that the binary depends on: files of this tree and
// of folders that go.mod puts in place of a module by content, those of other
// modules by the module's version, which go.sum pins.
func (b builder) key(packages []pkg) (string, error) {
	k := cache.NewKey("userland", buildVersion).Add(b.goarch, fmt.Sprint(b.PIE), Tags, runtime.Version())
	k.Add(b.Programs...)
	for _, p := range packages {
		if p.Standard {
			continue
		}
		k.Add(p.ImportPath, p.Module.Path, p.Module.version(), p.Module.GoVersion)
		if p.Module.pinned() {
			continue
		}
		for _, file := range p.files() {
			k.Add(file)
			if err := k.AddFile(filepath.Join(p.Dir, file)); err != nil {
				return "", fmt.Errorf("cannot read a source file: %w", err)
			}
		}
	}
	return k.Sum(), nil
}

// goCommand runs the go command in a folder and returns its outputs.
func (b builder) goCommand(dir string, args ...string) (stdout, stderr []byte, err error) {
	var out, complaint bytes.Buffer
	cmd := command.New(b.ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = b.environment()
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = command.Run(b.ctx, cmd)
	return out.Bytes(), complaint.Bytes(), err
}

// environment is what the go command gets: nothing of the caller's that could
// change the result.
func (b builder) environment() []string {
	var env []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		switch name {
		case "PATH", "HOME", "TMPDIR", "GOCACHE", "GOMODCACHE", "GOPATH", "GOENV",
			"GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOAUTH",
			"GOTOOLCHAIN", "XDG_CACHE_HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy":
			env = append(env, variable)
		}
	}
	return append(env, "GOOS=linux", "GOARCH="+b.goarch, "CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0",
		"GO111MODULE=on", "GOWORK=off", "GOFLAGS=", "GOEXPERIMENT=", "LC_ALL=C")
}
