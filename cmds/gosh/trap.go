package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/cmds/internal/job"
	"github.com/vole-linux/vole/internal/cli"
)

// A signalled is why a script is cancelled: a signal that it doesn't trap.
type signalled syscall.Signal

func (s signalled) Error() string { return syscall.Signal(s).String() }

// traps is what the shell does on signals. A signal is noted when it comes;
// its action runs before the next command of the shell's own goroutine.
type traps struct {
	mu      sync.Mutex // guards all fields
	actions map[syscall.Signal]string
	pending []syscall.Signal
	ended   syscall.Signal          // the signal that ends the script, or 0
	wake    context.CancelCauseFunc // of the builtin that waits, or nil
	signals chan os.Signal          // nil until the shell listens
}

// listen makes the shell see signals. What they do is decided by deliver.
func (sh *shell) listen(signals ...os.Signal) {
	t := &sh.traps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.signals == nil {
		t.signals = make(chan os.Signal, 16)
		go func(signals <-chan os.Signal) {
			for sig := range signals {
				sh.deliver(sig.(syscall.Signal))
			}
		}(t.signals)
	}
	signal.Notify(t.signals, signals...)
}

// heed is listen, but a signal that was ignored when the shell started stays
// so, for the shell and for its programs: that is what nohup is made of, and
// the & of a script.
func (sh *shell) heed(signals ...os.Signal) {
	for _, sig := range signals {
		if !sh.traps.isInherited(sig) {
			sh.listen(sig)
		}
	}
}

// stopListening undoes listen.
func (sh *shell) stopListening() {
	t := &sh.traps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.signals != nil {
		signal.Stop(t.signals)
		close(t.signals)
		t.signals = nil
	}
}

// deliver does what a signal asks for. It runs in a goroutine of its own.
func (sh *shell) deliver(sig syscall.Signal) {
	atPrompt := sh.interactive && sig == unix.SIGINT // Ctrl-C works there in any case
	if sh.traps.note(sig) && !atPrompt {
		return
	}
	sh.mu.Lock()
	current, cancel := sh.current, sh.cancel
	sh.mu.Unlock()
	switch {
	case !sh.interactive:
		sh.traps.end(sig)
		if cancel != nil {
			cancel(signalled(sig))
		}
	case sig == unix.SIGHUP:
		sh.hangUp()
	case sig == unix.SIGINT && current != nil:
		current.Interrupt()
	case sig == unix.SIGINT:
		sh.interruptPrompt()
	}
}

// isInherited says whether sig is ignored by the will of who started the
// shell, and not by that of the script.
func (t *traps) isInherited(sig os.Signal) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, trapped := t.actions[sig.(syscall.Signal)]
	return !trapped && signal.Ignored(sig)
}

// note says whether sig is trapped, and if so remembers that it came.
func (t *traps) note(sig syscall.Signal) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, trapped := t.actions[sig]; !trapped {
		return false
	}
	t.pending = append(t.pending, sig)
	if t.wake != nil {
		t.wake(signalled(sig))
	}
	return true
}

func (t *traps) end(sig syscall.Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = sig
}

// fatal returns the signal that ends the script, or 0.
func (t *traps) fatal() syscall.Signal {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

// next returns the action of a signal that has come and takes it off the
// list. Background statements are not asked to run it.
func (t *traps) next(ctx context.Context) (action string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.pending) == 0 || inBackground(ctx) {
		return "", false
	}
	action = t.actions[t.pending[0]] // empty if trap has changed its mind since
	t.pending = t.pending[1:]
	return action, action != ""
}

func inBackground(ctx context.Context) bool {
	j := job.From(ctx)
	return j != nil && j.IsBackground()
}

// interruptible returns a context that a trapped signal cancels.
func (t *traps) interruptible(ctx context.Context) (context.Context, func()) {
	if inBackground(ctx) {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t.setWake(cancel)
	return ctx, func() {
		t.setWake(nil)
		cancel(nil)
	}
}

func (t *traps) setWake(wake context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wake = wake
}

// trap is trap [ACTION] CONDITION... The interpreter knows EXIT and ERR; the
// signals are ours.
func (sh *shell) trap(ctx context.Context, hc interp.HandlerContext, args []string) error {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	switch {
	case len(args) == 0:
		return sh.listTraps(ctx, hc, nil)
	case args[0] == "-p":
		return sh.listTraps(ctx, hc, args[1:])
	case len(args) == 1 && args[0] == "-l":
		return listSignals(hc, nil)
	case len(args) == 1:
		args = []string{"-", args[0]}
	}
	action := args[0]
	if text, ok := sh.rewrittenText(action, "trap"); ok && strings.ContainsAny(action, "&$") {
		action = text // the interpreter would not know what $! is
	}
	for _, condition := range args[1:] {
		if err := sh.trapOne(ctx, hc, action, condition); err != nil {
			return err
		}
	}
	return nil
}

func (sh *shell) trapOne(ctx context.Context, hc interp.HandlerContext, action, condition string) error {
	if condition == "0" {
		condition = "EXIT"
	}
	if condition == "EXIT" || condition == "ERR" {
		if condition == "EXIT" && action != "-" && !sh.interactive {
			// Signals must not end the script before the action has run.
			sh.heed(unix.SIGHUP, unix.SIGINT, unix.SIGTERM)
		}
		return pass(hc.Builtin(ctx, []string{"trap", action, condition}))
	}
	sig, ok := signalByName(condition)
	if !ok || sig == unix.SIGKILL || sig == unix.SIGSTOP {
		return cli.Usagef("cannot trap %s", condition)
	}
	if !sh.interactive && sh.traps.isInherited(sig) {
		return nil // POSIX: it can be neither trapped nor reset
	}
	sh.traps.set(sig, action)
	switch {
	case action == "" && !sh.interactive:
		signal.Ignore(sig) // for the programs too
	case action == "-" && !sh.interactive:
		resetSignal(sig)
	default:
		sh.listen(sig)
	}
	return nil
}

// resetSignal makes sig do what it does to any program. Reset alone undoes
// Notify, and not Ignore.
func resetSignal(sig syscall.Signal) {
	signal.Notify(make(chan os.Signal, 1), sig)
	signal.Reset(sig)
}

func (t *traps) set(sig syscall.Signal, action string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.actions == nil {
		t.actions = map[syscall.Signal]string{}
	}
	if t.actions[sig] = action; action == "-" {
		delete(t.actions, sig)
	}
}

// listTraps shows the traps on the conditions, or all of them.
func (sh *shell) listTraps(ctx context.Context, hc interp.HandlerContext, conditions []string) error {
	wanted := map[syscall.Signal]bool{}
	for _, condition := range conditions {
		sig, ok := signalByName(condition)
		if !ok && condition != "EXIT" && condition != "ERR" {
			return cli.Usagef("cannot trap %s", condition)
		}
		wanted[sig] = true
	}
	if len(wanted) == 0 || wanted[0] { // the interpreter shows EXIT and ERR together
		if err := hc.Builtin(ctx, []string{"trap"}); err != nil {
			return pass(err)
		}
	}
	sh.traps.mu.Lock()
	defer sh.traps.mu.Unlock()
	for _, sig := range slices.Sorted(maps.Keys(sh.traps.actions)) {
		if len(wanted) > 0 && !wanted[sig] {
			continue
		}
		name := strings.TrimPrefix(unix.SignalName(sig), "SIG")
		if name == "" {
			name = strconv.Itoa(int(sig))
		}
		fmt.Fprintf(hc.Stdout, "trap -- %s %s\n", quoted(sh.traps.actions[sig]), name)
	}
	return nil
}
