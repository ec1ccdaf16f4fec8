package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/console"
	"github.com/vole-linux/vole/cmds/internal/reaper"
)

const (
	normalShell = "/bin/gosh"
	rescueShell = "/bin/busybox"
	searchPath  = "/bin"
	home        = "/root"
)

// A shell that ends is started again: at once if it has lived for a while,
// else after a pause that doubles, so that a broken shell can't eat the CPU.
const (
	aWhile     = time.Second
	firstPause = 250 * time.Millisecond
	maxPause   = 8 * time.Second
)

// A shell is the one on the console.
type shell struct {
	process *reaper.Process  // nil while none is running
	started time.Duration    // since the start of the kernel
	pause   time.Duration    // before the next one, if this one dies young
	again   <-chan time.Time // says when the next one is due
}

// exited is nil while no shell is running, and nothing comes out of nil.
func (s shell) exited() <-chan reaper.Exit {
	if s.process == nil {
		return nil
	}
	return s.process.Exited
}

// A program is a process to be: on a terminal, at the head of a session.
type program struct {
	path     string
	argv     []string
	env      []string
	dir      string
	terminal string
}

// start starts p. Its terminal becomes the session's, so that job control
// works; where that can't be had (/dev/console itself), it runs without.
func (p program) start(children *reaper.Reaper) (*reaper.Process, error) {
	terminal, err := console.Open(p.terminal)
	if errors.Is(err, fs.ErrNotExist) && p.terminal != console.Device {
		terminal, err = console.Open(console.Device)
	}
	if err != nil {
		return nil, err
	}
	defer terminal.Close()
	attr := &os.ProcAttr{
		Dir:   p.dir,
		Env:   p.env,
		Files: []*os.File{terminal, terminal, terminal},
		Sys:   &syscall.SysProcAttr{Setsid: true, Setctty: true},
	}
	process, err := children.Start(p.path, p.argv, attr)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTTY) {
		attr.Sys.Setctty = false
		process, err = children.Start(p.path, p.argv, attr)
	}
	return process, err
}

// startShell starts the shell that fits, and plans the next attempt if it
// can't be started.
func (m *machine) startShell() {
	m.shell.again = nil
	m.shell.started = m.kernel.sinceStart()
	process, err := m.kernel.start(m.shellProgram())
	if err != nil {
		m.fail(fmt.Errorf("cannot start the shell: %w", err))
		var notRun *fs.PathError
		if errors.As(err, &notRun) && m.rescue == "" { // the program, not the terminal
			m.offerRescue(normalShell + " does not start")
		}
		m.planShell()
		return
	}
	m.shell.process = process
}

// shellEnded is called once the shell is buried.
func (m *machine) shellEnded(exit reaper.Exit) {
	how := fmt.Sprintf("status %d", exit.Status.ExitStatus())
	if exit.Status.Signaled() {
		how = exit.Status.Signal().String()
	}
	m.say("the shell on the console has ended: %s", how)
	m.shell.process = nil
	m.planShell()
	if m.shell.pause == maxPause && m.rescue == "" {
		m.offerRescue(normalShell + " ends at once again and again")
	}
}

func (m *machine) planShell() {
	if m.kernel.sinceStart()-m.shell.started >= aWhile {
		m.shell.pause = 0
	}
	m.shell.again = time.After(m.shell.pause)
	m.shell.pause = min(max(firstPause, 2*m.shell.pause), maxPause)
}

// shellProgram chooses the shell and its surroundings.
func (m *machine) shellProgram() program {
	active, _ := m.kernel.readFile(console.Active) // unreadable is empty: /dev/console
	p := program{path: normalShell, argv: []string{"gosh"}, dir: home, terminal: console.Terminal(string(active))}
	if m.rescue != "" && m.there(rescueShell) {
		p.path, p.argv = rescueShell, []string{"ash"}
	}
	if !m.there(home) {
		p.dir = "/"
	}
	term := m.words.get("TERM")
	if term == "" {
		term = console.Term(p.terminal)
	}
	p.env = []string{"HOME=" + p.dir, "PATH=" + searchPath, "TERM=" + term, "USER=root", "SHELL=" + p.path}
	return p
}

// offerRescue makes the next shell the rescue shell, and tells the person who
// is going to see it.
func (m *machine) offerRescue(why string) {
	m.rescue, _, _ = strings.Cut(why, "\n")
	text := "init: rescue shell: " + m.rescue
	if !m.there(rescueShell) {
		text += "; " + rescueShell + " is not in the image, so it is gosh"
	}
	m.kernel.print(text + "\n")
}

func (m *machine) there(path string) bool {
	found, err := m.kernel.glob(path)
	return err == nil && len(found) == 1
}
