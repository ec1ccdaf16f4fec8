// Pgrep prints the numbers of processes, found by name.
//
// Usage:
//
//	pgrep [-fixvnolac] [-d TEXT] [-u USER,...] [-P PID,...] [PATTERN]
//
// PATTERN is an extended regular expression, found anywhere in the name of the
// program.
//
//	-f       find it in the whole command line
//	-x       the name must match as a whole
//	-i       ignore case              -v       those that do not match
//	-n, -o   only the newest, oldest  -c       only how many
//	-u LIST  of those users           -P LIST  children of those processes
//	-l, -a   names, command lines too -d TEXT  between numbers, not newline
//
// Examples:
//
//	pgrep -l sshd
//	pgrep -f 'gosh .*backup'
//	ps -p $(pgrep -d, -u root)
//
// # Exit status
//
// 0 some process was found, 1 none, 2 usage.
//
// pgrep never finds itself. Links: pkill sends a signal to what pgrep finds.
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

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/cmds/internal/procmatch"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: pgrep [-fixvnolac] [-d TEXT] [-u USER,...] [-P PID,...] [PATTERN]

  pgrep -l sshd              numbers and names
  pgrep -f 'gosh .*backup'   by command line
  pgrep -u root -n           the newest of root's

  -f whole command line  -x whole name     -i ignore case  -v the others
  -n newest              -o oldest         -c count        -l names  -a command lines`

// A machine is what pgrep asks of the system.
type machine struct {
	proc  proc.FS
	pid   int // of pgrep itself
	users *owner.Names
}

func main() {
	linux := machine{proc: "/proc", pid: os.Getpid(), users: owner.Users()}
	cli.Exit("pgrep", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var matcher procmatch.Matcher
	var names, lines, count bool
	delimiter := "\n"
	set := getopt.New(usage)
	matcher.Options(set, m.users)
	set.Flag(&names, "l", "list-name")
	set.Flag(&lines, "a", "list-full")
	set.Flag(&count, "c", "count")
	set.Text(&delimiter, "d", "delimiter")
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
	s := stdio.New("pgrep", stdin, stdout, stderr)
	chosen := matcher.Choose(all, m.pid)
	if count {
		fmt.Fprintln(s.Out, len(chosen))
	} else {
		for i, p := range chosen {
			if i > 0 {
				s.Out.WriteString(delimiter)
			}
			s.Out.WriteString(strconv.Itoa(p.PID))
			switch {
			case lines:
				s.Out.WriteString(" " + stdio.Quote(p.Command()))
			case names:
				s.Out.WriteString(" " + stdio.Quote(p.Program()))
			}
		}
		if len(chosen) > 0 {
			s.Out.WriteByte('\n')
		}
	}
	if len(chosen) == 0 {
		s.Fail(cli.StatusFailed)
	}
	return s.End()
}
