package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/ptytest"
)

// The test binary is gosh when it is asked to be.
func TestMain(m *testing.M) {
	if os.Getenv("GOSH_TEST_AS_SHELL") != "" {
		main()
		return
	}
	if signal.Ignored(unix.SIGHUP) || signal.Ignored(unix.SIGINT) {
		startAnew()
	}
	os.Exit(m.Run())
}

// startAnew begins the tests again with signals as they are at a login: below
// nohup, or behind the & of a script, some are ignored. A signal that is
// handled is back at its default after execve(2).
func startAnew() {
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP, unix.SIGINT)
	err := syscall.Exec("/proc/self/exe", os.Args, os.Environ())
	fmt.Fprintln(os.Stderr, "cannot start the tests anew:", err)
	os.Exit(1)
}

// patience is how long a test waits for what must come: for far longer than a
// slow and busy machine takes.
const patience = time.Minute

// shellCommand is the real program with the given arguments.
func shellCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "gosh"
	cmd.Dir = t.TempDir()
	cmd.Env = []string{
		"GOSH_TEST_AS_SHELL=1", "TERM=vt100", "HOME=" + cmd.Dir,
		"PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + t.TempDir(), "PS1=vole# ",
	}
	return cmd
}

// A person sits at a terminal with a shell.
type person struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File

	mu   sync.Mutex
	seen string // guarded by mu: what the terminal showed
	read int    // guarded by mu: how much of it expect has passed
}

const prompt = "vole# "

// sitDown starts an interactive shell as the leader of a session of its own,
// as init does on the console.
func sitDown(t *testing.T, change func(*exec.Cmd)) *person {
	t.Helper()
	master, name := ptytest.Open(t)
	slave, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd := shellCommand(t)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if change != nil {
		change(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	p := &person{t: t, cmd: cmd, master: master}
	go p.watch()
	t.Cleanup(func() {
		master.Close() // hangs up, and the shell ends its jobs
		if !p.isGone() {
			t.Error("the shell did not leave when its terminal was gone")
		}
	})
	return p
}

// isGone waits until the shell has ended. It kills one that doesn't end.
func (p *person) isGone() bool {
	kill := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
	p.cmd.Wait()
	return kill.Stop()
}

func (p *person) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := p.master.Read(buffer)
		p.mu.Lock()
		p.seen += string(buffer[:n])
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// sees waits until each of the texts has been shown, in this order, after what
// was seen before.
func (p *person) sees(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !p.waits(text) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.t.Fatalf("waited for %q; saw before it %q and after it %q", text, p.seen[:p.read], p.seen[p.read:])
		}
	}
}

func (p *person) waits(text string) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		p.mu.Lock()
		i := strings.Index(p.seen[p.read:], text)
		if i >= 0 {
			p.read += i + len(text)
		}
		p.mu.Unlock()
		if i >= 0 {
			return true
		}
	}
	return false
}

// all is what the terminal has shown from the start.
func (p *person) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

func (p *person) types(keys string) {
	p.t.Helper()
	if _, err := p.master.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// does types a line, and sees what it answers and the next prompt.
func (p *person) does(line string, answers ...string) {
	p.t.Helper()
	p.types(line + "\r")
	p.sees("\r\n")
	p.sees(answers...)
	p.sees(prompt)
}

// leaves ends the shell and checks its exit status.
func (p *person) leaves(keys string, status int) {
	p.t.Helper()
	p.types(keys)
	if !p.isGone() {
		p.t.Fatalf("the shell did not leave; the terminal shows %q", p.all())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != status {
		p.t.Errorf("the shell left with %d; want %d", got, status)
	}
}

// seesProgram waits until the shell has put a program in front of the
// terminal.
func (p *person) seesProgram() {
	p.t.Helper()
	raw, err := p.master.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		front := 0
		raw.Control(func(fd uintptr) { front, err = unix.IoctlGetInt(int(fd), unix.TIOCGPGRP) })
		if err == nil && front != 0 && front != p.cmd.Process.Pid {
			return
		}
	}
	p.t.Fatalf("waited for a program in front; the terminal shows %q", p.all())
}

const ctrlC, ctrlD, ctrlZ = "\x03", "\x04", "\x1a"
