package main

import (
	"os"
	"os/exec"
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
	os.Exit(m.Run())
}

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
		kill := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		if !kill.Stop() {
			t.Error("the shell did not leave when its terminal was gone")
		}
	})
	return p
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
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
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
	p.cmd.Wait()
	if got := p.cmd.ProcessState.ExitCode(); got != status {
		p.t.Errorf("the shell left with %d; want %d", got, status)
	}
}

const ctrlC, ctrlD, ctrlZ = "\x03", "\x04", "\x1a"
