// Package bench measures an image against the budgets: boot time, sizes,
// memory, and what every start of a program costs.
//
// Times under software emulation depend on the host and on what else it does.
// So a boot is compared with the floor, the same kernel with an init that does
// nothing but print a mark (floor/init.c), in alternating boots of one run, and
// what counts is the ratio of the medians, by the wall clock, which is what a
// person waits for, and by the processor time that QEMU took up to the mark,
// which repeats within a few per cent where wall-clock time does not. Both have
// the budget.
//
// # Files
//
//	floor/init.c        the floor's init
//	out/bench.json      the latest figures
//
// # Bugs
//
// The start of a program and package initialisation are measured on the host,
// so only for the host's architecture.
//
// Next in the tour: none
package bench

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/vole-linux/vole/initramfs"
	"github.com/vole-linux/vole/internal/progress"
	"github.com/vole-linux/vole/qemu"
	"github.com/vole-linux/vole/tools/internal/userland"
)

//go:embed floor/init.c
var floorSource []byte

// A Config says what to measure.
type Config struct {
	Arch      string
	Machine   qemu.Machine
	Kernel    string // paths
	Initramfs string
	BB        string
	Boots     int                                                                  // of each kind
	Repo      string                                                               // root of the tree
	Build     func(ctx context.Context, repo string) (initramfs string, err error) // the image of a copy of the tree
	Progress  *progress.Printer
}

// A Row is one figure. A Budget of 0 is none.
type Row struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Budget float64 `json:"budget,omitempty"`
}

// Over tells whether the value breaks the budget.
func (r Row) Over() bool { return r.Budget > 0 && r.Value > r.Budget }

// Run measures everything. It takes two minutes or three.
func Run(ctx context.Context, c Config) ([]Row, error) {
	tmp, err := os.MkdirTemp("", "vole-bench-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder for the floor: %w", err)
	}
	defer os.RemoveAll(tmp)
	var rows []Row
	for _, measure := range []func(context.Context, string) ([]Row, error){c.boots, c.sizes, c.memory, c.starts, c.rebuild} {
		more, err := measure(ctx, tmp)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// prompt is what our image prints last.
const prompt = `vole# `

// A boot is what one boot took up to the mark.
type boot struct{ wall, cpu time.Duration }

// boots compares boots of the image with boots of the floor.
func (c Config) boots(ctx context.Context, tmp string) ([]Row, error) {
	floor, err := c.floor(ctx, tmp)
	if err != nil {
		return nil, err
	}
	step := c.Progress.Step("booting %d times", 2*c.Boots)
	var floors, ours []boot
	for i := range c.Boots {
		step.Update("%d", 2*i)
		f, err1 := c.boot(ctx, floor, "FLOOR", 256)
		o, err2 := c.boot(ctx, c.Initramfs, prompt, 256)
		if err1 != nil || err2 != nil {
			step.Fail()
			return nil, fmt.Errorf("cannot measure a boot: %w", firstOf(err1, err2))
		}
		floors, ours = append(floors, f), append(ours, o)
	}
	step.Done("done")
	wall := func(b boot) float64 { return b.wall.Seconds() }
	cpu := func(b boot) float64 { return b.cpu.Seconds() }
	return []Row{
		{"floor: power-on to the first line of init", median(floors, wall), "s", 0},
		{"power-on to the prompt", median(ours, wall), "s", 0},
		{"floor, processor time of QEMU", median(floors, cpu), "s", 0},
		{"prompt, processor time of QEMU", median(ours, cpu), "s", 0},
		{"prompt / floor, wall clock", median(ours, wall) / median(floors, wall), "x", 1.6},
		{"prompt / floor, processor time", median(ours, cpu) / median(floors, cpu), "x", 1.6},
	}, nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// boot starts the machine and pulls the plug when the mark appears.
func (c Config) boot(ctx context.Context, initramfs, mark string, memory int) (boot, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	start := time.Now()
	vm, err := qemu.Start(ctx, qemu.Config{Machine: c.Machine, Kernel: c.Kernel, Initramfs: initramfs, Memory: memory, Append: "panic=-1"})
	if err != nil {
		return boot{}, err
	}
	_, err = vm.Console.Expect(ctx, mark)
	wall := time.Since(start)
	if closing := vm.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return boot{}, err
	}
	exit, err := vm.Wait(ctx)
	return boot{wall, exit.CPU}, err
}

// floor builds the initramfs of the floor and returns its path.
func (c Config) floor(ctx context.Context, tmp string) (string, error) {
	compiler := map[string]string{"x86_64": "x86_64-linux-gnu-gcc", "arm64": "aarch64-linux-gnu-gcc"}[c.Arch]
	source, binary := filepath.Join(tmp, "init.c"), filepath.Join(tmp, "init")
	if err := os.WriteFile(source, floorSource, 0o666); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, compiler, "-O2", "-static", "-nostdlib", "-ffreestanding", "-o", binary, source)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the floor: %w\n%s", err, text)
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	var plain, packed bytes.Buffer
	entries := []initramfs.Entry{
		{Path: "/dev", Mode: 0o040755},
		{Path: "/dev/console", Mode: 0o020600, Major: 5, Minor: 1},
		{Path: "/init", Mode: 0o100755, Data: data},
	}
	if err := firstOf(initramfs.Write(&plain, entries), initramfs.Compress(&packed, &plain)); err != nil {
		return "", err
	}
	path := filepath.Join(tmp, "floor")
	return path, os.WriteFile(path, packed.Bytes(), 0o666)
}

func (c Config) sizes(context.Context, string) ([]Row, error) {
	var rows []Row
	sum := 0.0
	for _, file := range []struct {
		name, path string
		budget     float64
	}{{"kernel", c.Kernel, 5}, {"initramfs", c.Initramfs, 0}} {
		info, err := os.Stat(file.path)
		if err != nil {
			return nil, err
		}
		mib := float64(info.Size()) / (1 << 20)
		sum += mib
		rows = append(rows, Row{file.name, mib, "MiB", file.budget})
	}
	return append(rows, Row{"kernel and initramfs", sum, "MiB", 11}), nil
}

// memory finds the least RAM with which the prompt appears, in steps of 4 MiB.
func (c Config) memory(ctx context.Context, _ string) ([]Row, error) {
	step := c.Progress.Step("looking for the least memory")
	low, high := 16, 128 // MiB; low fails, high works
	for high-low > 4 {
		middle := (low + high) / 8 * 4
		step.Update("%d MiB", middle)
		if _, err := c.boot(ctx, c.Initramfs, prompt, middle); err == nil {
			high = middle
		} else if ctx.Err() != nil {
			step.Fail()
			return nil, ctx.Err()
		} else {
			low = middle
		}
	}
	step.Done("%d MiB", high)
	return []Row{{"least memory that reaches the prompt", float64(high), "MiB", 64}}, nil
}

// starts measures what every start of a program costs, against a Go program
// that prints one word.
func (c Config) starts(ctx context.Context, tmp string) ([]Row, error) {
	if c.Arch != map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH] {
		return nil, nil
	}
	inits, err := userland.InitCost(ctx, c.BB, 21)
	if err != nil {
		return nil, err
	}
	total, allocs := userland.Sum(inits)
	hello, err := buildHello(ctx, tmp)
	if err != nil {
		return nil, err
	}
	var empty, multicall []time.Duration
	for range 200 {
		a, err1 := timeRun(ctx, hello)
		b, err2 := timeRun(ctx, c.BB, "true")
		if err := firstOf(err1, err2); err != nil {
			return nil, fmt.Errorf("cannot measure the start of a program: %w", err)
		}
		empty, multicall = append(empty, a), append(multicall, b)
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return []Row{
		{"package initialisation", ms(total), "ms", ms(userland.MaxInitTime)},
		{"package initialisation, allocations", float64(allocs), "", userland.MaxInitAllocs},
		{"start of a Go program", median(empty, ms), "ms", 0},
		{"start of a program in the multicall binary", median(multicall, ms), "ms", 0},
		{"multicall / Go program", median(multicall, ms) / median(empty, ms), "x", 2},
	}, nil
}

func buildHello(ctx context.Context, tmp string) (string, error) {
	source, binary := filepath.Join(tmp, "hello.go"), filepath.Join(tmp, "hello")
	if err := os.WriteFile(source, []byte("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"), 0o666); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", binary, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build a Go program to compare with: %w\n%s", err, text)
	}
	return binary, nil
}

func timeRun(ctx context.Context, program string, args ...string) (time.Duration, error) {
	start := time.Now()
	err := exec.CommandContext(ctx, program, args...).Run()
	return time.Since(start), err
}

// median is the middle of the values that f gives.
func median[T any](all []T, f func(T) float64) float64 {
	var values []float64
	for _, v := range all {
		values = append(values, f(v))
	}
	slices.Sort(values)
	if len(values)%2 == 1 {
		return values[len(values)/2]
	}
	return (values[len(values)/2-1] + values[len(values)/2]) / 2
}

// Print writes the rows as a table.
func Print(w io.Writer, rows []Row) {
	for _, r := range rows {
		budget := ""
		if r.Budget > 0 {
			budget = fmt.Sprintf("at most %g %s: ok", r.Budget, r.Unit)
			if r.Over() {
				budget = strings.TrimSuffix(budget, "ok") + "OVER"
			}
		}
		fmt.Fprintf(w, "%-46s %8.2f %-4s %s\n", r.Name, r.Value, r.Unit, budget)
	}
}
