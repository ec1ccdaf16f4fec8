package job

import (
	"context"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Process is a child of the shell.
type Process struct {
	PID int

	job     *Job
	began   time.Time
	stopped bool
	ended   bool
	status  syscall.WaitStatus // when ended
}

// Start starts the program at path with the arguments argv, as a process of
// the job: in its process group, and in front of the terminal if the job is.
// Once the job is cancelled it starts no more; the error is then the cause.
func (j *Job) Start(path string, argv []string, attr *syscall.ProcAttr) (*Process, error) {
	t := j.table
	t.mu.Lock()
	defer t.mu.Unlock()
	if !j.background && j.lockedState() == Stopped {
		j.lockedCancel(Suspended) // Ctrl-Z came between two processes of a pipeline
	}
	if j.cause != nil {
		return nil, j.cause
	}
	leads := len(j.processes) == 0
	if t.tty != nil {
		attr.Sys = &syscall.SysProcAttr{Setpgid: true}
		if !leads {
			attr.Sys.Pgid = j.group
		} else if j.foreground {
			attr.Sys.Foreground, attr.Sys.Ctty = true, t.tty.fd
		}
	}
	pid, err := syscall.ForkExec(path, argv, attr)
	if err != nil {
		if leads && j.foreground {
			t.lockedTakeTerminal()
		}
		return nil, err
	}
	p := &Process{PID: pid, job: j, began: time.Now()}
	if leads {
		j.group = pid
	}
	if j.first == 0 {
		j.first = pid
	}
	j.started++
	j.processes = append(j.processes, p)
	j.last = p
	t.changed.Broadcast()
	go p.watch()
	return p, nil
}

// watch follows p to its end.
func (p *Process) watch() {
	t := p.job.table
	events := unix.WEXITED
	if t.tty != nil {
		events |= unix.WSTOPPED | unix.WCONTINUED
	}
	for !p.ended {
		for unix.Waitid(unix.P_PID, p.PID, nil, events|unix.WNOWAIT, nil) == unix.EINTR {
		}
		t.mu.Lock()
		p.lockedTakeEvent()
		t.changed.Broadcast()
		t.mu.Unlock()
	}
}

func (p *Process) lockedTakeEvent() {
	j, t := p.job, p.job.table
	options := unix.WNOHANG
	if t.tty != nil {
		options |= unix.WUNTRACED | unix.WCONTINUED
	}
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(p.PID, &status, options, nil)
	switch {
	case err == syscall.EINTR || err == nil && pid == 0:
		return
	case err == nil && status.Stopped():
		p.stopped = true
	case err == nil && status.Continued():
		p.stopped = false
	default: // it ended; an error means that somebody else has reaped it
		p.ended, p.status = true, status
		j.processes = slices.DeleteFunc(j.processes, func(q *Process) bool { return q == p })
		if j.killedBy = 0; status.Signaled() {
			j.killedBy = status.Signal()
		}
		if t.tty != nil && j.foreground && j.killedBy == syscall.SIGINT {
			j.lockedInterruptRest()
		}
		if p == j.last && !j.interpreting && !j.background {
			j.status = exitStatus(status) // of a job that was stopped: nobody else waits for it
		}
	}
	stopped := j.lockedState() == Stopped
	if stopped {
		t.clock++
		j.stamp = t.clock
	}
	if stopped && j.foreground {
		j.modes = t.lockedModes()
	}
	if j.foreground && (stopped || len(j.processes) == 0) {
		t.lockedTakeTerminal()
	}
}

// lockedInterruptRest ends a statement of which a process in front died of
// Ctrl-C. The others had their SIGINT from the terminal, but for those that
// were not yet in the group when it came.
func (j *Job) lockedInterruptRest() {
	const late = time.Second
	j.lockedCancel(Interrupted)
	for _, p := range j.processes {
		if time.Since(p.began) < late {
			unix.Kill(p.PID, unix.SIGINT)
		}
	}
}

// Wait waits for the end of p and returns its exit status as a shell counts
// it: 128 and the signal's number if one ended it. There are two other ways
// out, after which the process lives on and ended is false: the whole
// foreground job has stopped, or, where there is no job control, ctx was
// cancelled.
func (p *Process) Wait(ctx context.Context) (status int, ended bool) {
	j, t := p.job, p.job.table
	suspended := false
	enough := func() bool {
		suspended = !j.background && j.lockedState() == Stopped
		return p.ended || suspended
	}
	if t.tty != nil {
		ctx = context.Background()
	}
	t.waitUntil(ctx, enough)

	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case p.ended:
		return exitStatus(p.status), true
	case suspended:
		j.lockedCancel(Suspended)
		return 128 + int(syscall.SIGTSTP), false
	}
	return 1, false
}

// exitStatus is how a shell counts the end of a process.
func exitStatus(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
