// Pkill sends a signal to processes, found by name.
//
// Usage:
//
//	pkill [-SIGNAL | -s SIGNAL] [-fixvnoe] [-u USER,...] [-P PID,...] [PATTERN]
//
// PATTERN and the options that choose are those of pgrep: try "pgrep -l" with
// them first. The signal is TERM unless another is named (kill -l lists them).
//
//	-e  print what was signalled
//
// Examples:
//
//	pkill -HUP gologd           read the configuration again
//	pkill -x -u alice gosh      end all shells of alice
//
// # Exit status
//
// 0 a process was signalled, 1 none was found or one could not be, 2 usage.
//
// pkill never signals itself. A pattern that matches process 1 reaches init, which
// ignores what it does not handle. Links: kill(2), signal(7).
//
// # Bugs
//
// Between finding and signalling a process may end, and its number may belong
// to another (pidfd_send_signal(2) would rule that out).
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/cmds/internal/procmatch"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/signame"
)

const usage = `usage: pkill [-SIGNAL | -s SIGNAL] [-fixvnoe] [-u USER,...] [-P PID,...] [PATTERN]

  pkill gologd           ask it to end
  pkill -HUP gologd      read the configuration again
  pkill -9 -f 'sleep 1'  by command line, at once

  -f whole command line  -x whole name  -i ignore case  -v the others
  -n newest              -o oldest      -e print what was signalled`

// A machine is what pkill asks of the system.
type machine struct {
	proc  proc.FS
	pid   int // of pkill itself
	users *owner.Names
	kill  func(pid int, sig syscall.Signal) error
}

func main() {
	linux := machine{proc: "/proc", pid: os.Getpid(), users: owner.Users(), kill: syscall.Kill}
	cli.Exit("pkill", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	sig, args, found := signame.TakeArgAnywhere(args)
	if !found {
		sig = syscall.SIGTERM
	}
	var matcher procmatch.Matcher
	var echo bool
	set := getopt.New(usage)
	matcher.Options(set, m.users)
	set.Flag(&echo, "e", "echo")
	set.Value(func(name string) (err error) { sig, err = signame.Parse(name); return err }, "s", "signal")
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if err := matcher.Operands(set, operands); err != nil {
		return err
	}
	all, err := m.proc.List()
	if err != nil {
		return stdio.Cannot("read", string(m.proc), err)
	}
	s := stdio.New("pkill", stdin, stdout, stderr)
	signalled := 0
	for _, p := range matcher.Choose(all, m.pid) {
		switch err := m.kill(p.PID, sig); {
		case err == syscall.ESRCH: // it has ended meanwhile
		case err != nil:
			s.Complain(stdio.Cannot("signal", strconv.Itoa(p.PID), err))
		default:
			signalled++
			if echo {
				fmt.Fprintf(s.Out, "%d %s\n", p.PID, stdio.Quote(p.Program()))
			}
		}
	}
	if signalled == 0 {
		s.Fail(cli.StatusFailed)
	}
	return s.End()
}
