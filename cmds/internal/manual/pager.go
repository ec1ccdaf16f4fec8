package manual

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// A pager writes and, after each screenful, waits for the Enter key.
type pager struct {
	out    io.Writer
	keys   *bufio.Reader
	height int // lines of a screenful
	shown  int // lines since the last wait
}

// errEnough says that the reader has typed q.
var errEnough = errors.New("enough")

// done turns the end of reading into success.
func done(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// A checked output says what could not be done if it is lost, as on a full disk.
type checked struct{ io.Writer }

func (c checked) Write(text []byte) (int, error) {
	n, err := c.Writer.Write(text)
	if err != nil {
		err = fmt.Errorf("cannot write: %w", stdio.Cause(err))
	}
	return n, err
}

func (m Machine) pager(wanted bool, stdin io.Reader, stdout io.Writer) io.Writer {
	stdout = checked{stdout}
	if !wanted {
		return stdout
	}
	return &pager{out: stdout, keys: bufio.NewReader(stdin), height: max(2, m.Height) - 1}
}

func (p *pager) Write(text []byte) (n int, err error) {
	for line := range bytes.Lines(text) {
		if p.shown == p.height {
			if err := p.wait(); err != nil {
				return n, err
			}
		}
		written, err := p.out.Write(line)
		n += written
		if err != nil {
			return n, err
		}
		p.shown++
	}
	return n, nil
}

// wait asks whether to go on. The terminal stays as it is, so keys count only
// after Enter.
func (p *pager) wait() error {
	if _, err := io.WriteString(p.out, "-- Enter: more; q: enough --"); err != nil {
		return err
	}
	answer, err := p.keys.ReadString('\n')
	if err != nil || strings.HasPrefix(answer, "q") {
		return errEnough
	}
	p.shown = 0
	return nil
}

// Linux is the real machine.
func Linux() Machine {
	m := Machine{Path: Path, Height: 24}
	if size, err := unix.IoctlGetWinsize(int(os.Stdout.Fd()), unix.TIOCGWINSZ); err == nil && size.Row > 0 {
		m.Height = int(size.Row)
	}
	return m
}
