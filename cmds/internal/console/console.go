// Package console finds and opens the terminal at which a person sits when no
// service is up yet.
//
// The kernel may have several consoles, one for each console= of its command
// line; /dev/console stands for the last of them. It can be written to, but it
// can not be the controlling terminal of a session, so a shell on it has no
// job control and no Ctrl-C. /sys/class/tty/console/active names the real
// terminal, and that is what Open is for.
//
// See console_ioctl(4), tty(4), termios(3) and the kernel's
// admin-guide/serial-console.rst.
//
// # Bugs
//
// A video console is always the first virtual terminal.
//
// Next in the tour: none
package console

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Device stands for the last console of the kernel's command line.
const Device = "/dev/console"

// Active is the kernel's list of consoles, separated by spaces.
const Active = "/sys/class/tty/console/active"

// Terminal returns the device of the terminal behind Device, given the text of
// the file Active. Without that text it is Device itself: in a container,
// where the runtime puts a pseudo-terminal in its place.
func Terminal(active string) string {
	names := strings.Fields(active)
	if len(names) == 0 {
		return Device
	}
	last := names[len(names)-1]
	if last == "tty0" { // "the terminal in front", whichever that is
		last = "tty1"
	}
	return "/dev/" + last
}

// Term is the value for TERM on a terminal. The kernel's own emulation is
// called linux. What is at the other end of a serial line nobody knows, but
// today it is an emulator's window, and all of those understand xterm.
func Term(terminal string) string {
	number, virtual := strings.CutPrefix(terminal, "/dev/tty")
	if virtual && number != "" && number[0] >= '0' && number[0] <= '9' {
		return "linux"
	}
	return "xterm"
}

// Open opens a terminal for a shell and brings it into a usable state, whatever
// a program that was killed has left there. It does not become the
// controlling terminal of the caller.
func Open(terminal string) (*os.File, error) {
	// Without O_NONBLOCK a serial line waits here for its carrier.
	fd, err := unix.Open(terminal, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", terminal, err)
	}
	if err := makeSane(fd); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot set up %s: %w", terminal, err)
	}
	if err := unix.SetNonblock(fd, false); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot set up %s: %w", terminal, err)
	}
	return os.NewFile(uintptr(fd), terminal), nil
}

// makeSane is "stty sane"; speed and frame are left alone.
func makeSane(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag = unix.ICRNL | unix.IXON | unix.IUTF8
	t.Oflag = unix.OPOST | unix.ONLCR
	t.Lflag = unix.ISIG | unix.ICANON | unix.IEXTEN |
		unix.ECHO | unix.ECHOE | unix.ECHOK | unix.ECHOCTL | unix.ECHOKE
	t.Cflag |= unix.CREAD
	control := func(letter byte) byte { return letter & 0x1f }
	t.Cc[unix.VINTR], t.Cc[unix.VQUIT], t.Cc[unix.VSUSP] = control('C'), control('\\'), control('Z')
	t.Cc[unix.VSTART], t.Cc[unix.VSTOP] = control('Q'), control('S')
	t.Cc[unix.VEOF], t.Cc[unix.VKILL], t.Cc[unix.VWERASE] = control('D'), control('U'), control('W')
	t.Cc[unix.VREPRINT], t.Cc[unix.VLNEXT] = control('R'), control('V')
	t.Cc[unix.VERASE] = 0x7f
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}

// Print writes text to a terminal without ever waiting for it: what a stopped
// or slow line does not take at once is lost. The terminal is opened anew each
// time, since it may have been hung up in between.
func Print(terminal, text string) error {
	fd, err := unix.Open(terminal, unix.O_WRONLY|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("cannot open %s: %w", terminal, err)
	}
	defer unix.Close(fd)
	if n, err := unix.Write(fd, []byte(text)); err != nil {
		return fmt.Errorf("cannot write to %s: %w", terminal, err)
	} else if n < len(text) {
		return fmt.Errorf("cannot write to %s: it took %d of %d bytes", terminal, n, len(text))
	}
	return nil
}
