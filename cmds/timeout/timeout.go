// Timeout runs a program and ends it when it takes too long.
//
// Usage:
//
//	timeout [-fpv] [-s SIGNAL] [-k DURATION] DURATION PROGRAM [ARG...]
//
//	-s SIGNAL    what it is ended with (else TERM)
//	-k DURATION  KILL it if it still runs so long after that
//	-v           say so when a signal is sent
//	-p, --preserve-status  the exit status is that of PROGRAM even so
//	-f, --foreground       PROGRAM may use the terminal; only it is ended, not what
//	                       it has started
//
// DURATION is a number, which may have a fraction, and s, m, h or d for seconds,
// minutes, hours or days. 0 is no limit.
//
// Examples:
//
//	timeout 5 ping 192.0.2.1
//	timeout -k 10 1m PROGRAM      KILL if TERM was not enough
//	timeout -f 1h less FILE          else it could not use the terminal
//
// # Exit status
//
// That of PROGRAM, 128 and the number of the signal that ended it; 124 it took
// too long, 137 and had to be killed; 125 failed, 126 PROGRAM can't be run, 127
// it is not there, 2 usage.
//
// PROGRAM gets a process group of its own, so that all it has started gets the
// signal; HUP, INT, QUIT and TERM that timeout gets are handed on.
//
// Links: POSIX.1-2024 timeout; signal(7), setpgid(2).
//
// # Bugs
//
// Ctrl-Z stops timeout, but not PROGRAM.
//
// Next in the tour: none
package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/signame"
)

const usage = `usage: timeout [-fpv] [-s SIGNAL] [-k DURATION] DURATION PROGRAM [ARG...]

  timeout 5 ping 192.0.2.1
  timeout -k 10 1m PROGRAM   TERM after a minute, KILL ten seconds later

  DURATION: 5, 0.5s, 2m, 1h, 1d; 0 is no limit
  -s SIGNAL instead of TERM  -v say when it is sent  -p preserve the status  -f foreground`

// A machine is the clock, and the signals that timeout itself gets.
type machine struct {
	after   func(time.Duration) <-chan time.Time
	signals <-chan os.Signal
}

// options are what the command line asks for.
type options struct {
	limit, killAfter              time.Duration // 0: none
	signal                        syscall.Signal
	preserve, foreground, verbose bool
}

// Exit statuses that POSIX gives to programs that run another one.
const (
	tookTooLong = 124
	failed      = 125
	notRun      = 126
	notFound    = 127
	bySignal    = 128 // and its number
)

type withStatus struct {
	error
	status int
}

func (w withStatus) ExitStatus() int { return w.status }

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	linux := machine{after: time.After, signals: signals}
	cli.Exit("timeout", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, command, err := parse(args)
	if err != nil {
		return err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !o.foreground}
	if err := cmd.Start(); err != nil {
		status := notRun
		switch {
		case errors.Is(err, exec.ErrNotFound) || errors.Is(err, unix.ENOENT):
			err, status = unix.ENOENT, notFound
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ENOMEM):
			status = failed
		}
		return withStatus{stdio.Cannot("run", command[0], err), status}
	}
	tooLong, killed := m.watch(o, cmd.Process.Pid, func(sig syscall.Signal) {
		if o.verbose {
			fmt.Fprintf(stderr, "timeout: sending %s to %s\n", signame.Name(sig), stdio.Quote(command[0]))
		}
	})
	err = cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return withStatus{stdio.Cannot("wait for", command[0], err), failed}
	}
	return status(cmd.ProcessState.Sys().(syscall.WaitStatus), tooLong && !o.preserve, killed)
}

// status is how timeout ends if the program ended so.
func status(ended syscall.WaitStatus, tooLong, killed bool) error {
	switch {
	case tooLong && killed:
		return cli.Status(bySignal + int(syscall.SIGKILL))
	case tooLong:
		return cli.Status(tookTooLong)
	case ended.Signaled():
		return cli.Status(bySignal + int(ended.Signal()))
	case ended.ExitStatus() != 0:
		return cli.Status(ended.ExitStatus())
	}
	return nil
}

func parse(args []string) (*options, []string, error) {
	o := &options{signal: syscall.SIGTERM}
	set := getopt.New(usage)
	set.StopAtOperand()
	set.Value(func(name string) (err error) { o.signal, err = signame.Parse(name); return err }, "s", "signal")
	set.Value(func(text string) (err error) { o.killAfter, err = parseDuration(text); return err }, "k", "kill-after")
	set.Flag(&o.verbose, "v", "verbose")
	set.Flag(&o.preserve, "p", "preserve-status")
	set.Flag(&o.foreground, "f", "foreground")
	operands, err := set.Parse(args)
	switch {
	case err != nil:
		return nil, nil, err
	case len(operands) == 0:
		return nil, nil, set.Usagef("a duration is missing")
	case len(operands) == 1:
		return nil, nil, set.Usagef("a program is missing")
	}
	if o.limit, err = parseDuration(operands[0]); err != nil {
		return nil, nil, set.Usagef("%v", err)
	}
	return o, operands[1:], nil
}

// parseDuration reads 5, 0.5s, 2m, 1h or 1d.
func parseDuration(text string) (time.Duration, error) {
	unit, digits := time.Second, text
	if text != "" {
		last := len(text) - 1
		const day = 24 * time.Hour
		if u := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day}[text[last]]; u > 0 {
			unit, digits = u, text[:last]
		}
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || n < 0 || n != n {
		return 0, fmt.Errorf("%q is no duration such as 5, 0.5s, 2m, 1h or 1d", text)
	}
	n *= float64(unit)
	switch {
	case n >= math.MaxInt64:
		return math.MaxInt64, nil
	case n > 0 && n < 1: // not without a limit
		return 1, nil
	}
	return time.Duration(n), nil
}

// watch sends signals to the process until it has ended, which is left to be
// seen by its parent: so the number can't be that of another one meanwhile.
func (m machine) watch(o *options, pid int, tell func(syscall.Signal)) (tooLong, killed bool) {
	ended := make(chan struct{})
	go func() {
		for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
		}
		close(ended)
	}()
	target := -pid // its group
	if o.foreground {
		target = pid
	}
	send := func(sig syscall.Signal) {
		syscall.Kill(target, sig)
		if sig != syscall.SIGKILL && sig != syscall.SIGCONT {
			syscall.Kill(target, syscall.SIGCONT) // a stopped one would not see it
		}
		killed = killed || sig == syscall.SIGKILL
	}
	var expired <-chan time.Time
	if o.limit > 0 {
		expired = m.after(o.limit)
	}
	next := o.signal
	for {
		select {
		case <-ended:
			return tooLong, killed
		case sig := <-m.signals:
			send(sig.(syscall.Signal))
		case <-expired:
			expired = nil
			if o.killAfter > 0 && next != syscall.SIGKILL {
				expired = m.after(o.killAfter)
			}
			tooLong = true
			tell(next)
			send(next)
			next = syscall.SIGKILL
		}
	}
}
