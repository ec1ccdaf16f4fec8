package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/vole-linux/vole/internal/cli"
)

// ours marks the builtins that are ours, so that the interpreter takes them
// for programs and hands them to exec. No program has such a name.
const ours = "gosh:"

// A builtin does one command. An error is a cli.Usage, an interp.ExitStatus
// that says nothing, a passed, or what stopped it.
type builtin func(ctx context.Context, hc interp.HandlerContext, args []string) error

// passed is an error of the interpreter, which has to get it back as it is.
type passed struct{ error }

// builtin returns the builtin that a user may call by name, or nil.
func (sh *shell) builtin(name string) builtin {
	switch name {
	case "bg":
		return sh.bg
	case "disown":
		return sh.disown
	case "fg":
		return sh.fg
	case "help":
		return sh.help
	case "history":
		return sh.showHistory
	case "jobs":
		return sh.listJobs
	case "kill":
		return sh.kill
	case "logout":
		return sh.logout
	case "printf":
		return printf
	case "read":
		return read
	case "trap":
		return sh.trap
	case "ulimit":
		return ulimit
	case "umask":
		return umask
	case "wait":
		return sh.wait
	}
	return nil
}

// rewritten returns the builtin that only rewrite calls, or nil.
func (sh *shell) rewritten(name string) builtin {
	switch name {
	case "background":
		return sh.background
	case "end":
		return sh.backgroundEnd
	case "exit":
		return sh.logout
	case "exec":
		return sh.replaceProcess
	case "status":
		return setStatus
	case "stay":
		return sh.stay
	case "time":
		return timed
	}
	return nil
}

// isBuiltin says whether name is no program.
func isBuiltin(name string) bool { return interp.IsBuiltin(name) }

// call sees every simple command before it runs, and may put another in its
// place: our builtin for one that the interpreter lacks, or the action of a
// trap before it.
func (sh *shell) call(ctx context.Context, args []string) ([]string, error) {
	hc := interp.HandlerCtx(ctx)
	if action, ok := sh.traps.next(ctx); ok && args[0] != "exec" {
		return []string{"eval", action + "\n" + quotedAll(args)}, nil
	}
	switch args[0] {
	case "echo", "printf":
		if nobodyReads(hc.Stdout) {
			return []string{"exit", strconv.Itoa(128 + int(unix.SIGPIPE))}, nil
		}
		if args[0] == "echo" {
			return echoArgs(args), nil
		}
	case "command", "builtin":
		if args[0] == "command" && len(args) > 2 && args[1] == "-p" { // our PATH is the default one
			args = append([]string{"command"}, args[2:]...)
		}
		if len(args) > 1 && sh.builtin(args[1]) != nil {
			return append([]string{ours + args[1]}, args[2:]...), nil
		}
	case "eval":
		return sh.evalArgs(args), nil
	case "source", ".":
		return sh.sourceArgs(hc, args), nil
	case "cd":
		return cdArgs(args), nil
	}
	if sh.builtin(args[0]) != nil && !sh.functions.has(args[0]) {
		args = append([]string{ours + args[0]}, args[1:]...)
	}
	return args, nil
}

// runOurs runs one of our builtins and says what went wrong.
func (sh *shell) runOurs(ctx context.Context, hc interp.HandlerContext, name string, args []string) error {
	do := sh.builtin(name)
	if do == nil {
		do = sh.rewritten(name)
	}
	if do == nil {
		return sh.cannotRun(hc, ours+name, startError{errors.New("not found"), 127})
	}
	err := do(ctx, hc, args)
	var through passed
	var status interp.ExitStatus
	switch {
	case err == nil:
		return nil
	case errors.As(err, &through):
		return through.error
	case errors.As(err, &status):
		return status
	}
	return interp.ExitStatus(uint8(cli.Report(program+": "+name, err, hc.Stdout, hc.Stderr)))
}

// eval runs text in the shell that called a builtin.
func eval(ctx context.Context, hc interp.HandlerContext, text string) error {
	return pass(hc.Builtin(ctx, []string{"eval", text}))
}

func pass(err error) error {
	if err == nil {
		return nil
	}
	return passed{err}
}

func quoted(s string) string {
	q, err := syntax.Quote(strings.ReplaceAll(s, "\x00", ""), syntax.LangBash)
	if err != nil { // not valid UTF-8 in a way that can't be quoted
		return "''"
	}
	return q
}

func quotedAll(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = quoted(arg)
	}
	return strings.Join(words, " ")
}

// nobodyReads says whether w is a pipe whose reader is gone. The interpreter
// doesn't look at failed writes: without this, a loop around echo would never
// end in a pipeline with head.
func nobodyReads(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	gone := false
	raw.Control(func(fd uintptr) {
		poll := []unix.PollFd{{Fd: int32(fd)}}
		n, err := unix.Poll(poll, 0)
		gone = err == nil && n == 1 && poll[0].Revents&unix.POLLERR != 0
	})
	return gone
}

func setStatus(_ context.Context, _ interp.HandlerContext, args []string) error {
	status, err := strconv.Atoi(strings.Join(args, ""))
	if err != nil || status == 0 {
		return err
	}
	return interp.ExitStatus(uint8(status))
}

// help runs the program that shows manuals.
func (sh *shell) help(ctx context.Context, hc interp.HandlerContext, args []string) error {
	return sh.runProgram(ctx, hc, append([]string{"help"}, args...))
}

func (sh *shell) showHistory(_ context.Context, hc interp.HandlerContext, args []string) error {
	const form = "usage: history [-c | N]"
	lines := sh.history.Lines()
	first := 0
	switch {
	case len(args) > 1:
		return cli.Usage(form)
	case len(args) == 1 && args[0] == "-c":
		sh.history.Clear()
		return nil
	case len(args) == 1:
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 0 {
			return cli.Usage(form)
		}
		first = max(0, len(lines)-n)
	}
	for i, line := range lines[first:] {
		fmt.Fprintf(hc.Stdout, "%5d  %s\n", first+i+1, line)
	}
	return nil
}

func (sh *shell) logout(ctx context.Context, hc interp.HandlerContext, args []string) error {
	if sh.mustStay() {
		return sh.stay(ctx, hc, nil)
	}
	return pass(hc.Builtin(ctx, append([]string{"exit"}, args...)))
}
