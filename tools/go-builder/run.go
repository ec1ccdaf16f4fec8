package main

import (
	"context"
	"flag"

	"github.com/vole-linux/vole/qemu"
)

const runUsage = `usage: go-builder run [-arch A] [-template T] [flags of the machine]
` + imageFlagsUsage + `
  -machine M          a file of qemu/machines (default: pc on x86_64, virt on arm64)
  -memory N           MiB of RAM (default 256)
  -cpus N             processors (default 2)
  -disk FILE          a raw disk image, seen as /dev/vda; may be repeated
  -forward HOST:GUEST TCP port of this host to one of the guest; may be repeated
  -append ARGUMENTS   more kernel arguments, such as "rescue"

Builds what is needed and boots it on this terminal. Ctrl-A X leaves,
Ctrl-A C switches to QEMU's own prompt and back. VOLE_ACCEL=tcg|kvm
overrides what the probe of the host's acceleration found.

Examples:
  go-builder run
  go-builder run -arch arm64 -memory 128
  go-builder run -forward 2222:22 -disk data.img
  go-builder run -append rescue`

// A list is a flag that may be given several times.
type list []string

func (l *list) String() string { return "" }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

func runMachine(ctx context.Context, a *app, args []string) error {
	var f imageFlags
	var disks, forwards list
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	f.define(flags, a.distro)
	machine := flags.String("machine", "", "")
	memory := flags.Int("memory", 256, "")
	cpus := flags.Int("cpus", 2, "")
	appended := flags.String("append", "", "")
	flags.Var(&disks, "disk", "")
	flags.Var(&forwards, "forward", "")
	if err := a.parse(flags, args, runUsage); err != nil {
		return err
	}
	found, err := qemu.Find(f.arch, *machine)
	if err != nil {
		return err
	}
	config := qemu.Config{Machine: found, Append: *appended, Memory: *memory, CPUs: *cpus, Disks: disks}
	for _, text := range forwards {
		forward, err := qemu.ParseForward(text)
		if err != nil {
			return err
		}
		config.Forwards = append(config.Forwards, forward)
	}
	// What is wrong with the machine should be said before all is built for it.
	if err := config.Check(); err != nil {
		return err
	}
	if config.Accel, err = qemu.Accel(ctx, found); err != nil {
		return err
	}
	built, err := a.image(ctx, f, true)
	if err != nil {
		return err
	}
	config.Kernel, config.Initramfs = built.Kernel, built.Initramfs
	return qemu.Run(ctx, config, a.stdin, a.stdout)
}
