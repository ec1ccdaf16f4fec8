package lineedit

import (
	"golang.org/x/sys/unix"
)

// A Terminal is the device a person sits at, by its file descriptor.
type Terminal int

// IsTerminal says whether fd is a terminal.
func IsTerminal(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}

// Size asks the kernel for the size of the terminal. A serial line has none:
// the answer is then what a VT100 has, 80 columns and 24 rows.
func (t Terminal) Size() (columns, rows int) {
	size, err := unix.IoctlGetWinsize(int(t), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 || size.Row == 0 {
		return 80, 24
	}
	return int(size.Col), int(size.Row)
}

// Raw makes the terminal hand over each key as it is pressed (termios(3)).
// restore makes it what it was before.
//
// Carriage return still becomes newline on input: what is typed ahead for the
// next program is stored by the kernel now, and must have line ends then.
// Newline still becomes carriage return and newline on output, for programs
// that write while the user edits.
func (t Terminal) Raw() (restore func(), err error) {
	before, err := unix.IoctlGetTermios(int(t), unix.TCGETS)
	if err != nil {
		return nil, err
	}
	raw := *before
	raw.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG | unix.IEXTEN
	raw.Iflag &^= unix.IXON | unix.INLCR | unix.IGNCR | unix.ISTRIP
	raw.Iflag |= unix.ICRNL
	raw.Oflag |= unix.OPOST | unix.ONLCR
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(t), unix.TCSETSW, &raw); err != nil {
		return nil, err
	}
	return func() { unix.IoctlSetTermios(int(t), unix.TCSETSW, before) }, nil
}
