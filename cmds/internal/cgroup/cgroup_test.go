package cgroup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// fake returns a tree of plain folders and files: what mkdir(2) would make in
// a tree whose kernel has those controllers.
func fake(t *testing.T, controllers string) *Tree {
	t.Helper()
	tree := New(t.TempDir())
	tree.kill = func(pid int) error { t.Errorf("kill of process %d", pid); return nil }
	tree.rmdir = func(path string) error { // as the kernel: not while processes live in it
		info, err := os.Stat(path)
		procs, _ := os.ReadFile(filepath.Join(path, "cgroup.procs"))
		switch {
		case err != nil:
			return syscall.ENOENT
		case !info.IsDir():
			return syscall.ENOTDIR
		case len(procs) > 0:
			return syscall.EBUSY
		}
		return os.RemoveAll(path)
	}
	tree.mkdir = func(path string) error {
		if err := os.Mkdir(path, 0o755); err != nil {
			return err
		}
		return populate(path, controllers)
	}
	if err := populate(tree.root, controllers); err != nil {
		t.Fatal(err)
	}
	return tree
}

func populate(path, controllers string) error {
	files := map[string]string{
		"cgroup.controllers": controllers + "\n", "cgroup.subtree_control": "\n", "cgroup.procs": "", "cgroup.kill": "",
		"cgroup.freeze": "0\n", "cgroup.events": "populated 0\nfrozen 0\n", "cpu.stat": "usage_usec 0\nuser_usec 0\n",
	}
	of := map[string]string{
		"memory": "memory.high memory.max memory.oom.group memory.current memory.events",
		"cpu":    "cpu.max cpu.weight", "pids": "pids.max pids.current pids.events",
	}
	for controller := range strings.FieldsSeq(controllers) {
		for file := range strings.FieldsSeq(of[controller]) {
			files[file] = ""
		}
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(path, file), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func read(t *testing.T, g *Group, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(g.path, file))
	if errors.Is(err, fs.ErrNotExist) {
		return "missing"
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func set(t *testing.T, g *Group, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.path, file), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCreate(t *testing.T) {
	const all = "cpuset cpu io memory pids"
	tests := []struct {
		name, controllers string
		group             string
		limits            Limits
		want              map[string]string
		err               string
	}{
		{name: "no limit", controllers: all, group: "system/web", want: map[string]string{
			"memory.oom.group": "1", "memory.max": "", "cpu.max": "", "pids.max": ""}},
		{name: "all limits", controllers: all, group: "system/web",
			limits: Limits{Memory: 64 << 20, MemoryHigh: 60 << 20, CPU: 0.25, CPUWeight: 10, Pids: 64},
			want: map[string]string{"memory.max": "67108864", "memory.high": "62914560", "memory.oom.group": "1",
				"cpu.max": "25000 100000", "cpu.weight": "10", "pids.max": "64"}},
		{name: "processors", controllers: all, group: "a", limits: Limits{CPU: 2.5}, want: map[string]string{"cpu.max": "250000 100000"}},
		{name: "the least", controllers: all, group: "a", limits: Limits{CPU: 0.01}, want: map[string]string{"cpu.max": "1000 100000"}},
		{name: "nothing to limit with", group: "a", want: map[string]string{"memory.max": "missing", "cgroup.procs": ""}},
		{name: "no memory controller", controllers: "cpu pids", group: "a", limits: Limits{Memory: 1}, err: `cannot limit control group a: there is no controller "memory"`},
		{name: "no memory controller, high", controllers: "cpu pids", group: "a", limits: Limits{MemoryHigh: 1}, err: `"memory"`},
		{name: "no cpu controller", controllers: "memory", group: "a", limits: Limits{CPU: 1}, err: `"cpu"`},
		{name: "no pids controller", controllers: "memory", group: "a", limits: Limits{Pids: 1}, err: `"pids"`},
		{name: "too little processor", controllers: all, group: "a", limits: Limits{CPU: 0.001}, err: "the least is 0.01"},
		{name: "less than none", controllers: all, group: "a", limits: Limits{CPU: -1}, err: "the least is 0.01"},
		{name: "weight", controllers: all, group: "a", limits: Limits{CPUWeight: 10_001}, err: "from 1 to 10000"},
		{name: "out of the tree", controllers: all, group: "../a", err: "no plain path"},
		{name: "the root", controllers: all, group: ".", err: "no plain path"},
		{name: "no name", controllers: all, group: "", err: "no plain path"},
		{name: "not clean", controllers: all, group: "a//b", err: "no plain path"},
		{name: "a file of the kernel", controllers: all, group: "memory.max", err: "cannot make control group memory.max: the kernel has a file of that name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := fake(t, tt.controllers)
			g, err := tree.Create(tt.group, tt.limits)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error = %v; want one with %q", err, tt.err)
			}
			for file, want := range tt.want {
				if got := read(t, g, file); got != want {
					t.Errorf("%s = %q; want %q", file, got, want)
				}
			}
		})
	}
}

// Controllers are handed down to the group by each one above it, one write at
// a time, and not by the group itself: it holds processes.
func TestHandDown(t *testing.T) {
	tree := fake(t, "cpu io memory pids")
	set(t, tree.Group(""), "cgroup.subtree_control", "cpu memory\n")
	g, err := tree.Create("system/web", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for group, want := range map[string]string{"": "+pids", "system": "+pids", "system/web": ""} {
		if got := read(t, tree.Group(group), "cgroup.subtree_control"); got != want { // the last write
			t.Errorf("subtree_control of %q = %q; want %q", group, got, want)
		}
	}
	if g.Name() != "system/web" {
		t.Errorf("name %q", g.Name())
	}
	if _, err := New(t.TempDir()).Create("a", Limits{}); err == nil || !strings.Contains(err.Error(), "cgroup.controllers") {
		t.Errorf("in a folder that is no tree: %v", err)
	}
}

// A group in which a process lives is adopted, and no limit of its past stays.
func TestAdopt(t *testing.T) {
	tree := fake(t, "cpu memory pids")
	g, err := tree.Create("web", Limits{Memory: 1 << 20, CPU: 1, CPUWeight: 7, Pids: 3})
	if err != nil {
		t.Fatal(err)
	}
	set(t, g, "cgroup.procs", "20\n")
	if g, err = tree.Create("web", Limits{Pids: 4}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, g, "cgroup.procs"); got != "20" {
		t.Fatalf("the process is %q", got)
	}
	for file, want := range map[string]string{"memory.max": "max", "memory.high": "max", "cpu.max": "max 100000", "cpu.weight": "100", "pids.max": "4"} {
		if got := read(t, g, file); got != want {
			t.Errorf("%s = %q; want %q", file, got, want)
		}
	}
	if err := g.Limit(Limits{CPU: 3}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, g, "cpu.max") + ", " + read(t, g, "pids.max"); got != "300000 100000, max" {
		t.Errorf("limited anew: %s", got)
	}
	if err := g.Limit(Limits{CPU: -3}); err == nil {
		t.Error("a bad limit was taken")
	}
}

// A group without processes, and what is below it, is made anew: it may have
// been killed, and its counters are of another life.
func TestAnew(t *testing.T) {
	tree := fake(t, "cpu memory pids")
	g, err := tree.Create("web", Limits{Pids: 3})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Create("web/below", Limits{}); err != nil {
		t.Fatal(err)
	}
	set(t, g, "memory.events", "oom_kill 5\n")
	if g, err = tree.Create("web", Limits{}); err != nil {
		t.Fatal(err)
	}
	if usage, err := g.Usage(); err != nil || usage != (Usage{}) {
		t.Errorf("usage %+v, %v", usage, err)
	}
	if below, err := tree.List("web"); err != nil || below != nil {
		t.Errorf("below: %q, %v", below, err)
	}
}

func TestUsage(t *testing.T) {
	g, err := fake(t, "cpu memory pids").Create("web", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	set(t, g, "memory.current", "4096\n")
	set(t, g, "pids.current", "3\n")
	set(t, g, "cpu.stat", "usage_usec 1500000\nuser_usec 1\nnice_usec 0\n")
	set(t, g, "memory.events", "low 0\nhigh 9\nmax 8\noom 2\noom_kill 5\noom_group_kill 1\n")
	set(t, g, "pids.events", "max 12\n")
	want := Usage{Memory: 4096, CPU: 1500 * time.Millisecond, Pids: 3, OOMKills: 5, PidsMax: 12}
	if got, err := g.Usage(); err != nil || got != want {
		t.Errorf("Usage = %+v, %v; want %+v", got, err, want)
	}
	set(t, g, "pids.events", "max many\n")
	if _, err := g.Usage(); err == nil || !strings.Contains(err.Error(), "cannot measure control group web: cannot understand pids.events") {
		t.Errorf("error = %v", err)
	}
	if got, err := g.tree.Group("none").Usage(); err != nil || got != (Usage{}) {
		t.Errorf("usage of nothing: %+v, %v", got, err)
	}
}

func TestKill(t *testing.T) {
	g, err := fake(t, "").Create("web", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Kill(); err != nil || read(t, g, "cgroup.kill") != "1" {
		t.Errorf("kill: %v, %q", err, read(t, g, "cgroup.kill"))
	}
	if err := g.tree.Group("none").Kill(); err != nil {
		t.Errorf("kill of a group that is gone: %v", err)
	}
}

// Without cgroup.kill: freeze, kill in rounds, thaw.
func TestKillOneByOne(t *testing.T) {
	tests := []struct {
		name    string
		procs   string
		below   string // processes of a group below
		survive int    // kills that a process survives, as if others were moved in
		fail    error
		killed  []int
		err     string
	}{
		{name: "none"},
		{name: "two and one below", procs: "20\n30\n", below: "40\n", killed: []int{20, 30, 40}},
		{name: "of an outer namespace", procs: "0\n20\n", killed: []int{20}},
		{name: "gone meanwhile", procs: "20\n", fail: syscall.ESRCH, killed: []int{20}},
		{name: "not permitted", procs: "20\n", fail: syscall.EPERM, killed: []int{20}, err: "cannot kill control group web: operation not permitted"},
		{name: "comes back", procs: "20\n", survive: 2, killed: []int{20, 20, 20}},
		{name: "keeps coming", procs: "20\n", survive: 1 << 20, err: "processes keep appearing"},
		{name: "init", procs: "1\n20\n", err: "init is in it"},
		{name: "garbage", procs: "x\n", err: "cannot understand cgroup.procs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree := fake(t, "")
				g, _ := tree.Create("web", Limits{})
				below, err := tree.Create("web/below", Limits{})
				if err != nil {
					t.Fatal(err)
				}
				os.Remove(filepath.Join(g.path, "cgroup.kill"))
				set(t, g, "cgroup.procs", tt.procs)
				set(t, below, "cgroup.procs", tt.below)
				var killed []int
				tree.kill = func(pid int) error {
					if read(t, g, "cgroup.freeze") != "1" {
						t.Error("not frozen")
					}
					killed = append(killed, pid)
					if len(killed) > tt.survive {
						set(t, g, "cgroup.procs", "")
					}
					if pid == 40 {
						set(t, below, "cgroup.procs", "")
					}
					return tt.fail
				}
				err = g.Kill()
				if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error = %v; want one with %q", err, tt.err)
				}
				if tt.survive < 10 && !slices.Equal(killed, tt.killed) {
					t.Errorf("killed %v; want %v", killed, tt.killed)
				}
				if read(t, g, "cgroup.freeze") != "0" {
					t.Error("left frozen")
				}
			})
		})
	}
}

func TestWaitEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := fake(t, "").Create("web", Limits{})
		if err != nil {
			t.Fatal(err)
		}
		set(t, g, "cgroup.events", "populated 1\nfrozen 0\n")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.WaitEmpty(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("of a group that stays: %v", err)
		}
		time.AfterFunc(5*time.Second, func() { set(t, g, "cgroup.events", "populated 0\nfrozen 0\n") })
		start := time.Now()
		if err := g.WaitEmpty(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took < 5*time.Second || took > 5200*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestList(t *testing.T) {
	tree := fake(t, "")
	for _, name := range []string{"system/web", "system/dns", "system/dns/worker", "init"} {
		if _, err := tree.Create(name, Limits{}); err != nil {
			t.Fatal(err)
		}
	}
	for parent, want := range map[string][]string{"": {"init", "system"}, "system": {"system/dns", "system/web"}, "system/web": nil, "none": nil} {
		if got, err := tree.List(parent); err != nil || !slices.Equal(got, want) {
			t.Errorf("List(%q) = %q, %v; want %q", parent, got, err, want)
		}
	}
	if err := tree.Group("none").Remove(); err != nil {
		t.Errorf("remove of nothing: %v", err)
	}
	if populated, err := tree.Group("none").Populated(); populated || err != nil {
		t.Errorf("nothing is populated: %v, %v", populated, err)
	}
}
