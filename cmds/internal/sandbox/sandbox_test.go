package sandbox

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A fake kernel writes down what it is asked for, and fails where told.
type fake struct {
	log      []string
	fail     string // the beginning of the call that fails
	err      error
	pid      int
	version  int // of Landlock; 0 is none
	bounding uint64
	files    map[string]string
	missing  []string // paths
	next     int      // descriptor
}

func newFake() *fake {
	return &fake{pid: 77, version: 7, bounding: 1<<41 - 1, next: 100, files: map[string]string{
		"/proc/self/oom_score_adj": "-900\n",
		"/etc/passwd": "root:x:0:0::/root:/bin/gosh\n# comment\nweb:x:33:34:Web:/var/www:\nbad:x:y:34:::\n" +
			"twin:x:33:36::/twin:\nlost:x:40:many:::\nnobody:x:65534:65534:::\n",
		"/etc/group": "root:x:0:\nweb:x:34:\ntls:x:50:web,other\nbroken\nlog:x:60:\nodd:x:z:web\n",
	}}
}

func (f *fake) call(format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	f.log = append(f.log, line)
	if f.fail != "" && strings.HasPrefix(line, f.fail) {
		return f.err
	}
	return nil
}

func (f *fake) missed(path string) error {
	if slices.Contains(f.missing, path) {
		return &os.PathError{Op: "open", Path: path, Err: unix.ENOENT}
	}
	return nil
}

func (f *fake) kernel() Kernel {
	return Kernel{
		Getpid: func() int { return f.pid },
		ReadFile: func(name string) ([]byte, error) {
			text, there := f.files[name]
			if !there {
				return nil, os.ErrNotExist
			}
			return []byte(text), nil
		},
		WriteFile:  func(name, text string) error { return f.call("write %s %s", name, text) },
		Executable: func(path string) error { return f.missed(path) },
		Duplicate: func(fd, least int) (int, error) {
			f.next++
			return f.next, f.call("duplicate %d from %d", fd, least)
		},
		Place:       func(from, to int) error { return f.call("place %d at %d", from, to) },
		CloseOnExec: func(first, last int) error { return f.call("close %d to %d", first, last) },
		Unshare:     func(flags int) error { return f.call("unshare %#x", flags) },
		Mount: func(source, target, fstype string, flags uintptr, data string) error {
			return errors.Join(f.call("mount %s %s %s %#x %s", source, target, fstype, flags, data), f.missed(target))
		},
		MakeReadOnly: func(path string) error { return f.call("read-only %s", path) },
		Loopback:     func() error { return f.call("loopback") },
		Setrlimit:    func(number int, soft, hard uint64) error { return f.call("rlimit %d %d %d", number, soft, hard) },
		SetNice:      func(n int) error { return f.call("nice %d", n) },
		Umask:        func(mask int) { f.call("umask %03o", mask) },
		Chdir:        func(dir string) error { return f.call("chdir %s", dir) },
		Setgroups:    func(gids []int) error { return f.call("groups %v", gids) },
		Setgid:       func(gid int) error { return f.call("gid %d", gid) },
		Setuid:       func(uid int) error { return f.call("uid %d", uid) },
		HasBounding: func(capability int) (bool, error) {
			if capability > 40 {
				return false, unix.EINVAL
			}
			return f.bounding&(1<<capability) != 0, nil
		},
		DropBounding: func(capability int) error {
			f.bounding &^= 1 << capability
			return f.call("drop %d", capability)
		},
		KeepCapabilities: func() error { return f.call("keep capabilities") },
		Capset:           func(mask uint64) error { return f.call("capset %#x, bounding %#x", mask, f.bounding) },
		RaiseAmbient:     func(capability int) error { return f.call("ambient %d", capability) },
		NoNewPrivileges:  func() error { return f.call("no new privileges") },
		LandlockVersion: func() (int, error) {
			if f.version == 0 {
				return 0, unix.ENOSYS
			}
			return f.version, nil
		},
		LandlockCreate: func(rights uint64) (int, error) { return 9, f.call("ruleset %#x", rights) },
		LandlockAllow: func(ruleset int, path string, rights uint64) error {
			return errors.Join(f.call("allow %d %s %#x", ruleset, path, rights), f.missed(path))
		},
		LandlockRestrict: func(ruleset int) error { return f.call("restrict %d", ruleset) },
		Seccomp:          func(program []byte) error { return f.call("seccomp %v", len(program) > 1000) },
		Exec:             func(path string, argv, env []string) error { return f.call("exec %s %q %q", path, argv, env) },
	}
}

// everything asks for all there is.
func everything() Spec {
	return Spec{
		Exec: []string{"web", "-v"}, Env: []string{"PATH=/sbin:/bin", "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b"}, Dir: "/var/www", Umask: "077",
		User: "web", Groups: []string{"log"}, Rlimits: []Rlimit{{"nofile", 64, 128}, {"core", 0, 0}}, OOMScore: 200, Nice: 5,
		Capabilities: []string{"net_bind_service", "kill"}, Seccomp: "default",
		ReadOnly: []string{"/etc"}, ReadWrite: []string{"/var/lib/web"}, Namespaces: []string{"mount", "pid", "net", "ipc", "uts"},
		PrivateTmp: true, ReadOnlyBinds: []string{"/sys"}, Descriptors: []int{4, 3, 10},
	}
}

// drops leaves out the 41 lines of the bounding set.
func drops(log []string) []string {
	return slices.DeleteFunc(slices.Clone(log), func(line string) bool { return strings.HasPrefix(line, "drop ") })
}

// TestOrder is the whole way of a service that asks for everything.
func TestOrder(t *testing.T) {
	f := newFake()
	f.pid = 1
	f.missing = []string{"/sbin/web", "/dev/zero", "/var/tmp"}
	if err := Run(f.kernel(), everything()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"duplicate 5 from 11", "duplicate 6 from 11", "duplicate 7 from 11",
		"place 101 at 4", "place 102 at 3", "place 103 at 10",
		"close 5 to 9", "close 11 to 2147483647",
		"unshare 0x4c020000",
		"mount  /  0x84000 ",
		"mount tmpfs /tmp tmpfs 0x6 mode=1777", "mount tmpfs /var/tmp tmpfs 0x6 mode=1777",
		"mount proc /proc proc 0xe ",
		"mount /sys /sys  0x5000 ", "read-only /sys",
		"loopback",
		"ruleset 0xffff",
		"allow 9 /bin/web 0xd", "allow 9 /bin 0xd", "allow 9 /dev/null 0x400e", "allow 9 /dev/zero 0xc", "allow 9 /dev/random 0xc",
		"allow 9 /dev/urandom 0xc", "allow 9 /tmp 0xffff", "allow 9 /var/tmp 0xffff", "allow 9 /etc 0xd", "allow 9 /var/lib/web 0xffff",
		"write /proc/self/oom_score_adj 200",
		"nice 5",
		"rlimit 7 64 128", "rlimit 4 0 0",
		"umask 077",
		"groups [34 50 60]", "gid 34",
		"keep capabilities", "uid 33",
		"capset 0x420, bounding 0x420", "ambient 5", "ambient 10",
		"no new privileges",
		"restrict 9",
		"chdir /var/www",
		"seccomp true",
		`exec /bin/web ["web" "-v"] ["PATH=/sbin:/bin" "LISTEN_FDS=2" "LISTEN_FDNAMES=a:b" "USER=web" "LOGNAME=web" "HOME=/var/www" "LISTEN_PID=1"]`,
	}
	if got := drops(f.log); !slices.Equal(got, want) {
		t.Errorf("calls:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestLittle is a service that asks for nothing: it gets what is safe.
func TestLittle(t *testing.T) {
	f := newFake()
	if err := Run(f.kernel(), Spec{Exec: []string{"/bin/web"}}); err != nil {
		t.Fatal(err)
	}
	want := []string{"close 3 to 2147483647", "write /proc/self/oom_score_adj 0", "umask 022", "capset 0x0, bounding 0x0", "chdir /",
		`exec /bin/web ["/bin/web"] ["PATH=/bin"]`}
	if got := drops(f.log); !slices.Equal(got, want) {
		t.Errorf("calls:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestEachFailure lets each call of the whole way fail: nothing is done after
// it, and the error names the step.
func TestEachFailure(t *testing.T) {
	whole := newFake()
	whole.pid = 1
	if err := Run(whole.kernel(), everything()); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"spec": true, "accounts": true, "program": true} // those make no call that is logged
	for i, line := range whole.log {
		if strings.HasPrefix(line, "umask") { // can't fail
			names["umask"] = true
			continue
		}
		f := newFake()
		f.pid, f.fail, f.err = 1, line, unix.EPERM
		err := Run(f.kernel(), everything())
		var failed *StepError
		if !errors.As(err, &failed) || !errors.Is(err, unix.EPERM) || !strings.HasPrefix(err.Error(), "cannot ") ||
			!strings.HasSuffix(err.Error(), "operation not permitted") {
			t.Errorf("%s: error %v", line, err)
			continue
		}
		if len(f.log) != i+1 {
			t.Errorf("%s: went on to %q", line, f.log[i+1:])
		}
		names[failed.Step] = true
	}
	for _, step := range steps() {
		if !names[step.name] {
			t.Errorf("no failure names step %s", step.name)
		}
		if step.why == "" {
			t.Errorf("step %s has no reason", step.name)
		}
	}
}

// TestErrors has the messages that svc status shows, and the cases where the
// kernel is not at fault.
func TestErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Spec, *fake)
		step   string
		err    string
		status int // if not 126
	}{
		{"nothing to do", func(s *Spec, f *fake) { s.Exec = nil }, "spec", "cannot start the service: there is no program to execute", 0},
		{"capability", func(s *Spec, f *fake) { f.fail, f.err = "drop 0", unix.EPERM }, "bounding", "cannot drop capabilities: operation not permitted", 0},
		{"capability that a container lacks", func(s *Spec, f *fake) { f.bounding &^= 1 << 10 }, "bounding",
			"cannot drop capabilities: this machine has none to give of: net_bind_service", 0},
		{"no such program", func(s *Spec, f *fake) { f.missing = []string{"/sbin/web", "/bin/web"} }, "program",
			"cannot find the program: web is not in /sbin:/bin: no such file or directory", 127},
		{"no such path", func(s *Spec, f *fake) { s.Exec[0] = "/opt/web"; f.missing = []string{"/opt/web"} }, "program",
			"cannot find the program: open /opt/web: no such file or directory", 127},
		{"no interpreter", func(s *Spec, f *fake) { f.fail, f.err = "exec", unix.ENOENT }, "exec",
			"cannot execute the program: /sbin/web: its interpreter is missing: no such file or directory", 0},
		{"other processor", func(s *Spec, f *fake) { f.fail, f.err = "exec", unix.ENOEXEC }, "exec",
			"cannot execute the program: /sbin/web is no program for this processor: exec format error", 0},
		{"no Landlock", func(s *Spec, f *fake) { f.version = 0 }, "paths", "cannot prepare Landlock: the kernel has none: function not implemented", 0},
		{"no such folder", func(s *Spec, f *fake) { f.missing = []string{"/var/lib/web"} }, "paths",
			"cannot prepare Landlock: /var/lib/web: open /var/lib/web: no such file or directory", 0},
		{"no pid namespace", func(s *Spec, f *fake) { f.pid = 77 }, "namespaces", "cannot make namespaces: process 77 was not started in a pid namespace", 0},
		{"no such user", func(s *Spec, f *fake) { s.User = "wbe" }, "accounts", `cannot look up user and groups: user: there is no "wbe"`, 0},
		{"no such group", func(s *Spec, f *fake) { s.Group = "wbe" }, "accounts", `cannot look up user and groups: group: there is no "wbe"`, 0},
		{"no such further group", func(s *Spec, f *fake) { s.Groups = []string{"wbe"} }, "accounts", `cannot look up user and groups: group: there is no "wbe"`, 0},
		{"number without a group", func(s *Spec, f *fake) { s.User = "1234" }, "accounts",
			"cannot look up user and groups: user 1234 is not in /etc/passwd, so a group is needed", 0},
		{"number that means unchanged", func(s *Spec, f *fake) { s.User = "4294967295" }, "accounts", `there is no "4294967295"`, 0},
		{"user with a bad number", func(s *Spec, f *fake) { s.User = "bad" }, "accounts", `user: there is no "bad"`, 0},
		{"user with a bad group", func(s *Spec, f *fake) { s.User = "lost" }, "accounts", `group of user lost in /etc/passwd: "many" is no number`, 0},
		{"limit", func(s *Spec, f *fake) { f.fail, f.err = "rlimit 7", unix.EPERM }, "limits", "cannot set limits: nofile: operation not permitted", 0},
		{"folder", func(s *Spec, f *fake) { f.fail, f.err = "chdir", unix.EACCES }, "dir", "cannot enter the working directory: /var/www: permission denied", 0},
		{"profile", func(s *Spec, f *fake) { s.Seccomp = "defualt" }, "spec", `unknown seccomp profile "defualt": there are default, local, time, none`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, spec := newFake(), everything()
			f.pid = 1
			tt.change(&spec, f)
			err := Run(f.kernel(), spec)
			var failed *StepError
			if !errors.As(err, &failed) || failed.Step != tt.step || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %#v: %v; want step %s: %s", err, err, tt.step, tt.err)
			}
			if tt.status == 0 {
				tt.status = 126
			}
			if got := ExitStatus(err); got != tt.status {
				t.Errorf("exit status %d; want %d", got, tt.status)
			}
		})
	}
}

// TestVariants are specifications of which only one part matters.
func TestVariants(t *testing.T) {
	web := []string{"/bin/web"}
	tests := []struct {
		name   string
		spec   Spec
		change func(*fake)
		want   []string // calls, in this order
		not    []string // beginnings of calls that must not be
	}{
		{name: "user", spec: Spec{Exec: web, User: "web"}, want: []string{"groups [34 50]", "gid 34", "uid 33", "capset 0x0, bounding 0x0"}, not: []string{"ambient"}},
		{name: "user by number", spec: Spec{Exec: web, User: "33"}, want: []string{"groups [34 50]", "gid 34", "uid 33"}},
		{name: "user with another's number", spec: Spec{Exec: web, User: "twin"}, want: []string{"groups [36]", "gid 36", "uid 33",
			`exec /bin/web ["/bin/web"] ["PATH=/bin" "USER=twin" "LOGNAME=twin" "HOME=/twin"]`}},
		{name: "user and group", spec: Spec{Exec: web, User: "web", Group: "log"}, want: []string{"groups [50 60]", "gid 60", "uid 33"}},
		{name: "unknown numbers", spec: Spec{Exec: web, User: "1000", Group: "1001", Groups: []string{"1003", "1002", "1003"}},
			want: []string{"groups [1001 1002 1003]", "gid 1001", "uid 1000", `exec /bin/web ["/bin/web"] ["PATH=/bin"]`}},
		{name: "no files", spec: Spec{Exec: web, User: "1", Group: "2"}, change: func(f *fake) { clear(f.files) }, want: []string{"groups [2]", "gid 2", "uid 1"}},
		{name: "group", spec: Spec{Exec: web, Group: "log"}, want: []string{"groups [60]", "gid 60"}, not: []string{"uid", "keep"}},
		{name: "further groups", spec: Spec{Exec: web, Groups: []string{"log"}}, want: []string{"groups [60]"}, not: []string{"gid", "uid"}},
		{name: "root by name", spec: Spec{Exec: web, User: "root", Capabilities: []string{"kill"}}, want: []string{"groups [0]", "gid 0", "uid 0", "capset 0x20, bounding 0x20"}, not: []string{"ambient"}},
		{name: "own environment", spec: Spec{Exec: web, User: "web", Env: []string{"HOME=/x", "USER=y", "LOGNAME=z", "PATH=/p"}},
			want: []string{`exec /bin/web ["/bin/web"] ["HOME=/x" "USER=y" "LOGNAME=z" "PATH=/p"]`}},
		{name: "all capabilities", spec: Spec{Exec: web, Capabilities: []string{"all"}}, want: []string{"capset 0x1ffffffffff, bounding 0x1ffffffffff"}, not: []string{"drop", "ambient"}},
		{name: "all of a container", spec: Spec{Exec: web, Capabilities: []string{"all"}}, change: func(f *fake) { f.bounding = 0x421 }, want: []string{"capset 0x421, bounding 0x421"}, not: []string{"drop"}},
		{name: "all for a user", spec: Spec{Exec: web, User: "web", Capabilities: []string{"all"}}, change: func(f *fake) { f.bounding = 3 },
			want: []string{"capset 0x3, bounding 0x3", "ambient 0", "ambient 1"}},
		{name: "new privileges", spec: Spec{Exec: web}, not: []string{"no new", "seccomp", "ruleset", "restrict", "unshare", "mount"}},
		{name: "no new privileges", spec: Spec{Exec: web, NoNewPrivileges: true, Seccomp: "none"}, want: []string{"no new privileges"}, not: []string{"seccomp"}},
		{name: "seccomp", spec: Spec{Exec: web, Seccomp: "time"}, want: []string{"no new privileges", "seccomp true"}},
		{name: "nothing but what is implied", spec: Spec{Exec: web, ReadOnly: []string{}},
			want: []string{"allow 9 /bin/web 0xd", "allow 9 /bin 0xd", "no new privileges", "restrict 9"}},
		{name: "first Landlock", spec: Spec{Exec: web, ReadWrite: []string{"/x"}}, change: func(f *fake) { f.version = 1 }, want: []string{"ruleset 0x1fff", "allow 9 /x 0x1fff"}},
		{name: "second Landlock", spec: Spec{Exec: web, ReadWrite: []string{"/x"}}, change: func(f *fake) { f.version = 2 }, want: []string{"ruleset 0x3fff", "allow 9 /x 0x3fff"}},
		{name: "fourth Landlock", spec: Spec{Exec: web, ReadWrite: []string{"/x"}}, change: func(f *fake) { f.version = 4 }, want: []string{"ruleset 0x7fff", "allow 9 /x 0x7fff"}},
		{name: "later Landlock", spec: Spec{Exec: web, ReadWrite: []string{"/x"}}, change: func(f *fake) { f.version = 99 }, want: []string{"ruleset 0xffff", "allow 9 /x 0xffff"}},
		{name: "only a network", spec: Spec{Exec: web, Namespaces: []string{"net"}}, want: []string{"unshare 0x40000000", "loopback"}, not: []string{"mount"}},
		{name: "only a private /tmp", spec: Spec{Exec: web, PrivateTmp: true}, want: []string{"unshare 0x20000", "mount  /  0x84000 "}, not: []string{"mount proc", "loopback", "allow"}},
		{name: "OOM score as it is", spec: Spec{Exec: web, OOMScore: -900}, not: []string{"write"}},
		{name: "one descriptor", spec: Spec{Exec: web, Descriptors: []int{3}}, want: []string{"duplicate 5 from 6", "place 101 at 3", "close 4 to 2147483647"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			if tt.change != nil {
				tt.change(f)
			}
			if err := Run(f.kernel(), tt.spec); err != nil {
				t.Fatal(err)
			}
			rest := f.log
			for _, want := range tt.want {
				at := slices.Index(rest, want)
				if at < 0 {
					t.Fatalf("%q is missing, or too early, among:\n%s", want, strings.Join(f.log, "\n"))
				}
				rest = rest[at+1:]
			}
			for _, line := range f.log {
				if slices.ContainsFunc(tt.not, func(not string) bool { return strings.HasPrefix(line, not) }) {
					t.Errorf("unwanted: %s", line)
				}
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		change func(*Spec)
		err    string
	}{
		{func(s *Spec) {}, ""},
		{func(s *Spec) { s.Exec = []string{""} }, "no program"},
		{func(s *Spec) { s.Env = []string{"A=\x00"} }, "zero byte"},
		{func(s *Spec) { s.Umask = "8" }, `umask "8"`},
		{func(s *Spec) { s.Umask = "1000" }, `umask "1000"`},
		{func(s *Spec) { s.OOMScore = 1001 }, "OOM score 1001"},
		{func(s *Spec) { s.Nice = 20 }, "nice value 20"},
		{func(s *Spec) { s.Rlimits = []Rlimit{{"nofiles", 1, 1}} }, `unknown limit "nofiles"`},
		{func(s *Spec) { s.Rlimits = []Rlimit{{"nofile", 2, 1}} }, "soft limit 2 is over hard limit 1"},
		{func(s *Spec) { s.Rlimits = []Rlimit{{"core", Unlimited, Unlimited}} }, ""},
		{func(s *Spec) { s.Capabilities = []string{"CAP_NET_ADMIN"} }, `unknown capability "CAP_NET_ADMIN": did you mean "net_admin"?`},
		{func(s *Spec) { s.Capabilities = []string{"all", "kill"} }, `unknown capability "all"`},
		{func(s *Spec) { s.Namespaces = []string{"user"} }, `unknown namespace "user"`},
		{func(s *Spec) { s.Descriptors = []int{2} }, "descriptor 2"},
		{func(s *Spec) { s.Descriptors = []int{3, 3} }, "descriptor 3 is used twice"},
		{func(s *Spec) { s.Seccomp = "../profiles/default" }, "unknown seccomp profile"},
	} {
		spec := everything()
		tt.change(&spec)
		err := spec.Check()
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("error %v; want %q", err, tt.err)
		}
	}
	if names := capabilityNames(); len(names) != unix.CAP_LAST_CAP+1 || slices.Index(names, "sys_time") != unix.CAP_SYS_TIME {
		t.Errorf("%d capabilities are known", len(names))
	}
	if got := everything().CloneFlags(); got != unix.CLONE_NEWPID {
		t.Errorf("clone flags %#x", got)
	}
	if got := (Spec{Namespaces: []string{"net"}}).CloneFlags(); got != 0 {
		t.Errorf("clone flags %#x", got)
	}
}

func TestEncode(t *testing.T) {
	for _, spec := range []Spec{everything(), {Exec: []string{"a"}}, {Exec: []string{"a"}, ReadOnly: []string{}}} {
		text, err := spec.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(text)
		if err != nil || !reflect.DeepEqual(got, spec) { // an empty list differs from none
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, spec)
		}
	}
	for text, want := range map[string]string{
		"":                             "EOF",
		`{"exec":["a"]} {}`:            "more after",
		`{"exec":["a"],"chroot":"/x"}`: `unknown field "chroot"`,
		`{"exec":[]}`:                  "no program",
		`{"exec":"a"}`:                 "cannot unmarshal",
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}

func TestParseReport(t *testing.T) {
	if err := ParseReport(nil); err != nil {
		t.Errorf("no report: %v", err)
	}
	err := ParseReport([]byte("bounding\ncannot drop capabilities: operation not permitted\n"))
	var failed *StepError
	if !errors.As(err, &failed) || failed.Step != "bounding" || err.Error() != "cannot drop capabilities: operation not permitted" {
		t.Errorf("%#v", err)
	}
	if err := ParseReport([]byte("panic")); err == nil {
		t.Error("half a report is none")
	}
}

func FuzzDecode(f *testing.F) {
	text, err := everything().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"exec":["a"]} {}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		spec, err := Decode(text)
		if err != nil {
			return
		}
		fake := newFake()
		fake.pid = 1
		var failed *StepError
		if err := Run(fake.kernel(), spec); err != nil && !errors.As(err, &failed) {
			t.Error(err)
		}
	})
}

func FuzzAccounts(f *testing.F) {
	f.Add("web", "web:x:33:34:Web:/var/www:\n", "web:x:34:\ntls:x:50:web,other\n")
	f.Fuzz(func(t *testing.T, user, passwd, group string) {
		fake := newFake()
		fake.files["/etc/passwd"], fake.files["/etc/group"] = passwd, group
		s := &shim{Kernel: fake.kernel(), spec: Spec{User: user, Groups: []string{"0"}}}
		err := s.accounts()
		if err == nil && user != "" && (!s.account.setUser || s.account.uid < 0 || s.account.uid >= 1<<32-1) {
			t.Errorf("%+v", s.account)
		}
	})
}
