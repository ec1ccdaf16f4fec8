package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/strictjson"
)

func parse(t *testing.T, name, text string) *Manifest {
	t.Helper()
	m, err := Parse(name+".json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDefaults(t *testing.T) {
	got := parse(t, "ntpd", `{"exec": ["ntpd"]}`)
	want := Defaults(KindDaemon)
	want.Name, want.Exec = "ntpd", []string{"ntpd"}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got  %+v\nwant %+v", *got, want)
	}
	if !got.Enabled || !got.Sandbox.NoNewPrivileges || got.Sandbox.Landlock() || got.Restart.Policy != RestartAlways || got.Umask != 0o022 {
		t.Errorf("defaults are %+v", *got)
	}
	once := parse(t, "x", `{"kind": "oneshot", "exec": ["x"]}`)
	if once.Restart.Policy != RestartNo || once.Ready.Timeout != 0 {
		t.Errorf("a oneshot has %+v", *once)
	}
	// What is said stands beside the defaults of the same section, even where it says nothing.
	some := parse(t, "x", `{"exec": ["x"], "enabled": false, "umask": "0000", "restart": {"delay": "0s"}, "limits": {"pids": 0},
		"hooks": {"before_start": [{"exec": ["y"]}, {"exec": ["z"], "timeout": "1s"}]},
		"sockets": [{"name": "a", "listen": "unix:/a"}, {"name": "b", "listen": "tcp:[::1]:80"}], "sandbox": {"read_only": []}}`)
	if some.Enabled || some.Umask != 0 || some.Restart.Delay != 0 || some.Restart.MaxDelay != want.Restart.MaxDelay ||
		some.Limits.Pids != 0 || some.Limits.NoFile != want.Limits.NoFile || !some.Sandbox.Landlock() {
		t.Errorf("got %+v", *some)
	}
	if b := some.Hooks.BeforeStart; b[0].Timeout != Duration(30*time.Second) || b[1].Timeout != Duration(time.Second) {
		t.Errorf("hooks are %+v", b)
	}
	if some.Sockets[0].Mode != 0o660 || some.Sockets[1].Mode != 0 {
		t.Errorf("sockets are %+v", some.Sockets)
	}
}

func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/examples/*.json")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(file, data); err != nil {
			t.Error(err)
		}
	}
}

// Each line of good.jsonl is a manifest. The schema's tests read it as well.
func TestGood(t *testing.T) {
	data, err := os.ReadFile("testdata/good.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if _, err := Parse("good.json", []byte(line)); err != nil {
			t.Errorf("%s%v", line, err)
		}
	}
}

func TestNames(t *testing.T) {
	for file, want := range map[string]string{
		"a.json": "a", "/etc/services/getty@ttyS0.json": "", "x/getty@tty1.json": "getty@tty1", "cmds/sshd/sshd.service.json": "sshd",
		"0.json": "0", ".json": "", "-a.json": "", "A.json": "", "a b.json": "", "ä.json": "",
		strings.Repeat("a", 64) + ".json": strings.Repeat("a", 64), strings.Repeat("a", 65) + ".json": "",
	} {
		m, err := Parse(file, []byte(`{"exec": ["x"]}`))
		if want == "" && (err == nil || !strings.Contains(err.Error(), "a service can't be called")) || want != "" && (err != nil || m.Name != want) {
			t.Errorf("%s: %+v, %v; want %q", file, m, err, want)
		}
	}
}

// One problem each, at its place. A file begins with {"exec": ["me"], unless it
// has an exec itself.
func TestProblems(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{}`, "1:1: exec is missing"},
		{`"exec": []`, "1:2: exec is missing"},
		{`"exec": ["./x"]`, `1:11: "./x" is neither an absolute path nor the plain name`},
		{`"exec": ["a/b"]`, `1:11: "a/b" is neither`},
		{`"exec": [""]`, `1:11: "" is neither`},
		{`"exec": ["/bin/../x"]`, `1:11: "/bin/../x" is not written plainly, as "/x"`},
		{`"exec": ["x", "a\u0000"]`, "1:16: no program can be given a NUL byte"},
		{`"exec": "x"`, "1:10: expected a list, found a string"},
		{`"kind": "deamon"`, "1:26: unknown kind \"deamon\"\n  hint: did you mean \"daemon\"?"},
		{`"description": "a\nb"`, "1:18: a description is one line"},
		{`"env": {"A": "1", "1A": "2"}`, `1:36: "1A" is no name of a variable`},
		{`"env": {"NOTIFY_SOCKET": "/x"}`, "1:26: init sets NOTIFY_SOCKET itself"},
		{`"env": {"A": "\u0000"}`, "NUL"},
		{`"user": "Root"`, `1:18: "Root" is neither a name`},
		{`"user": ""`, `1:18: "" is neither a name`},
		{`"user": "4294967295"`, "1:18: \"4294967295\" is neither"},
		{`"group": "a b"`, `1:18: "a b" is neither`},
		{`"groups": ["a", "a"]`, `1:34: "a" is there twice`},
		{`"dir": "srv"`, `1:18: "srv" is no absolute path`},
		{`"dir": "/srv/"`, `1:18: "/srv/" is not written plainly, as "/srv"`},
		{`"umask": "9"`, `1:27: "9" is no mode`},
		{`"umask": 18`, "1:27: expected a string, found a number"},
		{`"after": ["B"]`, `1:28: no service can be called "B"`},
		{`"requires": ["me"]`, "1:31: me depends on itself"},
		{`"wants": ["b", "b"]`, `1:33: "b" is there twice`},
		{`"wants": ["b"], "requires": ["b"]`, `1:28: "b" is both required and wanted`},
		{`"enabled": null`, "1:29: expected true or false, found null"},

		{`"restart": {"policy": "allways"}`, `did you mean "always"?`},
		{`"restart": {"delay": "-1s"}`, `1:39: "-1s" is no duration`},
		{`"restart": {"delay": "1m"}`, "1:30: delay 1m is longer than max_delay 30s"},
		{`"restart": {"jitter": 1.5}`, "1:30: jitter is a part of the delay, from 0 to 1, not 1.5"},
		{`"restart": {"jitter": -0.5}`, "1:30: jitter is a part"},
		{`"restart": {"limit": -1}`, "1:30: limit is from 0 to 1000000, not -1"},
		{`"restart": {"limit": 5, "window": "0s"}`, "1:42: limit needs a window"},
		{`"restart": {"limit": 5, "window": "5s"}`, "1:30: 5 restarts never happen within 5s"},
		{`"restart": {"limit": 5, "policy": "no"}`, "1:30: limit with the policy"},
		{`"restart": {"give_up": "reboot"}`, "1:30: give_up without limit"},
		{`"restart": {"give_up": "halt"}`, `unknown way to give up "halt"`},

		{`"ready": {"notify": true, "tcp": "127.0.0.1:80"}`, "1:44: ready has both notify and tcp"},
		{`"ready": {"tcp": "localhost:80"}`, `1:28: "localhost:80" is no IP:PORT`},
		{`"ready": {"tcp": "127.0.0.1:0"}`, "is no IP:PORT"},
		{`"ready": {"http": "https://127.0.0.1/"}`, "1:28: \"https://127.0.0.1/\" is no page"},
		{`"ready": {"unix": "x.sock"}`, "1:28: \"x.sock\" is no absolute path"},
		{`"ready": {"unix": "/` + strings.Repeat("x", 107) + `"}`, "too long for a socket"},
		{`"ready": {"file": "run/x"}`, "is no absolute path"},
		{`"ready": {"fd": 2}`, "1:28: fd is from 3 to 1023, not 2"},
		{`"ready": {"fd": 3}, "sockets": [{"name": "a", "listen": "unix:/a"}]`, "1:28: fd is from 4 to 1023, not 3"},
		{`"ready": {"exec": ["a/b"]}`, "1:37: \"a/b\" is neither"},
		{`"health": {"interval": "5s"}`, "1:18: health does not say what is probed"},
		{`"health": {"file": "/x", "failures": 0}`, "1:43: failures is from 1 to 1000, not 0"},
		{`"health": {"file": "/x", "interval": "0s"}`, "interval is longer than 0s"},
		{`"health": {"file": "/x", "unix": "/y"}`, "health has both unix and file"},

		{`"stop": {"signal": "TREM"}`, "1:37: unknown signal \"TREM\"\n  hint: did you mean \"TERM\"?"},
		{`"stop": {"signal": "15"}`, "1:37: unknown signal \"15\"\n  hint: signals have names"},
		{`"stop": {"signal": "term"}`, `did you mean "TERM"?`},
		{`"stop": {"signal": "STOP"}`, "1:27: the signal STOP ends no process"},
		{`"reload": {"signal": "KILL"}`, "no program can catch the signal KILL"},
		{`"reload": {"signal": "HUP", "exec": ["x"]}`, "1:46: reload has both signal and exec"},
		{`"reload": {"exec": ["x"], "timeout": "0s"}`, "timeout is longer than 0s"},
		{`"hooks": {"before_start": [{"exec": ["x"]}, {"timeout": "1s"}]}`, "1:62: exec is missing"},

		{`"limits": {"memory": "64 MB"}`, `1:39: "64 MB" is no size`},
		{`"limits": {"memory": 64}`, "1:39: expected a string, found a number"},
		{`"limits": {"memory": "1M", "memory_high": "2M"}`, "1:45: memory_high 2M is more than memory 1M"},
		{`"limits": {"memory": "1M", "memory_min": "2M"}`, "memory_min 2M is more than memory 1M"},
		{`"limits": {"cpu": -1}`, "cpu is a number of processors"},
		{`"limits": {"cpu": 0.001}`, "no less than 0.01"},
		{`"limits": {"cpu_weight": 10001}`, "cpu_weight is from 0 to 10000"},
		{`"limits": {"pids": -1}`, "pids is from 0"},
		{`"limits": {"nofile": 0}`, "nofile is from 16"},
		{`"limits": {"nice": 20}`, "nice is from -20 to 19"},
		{`"limits": {"oom_score_adjust": -1001}`, "oom_score_adjust is from -1000"},

		{`"sandbox": {"capabilities": ["net_bind_service"]}`, `1:47: unknown capability "net_bind_service": did you mean "CAP_NET_BIND_SERVICE"?`},
		{`"sandbox": {"capabilities": ["CAP_NONSENSE_AT_ALL"]}`, `capabilities(7) lists them`},
		{`"sandbox": {"capabilities": ["all", "CAP_KILL"]}`, `1:47: "all" stands alone`},
		{`"sandbox": {"seccomp": "../x"}`, `"../x" is no name of a profile`},
		{`"sandbox": {"namespaces": ["user"]}`, `unknown namespace "user"`},
		{`"sandbox": {"namespaces": ["pid", "pid"]}`, `1:52: "pid" is there twice`},
		{`"sandbox": {"read_only": ["/a/../b"]}`, "is not written plainly"},
		{`"sandbox": {"read_only": ["/a"], "read_write": ["/a"]}`, `1:66: "/a" is also in read_only`},

		{`"sockets": [{"name": "a:b", "listen": "tcp:127.0.0.1:80"}]`, `1:31: "a:b" is no name of a socket`},
		{`"sockets": [{"listen": "tcp:127.0.0.1:80"}]`, `1:30: "" is no name of a socket`},
		{`"sockets": [{"name": "a"}]`, `"" is none of tcp:IP:PORT`},
		{`"sockets": [{"name": "a", "listen": "tcp::80"}]`, `":80" is no IP:PORT`},
		{`"sockets": [{"name": "a", "listen": "unix:x"}]`, `"x" is no absolute path`},
		{`"sockets": [{"name": "a", "listen": "unix:/x"}, {"name": "a", "listen": "unix:/y"}]`, `1:67: another socket is called "a"`},
		{`"sockets": [{"name": "a", "listen": "unix:/x"}, {"name": "b", "listen": "unix:/x"}]`, `1:80: another socket listens on unix:/x`},
		{`"sockets": [{"name": "a", "listen": "tcp:127.0.0.1:80", "mode": "0600"}]`, "only Unix sockets have a mode"},

		{`"conditions": {"path_exists": ["x"]}`, "is no absolute path"},
		{`"conditions": {"kernel_argument": ["a b"]}`, `"a b" is no kernel argument`},
		{`"conditions": {"architecture": ["amd64"]}`, `unknown architecture "amd64"`},

		{`"timer": {"every": "1h"}`, `1:18: a daemon has no timer; did you forget "kind": "timer"?`},
		{`"kind": "timer"`, "1:1: a timer says when it runs"},
		{`"kind": "timer", "timer": {"every": "1ms"}`, "every is at least 1s, not 1ms"},
		{`"kind": "timer", "timer": {"every": "1h", "jitter": "1h"}`, "jitter 1h is as long as every, 1h"},
		{`"kind": "timer", "timer": {"calendar": ["dayly"]}`, `1:58: "dayly" is no calendar time`},
		{`"kind": "timer", "timer": {"calendar": ["daily", "daily"]}`, `1:67: "daily" is there twice`},
		{`"kind": "timer", "timer": {"calendar": ["*-02-30"]}`, `1:58: there is no such day: "*-02-30"`},
		{`"kind": "timer", "timer": {"every": "1h"}, "ready": {"notify": true}`, "1:61: a timer has no ready"},
		{`"kind": "timer", "timer": {"every": "1h"}, "critical": true`, "a timer is not critical"},
		{`"kind": "timer", "timer": {"every": "1h"}, "restart": {"policy": "always"}`, `a timer with the policy "always" would never be done`},
		{`"kind": "oneshot", "timer": {"every": "1h"}`, `a oneshot has no timer; did you mean "kind": "timer"?`},
		{`"kind": "oneshot", "ready": {"file": "/x"}`, "a oneshot has no ready but timeout"},
		{`"kind": "oneshot", "health": {"file": "/x"}`, "a oneshot has no health"},
		{`"kind": "oneshot", "watchdog": "1s"`, "a oneshot has no watchdog"},
		{`"kind": "oneshot", "reload": {"signal": "HUP"}`, "a oneshot has no reload"},
		{`"kind": "oneshot", "sockets": [{"name": "a", "listen": "unix:/x"}]`, "a oneshot has no sockets"},
		{`"kind": "oneshot", "restart": {"policy": "on-success"}`, "would never be done"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			text := tt.text
			switch {
			case strings.HasPrefix(text, `"exec"`):
				text = "{" + text + "}"
			case text != "{}":
				text = `{"exec": ["me"], ` + text + "}"
			}
			m, err := Parse("me.json", []byte(text))
			if err == nil {
				t.Fatalf("accepted: %+v", m)
			}
			if !strings.HasPrefix(err.Error(), "me.json:1:") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if all := strings.Count(err.Error(), "me.json:"); all != 1 {
				t.Errorf("%d problems for one: %v", all, err)
			}
			var status interface{ ExitStatus() int }
			if !errors.As(err, &status) || status.ExitStatus() != 2 {
				t.Error("does not end a program with status 2")
			}
		})
	}
}

// All problems of a file are told, in the order of the text, up to a limit.
func TestManyProblems(t *testing.T) {
	_, err := Parse("me.json", []byte("{\n\"limits\": {\"pids\": -1},\n\"dir\": \"x\",\n\"exec\": [\"a/b\"]\n}"))
	want := "me.json:2:12: pids is from 0 to 4194304, not -1\nme.json:3:1: \"x\" is no absolute path\nme.json:4:10: \"a/b\" is neither an absolute path nor the plain name of a program in /bin"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = Parse("me.json", []byte(`{"exec": ["x"], "after": [`+strings.Repeat(`"X", `, 99)+`"X"]}`))
	if err == nil || strings.Count(err.Error(), "\n") != maxProblems || !strings.HasSuffix(err.Error(), "me.json: and 80 more problems") {
		t.Error(err)
	}
}

func TestHugeAndDeep(t *testing.T) {
	exact := `{"exec": ["x"], "description": ""}`
	exact += strings.Repeat(" ", MaxSize-len(exact))
	if _, err := Parse("a.json", []byte(exact)); err != nil {
		t.Error(err)
	}
	var problem *strictjson.Error
	if _, err := Parse("a.json", []byte(exact+" ")); !errors.As(err, &problem) || problem.Problem != "larger than a manifest may be, 64K" {
		t.Error(err)
	}
	if _, err := Parse("a.json", []byte(strings.Repeat(`{"ready":`, 7000))); err == nil || !strings.Contains(err.Error(), "unknown key") {
		t.Error(err)
	}
}
