package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/kernel"
	"github.com/vole-linux/vole/tools/internal/busybox"
	"github.com/vole-linux/vole/tools/internal/distro"
	"github.com/vole-linux/vole/tools/internal/image"
	"github.com/vole-linux/vole/tools/internal/userland"
)

// image builds the image that f names into out/ARCH.
func (a *app) image(ctx context.Context, f imageFlags, fallback bool) (image.Result, error) {
	template, err := distro.LoadTemplate(a.repo, f.template)
	if err != nil {
		return image.Result{}, err
	}
	if err := a.checkChannel(f.channel); err != nil {
		return image.Result{}, err
	}
	if err := settle(ctx); err != nil {
		return image.Result{}, err
	}
	r, err := image.Build(ctx, image.Config{
		Repo: a.repo, Arch: f.arch, Distro: a.distro, Template: template, Channel: f.channel,
		Fallback: fallback, Out: filepath.Join(a.repo, "out", f.arch), Cache: a.cache, Progress: a.progress,
	})
	return r, inTemplate(template, err)
}

// toolchain is what GOTOOLCHAIN calls the Go of a version: without the
// experiments that it was built with, and "local" for one that has no release.
func toolchain(version string) string {
	version, _, _ = strings.Cut(version, " ")
	version, _, _ = strings.Cut(version, "-X:")
	if !strings.HasPrefix(version, "go1.") {
		return "local"
	}
	return version
}

// checkChannel refuses a kernel channel that sources.json does not have, where
// distro.json names it or as a flag.
func (a *app) checkChannel(channel string) error {
	valid, err := kernel.Channels(a.repo)
	if err != nil || slices.Contains(valid, channel) {
		return err
	}
	err = nearest.Unknown("kernel channel", channel, valid)
	if channel == a.distro.Kernel {
		return a.distro.At("kernel", err)
	}
	return err
}

// inTemplate adds to an error about a program where the template names it.
func inTemplate(t distro.Template, err error) error {
	var wrong *userland.ProgramError
	if errors.As(err, &wrong) {
		return t.At(path.Base(wrong.Program), err)
	}
	return err
}

// settle makes the go command work alike for everybody: of the user's settings,
// by variables and by "go env -w", only those count that say where to fetch
// from and where to keep it. The Go that compiled this program compiles the
// userland.
func settle(ctx context.Context) error {
	text, err := exec.CommandContext(ctx, "go", "env", "-json", "GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB",
		"GOPRIVATE", "GOINSECURE", "GOAUTH", "GOPATH", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		return fmt.Errorf("cannot ask the go command for its settings: %w", err)
	}
	var settings map[string]string
	if err := json.Unmarshal(text, &settings); err != nil {
		return fmt.Errorf("cannot read the go command's settings: %w", err)
	}
	for _, name := range []string{"GOENV", "GOWORK"} {
		settings[name] = "off"
	}
	for _, name := range []string{"GOFLAGS", "GOEXPERIMENT", "GOFIPS140"} {
		settings[name] = ""
	}
	settings["GOTOOLCHAIN"] = toolchain(runtime.Version())
	for name, value := range settings {
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("cannot set %s: %w", name, err)
		}
	}
	return nil
}

const imageUsage = `usage: go-builder image [-arch A] [-template T] [-kernel C]
` + imageFlagsUsage + `
Builds kernel and initramfs into out/ARCH and prints their paths.

Examples:
  go-builder image -arch arm64
  go-builder image -template minimal`

func buildImage(ctx context.Context, a *app, args []string) error {
	var f imageFlags
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	f.define(flags, a.distro)
	if err := a.parse(flags, args, imageUsage); err != nil {
		return err
	}
	r, err := a.image(ctx, f, true)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, r.Kernel)
	fmt.Fprintln(a.stdout, r.Initramfs)
	return nil
}

const kernelUsage = `usage: go-builder kernel [-arch A] [-kernel C]

  -arch A         x86_64 (default) or arm64
  -kernel C       channel of kernel/sources.json (default: distro.json's)

Builds the kernel alone and prints the path of its image in the cache.

Examples:
  go-builder kernel -arch arm64
  go-builder kernel -kernel longterm`

func buildKernel(ctx context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("kernel", flag.ContinueOnError)
	arch := flags.String("arch", "x86_64", "")
	channel := flags.String("kernel", a.distro.Kernel, "")
	if err := a.parse(flags, args, kernelUsage); err != nil {
		return err
	}
	if err := a.checkChannel(*channel); err != nil {
		return err
	}
	r, err := kernel.Build(ctx, kernel.Config{Repo: a.repo, Cache: a.cache, Arch: *arch, Channel: *channel, Progress: a.progress})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, r.Image)
	return nil
}

const userlandUsage = `usage: go-builder userland [-arch A] [-template T] [-plain]

  -arch A         x86_64 (default) or arm64
  -template T     which programs: a file of templates/ (default: distro.json's)
  -plain          not position-independent, to compare with (adr/0004)

Builds the multicall binary alone and prints its path in the cache.

Example:
  go-builder userland -template minimal`

func buildUserland(ctx context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("userland", flag.ContinueOnError)
	arch := flags.String("arch", "x86_64", "")
	name := flags.String("template", a.distro.Template, "")
	plain := flags.Bool("plain", false, "")
	if err := a.parse(flags, args, userlandUsage); err != nil {
		return err
	}
	template, err := distro.LoadTemplate(a.repo, *name)
	if err != nil {
		return err
	}
	if err := settle(ctx); err != nil {
		return err
	}
	r, err := userland.Build(ctx, userland.Config{Repo: a.repo, Cache: a.cache, Arch: *arch,
		Programs: template.ImportPaths(), PIE: !*plain, Progress: a.progress})
	if err != nil {
		return inTemplate(template, err)
	}
	fmt.Fprintln(a.stdout, r.Path)
	return nil
}

const busyboxUsage = `usage: go-builder busybox [-arch A]

  -arch A         x86_64 (default) or arm64

Builds the fallback shell alone and prints its path in the cache.

Example:
  go-builder busybox -arch arm64`

func buildBusybox(ctx context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("busybox", flag.ContinueOnError)
	arch := flags.String("arch", "x86_64", "")
	if err := a.parse(flags, args, busyboxUsage); err != nil {
		return err
	}
	r, err := busybox.Build(ctx, busybox.Config{Cache: a.cache, Arch: *arch, Progress: a.progress})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, r.Path)
	return nil
}
