package console

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/ptytest"
)

func TestTerminal(t *testing.T) {
	tests := []struct{ active, terminal, term string }{
		{"ttyS0\n", "/dev/ttyS0", "xterm"},
		{"tty0 ttyS0\n", "/dev/ttyS0", "xterm"},
		{"ttyAMA0 tty0\n", "/dev/tty1", "linux"},
		{"tty2\n", "/dev/tty2", "linux"},
		{"hvc0\n", "/dev/hvc0", "xterm"},
		{"\n", "/dev/console", "xterm"},
		{"", "/dev/console", "xterm"},
	}
	for _, tt := range tests {
		terminal := Terminal(tt.active)
		if term := Term(terminal); terminal != tt.terminal || term != tt.term {
			t.Errorf("Terminal(%q) = %s, Term = %s; want %s, %s", tt.active, terminal, term, tt.terminal, tt.term)
		}
	}
}

// A shell that was killed leaves a raw terminal; the next one gets a sane one.
func TestOpenRepairs(t *testing.T) {
	user, name := ptytest.Open(t)
	raw, err := unix.IoctlGetTermios(int(user.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	raw.Lflag, raw.Oflag, raw.Cc[unix.VINTR] = 0, 0, 0
	if err := unix.IoctlSetTermios(int(user.Fd()), unix.TCSETS, raw); err != nil {
		t.Fatal(err)
	}
	shell, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	if _, err := user.WriteString("ls\x7f\x7fps\n"); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 80)
	n, err := shell.Read(line)
	if err != nil || string(line[:n]) != "ps\n" {
		t.Errorf("after an erased ls the shell reads %q, %v; want the line ps", line[:n], err)
	}
}

// Nobody reads, yet printing returns, and says so once the terminal is full.
func TestPrintNeverWaits(t *testing.T) {
	_, name := ptytest.Open(t)
	text := strings.Repeat("init: cannot ...\n", 50)
	if err := Print(name, text); err != nil {
		t.Fatal(err)
	}
	var err error
	for range 1000 {
		if err = Print(name, text); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("850 KB were written to a terminal that nobody reads")
	}
	if err := Print("/no/such/terminal", text); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("printing to nothing: %v; want ErrNotExist", err)
	}
}
