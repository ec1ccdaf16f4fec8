// Package qemu is the computer that Vole runs on when there is no other: it
// starts QEMU's machines, hands their console to a person or a test, and
// talks to QEMU itself.
//
// The life of a machine begins here. At power-on a processor runs firmware
// from a fixed address; the firmware looks for something to boot, puts it into
// memory and jumps there. QEMU shortens that road: given -kernel and -initrd,
// its firmware (SeaBIOS on a PC, none on arm64's virt) finds the kernel and the
// archive in memory already, with the kernel's command line beside them. What
// the kernel then does is the next stop.
//
// Machines are data: one file each under machines/, every flag with its why.
// A VM that Start gives has its first serial port as Console (Expect, Send,
// Transcript) and a QMP connection for questions to QEMU. Run instead gives
// the serial port to the terminal; Ctrl-A X leaves, Ctrl-A C is QEMU's prompt.
//
// # Acceleration
//
// That /dev/kvm opens does not mean that guests run: nested or filtered
// virtualisation may hang them. So the first start after each boot of the host
// runs a guest of a few bytes under KVM and waits for its answer; see Accel.
// VOLE_ACCEL=kvm or tcg overrides.
//
// # Files
//
//	machines/*.json                one machine each
//	$VOLE_CACHE/accel/BOOT-ID      what the probe found on this boot of the host
//
// # Bugs
//
// One serial console and one network card per machine. Graphics are not shown.
//
// Next in the tour: kernel
package qemu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vole-linux/vole/internal/cli"
)

// stopLimit is how long QEMU may take to end when it is told to.
const stopLimit = 3 * time.Second

// A Config says which machine to start and with what.
type Config struct {
	Machine   Machine
	Kernel    string // path
	Initramfs string // path
	Append    string // kernel arguments after the default ones
	Memory    int    // MiB; 0 means 256
	CPUs      int    // 0 means 2
	Disks     []string
	Forwards  []Forward
	Accel     string // "" asks Accel
}

// A Forward makes a TCP port of the guest reachable on the host's loopback.
type Forward struct{ Host, Guest int }

// ParseForward reads HOST:GUEST.
func ParseForward(s string) (Forward, error) {
	host, guest, _ := strings.Cut(s, ":")
	h, err1 := strconv.ParseUint(host, 10, 16)
	g, err2 := strconv.ParseUint(guest, 10, 16)
	if err1 != nil || err2 != nil || h == 0 || g == 0 {
		return Forward{}, cli.Usagef("bad port forwarding %q: it is HOST:GUEST, two port numbers, such as 2222:22", s)
	}
	return Forward{int(h), int(g)}, nil
}

// Cmdline is the kernel's command line for a machine: the defaults, then the
// caller's own arguments, which win where the kernel takes the last.
func (c Config) Cmdline() string {
	words := []string{
		"console=" + c.Machine.Console,
		"quiet",              // a slow serial line is no place for the kernel's log; dmesg has it
		"panic=10",           // a machine that has died comes back
		"oops=panic",         // and does not limp on
		"rootfstype=ramfs",   // the root holds pages either way; ramfs can back a file system image
		"random.trust_cpu=1", // do not wait for entropy that the processor has
	}
	if c.Append != "" {
		words = append(words, c.Append)
	}
	return strings.Join(words, " ")
}

// Check finds what would make QEMU fail later with words of its own, apart
// from what is not built yet.
func (c Config) Check() error {
	for _, disk := range c.Disks {
		if f, err := os.OpenFile(disk, os.O_RDWR, 0); err != nil {
			return fmt.Errorf("cannot use the disk: %w", err)
		} else {
			f.Close()
		}
	}
	for _, f := range c.Forwards {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", f.Host))
		if err != nil {
			return fmt.Errorf("cannot forward port %d of this host: %w", f.Host, err)
		}
		l.Close()
	}
	if c.Memory < 0 || c.CPUs < 0 || c.CPUs > 64 {
		return cli.Usagef("cannot make a machine of %d MiB and %d processors", c.Memory, c.CPUs)
	}
	if _, err := exec.LookPath(c.Machine.Binary); err != nil {
		return cli.Hint(fmt.Errorf("cannot find %s", c.Machine.Binary), "run scripts/setup")
	}
	return nil
}

// args are QEMU's arguments, without those for the console.
func (c Config) args(accel string) []string {
	var args []string
	for _, flag := range c.Machine.Flags {
		args = append(args, flag.Words...)
	}
	for _, flag := range c.Machine.Accel.of(accel) {
		args = append(args, flag.Words...)
	}
	args = append(args, "-accel", accel,
		"-m", strconv.Itoa(orDefault(c.Memory, 256)), "-smp", strconv.Itoa(orDefault(c.CPUs, 2)),
		"-kernel", c.Kernel, "-initrd", c.Initramfs, "-append", c.Cmdline())
	for i, disk := range c.Disks {
		// A comma in a file name is doubled (qemu(1), "-drive").
		args = append(args, "-drive", fmt.Sprintf("if=none,format=raw,id=disk%d,file=%s", i, strings.ReplaceAll(disk, ",", ",,")),
			"-device", fmt.Sprintf("virtio-blk-pci,drive=disk%d", i))
	}
	network := "user,id=net0"
	for _, f := range c.Forwards {
		network += fmt.Sprintf(",hostfwd=tcp:127.0.0.1:%d-:%d", f.Host, f.Guest)
	}
	// Without its boot ROM the card does not delay the firmware.
	return append(args, "-netdev", network, "-device", "virtio-net-pci,netdev=net0,romfile=")
}

func orDefault(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

// prepare checks c and chooses the acceleration.
func (c Config) prepare(ctx context.Context) (accel string, err error) {
	if err := c.Check(); err != nil {
		return "", err
	}
	for _, part := range []struct{ what, path string }{{"kernel", c.Kernel}, {"initramfs", c.Initramfs}} {
		if _, err := os.Stat(part.path); err != nil {
			return "", fmt.Errorf("cannot boot without the %s: %w", part.what, err)
		}
	}
	if c.Accel != "" {
		return c.Accel, nil
	}
	return Accel(ctx, c.Machine)
}

// Run boots the machine on this terminal and returns when it is off. A guest
// that powers off is no error. stdin should be a terminal; QEMU puts it into
// raw mode, so that Ctrl-C goes to the guest.
func Run(ctx context.Context, c Config, stdin io.Reader, stdout io.Writer) error {
	accel, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, c.Machine.Binary, append(c.args(accel), "-display", "none", "-serial", "mon:stdio")...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, os.Stderr
	// On SIGTERM QEMU gives the terminal back as it was; killed, it can't.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopLimit
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return fmt.Errorf("cannot run the machine: %s ended with status %d", c.Machine.Binary, exit.ExitCode())
	}
	if err != nil {
		return fmt.Errorf("cannot run the machine: %w", err)
	}
	return nil
}
