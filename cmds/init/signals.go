package main

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// signals are the two kinds that init listens to.
type signals struct {
	child <-chan os.Signal // one or many children have ended
	end   <-chan os.Signal // somebody wants the machine to stop
	keys  <-chan os.Signal // Ctrl-Alt-Del, once more, for insist
}

// A request is a way to end.
type request int

const (
	none request = iota
	halt
	powerOff
	reboot
)

func (r request) String() string { return [...]string{"no end", "halt", "power off", "reboot"}[r] }

// command is the argument of reboot(2).
func (r request) command() int {
	return [...]int{0, unix.LINUX_REBOOT_CMD_HALT, unix.LINUX_REBOOT_CMD_POWER_OFF, unix.LINUX_REBOOT_CMD_RESTART}[r]
}

// firstRealTime is SIGRTMIN as C libraries count: they keep 32 and 33.
const firstRealTime = syscall.Signal(34)

// requestBy is the contract with reboot, poweroff and halt (ours, BusyBox's
// and systemd's), with the kernel (SIGINT is Ctrl-Alt-Del) and with container
// runtimes (SIGTERM and SIGRTMIN+3).
func requestBy(s os.Signal) request {
	switch s {
	case syscall.SIGUSR1, firstRealTime + 3:
		return halt
	case syscall.SIGUSR2, syscall.SIGPWR, firstRealTime + 4:
		return powerOff
	case syscall.SIGTERM, syscall.SIGINT, firstRealTime + 5:
		return reboot
	}
	return none
}

// catchSignals catches every signal there is. The kernel spares process 1 only
// those that it doesn't handle, but the Go runtime handles them all, and ends
// the process for a dozen of them. A channel that nobody reads drops them.
func catchSignals() signals {
	dropped := make(chan os.Signal, 1)
	signal.Notify(dropped)
	child := make(chan os.Signal, 1) // one is enough, since Reap finds all
	signal.Notify(child, syscall.SIGCHLD)
	end := make(chan os.Signal, 8)
	for s := syscall.Signal(1); s <= 64; s++ {
		if requestBy(s) != none {
			signal.Notify(end, s)
		}
	}
	keys := make(chan os.Signal, presses)
	signal.Notify(keys, syscall.SIGINT)
	return signals{child: child, end: end, keys: keys}
}
