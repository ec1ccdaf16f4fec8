package main

import (
	"fmt"
	"time"

	"github.com/vole-linux/vole/cmds/internal/reaper"
)

// A process that ends is started again: at once if it has lived for a while,
// else after a pause that doubles, so that a broken one can't eat the CPU.
const (
	aWhile     = time.Second
	firstPause = 250 * time.Millisecond
	maxPause   = 8 * time.Second
)

// A lasting is a process that init wants to be there always: the shell on the
// console, and the supervisor.
type lasting struct {
	process *reaper.Process  // nil while none is running
	started time.Duration    // since the start of the kernel
	pause   time.Duration    // before the next one, if this one dies young
	again   <-chan time.Time // says when the next one is due
}

// exited is nil while none is running, and nothing comes out of nil.
func (l *lasting) exited() <-chan reaper.Exit {
	if l.process == nil {
		return nil
	}
	return l.process.Exited
}

// start starts p as the process that l stands for.
func (l *lasting) start(k kernel, p program) error {
	l.again = nil
	l.started = k.sinceStart()
	var err error
	l.process, err = k.start(p)
	return err
}

// plan plans the next attempt.
func (l *lasting) plan(k kernel) {
	l.process = nil
	if k.sinceStart()-l.started >= aWhile {
		l.pause = 0
	}
	l.again = time.After(l.pause)
	l.pause = min(max(firstPause, 2*l.pause), maxPause)
}

// lost says that it should be there, and is neither there nor planned.
func (l *lasting) lost() bool { return l.started != 0 && l.process == nil && l.again == nil }

// hopeless says that it dies young, again and again.
func (l *lasting) hopeless() bool { return l.pause == maxPause }

// describe says how a process ended.
func describe(exit reaper.Exit) string {
	if exit.Status.Signaled() {
		return exit.Status.Signal().String()
	}
	return fmt.Sprintf("status %d", exit.Status.ExitStatus())
}
