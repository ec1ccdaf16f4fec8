// Less shows text a screen at a time, forwards and backwards.
//
// Usage:
//
//	less [-NSiRF] [FILE...]
//	COMMAND | less
//
//	-N  line numbers                    -S  cut long lines, do not wrap them
//	-i  searches ignore case            -R  let colours through
//	-F  just print what fits on one screen
//
// Keys, a number before them repeats:
//
//	space f PgDn   forward a screen     b PgUp   back a screen
//	Enter j Down   forward a line       k Up     back a line
//	d              forward half         u        back half
//	g Home         the begin, or line N G End    the end, or line N
//	/TEXT          search forward       ?TEXT    search back
//	n              the next match       N        the one before
//	Left Right     with -S, other columns
//	:n :p          next, previous file  h        these keys
//	Ctrl-C         stop what it does    q        leave
//
// TEXT is an extended regular expression. Keys are read from the terminal, so
// text may come from a pipe. Where standard output is no terminal, less only
// copies its input.
//
// Examples:
//
//	dmesg | less
//	less -N main.go
//	grep -r --color=always main . | less -R
//
// # Exit status
//
// 0 done, 1 a file could not be read, 2 usage.
//
// # How it is made
//
// One goroutine reads the text, as far as it was asked for, and one the keys;
// the pager itself (pager.go) waits for both and for a change of the size of
// the terminal, so it never hangs on a slow pipe. It writes the sequences that
// every terminal since the VT100 knows (console_codes(4)).
//
// # Bugs
//
//   - What was shown stays in memory.
//   - A line of more than 32 KiB is shown, and searched, as several.
//   - Wide characters (CJK) are taken for narrow ones.
//   - Ctrl-Z, editing with v, marks, tags and following (F) are missing.
//
// Next in the tour: none
package main

import (
	"io"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: less [-NSiRF] [FILE...]

  dmesg | less
  less -N main.go

  -N line numbers  -S cut long lines  -i searches ignore case
  -R colours       -F print at once what fits on one screen
  in it: space forward, b back, /TEXT search, n next, h all keys, q leave`

// options are what the command line asks for.
type options struct {
	numbers, chop, ignoreCase, raw, quitIfFits bool
}

// A machine is the terminal, which tests don't have.
type machine struct {
	isTerminal func() bool // of standard output
	openTTY    func() (*os.File, error)
}

func main() {
	linux := machine{
		isTerminal: func() bool { return term.IsTerminal(1) },
		openTTY:    openTTY,
	}
	cli.Exit("less", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// openTTY opens the terminal to read keys from. A shell that init started on
// the console may have no controlling terminal; standard error then leads to
// the person.
func openTTY() (*os.File, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil && term.IsTerminal(2) {
		return os.Stderr, nil
	}
	return tty, err
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var o options
	set := getopt.New(usage)
	set.Flag(&o.numbers, "N", "LINE-NUMBERS")
	set.Flag(&o.chop, "S", "chop-long-lines")
	set.Flag(&o.ignoreCase, "i", "I", "ignore-case")
	set.Flag(&o.raw, "R", "r", "RAW-CONTROL-CHARS")
	set.Flag(&o.quitIfFits, "F", "quit-if-one-screen")
	unused := false
	set.Flag(&unused, "X", "no-init") // the screen of before is always kept
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("less", stdin, stdout, stderr)
	if !m.isTerminal() {
		s.Each(names, func(_ string, in io.Reader) error {
			_, err := io.Copy(s.Out, in)
			return err
		})
		return s.End()
	}
	if len(names) == 0 {
		if f, ok := stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			return set.Usagef("a file is missing")
		}
	}
	files := openAll(s, names, stdin)
	if len(files) == 0 {
		return s.End()
	}
	if err := m.page(newPager(o, files), stdout); err != nil {
		return err
	}
	return s.End()
}

// openAll opens the files, and complains about those that it can't.
func openAll(s *stdio.Streams, names []string, stdin io.Reader) []file {
	if len(names) == 0 {
		names = []string{"-"}
	}
	var files []file
	for _, name := range names {
		if name == "-" {
			files = append(files, file{"standard input", stdin})
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			s.Complain(stdio.Cannot("open", name, err))
			continue
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			s.Complain(stdio.Cannot("read", name, unix.EISDIR))
			f.Close()
			continue
		}
		files = append(files, file{name, f})
	}
	return files
}

// page runs the pager on the terminal until the person leaves it.
func (m machine) page(p *pager, stdout io.Writer) error {
	tty, err := m.openTTY()
	if err != nil {
		return stdio.Cannot("open", "/dev/tty", err)
	}
	size := func() (width, height int) {
		const vt100Width, vt100Height = 80, 24 // of a serial line, which has no size
		width, height, err := term.GetSize(int(tty.Fd()))
		if err != nil || width < 1 || height < 2 {
			return vt100Width, vt100Height
		}
		return width, height
	}
	p.resize(size())
	if p.quitIfFits && p.fits() {
		return p.writeAll(stdout)
	}
	before, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		return stdio.Cannot("set", "the terminal", err)
	}
	defer term.Restore(int(tty.Fd()), before)
	io.WriteString(stdout, "\x1b[?1049h") // a screen of its own, where there is one
	defer io.WriteString(stdout, "\x1b[?1049l")

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGWINCH, unix.SIGTERM, unix.SIGHUP)
	keys := readKeys(tty)
	shown := ""
	for {
		if now := p.draw(); now != shown { // a serial line is slow
			if _, err := io.WriteString(stdout, now); err != nil {
				return stdio.Cannot("write", "the terminal", err)
			}
			shown = now
		}
		select {
		case k, ok := <-keys:
			if !ok || !p.press(k) {
				return nil
			}
		case <-p.text().changed:
			p.more()
		case sig := <-signals:
			if sig != unix.SIGWINCH {
				return nil
			}
			p.resize(size())
			shown = ""
		}
	}
}
