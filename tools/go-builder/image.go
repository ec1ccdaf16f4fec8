package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

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
	return image.Build(ctx, image.Config{
		Repo: a.repo, Arch: f.arch, Distro: a.distro, Template: template, Channel: f.channel,
		Fallback: fallback, Out: filepath.Join(a.repo, "out", f.arch), Cache: a.cache, Progress: a.progress,
	})
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
	r, err := userland.Build(ctx, userland.Config{Repo: a.repo, Cache: a.cache, Arch: *arch,
		Programs: template.ImportPaths(), PIE: !*plain, Progress: a.progress})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, r.Path)
	return nil
}

const busyboxUsage = `usage: go-builder busybox [-arch A]

  -arch A         x86_64 (default) or arm64

Builds the fallback shell alone and prints its path in the cache.`

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
