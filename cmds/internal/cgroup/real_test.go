package cgroup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/missing"
)

// real returns a group of the running kernel, below the one that this test is
// in: no limit of the machine and no subtree_control of it is touched.
func real(t *testing.T) (*Tree, *Group) {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		missing.Skip(t, "/proc is missing: %v", err)
	}
	tree := New("")
	for line := range strings.Lines(string(mounts)) {
		if f := strings.Fields(line); len(f) > 2 && f[2] == "cgroup2" {
			tree = New(f[1])
		}
	}
	if tree.root == "" {
		missing.Skip(t, "control groups of version 2 are missing")
	}
	g := tree.Group(fmt.Sprintf("vole-test-%d", os.Getpid()))
	if err := tree.mkdir(g.path); err != nil {
		missing.Skip(t, "a control group that may be written to is missing: %v", err)
	}
	t.Cleanup(func() {
		if err := g.Remove(); err != nil {
			t.Error(err)
		}
	})
	return tree, g
}

// TestKernel starts a process in a group, sees it there, can't remove the
// group meanwhile, and kills all that is in it, with cgroup.kill and without.
func TestKernel(t *testing.T) {
	tree, g := real(t)
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		missing.Skip(t, "sleep is missing")
	}
	for name, kill := range map[string]func() error{"cgroup.kill": g.Kill, "one by one": g.killOneByOne} {
		t.Run(name, func(t *testing.T) {
			below := tree.Group(g.name + "/below")
			if err := errors.Join(g.Remove(), tree.mkdir(g.path), tree.mkdir(below.path)); err != nil { // a killed one is spent
				t.Fatal(err)
			}
			var commands []*exec.Cmd
			for _, group := range []*Group{g, below} {
				folder, err := group.Open()
				if err != nil {
					t.Fatal(err)
				}
				c := exec.Command(sleep, "1000")
				c.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(folder.Fd()), Pdeathsig: syscall.SIGKILL}
				err = c.Start()
				folder.Close()
				if err != nil {
					missing.Skip(t, "CLONE_INTO_CGROUP is missing: %v", err)
				}
				commands = append(commands, c)
			}
			pids, err := g.Pids()
			if want := []int{commands[0].Process.Pid, commands[1].Process.Pid}; err != nil || !slices.Equal(pids, want) {
				t.Errorf("Pids = %v, %v; want %v", pids, err, want)
			}
			if err := g.Remove(); !errors.Is(err, syscall.EBUSY) {
				t.Errorf("remove of a populated group: %v; want EBUSY", err)
			}
			if populated, err := g.Populated(); !populated || err != nil {
				t.Errorf("Populated = %v, %v", populated, err)
			}
			if err := kill(); err != nil {
				t.Fatal(err)
			}
			for _, c := range commands {
				c.Wait()
				if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
					t.Errorf("ended with %#x", status)
				}
			}
			if err := g.WaitEmpty(t.Context()); err != nil {
				t.Error(err)
			}
			if usage, err := g.Usage(); err != nil || usage.CPU == 0 || usage.CPU > time.Minute {
				t.Errorf("Usage = %+v, %v", usage, err)
			}
			if err := below.Remove(); err != nil {
				t.Error(err)
			}
		})
	}
}
