package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/httpunix"
	"github.com/vole-linux/vole/cmds/internal/mount"
	"github.com/vole-linux/vole/cmds/internal/notify"
)

// playShell is the shell of the namespace tests: a prompt and a few commands,
// each of which looks at init from below or makes its life hard.
func playShell() {
	lines := bufio.NewScanner(os.Stdin)
	for fmt.Print("$ "); lines.Scan(); fmt.Print("$ ") {
		command, argument, _ := strings.Cut(lines.Text(), " ")
		number, _ := strconv.Atoi(argument)
		switch command {
		case "pid":
			fmt.Println("pid", os.Getpid())
		case "facts":
			facts()
		case "exit":
			os.Exit(number)
		case "raw":
			raw()
		case "orphans":
			orphans(number)
			fmt.Println(number, "started")
		case "zombies":
			fmt.Println(others(), "others")
		case "signals":
			allSignals(number)
		case "deaf":
			deaf()
			deaf().Signal(syscall.SIGSTOP)
			fmt.Println("two are deaf")
		case "services":
			askInit("GET", "/services")
		case "stop":
			askInit("POST", "/services/"+argument+"/stop?wait=30s")
		case "metrics":
			askInit("GET", "/metrics")
		case "shoot":
			shootSupervisor(syscall.Signal(number))
		case "kill":
			syscall.Kill(1, syscall.Signal(number))
		}
	}
}

// facts prints what a shell finds: names, terminal, environment, mounts.
func facts() {
	name, _ := os.Hostname()
	fmt.Println("host", name)
	role := "nobody"
	if session, err := unix.Getsid(0); err == nil && session == os.Getpid() {
		role = "session leader"
	}
	if group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP); err == nil && group == os.Getpid() {
		role += " on the terminal"
	}
	fmt.Println("ps", os.Getpid(), role)
	fmt.Println(strings.Join(os.Environ(), " "))
	if lo, err := net.InterfaceByName("lo"); err == nil && lo.Flags&net.FlagUp != 0 {
		fmt.Println("lo up")
	}
	table, _ := mount.Table()
	for _, m := range table {
		fmt.Println(m.Target, m.Type)
	}
}

// raw leaves a terminal on which nothing works, and dies.
func raw() {
	t, err := unix.IoctlGetTermios(0, unix.TCGETS)
	if err != nil {
		fmt.Println(err)
		return
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	unix.IoctlSetTermios(0, unix.TCSETS, t)
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func spawn(argv ...string) *os.Process { return spawnTo(nil, argv...) }

func spawnTo(stdout *os.File, argv ...string) *os.Process {
	attr := &os.ProcAttr{Files: []*os.File{nil, stdout}, Sys: &syscall.SysProcAttr{Setsid: true}}
	p, err := os.StartProcess("/bin/"+argv[0], argv, attr)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return p
}

// orphans makes processes that end without a parent, ten parents' children.
func orphans(number int) {
	for range 10 {
		spawn("orphan", strconv.Itoa(number/10)).Wait()
	}
}

// playOrphan, called with a number, starts so many of itself and dies first.
func playOrphan() {
	if len(os.Args) == 1 {
		time.Sleep(20 * time.Millisecond)
		return
	}
	number, _ := strconv.Atoi(os.Args[1])
	for range number {
		spawn("orphan")
	}
}

// deaf starts a process that is deaf by the time it returns.
func deaf() *os.Process {
	ready, says, err := os.Pipe()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	p := spawnTo(says, "deaf")
	says.Close()
	ready.Read(make([]byte, 1))
	return p
}

// playDeaf ignores what can be ignored, and says so.
func playDeaf() {
	signal.Ignore()
	os.Stdout.WriteString("!")
	for {
		syscall.Pause()
	}
}

// askInit prints what init answers, a service a line.
func askInit(method, path string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := httpunix.Do(ctx, control.Socket, method, path, nil)
	for err != nil && ctx.Err() == nil { // between two supervisors
		time.Sleep(10 * time.Millisecond)
		answer, err = httpunix.Do(ctx, control.Socket, method, path, nil)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	data, _ := io.ReadAll(answer.Body)
	var all []control.Service
	if json.Unmarshal(data, &all) != nil {
		fmt.Println(string(data))
		return
	}
	for _, s := range all {
		fmt.Printf("%s %s %d %s\n", s.Name, s.State, s.Pid, s.Reason)
	}
	fmt.Println("that is all")
}

// shootSupervisor sends the supervisor a signal, and waits until it is gone.
func shootSupervisor(sig syscall.Signal) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range all {
		text, _ := os.ReadFile(file)
		if string(text) != "init\x00supervise\x00" {
			continue
		}
		pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
		syscall.Kill(pid, sig)
		for syscall.Kill(pid, 0) == nil {
			time.Sleep(time.Millisecond)
		}
		fmt.Println("shot", pid)
		return
	}
	fmt.Println("there is no supervisor")
}

// playDaemon is a service; its argument says which kind.
func playDaemon() {
	switch os.Args[1] {
	case "run":
		fmt.Println("running")
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		<-signals
	case "notify":
		if err := notify.Send(os.Getenv, "READY=1", "STATUS=at your service"); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		syscall.Pause()
	case "deaf":
		signal.Ignore()
		notify.Send(os.Getenv, "READY=1") // it is deaf from now on
		for {
			syscall.Pause()
		}
	case "fail":
		os.Exit(7)
	}
}

// others counts the processes that are neither half of init nor this shell.
func others() int {
	all, _ := filepath.Glob("/proc/[0-9]*")
	return len(all) - 3
}

// allSignals sends process 1 every signal that doesn't ask for the end.
func allSignals(times int) {
	for range times {
		for s := syscall.Signal(1); s <= 64; s++ {
			if requestBy(s) == none {
				syscall.Kill(1, s)
			}
		}
	}
	fmt.Println("all sent")
}
