// Package job starts the processes of a shell, waits for them and keeps the
// account of them: which run, which are stopped, and who owns the terminal.
//
// A Job is one statement of the user, for example "cat a | sort": a part that
// the shell interprets and the processes that part starts. With job control
// its processes share a process group of their own (credentials(7)), so that
// the terminal can send Ctrl-C and Ctrl-Z to them and not to the shell. The
// shell hands the terminal to the group of the foreground job with
// tcsetpgrp(3), and takes it back when the job ends or stops.
//
// # How a process is followed
//
// Each process has one goroutine that sits in waitid(2) for exactly its
// number. It asks with WNOWAIT first, and takes the event only while it holds
// the table's lock. So as long as a job counts a process as its own, that
// process, dead or not, keeps the process group alive, and a later process of
// the same pipeline can join the group.
//
// # Without job control
//
// A script has no terminal to hand around: processes stay in the shell's own
// group, and only their end is watched.
//
// # Concurrency
//
// Table.mu guards the table and every field of its jobs and processes. A
// change is announced by Table.changed. Methods of Table and Job take the
// lock; functions whose name starts with "locked" want it held.
//
// The order of things on a terminal follows "Implementing a Job Control
// Shell" of the GNU C library manual.
//
// # Bugs
//
// A process that is started when the table's lock is held elsewhere waits for
// it: two statements never fork at the same time.
//
// A Ctrl-C that comes when the last process in front has ended, and the shell
// has not yet learned of it, reaches nobody and has to be repeated.
//
// Next in the tour: none
package job

import (
	"context"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// State is what a job is doing.
type State int

// The states of a job.
const (
	Running State = iota
	Stopped       // every process that is left is stopped
	Done          // nothing is left
)

// A Cause is why the context of a job was cancelled.
type Cause string

func (c Cause) Error() string { return string(c) }

// The causes that the table itself gives.
const (
	Interrupted = Cause("interrupted") // Ctrl-C
	Suspended   = Cause("suspended")   // Ctrl-Z
)

// Killed is the cause when a signal was sent to the job by name.
type Killed syscall.Signal

func (k Killed) Error() string { return syscall.Signal(k).String() }

// CancelStatus is the exit status of a statement whose context was cancelled
// because of cause.
func CancelStatus(cause error) int {
	switch cause := cause.(type) {
	case Killed:
		return 128 + int(cause)
	case Cause:
		if cause == Suspended {
			return 128 + int(syscall.SIGTSTP)
		}
	}
	return 128 + int(syscall.SIGINT)
}

// A Table holds the jobs of one shell.
type Table struct {
	mu      sync.Mutex
	changed *sync.Cond
	jobs    []*Job    // those with a number, the oldest first
	clock   int       // counts changes, to tell the most recent job
	tty     *Terminal // nil without job control
}

// A Job is one statement and its processes.
type Job struct {
	Text   string // as the user typed it
	Parent *Job   // the background job whose statement started this one, or nil

	table        *Table
	cancel       context.CancelCauseFunc // ends the interpreted part
	cause        error                   // what it was cancelled for, or nil
	background   bool                    // was started with &
	foreground   bool                    // owns the terminal, or will when it starts a process
	interpreting bool                    // the shell still executes the statement
	number       int                     // 0 until it is in the table
	told         bool                    // the user knows that it is stopped
	stamp        int                     // Table.clock when it was last stopped or started
	processes    []*Process              // those alive
	group        int                     // the process group of processes
	first        int                     // the first process's number, or 0
	last         *Process                // the latest process
	started      int                     // how many processes it has started
	status       int                     // exit status, when Done
	killedBy     syscall.Signal          // what ended the latest process, or 0
	modes        *unix.Termios           // the terminal as it was when the job stopped
}

// NewTable makes an empty table. tty is nil where there is no job control.
func NewTable(tty *Terminal) *Table {
	t := &Table{tty: tty}
	t.changed = sync.NewCond(&t.mu)
	return t
}

// Control says whether jobs have process groups of their own.
func (t *Table) Control() bool { return t.tty != nil }

// Foreground begins a job for a statement that the shell itself executes and
// waits for. It isn't in the table unless it is stopped.
func (t *Table) Foreground(text string, cancel context.CancelCauseFunc) *Job {
	return &Job{Text: text, table: t, cancel: cancel, foreground: true, interpreting: true}
}

// Background begins a job for a statement that is executed beside the shell,
// and puts it into the table.
func (t *Table) Background(text string, parent *Job, cancel context.CancelCauseFunc) *Job {
	j := &Job{Text: text, Parent: parent, table: t, cancel: cancel, background: true, interpreting: true}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lockedNumber(j)
	return j
}

// lockedNumber puts j into the table, as the most recent job.
func (t *Table) lockedNumber(j *Job) {
	t.clock++
	j.stamp = t.clock
	if j.number != 0 {
		return
	}
	j.number = 1
	for _, other := range t.jobs {
		// A script never hears of jobs that are done: their numbers are free.
		if t.tty != nil || other.lockedState() != Done {
			j.number = max(j.number, other.number+1)
		}
	}
	t.jobs = append(t.jobs, j)
}

// Finish says that the shell has executed all of the statement, with this
// exit status. It returns what is left: Done, or Stopped after Ctrl-Z.
func (j *Job) Finish(status int) State {
	t := j.table
	t.mu.Lock()
	defer t.mu.Unlock()
	j.interpreting = false
	if status == 0 && (j.cause == Suspended || j.cause == Interrupted && j.killedBy == syscall.SIGINT) {
		status = CancelStatus(j.cause) // "if CMD" has made a success of it
	}
	j.status = status
	state := j.lockedState()
	if !j.background {
		j.foreground = false
		t.lockedTakeTerminal()
		if state == Stopped {
			j.told = true
			t.lockedNumber(j)
		}
	}
	t.changed.Broadcast()
	return state
}

// lockedCancel ends the part of the job that the shell interprets.
func (j *Job) lockedCancel(cause error) {
	if j.cause == nil {
		j.cause = cause
	}
	j.cancel(cause)
}

func (j *Job) lockedState() State {
	if len(j.processes) == 0 {
		if j.interpreting {
			return Running
		}
		return Done
	}
	if slices.ContainsFunc(j.processes, func(p *Process) bool { return !p.stopped }) {
		return Running
	}
	return Stopped
}

// Number is the job's number in the table, or 0.
func (j *Job) Number() int {
	j.table.mu.Lock()
	defer j.table.mu.Unlock()
	return j.number
}

// Cancelled says whether the job starts no more processes.
func (j *Job) Cancelled() bool {
	j.table.mu.Lock()
	defer j.table.mu.Unlock()
	return j.cause != nil
}

// IsDone says whether nothing is left of the job.
func (j *Job) IsDone() bool {
	j.table.mu.Lock()
	defer j.table.mu.Unlock()
	return j.lockedState() == Done
}

// IsBackground says whether the job was started with &.
func (j *Job) IsBackground() bool { return j.background }

// Status is the exit status of a job that is Done, and the signal that ended
// it, if one did.
func (j *Job) Status() (int, syscall.Signal) {
	j.table.mu.Lock()
	defer j.table.mu.Unlock()
	return j.status, j.lockedKiller()
}

func (j *Job) lockedKiller() syscall.Signal {
	if j.killedBy != 0 && j.status == 128+int(j.killedBy) {
		return j.killedBy
	}
	return 0
}

// WaitDone waits until j is done, and returns its status; or until ctx is
// cancelled, and returns false.
func (j *Job) WaitDone(ctx context.Context) (status int, done bool) {
	j.table.waitUntil(ctx, func() bool {
		status, done = j.status, j.lockedState() == Done
		return done
	})
	return status, done
}

// WaitStarted waits until j has started its first process or is done, but
// not for longer than patience. It returns the number of that process, or 0.
func (j *Job) WaitStarted(patience time.Duration) int {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pid := 0
	j.table.waitUntil(ctx, func() bool {
		pid = j.first
		return pid != 0 || j.lockedState() == Done
	})
	return pid
}

// WaitDetached waits until j no longer needs the shell: it is done, or it has
// started all of its processes. processes is how many that are, 0 if only the
// end of the statement tells.
func (j *Job) WaitDetached(ctx context.Context, processes int) {
	j.table.waitUntil(ctx, func() bool {
		return !j.interpreting || processes > 0 && j.started >= processes
	})
}

// waitUntil returns when condition, called with the lock held, is true or ctx
// is cancelled.
func (t *Table) waitUntil(ctx context.Context, condition func() bool) {
	stop := context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.changed.Broadcast()
	})
	defer stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for !condition() && ctx.Err() == nil {
		t.changed.Wait()
	}
}

type contextKey struct{}

// With returns a context that carries j to what executes j's statement.
func With(ctx context.Context, j *Job) context.Context {
	return context.WithValue(ctx, contextKey{}, j)
}

// From returns the job whose statement is being executed, or nil.
func From(ctx context.Context) *Job {
	j, _ := ctx.Value(contextKey{}).(*Job)
	return j
}
