package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/kmsg"
)

// survive calls f and turns a panic into an error that holds the stack. Every
// goroutine of init runs in here: a panic outside would end process 1.
func survive(f func() error) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("panic: %v\n%s", what, debug.Stack())
		}
	}()
	return f()
}

// within gives f some time. If that is too short f goes on alone.
func within(limit time.Duration, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- survive(f) }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		return fmt.Errorf("not done after %v", limit)
	}
}

// setCrashOutput gives the Go runtime a place for its last words, for what
// can't be survived: running out of memory, or a fault in the runtime itself.
func setCrashOutput(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close() // the runtime keeps its own descriptor
	return debug.SetCrashOutput(f, debug.CrashOptions{})
}

// say logs what goes well.
func (m *machine) say(format string, args ...any) {
	m.kernel.log(kmsg.Info, fmt.Sprintf(format, args...)) // nobody misses it in a container
}

// fail logs what doesn't. The kernel shows it on the console, too; where there
// is no kernel's log, before /dev is mounted and in a container, init does.
// What a container is not allowed to do is no failure there.
func (m *machine) fail(err error) {
	refused := errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
	if refused && m.kernel.inContainer() {
		m.say("%v", err)
		return
	}
	if m.kernel.log(kmsg.Error, err.Error()) != nil {
		m.kernel.print("init: " + err.Error() + "\n")
	}
}
