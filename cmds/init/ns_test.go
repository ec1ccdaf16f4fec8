package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/ptytest"
	"github.com/vole-linux/vole/internal/missing"
)

// The third tier: the real init as process 1 of namespaces that belong to an
// unprivileged user. Nothing of the computer that runs the test is touched:
// its process numbers, mounts, host name and network are other ones.
//
// The test program plays all parts, told apart by the name it is called by:
// "stage" builds a small root and goes on as "init", which starts "gosh".
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "stage":
		if err := buildRoot(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
			fmt.Println("stage: cannot", err)
			os.Exit(1)
		}
	case "init":
		main()
	case "gosh":
		playShell()
	case "orphan":
		playOrphan()
	case "deaf":
		playDeaf()
	case "daemon":
		playDaemon()
	default:
		os.Exit(m.Run())
	}
}

// buildRoot makes the root that a container's runtime would make, with
// terminal as its console, program as its only one and the manifests of the
// folder services, and becomes init in it.
func buildRoot(program, terminal, services string, arguments []string) error {
	const root = "/tmp" // hidden under the new root in this namespace
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	self, err := os.Open(program) // which may well lie in /tmp
	if err != nil {
		return err
	}
	manifests, err := os.OpenRoot(services) // likewise
	if err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", root, "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount a root: %w", err)
	}
	if err := os.CopyFS(root+"/etc/services", manifests.FS()); err != nil {
		return err
	}
	for _, dir := range []string{"proc", "dev", "bin", "etc", "root", "old", "lib", "lib64", "usr"} {
		if err := os.MkdirAll(root+"/"+dir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("tmpfs", root+"/dev", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount a /dev: %w", err)
	}
	for from, to := range map[string]string{
		fmt.Sprintf("/proc/self/fd/%d", self.Fd()): "/bin/init",
		terminal: "/dev/console", "/dev/null": "/dev/null",
		"/lib": "/lib", "/lib64": "/lib64", "/usr": "/usr", // for a test program that isn't static
	} {
		if err := bind(from, root+to); err != nil {
			return fmt.Errorf("bind %s: %w", from, err)
		}
	}
	for _, link := range []string{"gosh", "orphan", "deaf", "daemon"} {
		if err := os.Symlink("init", root+"/bin/"+link); err != nil {
			return err
		}
	}
	if err := os.WriteFile(root+"/etc/hostname", []byte("inside\n"), 0o644); err != nil {
		return err
	}
	// A new proc may be mounted only where another one is in sight.
	if err := unix.Mount("proc", root+"/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount proc: %w", err)
	}
	if err := unix.PivotRoot(root, root+"/old"); err != nil {
		return fmt.Errorf("pivot: %w", err)
	}
	if err := unix.Unmount("/old", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the old root: %w", err)
	}
	return syscall.Exec("/bin/init", append([]string{"init"}, arguments...), nil)
}

// bind shows from at to as well. What isn't there is left out.
func bind(from, to string) error {
	info, err := os.Stat(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		f, err := os.Create(to)
		if err != nil {
			return err
		}
		f.Close()
	}
	return unix.Mount(from, to, "", unix.MS_BIND|unix.MS_REC, "")
}

// patience is how long a test waits for what must come: a machine that also
// compiles a kernel is slow, and only a failure takes so long.
const patience = time.Minute

// A guest is an init in namespaces and the person at its console.
type guest struct {
	t       *testing.T
	process *exec.Cmd
	ended   chan error
	console *os.File

	mu     sync.Mutex // guards screen
	screen bytes.Buffer
	read   int // how much of screen was expected already
}

// boot starts init with the words that a kernel command line would have. The
// tests that do so run side by side.
func boot(t *testing.T, words ...string) *guest {
	t.Helper()
	return bootWith(t, nil, words...)
}

// bootWith is boot on a root with services: manifests by name.
func bootWith(t *testing.T, manifests map[string]string, words ...string) *guest {
	t.Helper()
	t.Parallel()
	services := t.TempDir()
	for name, text := range manifests {
		if err := os.WriteFile(filepath.Join(services, name+".json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	console, terminal := ptytest.Open(t)
	// Fd makes reads wait in the kernel. Go's poller sleeps through what comes
	// when the last program has closed the terminal and another one opens it.
	console.Fd()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{t: t, console: console, ended: make(chan error, 1)}
	g.process = exec.Command(program)
	g.process.Args = append([]string{"stage", program, terminal, services}, words...)
	g.process.Stdout, g.process.Stderr = &locked{g: g}, &locked{g: g}
	g.process.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWUTS |
			unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWCGROUP,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	if err := g.process.Start(); err != nil {
		missing.Skip(t, "user namespaces are missing here: %v", err)
	}
	go func() { g.ended <- g.process.Wait() }()
	go g.watch()
	t.Cleanup(func() { g.process.Process.Kill() })
	return g
}

// locked is the writer to a guest's screen.
type locked struct{ g *guest }

func (l *locked) Write(p []byte) (int, error) {
	l.g.mu.Lock()
	defer l.g.mu.Unlock()
	return l.g.screen.Write(p)
}

func (g *guest) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := g.console.Read(buffer)
		(&locked{g}).Write(buffer[:n])
		if errors.Is(err, syscall.EIO) { // no shell has it open for the moment
			time.Sleep(time.Millisecond)
		} else if err != nil {
			return
		}
	}
}

func (g *guest) text() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.screen.String()
}

// expect waits until the console shows text that matches, after all that was
// expected before, and returns it.
func (g *guest) expect(pattern string) string {
	g.t.Helper()
	want := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		text := g.text()
		if at := want.FindStringIndex(text[g.read:]); at != nil {
			found := text[g.read+at[0] : g.read+at[1]]
			g.read += at[1]
			return found
		}
		if strings.Contains(text, "stage: cannot") {
			if strings.Contains(text, "not permitted") || strings.Contains(text, "denied") {
				missing.Skip(g.t, "mounting in user namespaces is missing here: %s", text)
			}
			g.t.Fatal(text)
		}
		time.Sleep(time.Millisecond)
	}
	g.t.Fatalf("%q did not appear on the console:\n%s", pattern, g.text())
	return ""
}

// do types a line and waits for the answer.
func (g *guest) do(line, pattern string) string {
	g.t.Helper()
	g.expect(`\$ `)
	if _, err := g.console.WriteString(line + "\n"); err != nil {
		g.t.Fatal(err)
	}
	g.expect(`\n`) // the echo
	return g.expect(pattern)
}

// wait returns how init ended: the signal that reboot(2) has for it.
func (g *guest) wait() syscall.WaitStatus {
	g.t.Helper()
	select {
	case <-g.ended:
		return g.process.ProcessState.Sys().(syscall.WaitStatus)
	case <-time.After(patience):
		g.t.Fatalf("init has not ended:\n%s", g.text())
		return 0
	}
}

func TestBoot(t *testing.T) {
	g := boot(t, "hostname=web1")
	g.expect(`init: boot complete: 0 services in \d+\.\d\d s\r\n`)
	g.do("facts", `host web1\r\n`)
	g.expect(`ps [1-9]\d* session leader on the terminal\r\n`)
	g.expect(`HOME=/root PATH=/bin TERM=xterm USER=root SHELL=/bin/gosh\r\n`)
	g.expect(`lo up\r\n`)
	g.expect(`/run tmpfs\r\n`)
	g.expect(`/tmp tmpfs\r\n`)
}

func TestBootReadsFiles(t *testing.T) {
	boot(t).do("facts", `host inside\r\n`)
}

func TestShellComesBack(t *testing.T) {
	g := boot(t)
	first := g.do("pid", `pid \d+`)
	g.do("exit 3", "")
	if second := g.do("pid", `pid \d+`); first == second {
		t.Errorf("the same shell after exit: %s", second)
	}
}

// However a shell leaves the terminal, the next one can be typed to.
func TestTerminalIsRepaired(t *testing.T) {
	g := boot(t)
	g.do("raw", "")
	g.do("pid", `pid \d+`)
}

func TestRescue(t *testing.T) {
	g := boot(t, "rescue")
	g.expect(`init: rescue shell: the kernel command line asks for it; /bin/busybox is not in the image, so it is gosh\r\n`)
	g.do("pid", `pid \d+`)
	if strings.Contains(g.text(), "boot complete") {
		t.Errorf("a rescue is no complete boot:\n%s", g.text())
	}
}

func TestOrphans(t *testing.T) {
	g := boot(t)
	g.do("orphans 1000", "1000 started")
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if g.do("zombies", `\d+ others`) == "0 others" {
			return
		}
	}
	t.Errorf("orphans are still there:\n%s", g.text())
}

// Every signal that is no request, many times over, from its own children.
func TestSignalsDoNotKill(t *testing.T) {
	g := boot(t)
	g.do("signals 100", "all sent")
	g.do("pid", `pid \d+`)
}

func TestEnd(t *testing.T) {
	// How the kernel ends process 1 of a namespace is in reboot(2).
	for _, tt := range []struct {
		signal syscall.Signal
		want   syscall.Signal
	}{
		{syscall.SIGTERM, syscall.SIGHUP}, {syscall.SIGINT, syscall.SIGHUP}, {39, syscall.SIGHUP},
		{syscall.SIGUSR1, syscall.SIGINT}, {37, syscall.SIGINT},
		{syscall.SIGUSR2, syscall.SIGINT}, {38, syscall.SIGINT},
	} {
		t.Run(fmt.Sprintf("signal %d", tt.signal), func(t *testing.T) {
			g := boot(t)
			g.do(fmt.Sprintf("kill %d", tt.signal), "")
			if status := g.wait(); !status.Signaled() || status.Signal() != tt.want {
				t.Errorf("ended with %#x; want %v:\n%s", status, tt.want, g.text())
			}
		})
	}
}

// A process that ignores all it can, and one that is stopped, end as well.
func TestEndWithDeaf(t *testing.T) {
	g := boot(t)
	g.do("deaf", "two are deaf")
	g.do("kill 12", "")
	if status := g.wait(); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %#x:\n%s", status, g.text())
	}
}
