// Killall sends a signal to all processes of a program, by its exact name.
//
// Usage:
//
//	killall [-SIGNAL | -s SIGNAL] [-q] [-v] NAME...
//	killall -l
//
//	-q  no complaint if there is no such process
//	-v  print what was signalled
//	-l  list the signals
//
// The signal is TERM unless another is named. A NAME with a slash is compared
// with the path that the program was called by.
//
// Examples:
//
//	killall -HUP gologd
//	killall -q -9 sleep
//
// # Exit status
//
// 0 each NAME had a process that was signalled, 1 one had none, 2 usage.
//
// Links: kill(2), signal(7). pkill finds by pattern.
//
// # Bugs
//
// A script is known by the name of its shell.
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
	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/signame"
)

const usage = `usage: killall [-SIGNAL | -s SIGNAL] [-qv] NAME... | killall -l

  killall gologd         ask all of that name to end
  killall -HUP gologd    read the configuration again

  -q no complaint if there is none  -v print what was signalled  -l list signals`

// A machine is what killall asks of the system.
type machine struct {
	proc proc.FS
	pid  int // of killall itself
	kill func(pid int, sig syscall.Signal) error
}

func main() {
	linux := machine{proc: "/proc", pid: os.Getpid(), kill: syscall.Kill}
	cli.Exit("killall", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	sig, args, found := signame.TakeArgAnywhere(args)
	if !found {
		sig = syscall.SIGTERM
	}
	var quiet, verbose, list bool
	set := getopt.New(usage)
	set.Flag(&quiet, "q", "quiet")
	set.Flag(&verbose, "v", "verbose")
	set.Flag(&list, "l", "list")
	set.Value(func(name string) (err error) { sig, err = signame.Parse(name); return err }, "s", "signal")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("killall", stdin, stdout, stderr)
	switch {
	case list:
		for _, sig := range signame.All() {
			s.Out.WriteString(signame.Name(sig) + "\n")
		}
		return s.End()
	case len(names) == 0:
		return set.Usagef("a name is missing")
	}
	all, err := m.proc.List()
	if err != nil {
		return stdio.Cannot("read", string(m.proc), err)
	}
	for _, name := range names {
		switch count := m.signal(s, all, name, sig, verbose); {
		case count > 0:
		case quiet:
			s.Fail(cli.StatusFailed)
		default:
			s.Complain(fmt.Errorf("cannot find a process called %s", stdio.Quote(name)))
		}
	}
	return s.End()
}

// signal sends sig to each process of a program, and returns how many there are.
func (m machine) signal(s *stdio.Streams, all []proc.Process, name string, sig syscall.Signal, verbose bool) int {
	count := 0
	for _, p := range all {
		called := p.Program()
		if strings.Contains(name, "/") && len(p.Args) > 0 {
			called = p.Args[0]
		}
		if called != name || p.PID == m.pid {
			continue
		}
		count++
		if err := m.kill(p.PID, sig); err != nil && err != syscall.ESRCH {
			s.Complain(stdio.Cannot("signal", strconv.Itoa(p.PID), err))
		} else if verbose {
			fmt.Fprintf(s.Out, "sent %s to %d %s\n", signame.Name(sig), p.PID, stdio.Quote(called))
		}
	}
	return count
}
