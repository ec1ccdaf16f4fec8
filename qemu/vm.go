package qemu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A VM is a running machine.
type VM struct {
	Console *Console // the first serial port
	QMP     *QMP     // QEMU itself

	cmd  *exec.Cmd
	exit Exit
	err  error         // why QEMU could not be waited for
	done chan struct{} // closed when exit and err are set
}

// An Exit is how QEMU ended.
type Exit struct {
	Status int           // 0 when the guest powered off or asked for a reboot
	CPU    time.Duration // processor time that QEMU took
	Stderr string        // what QEMU complained about
}

// Start boots the machine with its console and QMP in the caller's hands. The
// machine ends with ctx at the latest.
func Start(ctx context.Context, c Config) (*VM, error) {
	accel, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("cannot make a socket for QMP: %w", err)
	}
	defer theirs.Close()
	// Descriptor 3 is the first of ExtraFiles.
	cmd := exec.CommandContext(ctx, c.Machine.Binary, append(c.args(accel), "-display", "none",
		"-serial", "stdio", "-chardev", "socket,id=qmp,fd=3", "-mon", "chardev=qmp,mode=control")...)
	cmd.ExtraFiles = []*os.File{theirs}
	// No machine outlives a test that was killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	keys, err1 := cmd.StdinPipe()
	screen, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		ours.Close()
		return nil, fmt.Errorf("cannot make the console: %w", err)
	}
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("cannot start %s: %w", c.Machine.Binary, err)
	}
	vm := &VM{Console: NewConsole(screen, keys), QMP: NewQMP(ours), cmd: cmd, done: make(chan struct{})}
	go vm.wait(&stderr)
	return vm, nil
}

// wait owns cmd after the start. The console is read to its end first, since
// Wait closes it.
func (vm *VM) wait(stderr *strings.Builder) {
	<-vm.Console.ended
	err := vm.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		vm.err = fmt.Errorf("cannot wait for QEMU: %w", err)
	}
	if state := vm.cmd.ProcessState; state != nil {
		vm.exit = Exit{state.ExitCode(), state.UserTime() + state.SystemTime(), stderr.String()}
	}
	vm.QMP.Close()
	close(vm.done)
}

// Wait returns how QEMU ended, once it has, or an error when ctx ends first.
func (vm *VM) Wait(ctx context.Context) (Exit, error) {
	select {
	case <-vm.done:
		return vm.exit, vm.err
	case <-ctx.Done():
		return Exit{}, fmt.Errorf("the machine is still on: %w\n%s", ctx.Err(), vm.Console.tail())
	}
}

// Close ends the machine if it is still on, as pulling the plug does.
func (vm *VM) Close() error {
	vm.cmd.Process.Kill() // an error says that it has ended already
	<-vm.done
	return vm.err
}

// socketPair makes two connected stream sockets: QEMU inherits one, so that no
// path in the file system has to be short enough for a socket's address.
func socketPair() (ours io.ReadWriteCloser, theirs *os.File, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(fds[0]), "qmp"), os.NewFile(uintptr(fds[1]), "qmp"), nil
}
