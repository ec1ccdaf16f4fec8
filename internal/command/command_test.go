package command

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	cmd := New(t.Context(), "sh", "-c", "echo hello; exit 3")
	cmd.Stdout = &out
	err := Run(t.Context(), cmd)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || out.String() != "hello\n" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
	if err := Run(t.Context(), New(t.Context(), "no-such-program")); err == nil {
		t.Error("no error for a program that is not there")
	}
}

// script starts a shell that has a child, waits for it, and cleans up on
// SIGINT. It tells the child's process number in the returned file.
func script(t *testing.T) (text, child, cleaned string) {
	dir := t.TempDir()
	child, cleaned = filepath.Join(dir, "child"), filepath.Join(dir, "cleaned")
	return "trap 'touch " + cleaned + "; exit 1' INT; sleep 60 & echo $! > " + child + ".new; mv " + child + ".new " + child + "; wait", child, cleaned
}

// pid waits for the file and returns the process number in it.
func pid(t *testing.T, file string) int {
	t.Helper()
	for range 200 {
		if text, err := os.ReadFile(file); err == nil {
			n, err := strconv.Atoi(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s did not appear", file)
	return 0
}

// ends waits until the process is gone.
func ends(t *testing.T, pid int) {
	t.Helper()
	for range 200 {
		state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("process %d is still there", pid)
	syscall.Kill(pid, syscall.SIGKILL)
}

// An interrupt lets the program clean up and ends its children.
func TestInterrupt(t *testing.T) {
	text, child, cleaned := script(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- Run(ctx, New(ctx, "sh", "-c", text)) }()
	started := pid(t, child)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(cleaned); err != nil {
		t.Error("the program could not clean up")
	}
	ends(t, started)
}

// In the background of a shell script SIGINT is ignored; a build there that is
// ended by another signal must not wait for a program that can't hear.
func TestInterruptIgnored(t *testing.T) {
	signal.Ignore(syscall.SIGINT)
	defer signal.Reset(syscall.SIGINT)
	text, child, _ := script(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- Run(ctx, New(ctx, "sh", "-c", text)) }()
	started := pid(t, child)
	before := time.Now()
	cancel()
	<-done
	if took := time.Since(before); took > grace/2 {
		t.Errorf("ended after %v", took)
	}
	ends(t, started)
}

// A builder that is killed takes its program along.
func TestKilled(t *testing.T) {
	if file := os.Getenv("VOLE_TEST_CHILD"); file != "" { // we are the builder
		Run(context.Background(), New(context.Background(), "sh", "-c", "echo $$ > "+file+".new; mv "+file+".new "+file+"; exec sleep 60"))
		return
	}
	child := filepath.Join(t.TempDir(), "child")
	builder := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	builder.Env = append(os.Environ(), "VOLE_TEST_CHILD="+child)
	if err := builder.Start(); err != nil {
		t.Fatal(err)
	}
	started := pid(t, child)
	builder.Process.Kill()
	builder.Wait()
	ends(t, started)
}
