// Package power is the three programs that end the life of a machine:
// poweroff, reboot and halt. They differ in one word.
//
// None of them stops the machine itself. Each asks process 1 to, with the
// signal that BusyBox's programs of these names send, and process 1 first
// lets everybody save his work. With -f nobody is asked.
//
// See reboot(2).
//
// # Bugs
//
// There is no delay and no message to others who are logged in: shutdown
// programs of the past did that.
//
// Next in the tour: none
package power

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/internal/cli"
)

// An End is one way to end.
type End struct {
	name    string         // of the program
	what    string         // it does
	signal  syscall.Signal // that asks process 1 for it
	command int            // that asks the kernel for it
}

// PowerOff switches the machine off. This and the other two are functions, so
// that programs which only link this package set up no variables at start.
func PowerOff() End {
	return End{"poweroff", "power off", syscall.SIGUSR2, unix.LINUX_REBOOT_CMD_POWER_OFF}
}

// Reboot starts the machine anew.
func Reboot() End { return End{"reboot", "reboot", syscall.SIGTERM, unix.LINUX_REBOOT_CMD_RESTART} }

// Halt stops the processors and leaves the power on.
func Halt() End { return End{"halt", "halt", syscall.SIGUSR1, unix.LINUX_REBOOT_CMD_HALT} }

const usage = `usage: %[1]s [-f]

%[1]s asks process 1 to stop all programs, unmount, and %[2]s.

  -f    ask nobody: write out the disks and %[2]s at once

  %[1]s        the orderly way
  %[1]s -f     when process 1 does not answer any more
`

// A Machine is what the programs touch; tests bring their own.
type Machine struct {
	Kill   func(pid int, sig syscall.Signal) error
	Sync   func()
	Reboot func(command int) error
	Ended  <-chan os.Signal // process 1 ends this process, too
	Wait   time.Duration    // for that
}

// Linux is the real one.
func Linux() Machine {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGHUP)
	return Machine{Kill: syscall.Kill, Sync: unix.Sync, Reboot: unix.Reboot, Ended: ended, Wait: 10 * time.Second}
}

// Run is the whole program. It does not return before the end, so that a
// shell shows no prompt that nobody can use.
func (m Machine) Run(end End, args []string, _ io.Reader, _, _ io.Writer) error {
	flags := flag.NewFlagSet(end.name, flag.ContinueOnError)
	force := flags.Bool("f", false, "")
	if err := cli.Parse(flags, args, fmt.Sprintf(usage, end.name, end.what)); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return cli.Usagef("unexpected argument %q", flags.Arg(0))
	}
	if *force {
		return m.force(end)
	}
	if err := m.Kill(1, end.signal); err != nil {
		return refused(fmt.Errorf("cannot ask process 1: %w", err))
	}
	select {
	case <-m.Ended:
		return nil
	case <-time.After(m.Wait):
		return cli.Hint(fmt.Errorf("cannot %s: process 1 has done nothing for %v", end.what, m.Wait), end.name+" -f asks nobody")
	}
}

func (m Machine) force(end End) error {
	m.Sync()
	if err := m.Reboot(end.command); err != nil {
		return refused(fmt.Errorf("cannot %s: %w", end.what, err))
	}
	return nil
}

func refused(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return cli.Hint(err, "only root may do this")
	}
	return err
}
