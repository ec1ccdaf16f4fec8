package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/cmds/internal/job"
)

// startPatience is how long a background command may take to start its first
// process before the shell goes on without knowing its number. A command that
// the shell executes by itself never starts one.
const startPatience = 100 * time.Millisecond

// background is CMD &. Its arguments are made by rewrite: how many processes
// the command starts (0: unknown), how it is shown, and its text.
func (sh *shell) background(ctx context.Context, hc interp.HandlerContext, args []string) error {
	processes, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	shown, text := args[1], args[2]
	parent := backgroundOf(ctx)
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	j := sh.jobs.Background(shown, parent, cancel)
	if !sh.interactive {
		sh.remember(&detachable{j, processes})
	}
	context.AfterFunc(own, func() { j.Finish(job.CancelStatus(context.Cause(own))) })

	input := ""
	if !sh.jobs.Control() {
		input = "</dev/null " // it shares the terminal's group, and must not steal the input
	}
	// The subshell keeps exit and set -e from skipping the end.
	err = eval(job.With(own, j), hc,
		"{ (\n"+text+"\n) && "+ours+"end || "+ours+"end; } "+input+"&")
	if err != nil {
		return err
	}
	name := "%" + strconv.Itoa(j.Number())
	if pid := j.WaitStarted(startPatience); pid != 0 {
		name = strconv.Itoa(pid)
	}
	if sh.interactive && parent == nil {
		fmt.Fprintf(hc.Stderr, "[%d] %s\n", j.Number(), name)
	}
	return eval(ctx, hc, lastJob+"="+name)
}

// backgroundOf returns the background job that executes a command, or nil for
// the shell itself.
func backgroundOf(ctx context.Context) *job.Job {
	if inBackground(ctx) {
		return job.From(ctx)
	}
	return nil
}

// remember notes a job of a script, and bounds what a script costs that
// starts jobs in a loop.
func (sh *shell) remember(d *detachable) {
	const finished = 256 // jobs whose status wait can still ask for
	sh.jobs.RemoveDone(finished)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.lastJobs = append(slices.DeleteFunc(sh.lastJobs, func(d *detachable) bool { return d.job.IsDone() }), d)
}

// backgroundEnd is what a background command ends with.
func (sh *shell) backgroundEnd(ctx context.Context, hc interp.HandlerContext, _ []string) error {
	job.From(ctx).Finish(hc.LastExitStatus)
	return setStatus(ctx, hc, []string{strconv.Itoa(hc.LastExitStatus)})
}

// replaceProcess is exec CMD: the program takes the place of the shell.
func (sh *shell) replaceProcess(ctx context.Context, hc interp.HandlerContext, args []string) error {
	path, err := lookPath(hc.Dir, hc.Env, args[0])
	if err == nil {
		err = sh.exchange(hc, path, args)
	}
	status := sh.cannotRun(hc, args[0], err)
	var number interp.ExitStatus
	if errors.As(status, &number) && !sh.interactive {
		return pass(hc.Builtin(ctx, []string{"exit", strconv.Itoa(int(number))}))
	}
	return status
}

// exchange is execve(2), with all that the interpreter only pretends made
// real: the folder and the descriptors. It returns only if it fails.
func (sh *shell) exchange(hc interp.HandlerContext, path string, args []string) error {
	files, err := openFiles(hc)
	if err != nil {
		return err
	}
	if err := os.Chdir(hc.Dir); err != nil {
		return bare(err)
	}
	restore, err := install(files.files)
	if err != nil {
		return err
	}
	defer restore()
	if sh.jobs.Control() {
		job.RestoreSignals()
		defer job.IgnoreSignals()
	}
	return startError{bare(sh.machine.exec(path, args, exported(hc))), 126}
}

// install makes files the descriptors 0, 1 and 2 of this process.
func install(files [3]*os.File) (restore func(), err error) {
	var wanted, saved [3]int
	for fd, f := range files { // copies first: one may be the other's target
		if wanted[fd], err = copyAside(int(f.Fd())); err != nil {
			return nil, err
		}
		if saved[fd], err = copyAside(fd); err != nil {
			saved[fd] = -1 // it was closed
		}
	}
	for fd := range files {
		unix.Dup3(wanted[fd], fd, 0)
	}
	return func() {
		for fd := range files {
			unix.Dup3(saved[fd], fd, 0)
			unix.Close(saved[fd])
			unix.Close(wanted[fd])
		}
	}, nil
}

// copyAside copies a descriptor to a number that is in nobody's way.
func copyAside(fd int) (int, error) {
	const aside = 10
	return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, aside)
}

// timed is time [-p] CMD.
func timed(ctx context.Context, hc interp.HandlerContext, args []string) error {
	start, before := time.Now(), usedTime()
	err := eval(ctx, hc, args[0])
	after := usedTime()
	format, show := "\nreal\t%s\nuser\t%s\nsys\t%s\n", minutes
	if args[1] == "-p" {
		format, show = "real %s\nuser %s\nsys %s\n", seconds
	}
	fmt.Fprintf(hc.Stderr, format, show(time.Since(start)), show(after[0]-before[0]), show(after[1]-before[1]))
	return err
}

// usedTime is the processor time, in user and in system mode, of the shell
// and of the processes it has waited for.
func usedTime() (used [2]time.Duration) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var usage unix.Rusage
		if unix.Getrusage(who, &usage) == nil {
			used[0] += time.Duration(usage.Utime.Nano())
			used[1] += time.Duration(usage.Stime.Nano())
		}
	}
	return used
}

func minutes(d time.Duration) string {
	return fmt.Sprintf("%dm%.3fs", int(d.Minutes()), (d % time.Minute).Seconds())
}

// seconds is how POSIX wants a time.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
