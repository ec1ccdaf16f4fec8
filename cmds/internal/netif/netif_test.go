package netif

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/internal/missing"
)

// TestMain, called "up", switches the loopback on in the new network
// namespace that TestUp has put it into, and talks to itself there.
func TestMain(m *testing.M) {
	if os.Args[0] != "up" {
		os.Exit(m.Run())
	}
	if err := Up("lo"); err != nil {
		os.Stdout.WriteString(err.Error())
		os.Exit(1)
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err == nil {
		err = unix.Connect(socket, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		os.Stdout.WriteString("no way to 127.0.0.1: " + err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func TestUp(t *testing.T) {
	child := exec.Command("/proc/self/exe")
	child.Args = []string{"up"}
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := child.CombinedOutput()
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) {
		missing.Skip(t, "user namespaces are missing here: %v", err)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestUpFails(t *testing.T) {
	for _, name := range []string{"nosuchif0", strings.Repeat("x", 40)} {
		if err := Up(name); err == nil || !strings.Contains(err.Error(), "cannot switch on the interface "+name) {
			t.Errorf("Up(%s) = %v", name, err)
		}
	}
}
