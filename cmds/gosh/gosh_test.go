package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
)

// testMachine is a machine on which nothing leaves the test.
func testMachine(t *testing.T) machine {
	return machine{
		arg0:     "gosh",
		uid:      0,
		environ:  []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()},
		hostname: func() (string, error) { return "vole.lab", nil },
		exec:     func(string, []string, []string) error { return syscall.EPERM },
		leave:    func(int) {},
		die:      func(syscall.Signal) {},
	}
}

// An output is a buffer that the goroutines of a shell can share.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// runGosh runs the shell and returns what it wrote and its exit status.
func runGosh(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err output
	result := testMachine(t).run(args, strings.NewReader(stdin), &out, &err)
	status = cli.Report("gosh", result, &out, &err)
	return out.String(), err.String(), status
}

// A scriptTest is a script, run with the parameters "me", "a" and "b c".
type scriptTest struct {
	name, script string
	stdout       string
	stderr       string // a part of it; "" is nothing at all
	status       int
}

func testScripts(t *testing.T, tests []scriptTest) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			stdout, stderr, status := runGosh(t, "", "-c", tt.script, "me", "a", "b c")
			if stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) || status != tt.status {
				t.Errorf("got %q, %q, %d; want %q, %q, %d", stdout, stderr, status, tt.stdout, tt.stderr, tt.status)
			}
			if tt.stderr == "" && stderr != "" {
				t.Errorf("wrote to standard error: %q", stderr)
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	testScripts(t, []scriptTest{
		{name: "parameters", script: `echo $0 $# "$2" $*`, stdout: "me 2 b c a b c\n"},
		{name: "pipe", script: `echo x | cat | cat`, stdout: "x\n"},
		{name: "pipefail", script: `set -o pipefail; false | true`, status: 1},
		{name: "errexit", script: `set -e; false; echo no`, status: 1},
		{name: "status", script: `exit 300`, status: 44},
		{name: "not found", script: `nosuch; echo $?`, stdout: "127\n", stderr: "gosh: nosuch: not found\n"},
		{name: "no such path", script: `./nosuch`, stderr: "gosh: ./nosuch: no such file or directory\n", status: 127},
		{name: "folder", script: `/`, stderr: "gosh: /: is a directory\n", status: 126},
		{name: "not executable", script: `/etc/passwd`, stderr: "gosh: /etc/passwd: permission denied\n", status: 126},
		{name: "signal", script: `sh -c 'kill -KILL $$'`, status: 137},
		{name: "syntax error", script: "echo a\nif", stderr: "gosh: me:2:1: ", status: 2},
		{name: "command substitution", script: `x=$(echo a; cat </dev/null; echo b | cat); echo "$x"`, stdout: "a\nb\n"},
		{name: "both outputs in one substitution", script: `x=$(sh -c 'echo a; echo b >&2' 2>&1); echo "$x"`, stdout: "a\nb\n"},
		{name: "here-document", script: "cat <<E\n$1\nE\n", stdout: "a\n"},
		{name: "exported only", script: `a=1; export b=2; env | grep -c '^[ab]='; c=3 env | grep '^c='`, stdout: "1\nc=3\n"},
		{name: "environment follows", script: `cd /; HOME=/x; env | grep -E '^(HOME|PWD)=' | sort`, stdout: "HOME=/x\nPWD=/\n"},
		{name: "function hides builtin", script: `kill() { echo my $1; }; kill x`, stdout: "my x\n"},
		{name: "command skips function", script: `umask() { echo no; }; command umask 022; command umask`, stdout: "0022\n"},
		{name: "echo notices that nobody reads", script: `while :; do echo y; done | head -1`, stdout: "y\n"},
		{name: "exec of a list that fails", script: `exec /nosuch; echo no`, stderr: "gosh: /nosuch: no such file", status: 127},
		{name: "exec in a subshell", script: `(exec echo sub); echo $?`, stdout: "sub\n0\n"},
		{name: "exec redirects", script: `exec 2>&1; nosuch`, stdout: "gosh: nosuch: not found\n", status: 127},
		{name: "echo options", script: `echo -ne 'a\tb'; echo -en -E '\n'; echo -nx; echo -`, stdout: "a\tb\\n-nx\n-\n"},
		{name: "cd options", script: `mkdir -- -d; cd -- -d && cd -L .. && cd ./-d && basename "$PWD"; cd - >/dev/null; basename "$OLDPWD"`, stdout: "-d\n-d\n"},
		{name: "clobber", script: `echo a >f; echo b >|f; sh -c 'echo c; echo d >&2' >&g; cat f g`, stdout: "b\nc\nd\n"},
		{name: "umask decides about new files", script: `umask 002; echo a >f; umask 022; stat -c %a f`, stdout: "664\n"},
		{name: "PATH is never the current folder", script: `PATH=; echo '#!/bin/sh' >ls; chmod +x ls; ls`, stderr: "chmod: not found", status: 127},
	})
}

func TestBackgroundScripts(t *testing.T) {
	testScripts(t, []scriptTest{
		{name: "wait gives the status", script: `(exit 7) & wait $!; echo $?`, stdout: "7\n"},
		{name: "wait for all", script: `for i in 1 2 3; do (sleep 0.05; echo x) & done; wait; echo end`, stdout: "x\nx\nx\nend\n"},
		{name: "wait in the background", script: `{ sleep 0.05 & wait; echo in; } & wait; echo out`, stdout: "in\nout\n"},
		{name: "wait for a stranger", script: `wait 1; echo $?`, stdout: "127\n", stderr: "wait: 1 is not a job"},
		{name: "$! is a process", script: `sleep 9 & kill -0 $! && kill $!; wait $!; echo $?`, stdout: "143\n"},
		{name: "kill %1", script: `sleep 9 & kill %1; wait %1; echo $?`, stdout: "143\n"},
		{name: "kill a loop", script: `while :; do sleep 0.01; done & kill -INT %1; wait %1; echo $?`, stdout: "130\n"},
		{name: "kill what is no job", script: `kill %3`, stderr: "gosh: kill: %3: no such job\n", status: 1},
		{name: "kill -l", script: `kill -l 9 130 TERM`, stdout: "KILL\nINT\nTERM\n"},
		{name: "kill bad signal", script: `kill -NOSUCH 1`, stderr: "unknown signal NOSUCH", status: 2},
		{name: "kill what no process can be", script: `kill -0 4294967295`, stderr: "usage: kill", status: 2},
		{name: "background reads nothing", script: `cat & wait; echo $?`, stdout: "0\n"},
		{name: "background text survives quotes", script: `v="it's"; { echo "$v" 'a  b' "c\$"; } & wait`, stdout: "it's a  b c$\n"},
		{name: "background in background", script: "{ echo 1 & wait; cat <<E & wait\nhere $1\nE\n} & wait", stdout: "1\nhere a\n"},
		{name: "background exit", script: `{ exit 3; } & wait %1; echo $?`, stdout: "3\n"},
		{name: "a script waits for its own parts", script: `{ until [ -e said ]; do sleep 0.01; done; echo late; } & echo first; echo >said`, stdout: "first\nlate\n"},
		{name: "eval in the background", script: `eval '(exit 5) & wait $!'; echo $?`, stdout: "5\n"},
		{name: "eval of nonsense", script: `eval 'if'; echo $?`, stdout: "1\n", stderr: "eval: "},
		{name: "source in the background", script: `echo '(exit 6) & p=$!; kill() { echo my $1; }; return 3; echo no' >f; . ./f x; echo $?; wait $p; echo $?; kill y`,
			stdout: "3\n6\nmy y\n"},
		{name: "source finds files", script: `echo 'echo "$1"' >f; source f one; . "$PWD/f" two; PATH=$PWD; cd /; . f three`, stdout: "one\ntwo\nthree\n"},
		{name: "source of nothing", script: `. ./nosuch; echo $?`, stdout: "1\n", stderr: "no such file"},
		{name: "jobs", script: `sleep 9 & jobs; kill %%`, stdout: "[1]+ Running      sleep 9\n"},
		{name: "fg needs control", script: `sleep 0 & fg`, stderr: "gosh: fg: no job control in this shell\n", status: 1},
	})
}

func TestTrapsScripts(t *testing.T) {
	testScripts(t, []scriptTest{
		{name: "exit trap", script: `trap 'echo bye | cat' EXIT; exit 3`, stdout: "bye\n", status: 3},
		{name: "signal trap", script: `trap 'echo got' USR1; kill -USR1 $$; echo on`, stdout: "got\non\n"},
		{name: "interrupt trap", script: `trap 'echo got' INT; kill -INT $$; echo on`, stdout: "got\non\n"},
		{name: "signal trap in wait", script: `trap 'got=yes' USR2; sleep 99 & while sleep 0.05; do kill -USR2 $$; done & wait; s=$?; kill %1 %2; echo $s $got`,
			stdout: "140 yes\n"},
		{name: "trap of the last command's signal", script: `trap 'echo got | cat' USR1; sh -c 'kill -USR1 $PPID; sleep 1'`, stdout: "got\n"},
		{name: "trap list", script: `trap 'a b' TERM; trap - TERM; trap 'c d' INT; trap`, stdout: "trap -- 'c d' INT\n"},
		{name: "kill ends the shell at once", script: `trap 'echo bye' EXIT; kill $$; echo no`, stdout: "bye\n", status: 143},
		{name: "trap list of one", script: `trap 'a b' TERM; trap 'c d' INT; trap -p INT; trap - TERM INT`, stdout: "trap -- 'c d' INT\n"},
		{name: "trap knows the last job", script: `trap 'kill $!; wait $!; echo $?' EXIT; sleep 99 &`, stdout: "143\n"},
		{name: "trap starts a job", script: `trap '(exit 3) & wait $!; echo $?' USR1; kill -USR1 $$; :`, stdout: "3\n"},
		{name: "trap of nothing", script: `trap x NOSUCH`, stderr: "cannot trap NOSUCH", status: 2},
	})
}

func TestReadScripts(t *testing.T) {
	testScripts(t, []scriptTest{
		{name: "read words", script: `echo ' a b  c ' | { read x y; echo "<$x><$y>"; }`, stdout: "<a><b  c>\n"},
		{name: "read whole line", script: `echo ' a\b ' | { read; echo "<$REPLY>"; }`, stdout: "< ab >\n"},
		{name: "read raw", script: `echo 'a\tb' | { read -r x; echo "<$x>"; }`, stdout: "<a\\tb>\n"},
		{name: "read continued", script: `printf 'a\\\nb\n' | { read x; echo "<$x>"; }`, stdout: "<ab>\n"},
		{name: "read array", script: `echo 'a b c' | { read -a x; echo "${x[2]}"; }`, stdout: "c\n"},
		{name: "read some", script: `echo abcdef | { read -n 3 x; read y; echo "$x $y"; }`, stdout: "abc def\n"},
		{name: "read to", script: `printf 'a:b:' | { read -d : x; read -d : y; echo "$x $y"; }`, stdout: "a b\n"},
		{name: "read end", script: `printf 'part' | { read x; echo "$? $x"; }`, stdout: "1 part\n"},
		{name: "read timeout", script: `sleep 1 | { read -t 0.01 x; echo $?; }`, stdout: "142\n"},
		{name: "read to NUL", script: `printf 'a\nb\0c\0' | while IFS= read -r -d '' x; do echo "<$x>"; done`, stdout: "<a\nb>\n<c>\n"},
		{name: "read characters", script: `echo 'äöü' | { read -n 2 x; read y; echo "$x $y"; }`, stdout: "äö ü\n"},
		{name: "read looks only", script: `echo a | { until read -t 0; do :; done; read x; echo $x; }; sleep 1 | read -t 0 || echo nothing`, stdout: "a\nnothing\n"},
		{name: "read IFS", script: `IFS=: read a b <<<'x y:z'; echo "$a $b"`, stdout: "x y z\n"},
		{name: "read into a local", script: `x=out; f() { local x; read x <<<in; }; f; echo $x`, stdout: "out\n"},
		{name: "read bad name", script: `read 1x`, stderr: "1x is not a name", status: 2},
		{name: "loop over lines", script: "while read -r l; do echo \"<$l>\"; done <<'E'\na\nb\\c\nE\n", stdout: "<a>\n<b\\c>\n"},
	})
}

func TestBuiltinsScripts(t *testing.T) {
	testScripts(t, []scriptTest{
		{name: "umask", script: `umask 027; umask; umask -S; umask 022`, stdout: "0027\nu=rwx,g=rx,o=\n"},
		{name: "umask in letters", script: `umask 022; umask g+w,o=; umask; umask u=rwx,go-w; umask; umask a=rx; umask; umask 022`, stdout: "0007\n0027\n0222\n"},
		{name: "umask bad", script: `umask 9`, stderr: "9 is no mode", status: 2},
		{name: "umask of nobody", script: `umask z=r`, stderr: "z=r is no mode", status: 2},
		{name: "ulimit shows", script: `ulimit -c >/dev/null && ulimit -a | grep -c :`, stdout: "9\n"},
		{name: "ulimit bad", script: `ulimit -n x`, stderr: "x is not a number", status: 2},
		{name: "time keeps the status", script: `time sh -c 'exit 4'`, stderr: "real\t", status: 4},
		{name: "time of POSIX", script: `time -p true`, stderr: "real "},
		{name: "history is empty", script: `history`, stdout: ""},
		{name: "builtin through command", script: `command kill -l 1`, stdout: "HUP\n"},
	})
}

func TestPrintfScripts(t *testing.T) {
	testScripts(t, []scriptTest{
		{name: "printf again and again", script: `printf '%s-%s;' a 'b c' d; printf 'x\n'; printf '%d\n'`, stdout: "a-b c;d-;x\n0\n"},
		{name: "printf numbers", script: `printf '%d|%5d|%-5d|%05d|%+d|% d|%.3d|%x|%#X|%o|%i\n' 1 2 3 4 5 6 7 255 255 8 -9`,
			stdout: "1|    2|3    |00004|+5| 6|007|ff|0XFF|10|-9\n"},
		{name: "printf bases", script: `printf '%d %d %d %d %u\n' 0x10 010 "'A" '"ä' -1`, stdout: "16 8 65 228 18446744073709551615\n"},
		{name: "printf fractions", script: `printf '%.2f|%f|%8.3e|%g|%g|%05.1f\n' 3.14159 2 1234.5 100000 1e10 3.14`,
			stdout: "3.14|2.000000|1.234e+03|100000|1e+10|003.1\n"},
		{name: "printf texts", script: `printf '%5s|%-5s|%.2s|%*s|%-*s|%c|%q|%b|%%|%ld\n' ab ab abc 4 x 4 y äb "it's" 'a\tb' 7`,
			stdout: "   ab|ab   |ab|   x|y   |ä|\"it's\"|a\tb|%|7\n"},
		{name: "printf escapes", script: `printf 'a\tb\\\101\x42\u00e4\n'; printf '%b' 'a\cb' c; printf -- '-\n'`, stdout: "a\tb\\ABä\na-\n"},
		{name: "printf to a variable", script: `printf -v x '%s\n' a 'b c'; echo "<$x>"`, stdout: "<a\nb c\n>\n"},
		{name: "printf to no variable", script: `printf -v 1x y`, stderr: "1x is not a name", status: 2},
		{name: "printf of no number", script: `printf '%d %s\n' x y`, stdout: "0 y\n", stderr: "gosh: printf: x is not a number\n", status: 1},
		{name: "printf of no format", script: `printf 'a%y' b`, stdout: "a", stderr: "unknown format %y", status: 1},
		{name: "printf of half a format", script: `printf 'a%5'`, stdout: "a", stderr: "in the middle of a %", status: 1},
		{name: "printf of nothing", script: `printf`, stderr: "usage: printf", status: 2},
		{name: "printf, function and command", script: `printf() { echo mine; }; printf x; command printf 'real\n'`, stdout: "mine\nreal\n"},
	})
}

func TestOptions(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$1\" $#\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "binary")
	if err := os.WriteFile(binary, []byte("\x7fELF\x00\x01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args   []string
		stdin  string
		stdout string
		stderr string
		status int
	}{
		{args: []string{script, "a b", "c"}, stdout: "a b 2\n"},
		{args: []string{"--", script}, stdout: " 0\n"},
		{args: []string{"/no/such/script"}, stderr: "gosh: cannot open /no/such/script: no such file or directory\n", status: 127},
		{args: []string{t.TempDir()}, stderr: "is a directory", status: 126},
		{args: []string{binary}, stderr: "it is a binary file", status: 126},
		{args: []string{"-c"}, stderr: "gosh: -c needs a command\n", status: 2},
		{args: []string{"-q"}, stderr: "unknown option -q\n  hint: gosh -h", status: 2},
		{args: []string{"-ec", "false; echo no"}, status: 1},
		{args: []string{"-uc", "echo $nosuch"}, stderr: "nosuch", status: 1},
		{args: []string{"-o", "pipefail", "-c", "false | true"}, status: 1},
		{args: []string{"-fc", "echo *"}, stdout: "*\n"},
		{args: []string{"-c", "echo $0"}, stdout: "gosh\n"},
		{args: []string{"-h"}, stdout: strings.TrimSpace(usage) + "\n"},
		{stdin: "echo a\necho $#\n", stdout: "a\n0\n"},
		{args: []string{"-s", "x"}, stdin: "echo $1", stdout: "x\n"},
		{stdin: "read x\ndata\necho \"<$x>\"\nexit 3\necho no\n", stdout: "<data>\n", status: 3},
		{stdin: "f() {\necho in f\n}\nf\ncat <<E\nhere\nE\n", stdout: "in f\nhere\n"},
		{stdin: "echo a\nif\n", stdout: "a\n", stderr: "gosh: stdin:2:1: ", status: 2},
		{stdin: "trap 'echo bye' EXIT\nfalse\n", stdout: "bye\n", status: 1},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			stdout, stderr, status := runGosh(t, tt.stdin, tt.args...)
			if stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) || status != tt.status {
				t.Errorf("got %q, %q, %d; want %q, %q, %d", stdout, stderr, status, tt.stdout, tt.stderr, tt.status)
			}
		})
	}
}

// What needs a process of its own: exec, limits, death by a signal.
func TestProcess(t *testing.T) {
	tests := []struct{ name, script, stdout string }{
		{"exec replaces the shell", `p=$$; exec sh -c "echo \$((\$\$ - $p))"`, "0\n"},
		{"exec with redirection", `exec sh -c 'echo a; echo b >&2' >out 2>&1`, ""},
		{"exec in the folder of cd", `mkdir d; cd d; exec sh -c 'basename $(pwd)'`, "d\n"},
		{"ulimit reaches children", `ulimit -n 77; sh -c 'ulimit -n'`, "77\n"},
		{"umask reaches children", `umask 077; sh -c umask`, "0077\n"},
		{"no shebang", `echo 'echo "$0" $1' >s; chmod +x s; ./s x`, "./s x\n"},
		{"a binary without format", `printf '\0\n' >b; chmod +x b; ./b 2>/dev/null; echo $?`, "126\n"},
		{"a signal is no longer ignored", `trap '' TERM; kill $$; echo alive; trap - TERM; sh -c 'kill $$; echo no'; echo $?`, "alive\n143\n"},
		{"what was ignored before stays so", `trap '' HUP; exec /proc/self/exe -c '
			trap "echo bye" EXIT; kill -HUP $$; trap "echo no" HUP; kill -HUP $$; echo alive'`, "alive\nbye\n"},
		{"ignored signals stay ignored", `trap '' USR1; sh -c 'kill -USR1 $$; echo alive'`, "alive\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := shellCommand(t, "-c", tt.script)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.HasSuffix(string(out), tt.stdout) || tt.stdout == "" && len(out) > 0 {
				t.Errorf("got %q, %v; want %q", out, err, tt.stdout)
			}
		})
	}
}

// A script that is ended by a signal dies of that signal, after its trap.
func TestDeathBySignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd := shellCommand(t, "-c", `trap 'echo bye | cat' EXIT; sleep 2 & p=$!; echo up; wait $p; echo no`)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := readLine(out)
		if line != "up\n" || err != nil {
			t.Fatal(line, err)
		}
		cmd.Process.Signal(sig)
		line, _ = readLine(out)
		err = cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || line != "bye\n" {
			t.Fatalf("%v: said %q and ended with %v", sig, line, err)
		}
		if status := exit.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != sig {
			t.Errorf("%v: ended with %v", sig, err)
		}
	}
}

func TestPrompt(t *testing.T) {
	m := testMachine(t)
	m.environ = []string{"HOME=/home/v", "USER=vera"}
	sh, err := newShell(m, options{name: "gosh"}, os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	sh.runner.Dir = "/home/v/src"
	tests := []struct{ ps1, want string }{
		{`\u@\h:\w\$ `, "vera@vole:~/src# "},
		{`\H \W \j \s`, "vole.lab src 0 gosh"},
		{`\[\e[1m\]x\\\q\`, "\x1b[1mx\\\\q\\"},
		{"plain", "plain"},
	}
	for _, tt := range tests {
		if got := sh.expandPrompt(tt.ps1); got != tt.want {
			t.Errorf("%q = %q; want %q", tt.ps1, got, tt.want)
		}
	}
	if got := sh.prompt(); got != "vole# " {
		t.Errorf("without PS1: %q", got)
	}
	sh.uid = 1000
	if got := sh.prompt(); got != "vole$ " {
		t.Errorf("not root: %q", got)
	}
	sh.runner.Dir = "/home/vole"
	if got := sh.folder(); got != "/home/vole" {
		t.Errorf("a folder whose name starts like the home is shown as %q", got)
	}
}
