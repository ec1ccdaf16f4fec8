// Package command runs the programs that a build leans on, such as make and
// the go command, so that none of them outlives the build.
//
// Each gets a process group of its own, which holds the compilers that it
// starts. When the build is interrupted the group gets SIGINT, on which make
// and go stop and remove what they have half written, and SIGKILL if that
// takes too long. When the build itself is killed, and can send nothing more,
// the kernel sends the program SIGTERM (PR_SET_PDEATHSIG of prctl(2)).
//
// # Bugs
//
// When a build was killed, its compilers go on with the file they are at.
//
// Next in the tour: none
package command

import (
	"context"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// grace is how long a program may take to stop after SIGINT.
const grace = 5 * time.Second

// New returns a command for Run, to which the caller adds folder, environment
// and streams.
func New(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error {
		if signal.Ignored(syscall.SIGINT) { // as a shell does for "build &"; children inherit it
			return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		}
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	cmd.WaitDelay = grace
	return cmd
}

// Run runs a command of New to its end. The error is that of ctx, which is the
// one New got, when that ended first.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	// The kernel takes the end of the thread that started the program for the
	// end of this process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Run()
	if ctx.Err() == nil {
		return err
	}
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever of the group is left
	}
	return ctx.Err()
}
