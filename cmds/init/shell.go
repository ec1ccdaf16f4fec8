package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/console"
	"github.com/vole-linux/vole/cmds/internal/reaper"
)

const (
	normalShell = "/bin/gosh"
	rescueShell = "/bin/busybox"
	searchPath  = "/bin"
	home        = "/root"
)

// startShell starts the shell that fits, and plans the next attempt if it
// can't be started.
func (m *machine) startShell() {
	err := m.shell.start(m.kernel, m.shellProgram())
	if err == nil {
		return
	}
	m.fail(fmt.Errorf("cannot start the shell: %w", err))
	var notRun *fs.PathError
	if errors.As(err, &notRun) && m.rescue == "" { // the program, not the terminal
		m.offerRescue(normalShell + " does not start")
	}
	m.shell.plan(m.kernel)
}

// shellEnded is called once the shell is buried.
func (m *machine) shellEnded(exit reaper.Exit) {
	m.say("the shell on the console has ended: %s", describe(exit))
	m.shell.plan(m.kernel)
	if m.shell.hopeless() && m.rescue == "" {
		m.offerRescue(normalShell + " ends at once again and again")
	}
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
