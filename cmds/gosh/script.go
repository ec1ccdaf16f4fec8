package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"github.com/vole-linux/vole/cmds/internal/job"
	"github.com/vole-linux/vole/internal/cli"
)

// A startError is a script that can't be run; status is what POSIX wants.
type startError struct {
	error
	status int
}

func (e startError) ExitStatus() int { return e.status }

// runFile runs the script in file.
func (sh *shell) runFile(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		status := 127
		if !errors.Is(err, fs.ErrNotExist) {
			status = 126
		}
		return status, startError{fmt.Errorf("cannot open %s: %w", file, bare(err)), status}
	}
	if firstLine, _, _ := bytes.Cut(text, []byte("\n")); bytes.IndexByte(firstLine, 0) >= 0 {
		return 126, startError{fmt.Errorf("cannot run %s: it is a binary file", file), 126}
	}
	return sh.runScript(string(text), file)
}

// bare is what the kernel said, without the names that the caller knows.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// runScript runs a whole program. name is its $0.
func (sh *shell) runScript(text, name string) (int, error) {
	file, err := sh.parse(text, name)
	if err != nil {
		return cli.StatusUsage, err
	}
	return sh.endScript(sh.run(file, name).status), nil
}

// runInput runs the program on standard input. Each command runs before the
// next one is read, and no byte more is read: what follows may be input for
// the command.
func (sh *shell) runInput(name string) (int, error) {
	source := &source{next: func(bool) (string, error) { return readLine(sh.stdin) }}
	for stmts, err := range source.commands() {
		if err != nil {
			return cli.StatusUsage, fmt.Errorf("stdin:%w", err)
		}
		for _, stmt := range stmts {
			if o := sh.run(stmt, statementText(stmt)); o.left || sh.traps.fatal() != 0 {
				return sh.endScript(o.status), nil
			}
		}
	}
	return sh.endScript(sh.runExit()), nil
}

// runExit is the builtin exit, which runs its trap and keeps the status.
func (sh *shell) runExit() int {
	file, err := sh.parse("exit", "")
	if err != nil {
		return 1
	}
	return sh.run(file.Stmts[0], "exit").status
}

// endScript waits for what the script has left running inside this process,
// and ends the way a signal wanted it to.
func (sh *shell) endScript(status int) int {
	if sig := sh.traps.fatal(); sig != 0 {
		sh.runText(fmt.Sprintf("exit %d", 128+int(sig))) // runs the trap on EXIT
		sh.die(sig)
		return 128 + int(sig)
	}
	for action, ok := sh.traps.next(context.Background()); ok; action, ok = sh.traps.next(context.Background()) {
		sh.runText(action) // of a signal that came during the last command
	}
	sh.mu.Lock()
	left := sh.lastJobs
	sh.mu.Unlock()
	for _, d := range left {
		d.job.WaitDetached(context.Background(), d.processes)
	}
	return status
}

// die ends the process as if it had never caught sig.
func die(sig syscall.Signal) {
	resetSignal(sig)
	syscall.Kill(syscall.Getpid(), sig)
	time.Sleep(time.Second) // it comes when the kernel wants
}

// readLine reads one line and not a byte more.
func readLine(r io.Reader) (string, error) {
	var line strings.Builder
	var b [1]byte
	for {
		n, err := r.Read(b[:])
		if n == 1 {
			line.WriteByte(b[0])
		}
		switch {
		case n == 1 && b[0] == '\n':
			return line.String(), nil
		case err != nil && line.Len() > 0:
			return line.String() + "\n", nil
		case err != nil:
			return "", err
		}
	}
}

// A source gives the parser its input line by line, when it wants more.
type source struct {
	next   func(incomplete bool) (string, error) // the next line, with its end
	parser *syntax.Parser
	line   string // what is left of the line
	text   strings.Builder
	err    error // what next returned last
}

func (s *source) Read(p []byte) (int, error) {
	if s.line == "" {
		if s.line, s.err = s.next(s.text.Len() > 0); s.err != nil {
			return 0, s.err
		}
		s.text.WriteString(s.line)
	}
	n := copy(p, s.line)
	s.line = s.line[n:]
	return n, nil
}

// commands yields the statements of one command, or of one line of them, as
// soon as it is complete.
func (s *source) commands() func(func([]*syntax.Stmt, error) bool) {
	s.parser = syntax.NewParser()
	return func(yield func([]*syntax.Stmt, error) bool) {
		for stmts, err := range s.parser.InteractiveSeq(s) {
			if err != nil {
				yield(nil, syntaxError{err})
				return
			}
			if s.parser.Incomplete() {
				continue
			}
			if !yield(stmts, nil) {
				return
			}
			s.text.Reset()
		}
	}
}

// statementText is a statement as a person knows it, in one line.
func statementText(stmt *syntax.Stmt) string {
	var text strings.Builder
	syntax.NewPrinter(syntax.SingleLine(true)).Print(&text, stmt)
	return strings.Join(strings.Fields(strings.ReplaceAll(text.String(), "\n", " ")), " ")
}

// A detachable is a background job and the number of processes after whose
// start it needs the shell no more; 0: it needs it to its end.
type detachable struct {
	job       *job.Job
	processes int
}
