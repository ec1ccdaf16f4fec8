package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/kmsg"
)

// Stage 1: from the bare kernel to a machine on which programs can run.
// mountFirst and mountRest are in mounts.go, setParameters in sysctl.go.

func leadSession(m *machine) error { return m.kernel.leadSession() }

// becomeLeader makes the process what its children may expect: a session of
// its own, no folder in use, known permissions, a small environment.
func becomeLeader() error {
	unix.Setsid() // fails only if we lead a session already
	unix.Umask(0o022)
	raiseLimits()
	os.Clearenv()
	os.Setenv("PATH", searchPath)
	return os.Chdir("/")
}

func keepLogs(m *machine) error {
	return m.kernel.writeFile("/proc/sys/kernel/printk_devkmsg", "on\n")
}

func readCommandLine(m *machine) error {
	text := []byte(strings.Join(m.kernel.arguments, " "))
	if !m.kernel.inContainer() { // the line is the host's
		var err error
		if text, err = m.kernel.readFile("/proc/cmdline"); err != nil {
			return err
		}
	}
	m.words = parseCommandLine(string(text))
	if m.words.has("rescue") {
		m.offerRescue("the kernel command line asks for it")
	}
	return nil
}

func quietConsole(m *machine) error {
	if m.words.has("debug") || m.words.has("loglevel") || m.words.has("ignore_loglevel") {
		return nil
	}
	return m.kernel.setConsoleLevel(kmsg.Warning)
}

func keepLastWords(m *machine) error { return m.kernel.crashOutput("/run/init.crash") }

func takeOverKeys(m *machine) error { return m.kernel.reboot(unix.LINUX_REBOOT_CMD_CAD_OFF) }

func nameMachine(m *machine) error {
	name := m.words.get("hostname")
	if name == "" {
		text, err := m.kernel.readFile("/etc/hostname")
		if err != nil {
			return err
		}
		name = strings.TrimSpace(string(text))
	}
	if err := m.kernel.setHostname(name); err != nil {
		return fmt.Errorf("cannot use the name %q: %w", name, err)
	}
	return nil
}

func switchOnLoopback(m *machine) error { return m.kernel.switchOn("lo") }

// floorClock helps boards without a battery: they wake up in 1970, and it is
// surely later than when this system was built.
func floorClock(m *machine) error {
	text, err := m.kernel.readFile("/etc/build-time")
	if err != nil {
		return nil // the image doesn't say
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return fmt.Errorf("cannot read /etc/build-time: %w", err)
	}
	built := time.Unix(seconds, 0)
	if !time.Now().Before(built) {
		return nil
	}
	return m.kernel.setClock(built)
}
