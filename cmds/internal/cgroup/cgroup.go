// Package cgroup puts the processes of a service into a control group, so that
// they can be limited, measured and killed as one.
//
// A process may fork, start a new session and change its user: it never leaves
// its control group by that. So the group, and not a process number, is the
// service: its memory and its processes are counted together, and one write
// kills them all, a fork bomb included.
//
// Version 2 of control groups is a tree of folders. A group is made by mkdir,
// limited by writing to the files that the kernel puts into it, read from
// others of them, and removed by rmdir. This package is those files with names
// and types:
//
//	tree := cgroup.New(cgroup.Root)
//	group, err := tree.Create("system/web", cgroup.Limits{Memory: 64 << 20, CPU: 0.5, Pids: 100})
//	folder, err := group.Open() // for clone3(2) with CLONE_INTO_CGROUP
//	...
//	err = group.Kill()
//	err = group.WaitEmpty(ctx)
//	err = group.Remove()
//
// The file of a limit exists in a group only if each group above it hands the
// controller down in its cgroup.subtree_control, so Create writes these on the
// way. A group that hands controllers down may hold no processes itself, apart
// from the root: processes live in leaves, and PID 1 has one, too.
//
// memory.oom.group is always set: a service that lost one process to the
// kernel's OOM killer is broken in a way that nobody tests. It ends whole, its
// counter says why, and it is started anew.
//
// A group that was killed is spent. Linux 6.18 goes on killing what is started
// in it with CLONE_INTO_CGROUP from another group, since it compares how often
// the wrong one of the two was killed (kill_seq in kernel/cgroup/cgroup.c; 7.3
// compares the right one). So Create replaces a group without processes by a
// new one; its counters begin at zero, too.
//
// Files: cgroup.subtree_control, cgroup.procs, cgroup.events, cgroup.kill,
// cgroup.freeze, memory.max, memory.high, memory.oom.group, memory.current,
// memory.events, cpu.max, cpu.weight, cpu.stat, pids.max, pids.current,
// pids.events.
//
// Links: cgroups(7), Documentation/admin-guide/cgroup-v2.rst.
//
// # Bugs
//
// Limits of disk throughput are not set, and memory.swap.max is not either:
// Vole has no swap.
//
// A kernel before 5.14 has no cgroup.kill; there a group is frozen and its
// processes are killed one by one, by their numbers.
//
// Next in the tour: none
package cgroup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Root is where init mounts the tree.
const Root = "/sys/fs/cgroup"

// A Tree is the tree of groups. It is the same for all goroutines; nothing in
// it changes.
type Tree struct {
	root  string
	mkdir func(path string) error
	rmdir func(path string) error
	kill  func(pid int) error
}

// New returns the tree that is mounted at root.
func New(root string) *Tree {
	return &Tree{
		root:  root,
		mkdir: func(path string) error { return os.Mkdir(path, 0o755) },
		rmdir: syscall.Rmdir, // and nothing else: the files in a group are not ours to unlink
		kill:  func(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) },
	}
}

// A Group is one group of a tree. It holds nothing open, so it needs no
// closing and may be asked from any goroutine.
type Group struct {
	tree *Tree
	name string
	path string
}

// Group returns the group of that name, which need not exist: a supervisor
// that comes back finds the groups of its services this way.
func (t *Tree) Group(name string) *Group {
	return &Group{t, name, filepath.Join(t.root, name)}
}

// Create makes the group and those above it, hands controllers down to it, and
// limits it. A group in which processes live already is adopted and gets the
// limits. After an error the group may be there without its limits: nothing
// should be started in it.
func (t *Tree) Create(name string, limits Limits) (*Group, error) {
	if !filepath.IsLocal(name) || filepath.Clean(name) != name || name == "." {
		return nil, fmt.Errorf("cannot make control group %q: the name is no plain path", name)
	}
	if err := limits.check(); err != nil {
		return nil, fmt.Errorf("cannot limit control group %s: %w", name, err)
	}
	g := t.Group(name)
	if err := g.Remove(); err != nil && !errors.Is(err, syscall.EBUSY) && !errors.Is(err, syscall.ENOTDIR) {
		return nil, err // of a file, mkdir below says more
	}
	path, fresh := t.root, false
	for part := range strings.SplitSeq(name, "/") {
		handed, err := handDown(path)
		if err != nil {
			return nil, fmt.Errorf("cannot hand controllers down to control group %s: %w", name, err)
		}
		if err := limits.needs(handed); err != nil {
			return nil, fmt.Errorf("cannot limit control group %s: %w", name, err)
		}
		path = filepath.Join(path, part)
		if fresh, err = t.folder(path); err != nil {
			return nil, fmt.Errorf("cannot make control group %s: %w", name, err)
		}
	}
	return g, g.limit(limits, fresh)
}

// folder makes the folder of a group and tells whether it was not there before.
func (t *Tree) folder(path string) (fresh bool, err error) {
	err = t.mkdir(path)
	if !errors.Is(err, fs.ErrExist) {
		return err == nil, err
	}
	// A group "memory.max" would be the file of that name in the group above.
	if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
		return false, errors.New("the kernel has a file of that name")
	}
	return false, nil
}

// handDown enables the controllers that services are limited and measured by
// in the group at path, as far as the kernel has them, and returns those.
func handDown(path string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(path, "cgroup.controllers"))
	if err != nil {
		return nil, err
	}
	enabled, err := os.ReadFile(filepath.Join(path, "cgroup.subtree_control"))
	if err != nil {
		return nil, err
	}
	var handed []string
	for _, controller := range strings.Fields(string(text)) {
		if !slices.Contains([]string{"cpu", "memory", "pids"}, controller) {
			continue
		}
		handed = append(handed, controller)
		if slices.Contains(strings.Fields(string(enabled)), controller) {
			continue
		}
		// One at a time: the kernel takes all words of a write or none.
		err := write(path, "cgroup.subtree_control", "+"+controller)
		if errors.Is(err, syscall.EBUSY) {
			return nil, fmt.Errorf("%s holds processes itself: %w", path, err)
		}
		if err != nil {
			return nil, err
		}
	}
	return handed, nil
}

// write writes to a file that the kernel made. Nothing is created: a file that
// isn't there belongs to a controller that isn't.
func write(folder, file, text string) error {
	f, err := os.OpenFile(filepath.Join(folder, file), os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// List returns the names of the groups right under the group parent, "" for
// the root, in order. A supervisor looks there for what an earlier one left.
func (t *Tree) List(parent string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(t.root, parent))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list control groups: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, filepath.Join(parent, entry.Name()))
		}
	}
	return names, nil
}

// Name is the path of the group from the root of the tree, as in
// /proc/PID/cgroup but without the slash in front.
func (g *Group) Name() string { return g.name }

// Open opens the group's folder, to start a process in it:
// syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(folder.Fd())}. No
// process of the service is then ever outside, not even for a moment.
func (g *Group) Open() (*os.File, error) {
	f, err := os.OpenFile(g.path, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open control group %s: %w", g.name, err)
	}
	return f, nil
}

// Add moves a living process into the group. What it has started before stays
// where it is.
func (g *Group) Add(pid int) error {
	if err := write(g.path, "cgroup.procs", strconv.Itoa(pid)); err != nil {
		return fmt.Errorf("cannot move process %d to control group %s: %w", pid, g.name, err)
	}
	return nil
}

// Populated tells whether a process lives in the group or below it. A group
// that doesn't exist is not populated.
func (g *Group) Populated() (bool, error) {
	events, err := counters(g.path, "cgroup.events")
	if err != nil {
		return false, fmt.Errorf("cannot look into control group %s: %w", g.name, err)
	}
	return events["populated"] != 0, nil
}

// WaitEmpty waits until no process lives in the group. It looks again and
// again, at first each millisecond: a killed group is empty after one or two,
// and a watch would cost a descriptor for each of a thousand services.
func (g *Group) WaitEmpty(ctx context.Context) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		populated, err := g.Populated()
		if err != nil || !populated {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("control group %s still has processes: %w", g.name, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// Remove removes the group and those below it, as many as have no processes.
// The error is syscall.EBUSY while a process lives there; none if the group
// doesn't exist.
func (g *Group) Remove() error {
	below, err := g.tree.List(g.name)
	if err != nil {
		return err
	}
	for _, name := range below {
		if err := g.tree.Group(name).Remove(); err != nil {
			return err
		}
	}
	if err := g.tree.rmdir(g.path); err != nil && err != syscall.ENOENT {
		return fmt.Errorf("cannot remove control group %s: %w", g.name, err)
	}
	return nil
}
