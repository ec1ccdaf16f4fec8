// Init is the first program: the kernel starts it, it starts everything else,
// and it ends last.
//
// Usage:
//
//	init       as process 1, by the kernel: run the machine
//	init -h    print this text's short form
//
// Process 1 is unlike any other. It becomes the parent of every process whose
// own parent dies, and has to bury all of them. It can't be replaced: should it
// ever end, the kernel panics. So it does little, waits for nobody, and
// survives its own mistakes. A life has three stages, and the function life
// below is the whole of it, one named step a line:
//
//  1. Prepare. Mount what the kernel offers as file systems, name the machine,
//     switch on the loopback interface, harden the kernel's settings.
//  2. Supervise. Keep the supervisor running, which decides about services, and
//     a shell on the console; bury the dead; wait for the signal that asks for
//     the end.
//  3. Shut down. Stop the services in order, then everybody else; write
//     everything out; take the file systems off; tell the kernel to stop.
//
// A step that fails says so and the next one follows. If the machine makes no
// sense without the step, the console gets the rescue shell instead: BusyBox
// ash if it is in the image, else gosh. A step that panics has failed, no more.
//
// # Two halves
//
// Services are the affair of another process of this program, the supervisor
// ("init supervise", cmds/internal/supervisor). It may crash: process 1 starts
// another one, and services, which are children of process 1, live on. Process 1
// itself starts what it is asked to, remembers how it ended, feeds the watchdog
// and parses nothing. docs/init.md tells the story; svc is what people use.
//
// # Words on the kernel command line
//
//	rescue           start the rescue shell, and no services
//	init.mask=A,B    do not start these services at boot
//	init.only=A,B    start only these, and what they require
//	hostname=NAME    the machine's name, instead of /etc/hostname
//	TERM=NAME        the kind of terminal on the console
//	init.debug       log how long each step has taken
//	debug            keep the kernel's messages on the console; so do
//	                 loglevel= and ignore_loglevel
//
// In a container there is no such line; there init reads its arguments.
//
// # Signals
//
//	SIGTERM, SIGRTMIN+5, SIGINT (Ctrl-Alt-Del)   reboot
//	SIGUSR2, SIGPWR, SIGRTMIN+4                  power off
//	SIGUSR1, SIGRTMIN+3                          halt
//
// They are what reboot, poweroff and halt send, BusyBox's and ours, and what
// container runtimes send. All other signals are caught and dropped. Seven
// times SIGINT within two seconds reboots at once.
//
// # Messages
//
// Messages go to the kernel's log (dmesg). The kernel shows the failures among
// them on the console too. init itself writes one line there when it is done:
//
//	init: boot complete: 4 services in 0.52 s
//
// It counts the services that are up; the seconds are since the start of the
// kernel. Where a service is not ready after 90 seconds there is a shell all
// the same.
//
// # Files
//
//	/etc/hostname        the name of the machine
//	/etc/sysctl.d/*.conf kernel settings, "key = value" a line
//	/etc/build-time      seconds since 1970; the clock is never before it
//	/run/init.crash      what the Go runtime says if init dies all the same
//	/etc/services/       manifests, for the supervisor
//	/dev/watchdog        resets the machine if it is not fed
//
// # Further reading
//
// pid_namespaces(7), wait4(2), reboot(2), signal(7), mount(8), sysctl.d(5), and
// "s6-svscan as process 1" by Laurent Bercot, the essay on the three stages.
//
// # Bugs
//
// A new version of process 1 needs a reboot. The root file system stays writable
// after stage 1.
// A process that the kernel can't end is left behind after five seconds.
//
// Next in the tour: cmds/gosh
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vole-linux/vole/cmds/internal/sandbox"
	"github.com/vole-linux/vole/cmds/internal/wire"
	"github.com/vole-linux/vole/internal/cli"
)

// A step is one thing that init does on its way. why is for readers.
type step struct {
	stage int
	name  string
	why   string
	kind  kind
	run   func(*machine) error
}

// A kind says what is special about a step.
type kind int

const (
	essential   kind = 1 + iota // without it the machine makes no sense: rescue shell
	machineOnly                 // the host's affair if this is a container
)

// life is what init does, from power-on to power-off.
func life() []step {
	return []step{
		{1, "lead a session of its own", "so that no terminal's Ctrl-C reaches it", 0, leadSession},
		{1, "mount /proc, /dev and /run", "nothing works without them", essential, mountFirst},
		{1, "read the kernel command line", "it can ask for the rescue shell", 0, readCommandLine},
		{1, "start the supervisor", "it reads manifests while the rest is prepared", 0, startEarly},
		{1, "keep every log record", "the kernel drops floods, and boots are floods", machineOnly, keepLogs},
		{1, "mount all other file systems", "programs expect them", 0, mountRest},
		{1, "quiet the console", "so that messages don't fall into the shell's lines", machineOnly, quietConsole},
		{1, "keep the last words", "a crash that leaves no text can't be mended", 0, keepLastWords},
		{1, "take over Ctrl-Alt-Del", "an orderly reboot instead of a sudden one", machineOnly, takeOverKeys},
		{1, "name the machine", "so that every log line carries the right name", 0, nameMachine},
		{1, "switch on loopback", "programs talk to each other on 127.0.0.1", 0, switchOnLoopback},
		{1, "set kernel parameters", "the hardening that is no build option", 0, setParameters},
		{1, "arm the watchdog", "it resets a machine that hangs", machineOnly, armWatchdog},
		{1, "set the clock forward", "certificates are not valid in 1970", 0, floorClock},

		{2, "supervise", "services, and a shell on the console, until somebody asks for the end", 0, supervise},

		{3, "stop services", "in order, each in its own time", 0, stopServices},
		{3, "stop all processes", "they may have something to save", 0, stopProcesses},
		{3, "unmount file systems", "what is unmounted is complete on disk", machineOnly, unmountAll},
		{3, "make / read-only", "it can't be unmounted, but it can be finished", machineOnly, finishRoot},
		{3, "write everything out", "disks without a file system of ours included", machineOnly, syncDisks},
		{3, "stop the machine", "", 0, stopMachine},
	}
}

func main() {
	if isShim(os.Args[1:]) {
		os.Exit(sandbox.Shim(sandbox.Real()))
	}
	if os.Getpid() != 1 {
		cli.Exit("init", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	signals := catchSignals() // first: until then a stray signal is a kernel panic
	m := newMachine(linux(), signals)
	go survive(func() error { insist(m.kernel, signals.keys); return nil })
	m.live(life())
	m.kernel.rest() // should even the last step have failed: process 1 must not end
}

const usage = `usage: init

Process 1 of Vole. The kernel starts it, nobody else can.
To end the machine: poweroff, reboot or halt.
The manual: help init`

// run is what happens when somebody else than the kernel calls init.
func run(args []string, _ io.Reader, _, _ io.Writer) error {
	if len(args) == 1 && args[0] == "supervise" {
		return runSupervisor()
	}
	for _, arg := range args {
		if arg == "-h" || arg == "-help" || arg == "--help" {
			return cli.Help(usage)
		}
	}
	return cli.Hint(errors.New("cannot be anything but process 1"), "to end the machine: poweroff, reboot or halt")
}

// A machine is one life of init. The main goroutine owns it.
type machine struct {
	kernel  kernel
	signals signals
	began   time.Duration // since the start of the kernel
	words   commandLine   // set by readCommandLine
	request request       // the end that was asked for
	rescue  string        // why the console gets the rescue shell; "" if it doesn't
	shell   lasting
	late    <-chan time.Time // says that the boot takes too long

	supervisor lasting
	conn       conversation       // with it, or nil
	packets    <-chan wire.Packet // from it
	children   map[uint64]*child
	kept       map[string]int // open files
	starting   int            // calls of kernel.start under way
	started    chan start     // their outcomes
	healthy    time.Duration  // when the supervisor said so, since the start of the kernel
	stopping   bool           // services are being stopped
	down       bool           // they have stopped
	dog        dog            // the watchdog, or nil
	steps      []string       // how long each took, for init.debug

	unsent []wire.Packet    // to the supervisor, which has no room for them
	took   time.Duration    // when it took one, since the start of the kernel
	room   <-chan time.Time // says when to try again
}

func newMachine(k kernel, s signals) *machine {
	return &machine{kernel: k, began: k.sinceStart(), signals: s, children: map[uint64]*child{}, kept: map[string]int{}, started: make(chan start, maxStarting)}
}

// live walks through the steps. The last one does not return.
func (m *machine) live(steps []step) {
	for _, s := range steps {
		if s.kind == machineOnly && m.kernel.inContainer() {
			continue
		}
		began := m.kernel.sinceStart()
		err := survive(func() error { return s.run(m) })
		m.steps = append(m.steps, fmt.Sprintf("%v %s", (m.kernel.sinceStart()-began).Round(100*time.Microsecond), s.name))
		if err == nil {
			continue
		}
		err = fmt.Errorf("cannot %s: %w", s.name, err)
		m.fail(err)
		if s.kind == essential {
			m.offerRescue(err.Error())
		}
	}
}
