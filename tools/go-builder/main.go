// Go-builder builds, runs and measures Vole. It is the one host program: the
// Makefile only calls it.
//
// Usage:
//
//	go-builder COMMAND [flags]
//	go-builder COMMAND -h
//
// The commands are listed by go-builder -h in the order in which one meets
// them. All of them read distro.json of the tree they are called in.
//
// # Files
//
//	distro.json, templates/    what is built
//	out/ARCH/                  what was built: kernel, kernel.config, bb, initramfs
//	$VOLE_CACHE                finished results by content, see internal/cache
//	$VOLE_SOURCES              a folder of source tarballs to use before the network
//
// Exit status: 0 done, 1 failed, 2 asked wrongly (flags, or a file of yours).
//
// # Bugs
//
// Only Linux hosts are supported: the kernel's build and QEMU's set-up lean on
// Debian's or Ubuntu's packages.
//
// Next in the tour: none
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/progress"
	"github.com/vole-linux/vole/tools/internal/distro"
)

// commands are what go-builder can do.
func commands() []command {
	return []command{
		{"run", "build what is needed and boot it in QEMU", runUsage, runMachine},
		{"image", "build kernel and initramfs into out/ARCH", imageUsage, buildImage},
		{"kernel", "build the kernel alone", kernelUsage, buildKernel},
		{"userland", "build the multicall binary alone", userlandUsage, buildUserland},
		{"busybox", "build the fallback shell alone", busyboxUsage, buildBusybox},
		{"bench", "measure boot time, sizes and memory against the budgets", benchUsage, runBench},
		{"release", "build every architecture, with checksums", releaseUsage, buildRelease},
		{"docs", "write docs/reference from the package docs, or check it", docsUsage, writeDocs},
		{"clean", "remove what was built", cleanUsage, clean},
	}
}

type command struct {
	name, what, usage string
	run               func(ctx context.Context, a *app, args []string) error
}

// An app is what every command has at hand.
type app struct {
	repo     string // the root of the tree
	distro   distro.Distro
	cache    cache.Dir
	progress *progress.Printer
	stdin    io.Reader
	stdout   io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), interrupts()...)
	context.AfterFunc(ctx, stop) // whoever interrupts twice does not want to wait for the tidying up
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if ctx.Err() != nil && err != nil {
		err = fmt.Errorf("interrupted; the next run carries on from here (%w)", err)
	}
	stop()
	cli.Exit("go-builder", err)
}

// interrupts are the signals on which a build stops and tidies up: Ctrl-C, an
// end of the terminal, and kill(1). What the caller ignores (nohup) stays so.
func interrupts() []os.Signal {
	all := []os.Signal{syscall.SIGINT, syscall.SIGHUP, syscall.SIGTERM}
	return slices.DeleteFunc(all, signal.Ignored)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, stderr *os.File) error {
	all := commands()
	if len(args) == 0 || isHelp(args[0]) || args[0] == "help" {
		return cli.Help(usage(all))
	}
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return unknownCommand(args[0], all)
	}
	if len(args) > 1 && isHelp(args[1]) {
		return cli.Help(all[i].usage) // needs no tree, and no distro.json without a slip
	}
	a, err := newApp(stdin, stdout, stderr)
	if err != nil {
		return err
	}
	return all[i].run(ctx, a, args[1:])
}

func isHelp(arg string) bool { return slices.Contains([]string{"-h", "-help", "--help"}, arg) }

func newApp(stdin io.Reader, stdout io.Writer, stderr *os.File) (*app, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("cannot find the current folder: %w", err)
	}
	repo, err := distro.FindRepo(dir)
	if err != nil {
		return nil, err
	}
	d, err := distro.Load(repo)
	if err != nil {
		return nil, err
	}
	store, err := cache.Default()
	if err != nil {
		return nil, err
	}
	return &app{repo, d, store, progress.New(stderr), stdin, stdout}, nil
}

func usage(all []command) string {
	var b strings.Builder
	b.WriteString("usage: go-builder COMMAND [flags]\n\n")
	for _, c := range all {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.what)
	}
	b.WriteString("\nExamples:\n" +
		"  go-builder run                    boot x86_64 on this terminal; Ctrl-A X leaves\n" +
		"  go-builder run -arch arm64        the same for arm64\n" +
		"  go-builder image -template minimal\n" +
		"  go-builder COMMAND -h             the flags of one command\n")
	return b.String()
}

func unknownCommand(name string, all []command) error {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	return nearest.Unknown("command", name, names)
}

// An imageFlags is what all commands that build share: -arch, -template and
// -kernel.
type imageFlags struct {
	arch, template, channel string
}

// define adds the flags, with the defaults of distro.json.
func (f *imageFlags) define(flags *flag.FlagSet, d distro.Distro) {
	flags.StringVar(&f.arch, "arch", "x86_64", "")
	flags.StringVar(&f.template, "template", d.Template, "")
	flags.StringVar(&f.channel, "kernel", d.Kernel, "")
}

// imageFlagsUsage is the part of a manual that define's flags need.
const imageFlagsUsage = `
  -arch A         x86_64 (default) or arm64
  -template T     which programs: a file of templates/ (default: distro.json's)
  -kernel C       channel of kernel/sources.json (default: distro.json's)
`

// parse reads a command's arguments; it takes none beside its flags.
func (a *app) parse(flags *flag.FlagSet, args []string, usage string) error {
	if err := cli.Parse(flags, args, usage); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		first, _, _ := strings.Cut(usage, "\n")
		return cli.Hint(cli.Usagef("unexpected argument %q", flags.Arg(0)), first)
	}
	if arch := flags.Lookup("arch"); arch != nil {
		return distro.CheckArch(arch.Value.String())
	}
	return nil
}
