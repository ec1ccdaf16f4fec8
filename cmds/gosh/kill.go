package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/internal/cli"
)

const killUsage = cli.Usage("usage: kill [-SIGNAL] PID|%JOB..., or kill -l")

// lastSignal is the highest number a signal can have: SIGRTMAX.
const lastSignal = 64

// signalByName knows TERM, SIGTERM and 15.
func signalByName(name string) (syscall.Signal, bool) {
	if n, err := strconv.Atoi(name); err == nil {
		return syscall.Signal(n), n >= 0 && n <= lastSignal
	}
	name = strings.TrimPrefix(strings.ToUpper(name), "SIG")
	sig := unix.SignalNum("SIG" + name)
	return sig, sig != 0
}

// kill is kill [-SIGNAL | -s SIGNAL] PID|%JOB..., and kill -l [STATUS...].
func (sh *shell) kill(_ context.Context, hc interp.HandlerContext, args []string) error {
	sig := unix.SIGTERM
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		name := args[0][1:]
		args = args[1:]
		switch {
		case name == "l":
			return listSignals(hc, args)
		case (name == "s" || name == "n") && len(args) > 0:
			name, args = args[0], args[1:]
		case name == "-":
			name = "TERM"
		}
		var ok bool
		if sig, ok = signalByName(name); !ok {
			return cli.Hint(cli.Usagef("unknown signal %s", name), "kill -l lists them")
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return killUsage
	}
	var failed error
	for _, target := range args {
		if err := sh.killOne(target, sig); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", target, err))
		}
	}
	return failed
}

func (sh *shell) killOne(target string, sig syscall.Signal) error {
	if strings.HasPrefix(target, "%") {
		j, err := sh.jobs.Find(target)
		if err != nil {
			return err
		}
		return j.Signal(sig)
	}
	const bits = 32 // of a pid_t: the kernel would take 4294967295 for -1, everything
	number, err := strconv.ParseInt(target, 10, bits)
	if err != nil {
		return killUsage
	}
	pid := int(number)
	if pid == os.Getpid() && sh.tellItself(sig) {
		return nil
	}
	return unix.Kill(pid, sig)
}

// tellItself is kill $$. A signal that goes through the kernel comes when one
// of our threads has the time, and the next command would run before it.
func (sh *shell) tellItself(sig syscall.Signal) (told bool) {
	if sh.traps.note(sig) {
		return true
	}
	if sh.interactive || signal.Ignored(sig) {
		return false
	}
	switch sig {
	case unix.SIGHUP, unix.SIGINT, unix.SIGTERM:
		sh.deliver(sig)
		return true
	}
	return false
}

func listSignals(hc interp.HandlerContext, args []string) error {
	for _, arg := range args {
		sig, ok := signalByName(arg)
		if n, err := strconv.Atoi(arg); err == nil && n > 128 {
			sig, ok = syscall.Signal(n-128), true
		}
		name := strings.TrimPrefix(unix.SignalName(sig), "SIG")
		if !ok || name == "" {
			return cli.Usagef("unknown signal %s", arg)
		}
		fmt.Fprintln(hc.Stdout, name)
	}
	for n := syscall.Signal(1); len(args) == 0 && n < lastSignal; n++ {
		if name := unix.SignalName(n); name != "" {
			fmt.Fprintf(hc.Stdout, "%2d %s\n", n, name)
		}
	}
	return nil
}
