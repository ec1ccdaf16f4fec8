package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/vole-linux/vole/cmds/internal/job"
	"github.com/vole-linux/vole/cmds/internal/lineedit"
)

const historySize = 1000 // entries; HISTSIZE changes it

func isTerminal(f *os.File) bool { return lineedit.IsTerminal(int(f.Fd())) }

// interact is the shell with a person in front of it. It returns the exit
// status.
func (sh *shell) interact(o options) int {
	sh.interactive = true
	interp.Interactive(true)(sh.runner)
	terminal, err := job.OpenTerminal(int(sh.stdin.Fd()))
	if err != nil {
		fmt.Fprintf(sh.stderr, "%s: no job control: %v\n", program, err)
	} else {
		sh.jobs = job.NewTable(terminal)
		defer terminal.Close()
	}
	// Seen and not heeded. Programs get the defaults back, since these
	// signals are caught here and not ignored.
	sh.listen(unix.SIGINT, unix.SIGTERM, unix.SIGQUIT, unix.SIGTSTP, unix.SIGTTIN)
	sh.heed(unix.SIGHUP)
	if o.login {
		sh.readProfiles()
	}
	sh.history = sh.openHistory()
	next := sh.plainLine
	if term, _ := sh.variable("TERM"); isTerminal(sh.stdin) && term != "dumb" {
		next = sh.lineEditor()
	}
	for {
		source := &source{next: sh.prompter(next)}
		if left, status := sh.converse(source); left {
			return status
		}
		switch {
		case errors.Is(source.err, lineedit.ErrInterrupt):
			sh.setStatus(128 + int(unix.SIGINT))
		case errors.Is(source.err, io.EOF) && source.text.Len() > 0: // inside a command
		case errors.Is(source.err, io.EOF) && sh.mustStay():
			sh.runText(ours + "stay")
		case errors.Is(source.err, io.EOF):
			return sh.runExit()
		case source.err != nil: // the terminal is gone
			sh.jobs.HangUp()
			return 128 + int(unix.SIGHUP)
		}
	}
}

// converse runs what the user types, until he leaves, makes a mistake or
// presses Ctrl-C.
func (sh *shell) converse(source *source) (left bool, status int) {
	for stmts, err := range source.commands() {
		text := source.text.String()
		if err != nil && errors.Is(source.err, lineedit.ErrInterrupt) {
			return false, 0
		}
		sh.history.Add(text)
		var mistake syntaxError
		if errors.As(err, &mistake) {
			fmt.Fprintf(sh.stderr, "%s: %s\n", program, mistake.problem())
			sh.setStatus(mistake.ExitStatus())
			return false, 0
		}
		if words := strings.Fields(text); len(words) > 0 && words[0] != "exit" && words[0] != "logout" {
			sh.warned = false
		}
		if left, dropped, status := sh.runLine(stmts); left || dropped {
			return left, status
		}
	}
	return false, 0
}

// runLine runs the statements of one line. Ctrl-C and Ctrl-Z drop the rest, and
// what else was pasted with it.
func (sh *shell) runLine(stmts []*syntax.Stmt) (left, dropped bool, status int) {
	for _, stmt := range stmts {
		modes := sh.jobs.Modes()
		o := sh.run(stmt, statementText(stmt))
		if o.left {
			return true, false, o.status
		}
		if o.status != 0 {
			sh.jobs.SetModes(modes)
		}
		switch {
		case o.state == job.Stopped:
			sh.showStopped(o.number)
			return false, true, 0
		case o.status == 128+int(unix.SIGINT):
			fmt.Fprintln(sh.stderr)
			return false, true, 0
		case o.signal != 0 && o.signal != unix.SIGPIPE:
			fmt.Fprintln(sh.stderr, job.SignalText(o.signal))
		}
	}
	return false, false, 0
}

// prompter returns a function that gives the parser its next line.
func (sh *shell) prompter(next func(prompt string) (string, error)) func(bool) (string, error) {
	return func(incomplete bool) (string, error) {
		if incomplete {
			prompt, ok := sh.variable("PS2")
			if !ok {
				prompt = "> "
			}
			return next(sh.expandPrompt(prompt))
		}
		for _, info := range sh.jobs.News() {
			fmt.Fprintln(sh.stderr, info)
		}
		return next(sh.prompt())
	}
}

// lineEditor returns a function that reads a line from the terminal with all
// comfort.
func (sh *shell) lineEditor() func(prompt string) (string, error) {
	terminal := lineedit.Terminal(sh.stdin.Fd())
	editor := &lineedit.Editor{
		In: sh.stdin, Out: sh.stderr, Size: terminal.Size,
		Complete: sh.complete, History: sh.history,
		MarkPastes: true,
	}
	return func(prompt string) (string, error) {
		restore, err := terminal.Raw()
		if err != nil {
			return "", err
		}
		defer restore()
		line, err := editor.ReadLine(prompt)
		if err != nil {
			return "", err
		}
		return line + "\n", nil
	}
}

// plainLine reads a line where there is no editing.
func (sh *shell) plainLine(prompt string) (string, error) {
	sh.setPrompting(prompt) // first: who sees the prompt may press Ctrl-C
	defer sh.setPrompting("")
	io.WriteString(sh.stderr, prompt)
	return readLine(sh.stdin)
}

func (sh *shell) setPrompting(prompt string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.prompting = prompt
}

// interruptPrompt is Ctrl-C where there is no editing: the terminal has
// dropped the line itself.
func (sh *shell) interruptPrompt() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.prompting != "" {
		fmt.Fprintf(sh.stderr, "\n%s", sh.prompting)
	}
}

// hangUp leaves the shell because its terminal is gone. It is called beside
// the main goroutine, which may be waiting for anything.
func (sh *shell) hangUp() {
	sh.jobs.HangUp()
	sh.leave(128 + int(unix.SIGHUP))
}

func (sh *shell) openHistory() *lineedit.History {
	file, ok := sh.variable("HISTFILE")
	if !ok {
		if home, _ := sh.variable("HOME"); home != "" {
			file = filepath.Join(home, ".gosh_history")
		}
	}
	size := historySize
	if text, ok := sh.variable("HISTSIZE"); ok {
		if n, err := strconv.Atoi(text); err == nil && n > 0 {
			size = n
		}
	}
	return lineedit.OpenHistory(file, size)
}

// readProfiles runs what a login shell runs first. Nothing there can keep a
// person from getting a shell, not even exit.
func (sh *shell) readProfiles() {
	files := []string{"/etc/profile"}
	if home, _ := sh.variable("HOME"); home != "" {
		files = append(files, filepath.Join(home, ".profile"))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			fmt.Fprintf(sh.stderr, "%s: cannot read %s: %v\n", program, name, bare(err))
			continue
		}
		file, err := sh.parse(string(text), name)
		if err != nil {
			fmt.Fprintf(sh.stderr, "%s: %v\n", program, err)
			continue
		}
		for _, stmt := range file.Stmts {
			if o := sh.run(stmt, name); o.left {
				break
			}
		}
	}
	sh.setStatus(0)
}
