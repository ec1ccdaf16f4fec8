package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// action takes what does something with a file.
func (p *parser) action(word string) (test, error) {
	p.acts = p.acts || word != "-prune" // which leaves the printing to find
	switch word {
	case "-print":
		return printPath("\n"), nil
	case "-print0":
		return printPath("\x00"), nil
	case "-prune":
		p.prunes = true
		return func(_ *walker, f *file) bool { f.pruned = true; return true }, nil
	case "-quit":
		return func(w *walker, _ *file) bool { w.stopped = true; return true }, nil
	case "-delete":
		p.deletes, p.walker.contentsFirst = true, true
		return deleteFile, nil
	case "-exec", "-ok":
		return p.execAction(word == "-ok")
	}
	return nil, nil
}

func printPath(end string) test {
	return func(w *walker, f *file) bool {
		w.streams.Out.WriteString(f.path)
		w.streams.Out.WriteString(end)
		return true
	}
}

func deleteFile(w *walker, f *file) bool {
	if base(f.path) == "." { // the kernel deletes no folder by that name
		return true
	}
	flags := 0
	if f.kind == unix.S_IFDIR {
		flags = unix.AT_REMOVEDIR
	}
	err := unix.Unlinkat(f.folder, f.entry, flags)
	if errors.Is(err, unix.ENOTDIR) { // a link to a folder, with -L
		err = unix.Unlinkat(f.folder, f.entry, 0)
	}
	if err != nil {
		w.complain("delete", f.path, err)
	}
	return err == nil
}

// execAction takes CMD ... ; or CMD ... {} +.
func (p *parser) execAction(asks bool) (test, error) {
	end := slices.Index(p.rest, ";")
	many := -1
	for i := 1; i < len(p.rest) && !asks; i++ {
		if p.rest[i] == "+" && p.rest[i-1] == "{}" {
			many = i
			break
		}
	}
	switch {
	case many > 0 && (end < 0 || many < end):
		argv := p.rest[:many-1]
		p.rest = p.rest[many+1:]
		if len(argv) == 0 || slices.Contains(argv, "{}") {
			return nil, errors.New("{} + needs a command before it, and there is only one {}")
		}
		b := &batch{argv: argv}
		p.walker.batches = append(p.walker.batches, b)
		return b.add, nil
	case end < 0:
		return nil, errors.New(`it ends with a ; (which the shell wants quoted) or with {} +`)
	case end == 0:
		return nil, errors.New("a command is missing")
	}
	argv := p.rest[:end]
	p.rest = p.rest[end+1:]
	return func(w *walker, f *file) bool {
		stdin := w.stdin
		if asks {
			if !w.agrees(argv[0], f.path) {
				return false
			}
			stdin = nil // it is for the answers
		}
		words := make([]string, len(argv))
		for i, word := range argv {
			words[i] = strings.ReplaceAll(word, "{}", f.path)
		}
		return w.execute(words, stdin) == nil
	}, nil
}

// agrees asks the person.
func (w *walker) agrees(command, path string) bool {
	w.streams.Out.Flush()
	fmt.Fprintf(w.streams.Err, "< %s ... %s > ? ", command, stdio.Quote(path))
	answer := ""
	var b [1]byte
	for { // a byte at a time: the rest is for others
		n, err := w.streams.In.Read(b[:])
		if n == 0 && err != nil || n > 0 && b[0] == '\n' {
			break
		}
		answer += string(b[:n])
	}
	return strings.HasPrefix(answer, "y") || strings.HasPrefix(answer, "Y")
}

// execute runs a program. The error is also told if it could not be started.
func (w *walker) execute(argv []string, stdin io.Reader) error {
	w.streams.Out.Flush() // what was printed comes first
	err := w.start(argv, stdin, w.stdout, w.streams.Err)
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		w.streams.Complain(stdio.Cannot("run", argv[0], cause(err)))
	}
	return err
}

// cause is err without the name of the program.
func cause(err error) error {
	var lookup *exec.Error
	if errors.As(err, &lookup) && errors.Is(lookup.Err, exec.ErrNotFound) {
		return unix.ENOENT
	}
	return err
}

// start runs a program to its end.
func start(argv []string, stdin io.Reader, stdout, stderr io.Writer) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	return cmd.Run()
}

// A batch collects paths for one run of a command.
type batch struct {
	argv, paths []string
	size        int
}

// maxBatch is what the paths of one run may take: the limit of the kernel is a
// quarter of the stack's, of which the environment needs some, too.
const maxBatch = 128 << 10

func (b *batch) add(w *walker, f *file) bool {
	const pointer = 8 // to each argument
	size := len(f.path) + 1 + pointer
	if b.size+size > maxBatch {
		b.flush(w)
	}
	b.paths = append(b.paths, f.path)
	b.size += size
	return true
}

// flush runs the command. A path such as -x can't be an option of it, since it
// begins with one of the command line.
func (b *batch) flush(w *walker) {
	if len(b.paths) == 0 {
		return
	}
	if w.execute(slices.Concat(b.argv, b.paths), w.stdin) != nil {
		w.streams.Fail(1)
	}
	b.paths, b.size = nil, 0
}
