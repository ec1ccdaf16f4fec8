package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/internal/missing"
)

// The real kernel's tests: the shim in a user namespace of its own, where it
// is root and may do all that it does on a device, and nothing of the machine
// that runs the tests is touched.
//
// The test program plays all parts. As "shim" it is the shim; it executes
// itself by /proc/self/exe, whose name makes it the service.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "shim":
		os.Exit(Shim(Real()))
	case "exe":
		service(os.Args[1:])
	default:
		os.Exit(m.Run())
	}
}

const self = "/proc/self/exe"

// service does what its words say and prints what comes of it.
func service(words []string) {
	for _, word := range words {
		do, argument, _ := strings.Cut(word, "=")
		switch do {
		case "status": // a line of /proc/self/status
			text, err := os.ReadFile("/proc/self/status")
			if err != nil {
				fmt.Println(word, err)
			}
			for line := range strings.Lines(string(text)) {
				if strings.HasPrefix(line, argument+":") {
					fmt.Println(strings.Join(strings.Fields(line), " "))
				}
			}
		case "umask":
			fmt.Printf("umask %03o\n", syscall.Umask(0))
		case "cat":
			text, err := os.ReadFile(argument)
			fmt.Println(word, strings.TrimSpace(string(text)), cause(err))
		case "write":
			fmt.Println(word, cause(os.WriteFile(argument, []byte("x"), 0o666)))
		case "ls":
			entries, err := os.ReadDir(argument)
			fmt.Println(word, len(entries), cause(err))
		case "link":
			target, err := os.Readlink(argument)
			fmt.Println(word, target, cause(err))
		case "run":
			out, err := exec.Command(argument).CombinedOutput()
			fmt.Println(word, strings.TrimSpace(string(out)), cause(err))
		case "env":
			fmt.Println(word, os.Getenv(argument))
		case "pid":
			fmt.Println("pid", os.Getpid())
		case "cwd":
			dir, err := os.Getwd()
			fmt.Println("cwd", dir, cause(err))
		case "read": // a descriptor
			fd, _ := strconv.Atoi(argument)
			buffer := make([]byte, 100)
			n, err := unix.Read(fd, buffer)
			fmt.Println(word, string(buffer[:max(n, 0)]), cause(err))
		case "descriptors": // that are open, but for the runtime's: its poller, and the limit of its control group
			var open []string
			for fd := range 1000 {
				target, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
				if err == nil && !strings.HasPrefix(target, "anon_inode:") && !strings.HasPrefix(target, "/sys/fs/cgroup/") {
					open = append(open, strconv.Itoa(fd))
				}
			}
			fmt.Println("descriptors", open)
		case "call": // number,arguments...
			var numbers [7]uint64
			for i, text := range strings.Split(argument, ",") {
				numbers[i], _ = strconv.ParseUint(text, 0, 64)
			}
			_, _, errno := unix.RawSyscall6(uintptr(numbers[0]), uintptr(numbers[1]), uintptr(numbers[2]), uintptr(numbers[3]), uintptr(numbers[4]), uintptr(numbers[5]), uintptr(numbers[6]))
			fmt.Println(word, unix.ErrnoName(errno))
		case "network":
			fmt.Println("network", cause(network()))
		case "threads":
			fmt.Println("threads", threads())
		default:
			fmt.Println("cannot understand", word)
		}
	}
	os.Exit(0)
}

func cause(err error) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &errno):
		return unix.ErrnoName(errno)
	}
	return err.Error()
}

// network talks to itself.
func network() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	return c.Close()
}

// threads makes some and lets them wait for each other.
func threads() int {
	done := make(chan int)
	for range 8 {
		go func() {
			runtime.LockOSThread()
			time.Sleep(10 * time.Millisecond)
			done <- 1
		}()
	}
	sum := 0
	for range 8 {
		sum += <-done
	}
	return sum
}

// range16 tells whether the namespace has users other than root: only root may
// give it some.
func range16() bool { return os.Getuid() == 0 }

// oomScore is the one of this test.
func oomScore(t *testing.T) int {
	text, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		missing.Skip(t, "/proc is missing: %v", err)
	}
	score, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return score
}

// start runs a shim with a Spec, and what comes behind descriptor 4.
func start(t *testing.T, spec Spec, more ...*os.File) (out string, report error, status int) {
	t.Helper()
	if spec.OOMScore == 0 {
		spec.OOMScore = oomScore(t) // a container's may be higher, and only the machine's root may lower it
	}
	text, err := spec.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return startText(t, text, spec.CloneFlags(), more...)
}

func startText(t *testing.T, spec []byte, flags uintptr, more ...*os.File) (out string, report error, status int) {
	t.Helper()
	input := filepath.Join(t.TempDir(), "spec")
	if err := os.WriteFile(input, spec, 0o644); err != nil {
		t.Fatal(err)
	}
	specFile, err := os.Open(input)
	if err != nil {
		t.Fatal(err)
	}
	defer specFile.Close()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program)
	c.Args = []string{"shim"}
	c.ExtraFiles = append([]*os.File{specFile, writer}, more...)
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	users := 1
	if range16() {
		users = 1 << 16
	}
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:                 unix.CLONE_NEWUSER | flags,
		UidMappings:                []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: users}},
		GidMappings:                []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: users}},
		GidMappingsEnableSetgroups: range16(),
	}
	err = c.Start()
	writer.Close()
	if err != nil {
		missing.Skip(t, "user namespaces are missing here: %v", err)
	}
	reported := new(bytes.Buffer)
	if _, err := reported.ReadFrom(reader); err != nil { // ends with execve
		t.Fatal(err)
	}
	c.Wait()
	return output.String(), ParseReport(reported.Bytes()), c.ProcessState.ExitCode()
}

// expect runs a Spec and compares what the service printed, a regular
// expression for each line.
func expect(t *testing.T, spec Spec, lines ...string) {
	t.Helper()
	out, report, status := start(t, spec)
	if report != nil || status != 0 {
		if mounts := (*StepError)(nil); errors.As(report, &mounts) && mounts.Step == "mounts" {
			missing.Skip(t, "mounting in user namespaces is missing here: %v", report)
		}
		t.Fatalf("the shim: %v, exit status %d\n%s", report, status, out)
	}
	match := regexp.MustCompile("^" + strings.Join(lines, "\n") + "\n$")
	if !match.MatchString(out) {
		t.Errorf("the service printed:\n%s\nwant:\n%s", out, strings.Join(lines, "\n"))
	}
}

func TestRealLittle(t *testing.T) {
	t.Parallel()
	expect(t, Spec{Exec: []string{self, "status=NoNewPrivs", "status=Seccomp", "status=CapEff", "status=CapBnd", "status=CapAmb", "umask", "cwd", "env=PATH", "descriptors"}},
		"NoNewPrivs: 0", "Seccomp: 0", "CapEff: 0000000000000000", "CapBnd: 0000000000000000", "CapAmb: 0000000000000000",
		"umask 022", "cwd / ok", "env=PATH /bin", `descriptors \[0 1 2\]`)
}

func TestRealLimits(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		missing.Skip(t, "sh is missing")
	}
	// The Go runtime raises the number of descriptors when a program starts, and
	// lowers it again at execve; what the service is to have must win.
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Max > 1024 {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1024, Max: limit.Max}); err != nil {
			t.Fatal(err)
		}
		defer unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	}
	score := min(oomScore(t)+21, 1000)
	expect(t, Spec{Exec: []string{shell, "-c", "ulimit -Sn; ulimit -Hn; ulimit -c; umask; cat /proc/self/oom_score_adj"}, Env: []string{"PATH=/bin:/usr/bin"},
		Rlimits: []Rlimit{{"nofile", 64, limit.Max}, {"core", 0, 0}}, Umask: "027", OOMScore: score},
		"64", strconv.FormatUint(limit.Max, 10), "0", "0027", strconv.Itoa(score))
	expect(t, Spec{Exec: []string{shell, "-c", "ulimit -Hn"}, Rlimits: []Rlimit{{"nofile", 64, 128}}}, "128")
	now, err := unix.Getpriority(unix.PRIO_PROCESS, 0) // 20 less the nice value
	if err != nil {
		t.Fatal(err)
	}
	nicer := min(20-now+1, 19)
	if out, report, _ := start(t, Spec{Exec: []string{self, "cat=/proc/self/stat"}, Nice: nicer}); report != nil || strings.Fields(out)[19] != strconv.Itoa(nicer) {
		t.Errorf("nice value %v: %v", out, report)
	}
}

func TestRealCapabilities(t *testing.T) {
	t.Parallel()
	facts := []string{self, "status=CapPrm", "status=CapEff", "status=CapBnd", "status=CapAmb"}
	expect(t, Spec{Exec: facts, Capabilities: []string{"net_bind_service"}, NoNewPrivileges: true},
		"CapPrm: 0000000000000400", "CapEff: 0000000000000400", "CapBnd: 0000000000000400", "CapAmb: 0000000000000000")
	out, report, _ := start(t, Spec{Exec: facts, Capabilities: []string{"all"}})
	last, err := os.ReadFile("/proc/sys/kernel/cap_last_cap")
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(last)))
	if want := fmt.Sprintf("CapEff: %016x\n", uint64(1)<<(n+1)-1); report != nil || !strings.Contains(out, want) {
		t.Errorf("all: %v\n%s; want %s", report, out, want)
	}
}

func TestRealUser(t *testing.T) {
	t.Parallel()
	if !range16() {
		missing.Skip(t, "more than one user is missing in the namespaces that this user can make")
	}
	expect(t, Spec{Exec: []string{self, "status=Uid", "status=Gid", "status=Groups", "status=CapEff", "status=CapBnd", "status=CapAmb", "env=HOME"},
		User: "1234", Group: "1235", Groups: []string{"1237", "1236"}, Capabilities: []string{"kill", "net_bind_service"}},
		"Uid: 1234 1234 1234 1234", "Gid: 1235 1235 1235 1235", "Groups: 1235 1236 1237",
		"CapEff: 0000000000000420", "CapBnd: 0000000000000420", "CapAmb: 0000000000000420", "env=HOME ")
	expect(t, Spec{Exec: []string{self, "status=Uid", "status=CapPrm", "status=CapInh"}, User: "1234", Group: "1235"},
		"Uid: 1234 1234 1234 1234", "CapPrm: 0000000000000000", "CapInh: 0000000000000000")
}

// A folder that the user can't enter is found out as that user.
func TestRealDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	_, report, status := start(t, Spec{Exec: []string{self}, Dir: dir})
	if want := "cannot enter the working directory: " + dir + ": permission denied"; report == nil || report.Error() != want || status != 126 {
		t.Errorf("%v, status %d; want %s", report, status, want)
	}
}

func TestRealDescriptors(t *testing.T) {
	t.Parallel()
	file := func(text string) *os.File {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	// 5 and 6 change places with 4 and 3; 7 isn't for the service.
	out, report, _ := start(t, Spec{Exec: []string{self, "descriptors", "read=3", "read=4", "read=9", "pid", "env=LISTEN_PID"}, Descriptors: []int{4, 3, 9},
		Env: []string{"LISTEN_FDS=2"}}, file("five"), file("six"), file("seven"), file("eight"))
	match := regexp.MustCompile(`^descriptors \[0 1 2 3 4 9\]\nread=3 six ok\nread=4 five ok\nread=9 seven ok\npid (\d+)\nenv=LISTEN_PID (\d+)\n$`).FindStringSubmatch(out)
	if report != nil || match == nil || match[1] != match[2] {
		t.Errorf("%v\n%s", report, out)
	}
	// The service's descriptor 4 is no longer the one to report on.
	_, report, _ = start(t, Spec{Exec: []string{"/no/such/program"}, Descriptors: []int{4}}, file("five"))
	if report == nil || !strings.HasPrefix(report.Error(), "cannot find the program") {
		t.Errorf("report %v", report)
	}
}

func TestRealMounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	expect(t, Spec{Exec: []string{self, "ls=/tmp", "write=/tmp/mine", "ls=/tmp"}, PrivateTmp: true}, "ls=/tmp 0 ok", "write=/tmp/mine ok", "ls=/tmp 1 ok")
	if _, err := os.Stat("/tmp/mine"); err == nil {
		t.Error("/tmp of the machine was written to")
	}
	expect(t, Spec{Exec: []string{self, "write=" + dir + "/x"}, ReadOnlyBinds: []string{dir}}, "write=.*/x EROFS")
	expect(t, Spec{Exec: []string{self, "write=" + dir + "/x"}, Namespaces: []string{"mount"}}, "write=.*/x ok")
}

func TestRealNamespaces(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"mount": "mnt", "net": "net", "ipc": "ipc", "uts": "uts"}
	for _, kind := range []string{"mount", "net", "ipc", "uts"} {
		name := "/proc/self/ns/" + kinds[kind]
		mine, err := os.Readlink(name)
		if err != nil {
			t.Fatal(err)
		}
		out, report, _ := start(t, Spec{Exec: []string{self, "link=" + name}, Namespaces: []string{kind}})
		if report != nil || strings.Contains(out, mine) || !strings.HasSuffix(out, "ok\n") {
			t.Errorf("%s: %v, %s; the test has %s", kind, report, out, mine)
		}
		out, report, _ = start(t, Spec{Exec: []string{self, "link=" + name}})
		if report != nil || !strings.Contains(out, mine) {
			t.Errorf("%s not asked for: %v, %s; the test has %s", kind, report, out, mine)
		}
	}
	expect(t, Spec{Exec: []string{self, "network"}, Namespaces: []string{"net"}}, "network ok")
	expect(t, Spec{Exec: []string{self, "pid", "link=/proc/self"}, Namespaces: []string{"pid"}}, "pid 1", "link=/proc/self 1 ok")

	text, err := Spec{Exec: []string{self}, Namespaces: []string{"pid"}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, report, _ := startText(t, text, 0); report == nil || !strings.Contains(report.Error(), "was not started in a pid namespace") {
		t.Errorf("without a pid namespace: %v", report)
	}
}

// present are the paths that exist: where a test program that isn't static has
// its libraries.
func present(paths ...string) []string {
	return slices.DeleteFunc(paths, func(p string) bool { _, err := os.Stat(p); return err != nil })
}

func TestRealLandlock(t *testing.T) {
	t.Parallel()
	if version, err := Real().LandlockVersion(); err != nil {
		missing.Skip(t, "Landlock is missing: %v", err)
	} else {
		t.Logf("Landlock %d", version)
	}
	dir := t.TempDir()
	for _, name := range []string{"read", "write", "none"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "file"), []byte("text"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	libraries := present("/lib", "/lib64", "/usr/lib", "/proc")
	spec := Spec{
		Exec: []string{self, "status=NoNewPrivs", "cat=" + dir + "/read/file", "write=" + dir + "/read/file", "cat=" + dir + "/write/file",
			"write=" + dir + "/write/new", "cat=" + dir + "/none/file", "ls=" + dir + "/none", "ls=" + dir, "cat=/etc/passwd", "write=/dev/null"},
		ReadOnly: append(libraries, dir+"/read"), ReadWrite: []string{dir + "/write"},
	}
	want := []string{"NoNewPrivs: 1", "cat=.*/read/file text ok", "write=.*/read/file EACCES", "cat=.*/write/file text ok", "write=.*/write/new ok",
		"cat=.*/none/file  EACCES", "ls=.*/none 0 EACCES", "ls=.* 0 EACCES", "cat=/etc/passwd  EACCES", "write=/dev/null ok"}
	expect(t, spec, want...)
	spec.Seccomp, spec.NoNewPrivileges, spec.Capabilities = "default", true, []string{"kill"}
	if range16() { // and all the rest with it, as another user
		for _, name := range []string{dir, filepath.Dir(dir), filepath.Join(dir, "write"), filepath.Join(dir, "write", "file")} {
			os.Chmod(name, 0o777)
		}
		os.Remove(filepath.Join(dir, "write", "new"))
		spec.User, spec.Group = "1234", "1235"
	}
	expect(t, spec, want...)

	// A private /tmp is allowed with it; what isn't there is an error.
	expect(t, Spec{Exec: []string{self, "write=/tmp/x", "ls=/etc"}, PrivateTmp: true, ReadOnly: libraries}, "write=/tmp/x ok", "ls=/etc 0 EACCES")
	_, report, _ := start(t, Spec{Exec: []string{self}, ReadWrite: []string{dir + "/missing"}})
	if report == nil || report.Error() != "cannot prepare Landlock: "+dir+"/missing: no such file or directory" {
		t.Errorf("a missing path: %v", report)
	}
}

// What a filter refuses, and that an ordinary program runs under it.
func TestRealSeccomp(t *testing.T) {
	t.Parallel()
	calls := []string{fmt.Sprintf("call=%d", unix.SYS_MOUNT), fmt.Sprintf("call=%d,0", unix.SYS_UNSHARE), fmt.Sprintf("call=%d", unix.SYS_CLONE3),
		fmt.Sprintf("call=%d,0xffffffff", unix.SYS_PERSONALITY), fmt.Sprintf("call=%d,0x40000", unix.SYS_PERSONALITY),
		fmt.Sprintf("call=%d,0x10000011", unix.SYS_CLONE), "call=4000", fmt.Sprintf("call=%d,0,0", unix.SYS_CLOCK_SETTIME)}
	want := []string{"call=.* EPERM", "call=.* EPERM", "call=.* ENOSYS", "call=.* ", "call=.* EPERM", "call=.* EPERM", "call=.* ENOSYS"}
	run := []string{"network", "threads", "run=/bin/true"}
	ran := []string{"network ok", "threads 8", "run=/bin/true  ok"}
	facts := append([]string{self, "status=NoNewPrivs", "status=Seccomp"}, append(calls, run...)...)
	told := func(clock string, network string) []string {
		all := slices.Concat([]string{"NoNewPrivs: 1", "Seccomp: 2"}, want, []string{"call=.* " + clock}, ran)
		all[slices.Index(all, "network ok")] = network
		return all
	}
	if _, err := os.Stat("/bin/true"); err != nil {
		missing.Skip(t, "/bin/true is missing")
	}
	expect(t, Spec{Exec: facts, Seccomp: "default"}, told("EPERM", "network ok")...)
	expect(t, Spec{Exec: facts, Seccomp: "time"}, told("EFAULT", "network ok")...) // it got past the filter
	expect(t, Spec{Exec: facts, Seccomp: "local"}, told("EPERM", "network EPERM")...)
	if runtime.GOARCH == "amd64" {
		expect(t, Spec{Exec: []string{self, fmt.Sprintf("call=%d", 1<<30|unix.SYS_GETPID)}, Seccomp: "default"}, "call=.* EPERM")
	}
	if shell, err := exec.LookPath("sh"); err == nil { // a C program, which makes threads and children otherwise
		expect(t, Spec{Exec: []string{shell, "-c", "echo a | cat; (echo b) & wait; sleep 0.01; echo c"}, Env: []string{"PATH=/bin:/usr/bin"}, Seccomp: "default"}, "a", "b", "c")
	}
}

// How the shim ends when it can't become the service.
func TestRealFailure(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/no/such/shell\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte("\x7fELF and then nothing"), 0o755); err != nil {
		t.Fatal(err)
	}
	none := "/bin/true"
	for _, tt := range []struct {
		spec   Spec
		text   string // instead
		step   string
		err    string
		status int
	}{
		{spec: Spec{Exec: []string{"/no/such/program"}}, step: "program", err: "cannot find the program: stat /no/such/program: no such file or directory", status: 127},
		{spec: Spec{Exec: []string{"nothing-of-that-name"}}, step: "program",
			err: "cannot find the program: nothing-of-that-name is not in /bin: no such file or directory", status: 127},
		{spec: Spec{Exec: []string{"/etc/passwd"}}, step: "program", err: "cannot find the program: execute /etc/passwd: permission denied", status: 126},
		{spec: Spec{Exec: []string{script}}, step: "exec",
			err: "cannot execute the program: " + script + ": its interpreter is missing: no such file or directory", status: 126},
		{spec: Spec{Exec: []string{garbage}}, step: "exec",
			err: "cannot execute the program: " + garbage + " is no program for this processor: exec format error", status: 126},
		{spec: Spec{Exec: []string{none}, Rlimits: []Rlimit{{"nofile", 9e9, 9e9}}}, step: "limits", err: "cannot set limits: nofile: operation not permitted", status: 126},
		{spec: Spec{Exec: []string{none}, User: "nobody-of-that-name"}, step: "accounts",
			err: `cannot look up user and groups: user: there is no "nobody-of-that-name"`, status: 126},
		{spec: Spec{Exec: []string{none}, ReadOnlyBinds: []string{"/no/such/path"}}, step: "mounts",
			err: "cannot arrange mounts: /no/such/path read-only: no such file or directory", status: 126},
		{text: `{"exec":["/bin/true"],"chroot":"/x"}`, step: "spec", err: `cannot start the service: json: unknown field "chroot"`, status: 126},
		{text: " ", step: "spec", err: "cannot start the service: EOF", status: 126},
		{text: `{"exec":["` + strings.Repeat("x", maxSpec) + `"]}`, step: "spec",
			err: "cannot start the service: the specification has more than 1048576 bytes", status: 126},
	} {
		var report error
		var status int
		if tt.text != "" {
			_, report, status = startText(t, []byte(tt.text), 0)
		} else {
			_, report, status = start(t, tt.spec)
		}
		var failed *StepError
		if !errors.As(report, &failed) || failed.Step != tt.step || report.Error() != tt.err || status != tt.status {
			t.Errorf("%v%.80s: %#v %v, status %d; want %s: %s, %d", tt.spec.Exec, tt.text, report, report, status, tt.step, tt.err, tt.status)
		}
	}
}
