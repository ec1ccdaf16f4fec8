// Ps lists processes.
//
// Usage:
//
//	ps [-eAaf] [-p PID,...] [-u USER,...] [-C NAME,...] [-o FIELD,...] [--sort KEY,...]
//	ps aux
//
// Without options it lists your processes on this terminal.
//
// Which processes:
//
//	-e, -A     all                 -p LIST  those numbers, also without -p
//	-a         all with a terminal, without those that lead a session (shells)
//	-u LIST    of those users      -C LIST  of those programs
//	a x        the BSD way: of all users, also without terminal ("ps ax" is all)
//
// What is told:
//
//	-f         user, parent, start, processor time, command line
//	u          the BSD way: user, shares of processor and memory, sizes, state
//	-o, o LIST the fields in LIST; -o pid= has no heading, -o pid=NUMBER that one
//	--sort L   in order of those fields, -FIELD downwards, such as --sort=-rss
//	--no-headers
//	-w, w      lines as long as they are (else cut to the terminal)
//
// Fields: pid ppid pgid sid user uid group gid stat s tty time etime start lstart
// pcpu (%cpu) pmem (%mem) vsz rss (KiB) nice pri nlwp (threads) comm args (cmd,
// command).
//
// A state (stat) is R running, S sleeping, D waiting for a disk, Z ended but
// not waited for, T stopped, I idle kernel thread; then < high or N low
// priority, L locked pages, s leader of a session, l many threads, + in front
// of its terminal.
//
// Examples:
//
//	ps aux | grep sshd
//	ps -ef
//	ps -e -o pid,rss,args --sort=-rss | head    who uses most memory
//	ps -o etime= -p 1                           how long init has been running
//
// # Exit status
//
// 0 done, 1 no process was selected, 2 usage.
//
// All is read from /proc (cmds/internal/proc). The share of the processor is
// that of the whole life of the process, as POSIX has it; top shows the last
// seconds.
//
// Links: POSIX.1-2024 ps; proc(5).
//
// # Bugs
//
// Threads (-L, -T) and the forest (-H, f) are missing.
//
// Next in the tour: none
package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: ps [-eAafw] [-p PID,...] [-u USER,...] [-C NAME,...] [-o FIELD,...] [--sort KEY,...] | ps aux

  ps                                     mine, on this terminal
  ps aux                                 all, with shares of processor and memory
  ps -ef                                 all, with parents
  ps -e -o pid,rss,args --sort=-rss      all, the largest first

  fields: pid ppid pgid sid user uid group gid stat s tty time etime start lstart
          pcpu pmem vsz rss nice pri nlwp comm args`

// A machine is what ps asks of the system.
type machine struct {
	proc      proc.FS
	pid       int // of ps itself
	now       func() time.Time
	zone      *time.Location
	lineWidth func() int // of the terminal, 0 if standard output is none
	users     *owner.Names
	groups    *owner.Names
}

func main() {
	linux := machine{
		proc:      "/proc",
		pid:       os.Getpid(),
		now:       time.Now,
		zone:      time.Local,
		lineWidth: lineWidth,
		users:     owner.Users(),
		groups:    owner.Groups(),
	}
	cli.Exit("ps", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func lineWidth() int {
	const vt100 = 80
	if !term.IsTerminal(1) {
		return 0
	}
	if width, _, err := term.GetSize(1); err == nil && width > 0 {
		return width
	}
	return vt100
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := m.parse(args)
	if err != nil {
		return err
	}
	all, err := m.proc.List()
	if err != nil {
		return stdio.Cannot("read", string(m.proc), err)
	}
	chosen := m.choose(all, o)
	t, err := m.newTable(o.columns)
	if err != nil {
		return err
	}
	t.sort(chosen, o.keys)
	s := stdio.New("ps", stdin, stdout, stderr)
	width := 0
	if !o.wide {
		width = m.lineWidth()
	}
	t.print(s.Out.Writer, chosen, !o.noHeadings, width)
	if len(chosen) == 0 {
		s.Fail(cli.StatusFailed)
	}
	return s.End()
}

// choose returns the processes that o asks for.
func (m machine) choose(all []proc.Process, o options) []proc.Process {
	var self proc.Process
	for _, p := range all {
		if p.PID == m.pid {
			self = p
		}
	}
	var chosen []proc.Process
	for _, p := range all {
		mine, here := p.EUID == self.EUID, p.TTY == self.TTY
		switch {
		case o.all,
			o.terminals && p.TTY != 0 && p.Session != p.PID,
			o.pids[p.PID], o.names[p.Program()], o.users[p.EUID],
			!o.chosen() && o.bsdA && o.bsdX,
			!o.chosen() && o.bsdA && p.TTY != 0,
			!o.chosen() && o.bsdX && mine,
			!o.chosen() && !o.bsdA && !o.bsdX && !o.terminals && mine && here:
			chosen = append(chosen, p)
		}
	}
	return chosen
}
