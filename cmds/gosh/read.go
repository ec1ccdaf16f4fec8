package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/vole-linux/vole/cmds/internal/job"
	"github.com/vole-linux/vole/internal/cli"
)

// readUsage is why read is ours: the interpreter has no -t, -n and -d, and its
// -s can't be ended with Ctrl-C.
const readUsage = cli.Usage("usage: read [-rs] [-p PROMPT] [-t SECONDS] [-n CHARACTERS] [-d END] [-a ARRAY] [NAME...]")

type readOptions struct {
	raw, silent bool
	array       string
	prompt      string
	timeout     time.Duration // 0: none
	poll        bool          // -t 0 only asks whether there is something to read
	characters  int           // 0: to the end of the line
	end         byte
	names       []string
}

func parseRead(args []string) (o readOptions, err error) {
	o.end = '\n'
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		letters := args[0][1:]
		args = args[1:]
		if letters == "-" {
			break
		}
		for i, letter := range letters {
			if strings.ContainsRune("ptnda", letter) {
				value := letters[i+1:]
				if value == "" && len(args) > 0 {
					value, args = args[0], args[1:]
				} else if value == "" {
					return o, readUsage
				}
				if err := o.setValue(letter, value); err != nil {
					return o, err
				}
				break
			}
			switch letter {
			case 'r':
				o.raw = true
			case 's':
				o.silent = true
			case 'e': // edit: we always do what the terminal does
			default:
				return o, readUsage
			}
		}
	}
	for _, name := range append(args, o.array) {
		if name != "" && !syntax.ValidName(name) {
			return o, cli.Usagef("%s is not a name", name)
		}
	}
	o.names = args
	return o, nil
}

func (o *readOptions) setValue(letter rune, value string) error {
	switch letter {
	case 'p':
		o.prompt = value
	case 'a':
		o.array = value
	case 'd':
		o.end = 0 // what find -print0 writes
		if value != "" {
			o.end = value[0]
		}
	case 't':
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil || seconds < 0 {
			return cli.Usagef("%s is not a number of seconds", value)
		}
		o.timeout = time.Duration(seconds * float64(time.Second))
		o.poll = o.timeout == 0
	case 'n':
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			return cli.Usagef("%s is not a number of characters", value)
		}
		o.characters = n
	}
	return nil
}

// read reads a line and puts its words into variables.
func read(ctx context.Context, hc interp.HandlerContext, args []string) error {
	o, err := parseRead(args)
	if err != nil {
		return err
	}
	in, ok := hc.Stdin.(*os.File)
	if !ok {
		return errors.New("standard input is closed")
	}
	terminal := isTerminal(in)
	if terminal && inBackground(ctx) {
		return errors.New("a background job can't read the terminal")
	}
	if o.poll && isReadable(in) {
		return nil
	} else if o.poll {
		return interp.ExitStatus(1)
	}
	if terminal {
		// Who is asked for a secret may type at once: first the echo, then the prompt.
		defer o.prepare(in)()
		io.WriteString(hc.Stderr, o.prompt)
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	line, readErr := o.line(ctx, in)
	if terminal && o.silent {
		fmt.Fprintln(hc.Stderr)
	}
	if err := o.assign(context.WithoutCancel(ctx), hc, line); err != nil {
		return err
	}
	switch {
	case errors.Is(readErr, context.DeadlineExceeded):
		return interp.ExitStatus(128 + uint8(unix.SIGALRM))
	case errors.Is(readErr, context.Canceled): // Ctrl-C
		return interp.ExitStatus(uint8(job.CancelStatus(context.Cause(ctx))))
	case readErr != nil:
		return interp.ExitStatus(1)
	}
	return nil
}

// prepare sets the terminal up for -s and -n, and returns what undoes it.
func (o readOptions) prepare(in *os.File) (restore func()) {
	before, err := unix.IoctlGetTermios(int(in.Fd()), unix.TCGETS)
	if err != nil || !o.silent && o.characters == 0 {
		return func() {}
	}
	modes := *before
	if o.silent {
		modes.Lflag &^= unix.ECHO
	}
	if o.characters > 0 {
		modes.Lflag &^= unix.ICANON
		modes.Cc[unix.VMIN], modes.Cc[unix.VTIME] = 1, 0
	}
	unix.IoctlSetTermios(int(in.Fd()), unix.TCSETSW, &modes)
	return func() { unix.IoctlSetTermios(int(in.Fd()), unix.TCSETSW, before) }
}

// line reads up to the end, byte by byte: what follows belongs to others.
func (o readOptions) line(ctx context.Context, in *os.File) (string, error) {
	var line strings.Builder
	var character []byte // the one of which not all bytes are read
	characters := 0
	escaped := false
	for o.characters == 0 || characters < o.characters {
		b, err := readByte(ctx, in)
		switch {
		case err != nil:
			return line.String(), err
		case b == o.end && !escaped:
			return line.String(), nil
		case escaped && b == '\n': // the line goes on
			text := strings.TrimSuffix(line.String(), `\`)
			line.Reset()
			line.WriteString(text)
		default:
			line.WriteByte(b)
			if character = append(character, b); utf8.FullRune(character) {
				character = character[:0]
				characters++
			}
		}
		escaped = !o.raw && !escaped && b == '\\'
	}
	return line.String(), nil
}

// readByte reads one byte, and gives up when ctx is cancelled. It looks for
// that every now and then, since nothing else ends a read of a terminal.
func readByte(ctx context.Context, in *os.File) (b byte, err error) {
	const now = 100 // milliseconds
	raw, err := in.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		for {
			if err = ctx.Err(); err != nil {
				return
			}
			if !readable(fd, now) {
				continue // also if a signal came: a read would wait without looking at ctx
			}
			var buffer [1]byte
			var n int
			n, err = unix.Read(int(fd), buffer[:])
			switch {
			case err == unix.EINTR || err == unix.EAGAIN:
				continue
			case err == nil && n == 0:
				err = io.EOF
			}
			b = buffer[0]
			return
		}
	})
	return b, errors.Join(err, controlErr)
}

// readable waits for something to read from fd, or its end.
func readable(fd uintptr, milliseconds int) bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, milliseconds)
	return n > 0
}

// isReadable is read -t 0.
func isReadable(in *os.File) (yes bool) {
	raw, err := in.SyscallConn()
	if err != nil {
		return false
	}
	raw.Control(func(fd uintptr) { yes = readable(fd, 0) })
	return yes
}

// assign puts the words of line into the variables.
func (o readOptions) assign(ctx context.Context, hc interp.HandlerContext, line string) error {
	config := &expand.Config{Env: hc.Env}
	var program strings.Builder
	switch {
	case o.array != "":
		words := expand.ReadFields(config, line, -1, o.raw)
		fmt.Fprintf(&program, "%s=(%s)", o.array, quotedAll(words))
	case len(o.names) == 0:
		fmt.Fprintf(&program, "REPLY=%s", quoted(o.unescape(line)))
	default:
		words := expand.ReadFields(config, line, len(o.names), o.raw)
		for i, name := range o.names {
			word := ""
			if i < len(words) {
				word = words[i]
			}
			fmt.Fprintf(&program, "%s=%s\n", name, quoted(word))
		}
	}
	return eval(ctx, hc, program.String())
}

// unescape removes the backslashes that have done their work.
func (o readOptions) unescape(line string) string {
	if o.raw {
		return line
	}
	var plain strings.Builder
	escaped := false
	for i := range len(line) {
		if escaped = !escaped && line[i] == '\\'; !escaped {
			plain.WriteByte(line[i])
		}
	}
	return plain.String()
}
