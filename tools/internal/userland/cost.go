package userland

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Budgets for what every start of every program pays (DESIGN, section 10).
const (
	MaxInitTime   = 600 * time.Microsecond
	MaxInitAllocs = 900
)

// A PackageInit is what the initialisation of one package costs.
type PackageInit struct {
	Package string
	Time    time.Duration // the least of several runs
	Allocs  int
}

// initLine is what GODEBUG=inittrace=1 prints (package runtime, "Environment
// Variables").
var initLine = regexp.MustCompile(`^init (\S+) @\S+ ms, (\S+) ms clock, \d+ bytes, (\d+) allocs`)

// InitCost runs the binary, which must be for this host, as true(1) several
// times and returns the cost of each package, the dearest first.
func InitCost(ctx context.Context, bb string, runs int) ([]PackageInit, error) {
	least := map[string]PackageInit{}
	for range runs {
		cmd := exec.CommandContext(ctx, bb, "true")
		cmd.Env = []string{"GODEBUG=inittrace=1"}
		trace, err := cmd.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("cannot run %s true: %w\n%s", bb, err, trace)
		}
		for line := range strings.Lines(string(trace)) {
			m := initLine.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			ms, err1 := strconv.ParseFloat(m[2], 64)
			allocs, err2 := strconv.Atoi(m[3])
			if err := errors.Join(err1, err2); err != nil {
				return nil, fmt.Errorf("cannot read %q: %w", line, err)
			}
			p := PackageInit{m[1], time.Duration(ms * float64(time.Millisecond)), allocs}
			if old, seen := least[p.Package]; !seen || p.Time < old.Time {
				least[p.Package] = p
			}
		}
	}
	var all []PackageInit
	for _, p := range least {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b PackageInit) int {
		if a.Time != b.Time {
			return int(b.Time - a.Time)
		}
		return strings.Compare(a.Package, b.Package)
	})
	if len(all) == 0 {
		return nil, fmt.Errorf("%s printed no trace of its initialisation", bb)
	}
	return all, nil
}

// Sum adds up what all packages cost.
func Sum(all []PackageInit) (total time.Duration, allocs int) {
	for _, p := range all {
		total += p.Time
		allocs += p.Allocs
	}
	return total, allocs
}

// ReflectMethods returns the functions that look methods up by name. A single
// one makes the linker keep every exported method of every type.
func ReflectMethods(ctx context.Context, c Config) ([]string, error) {
	goarch, err := goarch(c.Arch)
	if err != nil {
		return nil, err
	}
	b := builder{c, goarch, ctx}
	packages, err := b.list()
	if err != nil {
		return nil, err
	}
	programs, err := choose(packages, b.Programs)
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "vole-reflect-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	source := filepath.Join(tmp, "source")
	if err := b.generate(source, packages, programs); err != nil {
		return nil, err
	}
	graph, err := b.dependencies(source)
	if err != nil {
		return nil, err
	}
	var found []string
	for line := range bytes.Lines(graph) {
		if bytes.Contains(line, []byte("<ReflectMethod>")) {
			found = append(found, strings.TrimSpace(string(line)))
		}
	}
	return found, nil
}

// dependencies returns the linker's graph of what needs what.
func (b builder) dependencies(source string) ([]byte, error) {
	args := []string{"build", "-mod=vendor", "-trimpath", "-buildvcs=false", "-tags=" + Tags, "-o", os.DevNull, "-ldflags=-dumpdep", "."}
	_, graph, err := b.goCommand(source, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot link: %w\n%s", err, graph[:min(len(graph), 2000)])
	}
	if !bytes.Contains(graph, []byte("main.main -> ")) {
		return nil, errors.New("the linker printed no graph")
	}
	return graph, nil
}
