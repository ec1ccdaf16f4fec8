// Package ptytest gives tests a pseudo-terminal (pty(7)): a console with a
// person at it, without a screen.
//
// A program that opens the name has a terminal in every respect: it can be its
// controlling terminal, has modes and a size, and turns Ctrl-C into a signal.
// What the program writes is read from the user's end, which says EIO while no
// program has the other end open.
//
// Next in the tour: none
package ptytest

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/internal/missing"
)

// Open makes a pseudo-terminal of 80 columns and 24 lines: the end where its
// user types and reads, closed when the test ends, and the name under which
// programs open the other end.
func Open(t testing.TB) (user *os.File, name string) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		missing.Skip(t, "pseudo-terminals are missing here: %v", err)
	}
	t.Cleanup(func() { user.Close() })
	raw, err := user.SyscallConn() // Fd would make reads block for good
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	unlock := func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
		unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	}
	if controlErr := raw.Control(unlock); controlErr != nil || err != nil {
		t.Fatal(controlErr, err)
	}
	return user, fmt.Sprintf("/dev/pts/%d", number)
}
