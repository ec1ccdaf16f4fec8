// Kill sends a signal to processes.
//
// Usage:
//
//	kill [-s SIGNAL | -SIGNAL] PID...
//	kill -l [NUMBER...]
//
// The signal is TERM, which asks a process to end, unless another is named:
// by its number or by its name, with or without SIG.
//
//	-l  list the names of all signals, or of NUMBERs; a NUMBER above 128 is an
//	    exit status, which says what signal ended a program
//
// A PID of -N means the process group N (write "kill -- -N" or name a signal),
// 0 the group of kill itself, -1 everything that one may signal. Signal 0 sends
// nothing and tells whether the process is there.
//
// Examples:
//
//	kill 214           please end
//	kill -9 214        end at once, without saving anything
//	kill -STOP 214     stop; kill -CONT 214 lets it go on
//	kill -l 137        what ended a program with status 137: KILL
//
// # Exit status
//
// 0 each PID was signalled, 1 one was not, 2 usage.
//
// The shell has a kill of its own, which knows its jobs (%1).
//
// Links: POSIX.1-2024 kill; kill(2), signal(7).
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/signame"
)

const usage = `usage: kill [-s SIGNAL | -SIGNAL] PID... | kill -l [NUMBER...]

  kill 214         please end
  kill -9 214      end at once
  kill -HUP 214    to many daemons: read the configuration again
  kill -- -214     the whole process group 214
  kill -l          list signals`

// A machine is the system call that tests must not make.
type machine struct {
	kill func(pid int, sig syscall.Signal) error
}

func main() {
	linux := machine{kill: syscall.Kill}
	cli.Exit("kill", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	sig, args, found := signame.TakeArg(args)
	if !found {
		sig = syscall.SIGTERM
	}
	list := false
	set := getopt.New(usage)
	set.StopAtOperand() // what follows may be a group, -N
	set.Flag(&list, "l", "list")
	set.Value(func(name string) (err error) { found = true; sig, err = signame.Parse(name); return err }, "s", "signal")
	if found && len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--" {
		args = append([]string{"--"}, args...) // after a signal -N is a group
	}
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("kill", stdin, stdout, stderr)
	switch {
	case list:
		err = names(s, operands)
	case len(operands) == 0:
		err = set.Usagef("a process number is missing")
	default:
		err = m.signal(s, operands, sig)
	}
	if err != nil {
		return err
	}
	return s.End()
}

func (m machine) signal(s *stdio.Streams, operands []string, sig syscall.Signal) error {
	var pids []int
	for _, operand := range operands {
		const bits = 32 // of a pid_t: the kernel would take 4294967295 for -1, everything
		pid, err := strconv.ParseInt(operand, 10, bits)
		if err != nil { // before any signal is sent
			return cli.Hint(cli.Usagef("%q is no process number", operand), "pkill and killall know names")
		}
		pids = append(pids, int(pid))
	}
	for _, pid := range pids {
		if err := m.kill(pid, sig); err != nil {
			s.Complain(stdio.Cannot("signal", strconv.Itoa(pid), err))
		}
	}
	return nil
}

// names lists signals. A name leads to its number, a number to its name.
func names(s *stdio.Streams, operands []string) error {
	if len(operands) == 0 {
		for _, sig := range signame.All() {
			fmt.Fprintf(s.Out, "%2d %s\n", sig, signame.Name(sig))
		}
	}
	for _, operand := range operands {
		n, err := strconv.Atoi(operand)
		const ended = 128 // added to the signal in an exit status
		if err == nil && n > ended {
			operand = strconv.Itoa(n - ended)
		}
		sig, parseErr := signame.Parse(operand)
		switch {
		case parseErr != nil:
			return cli.Usage(parseErr.Error())
		case err != nil:
			fmt.Fprintln(s.Out, int(sig))
		default:
			fmt.Fprintln(s.Out, signame.Name(sig))
		}
	}
	return nil
}
