package job

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is a program that waits, or ends with a status.
func TestMain(m *testing.M) {
	switch do := os.Getenv("JOB_TEST"); do {
	case "":
		os.Exit(m.Run())
	case "wait":
		time.Sleep(time.Minute)
	default:
		status, err := strconv.Atoi(do)
		if err != nil {
			panic(err)
		}
		os.Exit(status)
	}
}

// start starts a process of j that does what JOB_TEST says.
func start(t *testing.T, j *Job, do string) *Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := j.Start(self, []string{"program"}, &syscall.ProcAttr{
		Env: append(os.Environ(), "JOB_TEST="+do), Files: []uintptr{0, 1, 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// background begins a job of the shell, or of parent.
func background(table *Table, text string, parent *Job) (*Job, context.Context) {
	ctx, cancel := context.WithCancelCause(context.Background())
	return table.Background(text, parent, cancel), ctx
}

func texts(table *Table) string {
	var list []string
	for _, info := range table.List() {
		list = append(list, info.String())
	}
	return strings.Join(list, "\n")
}

func TestLifeOfAJob(t *testing.T) {
	table := NewTable(nil)
	j, ctx := background(table, "program", nil)
	if pid := j.WaitStarted(0); pid != 0 {
		t.Errorf("a job without processes has the process %d", pid)
	}
	p := start(t, j, "3")
	if got := j.WaitStarted(time.Minute); got != p.PID || table.FindPID(p.PID) != j {
		t.Errorf("the first process is %d; want %d", got, p.PID)
	}
	status, ended := p.Wait(ctx)
	if status != 3 || !ended {
		t.Errorf("Wait = %d, %v; want 3, true", status, ended)
	}
	if got := texts(table); got != "[1]+ Running      program" {
		t.Errorf("before Finish: %s", got)
	}
	if state := j.Finish(status); state != Done {
		t.Errorf("Finish = %v", state)
	}
	if status, done := j.WaitDone(ctx); status != 3 || !done {
		t.Errorf("WaitDone = %d, %v", status, done)
	}
	if news := table.News(); len(news) != 1 || news[0].State != "Exit 3" {
		t.Errorf("news = %v", news)
	}
	if got := texts(table); got != "" {
		t.Errorf("after the news: %s", got)
	}
}

func TestSignal(t *testing.T) {
	table := NewTable(nil)
	j, ctx := background(table, "program", nil)
	p := start(t, j, "wait")
	if err := j.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status, ended := p.Wait(context.Background()); status != 143 || !ended {
		t.Errorf("Wait = %d, %v", status, ended)
	}
	if cause := context.Cause(ctx); cause != Killed(syscall.SIGTERM) || CancelStatus(cause) != 143 {
		t.Errorf("cause = %v", cause)
	}
	j.Finish(143)
	if got := texts(table); got != "[1]+ Terminated   program" {
		t.Error(got)
	}
	if err := j.Signal(syscall.SIGTERM); err == nil {
		t.Error("a job that is done took a signal")
	}
}

// Without job control a process may be left behind by a script that ends.
func TestWaitIsCancelled(t *testing.T) {
	table := NewTable(nil)
	j, _ := background(table, "program", nil)
	p := start(t, j, "wait")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, ended := p.Wait(ctx); ended {
		t.Error("the process ended")
	}
	if _, done := j.WaitDone(ctx); done {
		t.Error("the job is done")
	}
	if err := j.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.Wait(context.Background())
}

func TestWaitDetached(t *testing.T) {
	table := NewTable(nil)
	j, ctx := background(table, "program", nil)
	p := start(t, j, "wait")
	j.WaitDetached(ctx, 1) // all that it will start has started
	if j.IsDone() {
		t.Error("the job is done")
	}
	j.Signal(syscall.SIGKILL)
	p.Wait(context.Background())
	j.Finish(137)
	j.WaitDetached(ctx, 0)
}

func TestStartFails(t *testing.T) {
	j := NewTable(nil).Foreground("x", func(error) {})
	if _, err := j.Start("/no/such/program", []string{"x"}, &syscall.ProcAttr{}); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("error = %v", err)
	}
	if state := j.Finish(127); state != Done {
		t.Errorf("state = %v", state)
	}
}

func TestFind(t *testing.T) {
	table := NewTable(nil)
	if _, err := table.Find(""); err == nil || err.Error() != "no current job" {
		t.Errorf("an empty table: %v", err)
	}
	jobs := map[string]*Job{}
	for _, text := range []string{"sleep 1", "cat file", "sleep 2"} {
		jobs[text], _ = background(table, text, nil)
	}
	child, _ := background(table, "child", jobs["cat file"])
	table.Remove(child)
	tests := []struct{ spec, text string }{
		{"", "sleep 2"}, {"%%", "sleep 2"}, {"%+", "sleep 2"}, {"%", "sleep 2"}, {"%-", "cat file"},
		{"%1", "sleep 1"}, {"2", "cat file"}, {"%sleep", "sleep 2"}, {"%?fil", "cat file"},
		{"%9", ""}, {"%x", ""}, {"%?x", ""},
	}
	for _, tt := range tests {
		j, err := table.Find(tt.spec)
		if (err == nil) != (tt.text != "") || err == nil && j.Text != tt.text {
			t.Errorf("%q = %v, %v; want %s", tt.spec, j, err, tt.text)
		}
	}
	want := "[1]  Running      sleep 1\n[2]- Running      cat file\n[3]+ Running      sleep 2"
	if got := texts(table); got != want {
		t.Errorf("list:\n%s\nwant:\n%s", got, want)
	}
}

// wait, called inside a background job, must not wait for that job itself.
func TestJobsOfAParent(t *testing.T) {
	table := NewTable(nil)
	parent, _ := background(table, "parent", nil)
	child, _ := background(table, "child", parent)
	if got := table.Jobs(parent); len(got) != 1 || got[0] != child {
		t.Errorf("the parent's jobs: %v", got)
	}
	if got := table.Jobs(nil); len(got) != 1 || got[0] != parent {
		t.Errorf("the shell's jobs: %v", got)
	}
}

// A script gets the numbers of finished jobs again, and they don't pile up.
func TestRemoveDone(t *testing.T) {
	table := NewTable(nil)
	for range 5 {
		j, _ := background(table, "x", nil)
		if j.Number() != 1 {
			t.Errorf("number = %d; want 1", j.Number())
		}
		j.Finish(0)
	}
	running, _ := background(table, "running", nil)
	if running.Number() != 1 {
		t.Errorf("number = %d; want 1", running.Number())
	}
	table.RemoveDone(2)
	if n := len(table.List()); n != 3 {
		t.Errorf("%d jobs are left; want 3", n)
	}
	if j, err := table.Find("%1"); err != nil || j != running {
		t.Errorf("%%1 is %v, %v; want the one that runs", j, err)
	}
}
