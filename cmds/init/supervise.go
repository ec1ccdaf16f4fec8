package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/kmsg"
	"github.com/vole-linux/vole/cmds/internal/sandbox"
	"github.com/vole-linux/vole/cmds/internal/supervisor"
	"github.com/vole-linux/vole/cmds/internal/wire"
)

// The program init is three: process 1, the supervisor, and the shim that
// becomes a service. The word after the name says which.

// process1 is the descriptor of the supervisor's end of the conversation.
const process1 = 3

// supervisorCrash is where a supervisor leaves its last words.
const supervisorCrash = "/run/init/supervisor.crash"

// isShim says whether this process is to become a service. The kernel hands
// words of its command line to process 1, so the word alone does not tell.
func isShim(args []string) bool {
	if len(args) != 1 || args[0] != "exec" {
		return false
	}
	_, err := unix.FcntlInt(sandbox.ReportFD, unix.F_GETFD, 0)
	return err == nil
}

// runSupervisor is "init supervise".
func runSupervisor() error {
	conn, err := wire.Open(process1)
	if err != nil {
		return fmt.Errorf("cannot be started by hand: %w", err)
	}
	if err := os.MkdirAll("/run/init", 0o755); err != nil {
		return fmt.Errorf("cannot make a folder: %w", err)
	}
	os.WriteFile("/proc/self/comm", []byte("supervisor"), 0) // what ps shows; else it is "exe"
	logLastWords()
	if err := setCrashOutput(supervisorCrash); err != nil {
		kmsg.Write(kmsg.Warning, "init", fmt.Sprintf("cannot keep the supervisor's last words: %v", err))
	}
	raiseLimits()
	debug.SetMemoryLimit(256 << 20)
	machine, err := supervisor.Linux(conn, inContainer())
	if err != nil {
		return err
	}
	s := supervisor.New(machine)
	go func() { // nobody asks before there is a shell
		if err := s.Serve(context.Background()); err != nil {
			machine.Log(kmsg.Error, err.Error())
		}
	}()
	return s.Run(context.Background())
}

// logLastWords says what a supervisor that crashed has left.
func logLastWords() {
	text, err := os.ReadFile(supervisorCrash)
	if err != nil || len(text) == 0 {
		return
	}
	kmsg.Write(kmsg.Error, "init", "the last words of the supervisor before:\n"+string(text))
	os.Remove(supervisorCrash)
}

// raiseLimits lets process 1 and the supervisor hold a file for each of many
// services. Programs get the limits of their manifests. Where that is refused,
// in a container, fewer services fit.
func raiseLimits() {
	const many = 65536
	syscall.Setrlimit(unix.RLIMIT_NOFILE, &syscall.Rlimit{Cur: many, Max: many})
}
