package reaper

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The children are this test program again. Its arguments say what to do:
// "exit N", "kill" (itself), "sleep" (until killed), "orphans N".
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "exit":
		status, _ := strconv.Atoi(os.Args[2])
		os.Exit(status)
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "sleep":
		syscall.Pause()
	case "orphans":
		n, _ := strconv.Atoi(os.Args[2])
		for range n { // this parent does not wait for them
			os.StartProcess("/proc/self/exe", []string{"child", "exit", "9"}, &os.ProcAttr{})
		}
		os.Exit(0)
	default:
		os.Exit(m.Run())
	}
}

// running returns a Reaper whose Reap is called as children end.
func running(t *testing.T) *Reaper {
	t.Helper()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	r := New()
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	stopped := make(chan bool)
	go func() {
		for range died {
			r.Reap()
		}
		stopped <- true
	}()
	t.Cleanup(func() {
		signal.Stop(died)
		close(died)
		<-stopped
	})
	return r
}

func start(t *testing.T, r *Reaper, args ...string) *Process {
	t.Helper()
	p, err := r.Start("/proc/self/exe", append([]string{"child"}, args...), &os.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExit(t *testing.T) {
	r := running(t)
	if got := (<-start(t, r, "exit", "7").Exited).Status.ExitStatus(); got != 7 {
		t.Errorf("exit status = %d; want 7", got)
	}
	if got := (<-start(t, r, "kill").Exited).Status.Signal(); got != syscall.SIGKILL {
		t.Errorf("ended by %v; want SIGKILL", got)
	}
	p := start(t, r, "sleep")
	if err := p.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.Exited
	if err := p.Signal(syscall.SIGKILL); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("a signal to an ended process: %v; want ErrProcessDone", err)
	}
	if _, err := r.Start("/no/such/program", nil, &os.ProcAttr{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("starting nothing: %v; want ErrNotExist", err)
	}
}

// While orphans end by the hundred, no child's status may be lost or mixed up.
func TestNothingIsLost(t *testing.T) {
	const workers, each, orphans = 4, 25, 50
	r := running(t)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			<-start(t, r, "orphans", strconv.Itoa(orphans)).Exited
			for i := range each {
				want := (w*each + i) % 200
				if got := (<-start(t, r, "exit", strconv.Itoa(want)).Exited).Status.ExitStatus(); got != want {
					t.Errorf("exit status = %d; want %d", got, want)
				}
			}
		})
	}
	group.Wait()
	for end := time.Now().Add(10 * time.Second); r.Orphans() < workers*orphans && time.Now().Before(end); {
		time.Sleep(time.Millisecond) // the last orphans are on their way
	}
	if got := r.Orphans(); got != workers*orphans {
		t.Errorf("%d orphans; want %d", got, workers*orphans)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.early) != 0 || len(r.children) != 0 {
		t.Errorf("%d strangers and %d children are kept", len(r.early), len(r.children))
	}
}
