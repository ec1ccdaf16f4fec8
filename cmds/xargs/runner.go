package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// Exit statuses that POSIX gives to the ends of programs.
const (
	aRunFailed  = 123
	runSaidStop = 124
	byASignal   = 125
	notRun      = 126
	notFound    = 127
)

const pointerSize = 8

// A runner collects arguments and runs the program.
type runner struct {
	machine
	*options
	command []string
	streams *stdio.Streams
	stdin   io.Reader // of the program
	stdout  io.Writer
	answers *bufio.Reader

	args  []string
	bytes int // of args
	lines int // in args
	ran   bool

	slots   chan struct{} // holds one value for each program that runs
	running sync.WaitGroup
	mu      sync.Mutex // guards stopped and the complaints of streams
	stopped bool
}

// all runs the program until the input ends or a run says that it is enough.
func (r *runner) all() error {
	if r.processes > 0 {
		r.slots = make(chan struct{}, r.processes)
	}
	r.size = min(r.size, r.limit()) // the kernel knows no other
	for !r.hasStopped() {
		item, endsLine, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if r.replace != "" {
			err = r.one(item)
		} else {
			err = r.add(item, endsLine)
		}
		if err != nil {
			return err
		}
	}
	if !r.hasStopped() && (len(r.args) > 0 || !r.ran && !r.notEmpty && r.replace == "") {
		r.launch(slices.Concat(r.command, r.args))
	}
	return nil
}

// one runs the program with a line in the place of the text.
func (r *runner) one(line string) error {
	argv := slices.Clone(r.command)
	for i := range argv {
		if i > 0 {
			argv[i] = strings.ReplaceAll(argv[i], r.replace, line)
		}
	}
	if length(argv) > r.size {
		return errTooLong
	}
	r.launch(argv)
	return nil
}

var errTooLong = errors.New("cannot run anything: the arguments are too long")

// add puts item behind the others, after running those if it does not fit.
func (r *runner) add(item string, endsLine bool) error {
	own := length(r.command)
	size := len(item) + 1
	fits := func() bool {
		pointers := pointerSize * (len(r.command) + len(r.args) + 1)
		return own+r.bytes+size <= r.size && own+r.bytes+size+pointers <= r.limit()
	}
	if !fits() {
		if r.exact && (r.maxArgs > 0 || r.maxLines > 0) || len(r.args) == 0 {
			return errTooLong
		}
		r.flush()
		if !fits() {
			return errTooLong
		}
	}
	r.args = append(r.args, item)
	r.bytes += size
	if endsLine {
		r.lines++
	}
	if len(r.args) == r.maxArgs || r.maxLines > 0 && r.lines == r.maxLines {
		r.flush()
	}
	return nil
}

func (r *runner) flush() {
	r.launch(slices.Concat(r.command, r.args))
	r.args, r.bytes, r.lines = nil, 0, 0
}

// length is what the kernel counts for the words.
func length(argv []string) int {
	sum := 0
	for _, word := range argv {
		sum += len(word) + 1
	}
	return sum
}

// launch runs one program, or starts it if there may be several.
func (r *runner) launch(argv []string) {
	r.ran = true
	if r.slots != nil {
		r.slots <- struct{}{}
	}
	if r.hasStopped() || !r.agrees(argv) {
		r.release()
		return
	}
	work := func() {
		err := r.start(argv, r.stdin, r.stdout, r.streams.Err)
		r.judge(argv[0], err)
		r.release()
	}
	if r.processes == 1 {
		work()
		return
	}
	r.running.Go(work)
}

func (r *runner) release() {
	if r.slots != nil {
		<-r.slots
	}
}

// wait waits for the programs that still run.
func (r *runner) wait() { r.running.Wait() }

func (r *runner) hasStopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// agrees shows the command and asks, if that is wanted.
func (r *runner) agrees(argv []string) bool {
	if !r.show && !r.ask {
		return true
	}
	line := strings.Join(argv, " ")
	if !r.ask {
		fmt.Fprintln(r.streams.Err, line)
		return true
	}
	fmt.Fprint(r.streams.Err, line, " ?...")
	answer, _ := r.answers.ReadString('\n')
	return strings.HasPrefix(answer, "y") || strings.HasPrefix(answer, "Y")
}

// judge remembers how a program ended, and stops if it should.
func (r *runner) judge(name string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ended *exec.ExitError
	const stop = 255
	switch {
	case err == nil:
		return
	case !errors.As(err, &ended):
		r.streams.ComplainStatus(stdio.Cannot("run", name, cause(err)), statusOf(err))
	case ended.ExitCode() < 0:
		r.streams.ComplainStatus(fmt.Errorf("%s was ended by a signal (%v)", stdio.Quote(name), ended), byASignal)
	case ended.ExitCode() == stop:
		r.streams.ComplainStatus(fmt.Errorf("%s ended with status 255, which asks to stop", stdio.Quote(name)), runSaidStop)
	default:
		r.streams.Fail(aRunFailed)
		return
	}
	r.stopped = true
}

func statusOf(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, unix.ENOENT) {
		return notFound
	}
	return notRun
}

// cause is err without the name of the program.
func cause(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return unix.ENOENT
	}
	var lookup *exec.Error
	if errors.As(err, &lookup) {
		return stdio.Cause(lookup.Err)
	}
	return err
}

// start runs a program to its end.
func start(argv []string, stdin io.Reader, stdout, stderr io.Writer) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	return cmd.Run()
}
