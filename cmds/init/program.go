package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/console"
	"github.com/vole-linux/vole/cmds/internal/reaper"
)

// A program is a process to be, at the head of a session.
type program struct {
	path  string
	argv  []string
	env   []string
	dir   string
	flags uintptr // of clone(2)

	terminal string     // "" for none; else it becomes descriptors 0, 1 and 2
	files    []*os.File // without a terminal: all its descriptors
	cgroup   *os.File   // the folder of the cgroup that it starts in, or nil
}

// start starts p. Its terminal becomes the session's, so that job control
// works; where that can't be had (/dev/console itself), it runs without.
func (p program) start(children *reaper.Reaper) (*reaper.Process, error) {
	attr := &os.ProcAttr{Dir: p.dir, Env: p.env, Files: p.files,
		Sys: &syscall.SysProcAttr{Setsid: true, Cloneflags: p.flags}}
	if p.cgroup != nil {
		attr.Sys.UseCgroupFD, attr.Sys.CgroupFD = true, int(p.cgroup.Fd())
	}
	if p.terminal == "" {
		return children.Start(p.path, p.argv, attr)
	}
	terminal, err := console.Open(p.terminal)
	if errors.Is(err, fs.ErrNotExist) && p.terminal != console.Device {
		terminal, err = console.Open(console.Device)
	}
	if err != nil {
		return nil, err
	}
	defer terminal.Close()
	attr.Files = []*os.File{terminal, terminal, terminal}
	attr.Sys.Setctty = true
	process, err := children.Start(p.path, p.argv, attr)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTTY) {
		attr.Sys.Setctty = false
		process, err = children.Start(p.path, p.argv, attr)
	}
	return process, err
}
