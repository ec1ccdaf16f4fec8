package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Info is what the builtin jobs shows of a job.
type Info struct {
	Number  int
	Mark    rune // + for the current job, - for the one before it, else a space
	State   string
	Text    string
	Group   int // the process group, or 0
	Current State
}

func (i Info) String() string {
	return fmt.Sprintf("[%d]%c %-12s %s", i.Number, i.Mark, i.State, i.Text)
}

// List returns all jobs of the table.
func (t *Table) List() []Info {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lockedList()
}

func (t *Table) lockedList() []Info {
	recent := t.lockedRecent()
	var list []Info
	for _, j := range t.jobs {
		mark := ' '
		switch slices.Index(recent, j) {
		case 0:
			mark = '+'
		case 1:
			mark = '-'
		}
		state := j.lockedState()
		list = append(list, Info{j.number, mark, j.lockedStateText(state), j.Text, j.group, state})
	}
	return list
}

func (j *Job) lockedStateText(state State) string {
	switch {
	case state == Running:
		return "Running"
	case state == Stopped:
		return "Stopped"
	case j.lockedKiller() != 0:
		return SignalText(j.lockedKiller())
	case j.status != 0:
		return "Exit " + strconv.Itoa(j.status)
	}
	return "Done"
}

// SignalText is what a signal did to a process, such as "Terminated".
func SignalText(sig syscall.Signal) string {
	text := sig.String()
	return strings.ToUpper(text[:1]) + text[1:]
}

// lockedRecent returns the jobs in the order in which the user thinks of
// them: stopped ones first, and the latest first.
func (t *Table) lockedRecent() []*Job {
	recent := slices.Clone(t.jobs)
	slices.SortStableFunc(recent, func(a, b *Job) int {
		aStopped, bStopped := a.lockedState() == Stopped, b.lockedState() == Stopped
		switch {
		case aStopped && !bStopped:
			return -1
		case bStopped && !aStopped:
			return 1
		}
		return b.stamp - a.stamp
	})
	return recent
}

// RemoveDone takes the jobs that are done out of the table, but for the latest
// keep of them.
func (t *Table) RemoveDone(keep int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	done := 0
	for _, j := range t.jobs {
		if j.lockedState() == Done {
			done++
		}
	}
	t.jobs = slices.DeleteFunc(t.jobs, func(j *Job) bool {
		if j.lockedState() != Done || done <= keep {
			return false
		}
		done--
		return true
	})
}

// News returns what the user has not been told: the jobs that are done, which
// leave the table, and those that have stopped by themselves.
func (t *Table) News() []Info {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.lockedList()
	var news []Info
	var left []*Job
	for i, j := range t.jobs {
		state := list[i].Current
		if state == Done || state == Stopped && !j.told {
			news = append(news, list[i])
			j.told = true
		}
		if state != Done {
			left = append(left, j)
		}
	}
	t.jobs = left
	return news
}

// Remove makes the table forget j.
func (t *Table) Remove(j *Job) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs = slices.DeleteFunc(t.jobs, func(k *Job) bool { return k == j })
}

// Jobs returns the jobs that parent has started in the background; parent is
// nil for those of the shell itself.
func (t *Table) Jobs(parent *Job) []*Job {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.jobs), func(j *Job) bool { return j.Parent != parent })
}

// HasStopped says whether a job is stopped.
func (t *Table) HasStopped() bool {
	return slices.ContainsFunc(t.List(), func(i Info) bool { return i.Current == Stopped })
}

// Find returns the job that spec names: %N by number, %% or %+ or the empty
// string for the current job, %- for the one before it, %TEXT by how it
// starts, %?TEXT by a part of it.
func (t *Table) Find(spec string) (*Job, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	recent := t.lockedRecent()
	name := strings.TrimPrefix(spec, "%")
	var match func(*Job) bool
	switch number, err := strconv.Atoi(name); {
	case name == "" || name == "%" || name == "+":
		match = func(*Job) bool { return true }
	case name == "-":
		if len(recent) > 1 {
			recent = recent[1:]
		}
		match = func(*Job) bool { return true }
	case err == nil:
		match = func(j *Job) bool { return j.number == number }
	case name[0] == '?':
		match = func(j *Job) bool { return strings.Contains(j.Text, name[1:]) }
	default:
		match = func(j *Job) bool { return strings.HasPrefix(j.Text, name) }
	}
	i := slices.IndexFunc(recent, match)
	if i < 0 && spec == "" {
		return nil, errors.New("no current job")
	}
	if i < 0 {
		return nil, errors.New("no such job")
	}
	return recent[i], nil
}

// FindPID returns the job whose first process is or was pid, or nil.
func (t *Table) FindPID(pid int) *Job {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, j := range slices.Backward(t.jobs) {
		if j.first == pid {
			return j
		}
	}
	return nil
}

// Signal sends sig to all processes of the job. A signal that would end a
// program also ends the part of the job that the shell interprets.
func (j *Job) Signal(sig syscall.Signal) error {
	t := j.table
	t.mu.Lock()
	defer t.mu.Unlock()
	if j.lockedState() == Done {
		return errors.New("no such process")
	}
	err := j.lockedSignal(sig)
	switch sig {
	case unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGKILL:
		j.lockedCancel(Killed(sig))
		if j.lockedState() == Stopped {
			j.lockedSignal(unix.SIGCONT) // else it would learn of its end only when continued
		}
	}
	return err
}

// Interrupt does what Ctrl-C means: it ends the statement. The processes in
// front of the terminal get their SIGINT from the kernel; this is for the
// moments in which the shell itself is in front.
func (j *Job) Interrupt() {
	j.table.mu.Lock()
	defer j.table.mu.Unlock()
	j.lockedCancel(Interrupted)
	j.lockedSignal(unix.SIGINT)
}

func (j *Job) lockedSignal(sig syscall.Signal) error {
	if len(j.processes) > 0 && j.table.tty != nil {
		return unix.Kill(-j.group, sig)
	}
	var first error
	for _, p := range j.processes {
		if err := unix.Kill(p.PID, sig); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (j *Job) lockedContinue() error {
	if len(j.processes) == 0 {
		return nil
	}
	j.told = false
	for _, p := range j.processes {
		p.stopped = false // now, and not when the news of it comes
	}
	return j.lockedSignal(unix.SIGCONT)
}

// Continue lets a stopped job go on in the background.
func (j *Job) Continue() error {
	t := j.table
	t.mu.Lock()
	defer t.mu.Unlock()
	if j.lockedState() == Done {
		return errors.New("job has ended")
	}
	t.clock++
	j.stamp = t.clock
	return j.lockedContinue()
}

// BringToFront gives the job the terminal, lets it go on, and waits until it
// is done or stopped again. A done job leaves the table. Cancelling ctx
// interrupts the part of the job that the shell interprets.
func (j *Job) BringToFront(ctx context.Context) (State, int, error) {
	t := j.table
	stop := context.AfterFunc(ctx, j.Interrupt)
	defer stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	if j.lockedState() == Done {
		return Done, 1, errors.New("job has ended")
	}
	j.foreground = true
	t.lockedSetModes(j.modes)
	if len(j.processes) > 0 {
		if err := t.tty.give(j.group); err != nil {
			return Running, 1, err
		}
	}
	if err := j.lockedContinue(); err != nil {
		return Running, 1, err
	}
	for j.lockedState() == Running {
		t.changed.Wait()
	}
	j.foreground = false
	t.lockedTakeTerminal()
	if j.lockedState() == Stopped {
		j.told = true
		return Stopped, 128 + int(unix.SIGTSTP), nil
	}
	t.jobs = slices.DeleteFunc(t.jobs, func(k *Job) bool { return k == j })
	return Done, j.status, nil
}

// HangUp tells every job that the terminal is gone.
func (t *Table) HangUp() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, j := range t.jobs {
		j.lockedSignal(unix.SIGHUP)
		j.lockedSignal(unix.SIGCONT)
	}
}
