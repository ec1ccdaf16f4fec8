package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/cmds/internal/job"
	"github.com/vole-linux/vole/internal/cli"
)

var errNoControl = errors.New("no job control in this shell")

// listJobs is jobs [-l | -p].
func (sh *shell) listJobs(_ context.Context, hc interp.HandlerContext, args []string) error {
	flag := strings.Join(args, " ")
	if flag != "" && flag != "-l" && flag != "-p" {
		return cli.Usage("usage: jobs [-l | -p]")
	}
	for _, info := range sh.jobs.List() {
		switch flag {
		case "-p":
			fmt.Fprintln(hc.Stdout, info.Group)
		case "-l":
			fmt.Fprintf(hc.Stdout, "[%d]%c %d %-12s %s\n", info.Number, info.Mark, info.Group, info.State, info.Text)
		default:
			fmt.Fprintln(hc.Stdout, info)
		}
	}
	sh.jobs.RemoveDone(0)
	return nil
}

// find returns the job that a user means: %N and its kin, a process number,
// or nothing for the current job.
func (sh *shell) find(spec string) (*job.Job, error) {
	if pid, err := strconv.Atoi(spec); err == nil {
		if j := sh.jobs.FindPID(pid); j != nil {
			return j, nil
		}
	}
	j, err := sh.jobs.Find(spec)
	if err != nil && spec != "" {
		return nil, fmt.Errorf("%s: %w", spec, err)
	}
	return j, err
}

// fg is fg [%JOB].
func (sh *shell) fg(ctx context.Context, hc interp.HandlerContext, args []string) error {
	if !sh.jobs.Control() {
		return errNoControl
	}
	j, err := sh.find(strings.Join(args, " "))
	if err != nil {
		return err
	}
	fmt.Fprintln(hc.Stdout, j.Text)
	state, status, err := j.BringToFront(ctx)
	if err != nil {
		return err
	}
	if state == job.Stopped {
		sh.showStopped(j.Number())
	}
	return setStatus(ctx, hc, []string{strconv.Itoa(status)})
}

// showStopped tells the user of a job that Ctrl-Z has stopped.
func (sh *shell) showStopped(number int) {
	for _, info := range sh.jobs.List() {
		if info.Number == number {
			fmt.Fprintf(sh.stderr, "\n%v\n", info)
		}
	}
}

// bg is bg [%JOB...].
func (sh *shell) bg(_ context.Context, hc interp.HandlerContext, args []string) error {
	if !sh.jobs.Control() {
		return errNoControl
	}
	if len(args) == 0 {
		args = []string{""}
	}
	for _, spec := range args {
		j, err := sh.find(spec)
		if err != nil {
			return err
		}
		if err := j.Continue(); err != nil {
			return err
		}
		fmt.Fprintf(hc.Stdout, "[%d] %s &\n", j.Number(), j.Text)
	}
	return nil
}

// disown is disown [%JOB...]: the shell forgets them, and doesn't hang them up.
func (sh *shell) disown(_ context.Context, _ interp.HandlerContext, args []string) error {
	if len(args) == 0 {
		args = []string{""}
	}
	for _, spec := range args {
		j, err := sh.find(spec)
		if err != nil {
			return err
		}
		sh.jobs.Remove(j)
	}
	return nil
}

// wait is wait [%JOB | PID]...; its status is that of the last one. Without
// arguments it waits for all jobs of this shell.
func (sh *shell) wait(ctx context.Context, hc interp.HandlerContext, args []string) error {
	ctx, stop := sh.traps.interruptible(ctx)
	defer stop()
	if len(args) == 0 {
		for _, j := range sh.jobs.Jobs(backgroundOf(ctx)) {
			if _, done := j.WaitDone(ctx); !done {
				return sh.interruptedWait(ctx)
			}
		}
		return nil
	}
	status := 0
	for _, spec := range args {
		j := sh.waitFor(spec)
		if j == nil {
			fmt.Fprintf(hc.Stderr, "%s: wait: %s is not a job of this shell\n", program, spec)
			status = 127
			continue
		}
		var done bool
		if status, done = j.WaitDone(ctx); !done {
			return sh.interruptedWait(ctx)
		}
	}
	return setStatus(ctx, hc, []string{strconv.Itoa(status)})
}

func (sh *shell) interruptedWait(ctx context.Context) error {
	return interp.ExitStatus(uint8(sh.statusOf(ctx.Err(), context.Cause(ctx))))
}

// waitFor returns the job that %JOB or PID names, or nil.
func (sh *shell) waitFor(spec string) *job.Job {
	if strings.HasPrefix(spec, "%") {
		j, _ := sh.jobs.Find(spec)
		return j
	}
	pid, err := strconv.Atoi(spec)
	if err != nil {
		return nil
	}
	return sh.jobs.FindPID(pid)
}

// mustStay says whether the shell should not be left yet: jobs are stopped,
// and the user has not been told.
func (sh *shell) mustStay() bool {
	return sh.interactive && !sh.warned && sh.jobs.HasStopped()
}

// stay tells the user why the shell was not left.
func (sh *shell) stay(_ context.Context, hc interp.HandlerContext, _ []string) error {
	sh.warned = true
	return cli.Hint(errors.New("there are stopped jobs"), "fg brings one back; exit again leaves the shell and ends them")
}
