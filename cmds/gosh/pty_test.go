package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// These tests sit a person down in front of the real program.

func TestPromptAndExit(t *testing.T) {
	p := sitDown(t, func(cmd *exec.Cmd) { cmd.Env = cmd.Env[:len(cmd.Env)-1] })
	want := "vole$ "
	if os.Getuid() == 0 {
		want = prompt
	}
	p.sees(want)
	p.leaves("exit 7\r", 7)
}

func TestPipesAndLoops(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.does("echo a b | cat | cat", "a b\r\n")
	p.does("for i in 1 2 3; do echo n$i; done", "n1\r\nn2\r\nn3\r\n")
	p.does("echo one >f; cat <f", "one\r\n")
	p.does("false; echo status $?", "status 1\r\n")
	p.does("nosuchcommand", "gosh: nosuchcommand: not found\r\n")
	p.does("echo status $?", "status 127\r\n")
	p.types("if true\r")
	p.sees("> ")
	p.types("then echo yes; fi\r")
	p.sees("yes\r\n", prompt)
	p.types("echo con\\\r")
	p.sees("> ")
	p.types("tinued\r")
	p.sees("\ncontinued\r\n", prompt)
	p.types("\x10\x10\r") // the whole command comes back
	p.sees("yes\r\n", prompt)
	p.types("if true\r")
	p.sees("> ")
	p.types(ctrlD)
	p.sees("gosh: ", prompt)
	p.does("echo )", "gosh: ")
	p.does("echo status $?", "status 2\r\n")
	p.leaves(ctrlD, 0)
}

func TestCtrlC(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.types("half a line" + ctrlC)
	p.sees("^C", prompt)
	for _, tt := range []struct {
		line    string
		program bool // Ctrl-C is for a program, and not for the shell
	}{
		{"echo go; sleep 1000", true},
		{"echo go; while true; do :; done", false},
		{"echo go; while true; do sleep 1000; done", true},
		{"echo go; for i in 1 2; do read x; done", false},
		{"echo go; read x", false},
		{"sleep 1000 | sh -c 'echo go; exec cat'", false},
		{"echo go; { sleep 1000; echo never; }", true},
		{"echo go; sleep 1000; echo never", true},
		{"echo go; if sleep 1000; then echo never; fi", true},
		{"echo go; x=$(sleep 1000)", true},
		{"sleep 1000 & echo go; wait", false},
	} {
		p.types(tt.line + "\r")
		p.sees("\r\n", "go\r\n")
		if tt.program {
			p.seesProgram()
		}
		p.types(ctrlC)
		p.sees(prompt)
		p.does("echo status $?", "status 130\r\n")
	}
	p.does("echo done", "done\r\n")
	if strings.Contains(p.all(), "\r\nnever\r\n") {
		t.Error("Ctrl-C did not drop the rest of the line")
	}
	p.types("\x1c\x1a") // Ctrl-\ and Ctrl-Z at the prompt do nothing
	p.does("echo alive", "alive\r\n")
}

// Ctrl-C may come between the starts of two programs of a pipeline.
func TestCtrlCAtTheStart(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	for range 20 {
		p.types("sleep 1000 | sleep 1000 | sleep 1000\r")
		p.seesProgram()
		p.types(ctrlC)
		p.sees("^C", prompt)
	}
}

// work is a program that says when it runs, so that the test knows when to
// press a key, and then copies its input until it ends.
const work = "#!/bin/sh\necho ready\nexec cat\n"

func withWork(t *testing.T) func(*exec.Cmd) {
	return func(cmd *exec.Cmd) {
		if err := os.WriteFile(filepath.Join(cmd.Dir, "work"), []byte(work), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// untilStopped waits for a job that stops because it reads the terminal.
const untilStopped = "until jobs | grep -q Stopped; do sleep 0.02; done"

func TestJobControl(t *testing.T) {
	p := sitDown(t, withWork(t))
	p.sees(prompt)
	p.types("./work | cat; echo never\r")
	p.sees("ready\r\n")
	p.types(ctrlZ)
	p.sees("[1]+ Stopped      ./work | cat\r\n", prompt)
	p.does("echo status $?", "status 148\r\n")
	p.does("jobs", "[1]+ Stopped      ./work | cat\r\n")
	p.does("sleep 1000 &", "[2] ")
	p.does("jobs", "[1]+ Stopped      ./work", "[2]- Running      sleep 1000\r\n")
	p.types("fg\r")
	p.sees("./work | cat\r\n")
	p.types("back again\r")
	p.sees("back again\r\n", "back again\r\n") // typed, then written by cat
	p.types(ctrlC)
	p.sees("\r\n", prompt)
	p.does("echo status $?", "status 130\r\n")
	p.does("kill %2; wait %2; echo status $?", "status 143\r\n", "[2]+ Terminated   sleep 1000\r\n")
	p.does("jobs; fg", "gosh: fg: no current job\r\n")

	p.types("./work\r")
	p.sees("ready\r\n")
	p.types(ctrlZ)
	p.sees("[1]+ Stopped", prompt)
	p.does("bg; "+untilStopped, "[1] ./work &\r\n", "[1]+ Stopped      ./work\r\n") // it reads the terminal
	p.types(ctrlD)
	p.sees("there are stopped jobs", prompt)
	p.leaves(ctrlD, 1) // the status of the command before, which was the warning
	if strings.Contains(p.all(), "\nnever") {
		t.Error("Ctrl-Z did not drop the rest of the line")
	}
}

// Once a warning has been given, exit means it; and in a subshell it leaves
// nothing but that.
func TestExitWithStoppedJobs(t *testing.T) {
	p := sitDown(t, withWork(t))
	p.sees(prompt)
	p.types("./work\r")
	p.sees("ready\r\n")
	p.types(ctrlZ)
	p.sees("[1]+ Stopped", prompt)
	p.does("(exit 3); echo status $?", "status 3\r\n")
	p.does("x=$(exit 4); echo status $?", "status 4\r\n")
	p.does("exit 5", "gosh: exit: there are stopped jobs")
	p.leaves("exit 5\r", 5)
}

// Ctrl-C drops what was pasted with the line that it ends.
func TestPaste(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.types("\x1b[200~echo go\nsleep 1000\necho never\x1b[201~\r")
	p.sees("\ngo\r\n")
	p.seesProgram()
	p.types(ctrlC)
	p.sees(prompt)
	p.does("echo done", "done\r\n")
	if strings.Contains(p.all(), "\r\nnever\r\n") {
		t.Error("Ctrl-C did not drop the rest of the paste")
	}
	p.types("\x1b[200~f() {\n\techo in $1\n}\nf one\nf two\n\x1b[201~\r")
	p.sees("in one\r\n", "in two\r\n", prompt)
}

func TestBackground(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.does("sleep 0.1 & wait; echo waited", "[1] ", "waited\r\n", "[1]+ Done         sleep 0.1\r\n")
	p.does("(sleep 0.1; exit 3) & wait $!; echo status $?", "status 3\r\n", "Exit 3")
	p.does("sleep 0.05 & while kill -0 %1 2>/dev/null; do sleep 0.02; done", "[1] ", "[1]+ Done         sleep 0.05\r\n")
	p.does("while true; do sleep 0.01; done &", "[1] ")
	p.does("kill %1; wait %1; echo status $?", "status 143\r\n", "[1]+ Terminated   while")
	p.does("cat & "+untilStopped, "[1] ", "[1]+ Stopped      cat\r\n") // it wanted to read the terminal
	p.does("kill -9 %cat; wait %cat; echo status $?", "status 137\r\n", "Killed       cat\r\n")
	p.does("while true; do sleep 1000; done &", "[1] ")
	p.types("fg\r")
	p.sees("while true; do sleep 1000; done\r\n")
	p.seesProgram()
	p.types(ctrlC)
	p.sees(prompt)
	p.does("jobs; echo status $?", "status 0\r\n")
	p.does("eval 'sleep 300 &'", "[1] ")
	p.does("kill $!; wait $!; echo status $?", "status 143\r\n")
}

// A child must find every signal as it is for a program that nobody has
// prepared. That is not always neither blocked nor ignored: what the parent of
// the shell ignores, its children inherit. So a plain child of the test sets
// the measure.
func TestSignalsOfChildren(t *testing.T) {
	blocked, ignored := statusLine(t, "SigBlk"), statusLine(t, "SigIgn")
	p := sitDown(t, nil)
	p.sees(prompt)
	p.does("grep -E 'SigBlk|SigIgn' /proc/self/status", blocked, ignored)
	p.does("grep SigIgn /proc/self/status | cat", ignored)
	p.types("exec grep SigIgn /proc/self/status\r")
	p.sees(ignored)
}

// statusLine is a line of proc_pid_status(5), as a terminal shows it, of a
// program that is started without a shell.
func statusLine(t *testing.T, key string) string {
	t.Helper()
	out, err := exec.Command("grep", key, "/proc/self/status").Output()
	if err != nil || !strings.HasPrefix(string(out), key+":\t") {
		t.Fatalf("%s of a plain child: %q, %v", key, out, err)
	}
	return strings.TrimSuffix(string(out), "\n") + "\r\n"
}

func TestShellIgnoresSignals(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.does("kill -TERM $$; kill -QUIT $$; kill -TSTP $$; kill -TTIN $$; kill -TTOU $$; echo alive", "alive\r\n")
	p.leaves("kill -HUP $$; sleep 1\r", 129)
}

func TestTerminalModes(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.does("stty -echo; stty -a | grep -o -- -echo' '", "-echo ")
	p.does("stty echo")
	p.does("sh -c 'stty raw -echo; exit 1'")
	p.does("stty -a | grep -o -- -icanon; echo checked", "checked\r\n")
	if strings.Contains(p.all(), "\n-icanon") {
		t.Error("a program that failed left the terminal raw")
	}
}

func TestCompletion(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	dir := p.cmd.Dir
	for _, name := range []string{"apple pie", "apricot", "banana"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.types("cat ban\t\r")
	p.sees("banana", "\nbanana", prompt)
	p.types("cat ap\t\t")
	p.sees("\a", "apple pie  apricot\r\n", "cat ap")
	p.types("pl\t\r")
	p.sees(`ple\ pie`, "\napple pie", prompt)
	p.types("cat 'ap\tpl\t\r")
	p.sees(`ple pie'`, "\napple pie", prompt)
	p.does("bananasplit() { echo called; }")
	p.types("bananas\t\r")
	p.sees("bananasplit", "called\r\n", prompt)
	p.does("LONGVARIABLE=value")
	p.types("echo $LONGV\t\r")
	p.sees("ARIABLE", "\nvalue\r\n", prompt)
}

func TestHistory(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.does("echo first", "first\r\n")
	p.does("printf 'se%s\\n' cond", "second\r\n")
	p.types("\x1b[A\x1b[A\r")
	p.sees("echo first", "\nfirst\r\n", prompt)
	p.types("pri\x1b[A\r")
	p.sees("\nsecond\r\n", prompt)
	p.types("\x12first\r")
	p.sees("\nfirst\r\n", prompt)
	p.does("history 3", "printf", "echo first")
	p.leaves(ctrlD, 0)
	file := filepath.Join(p.cmd.Dir, ".gosh_history")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the history has mode %v; want 0600", info.Mode())
	}
	data, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(data), "echo first\nprintf") {
		t.Errorf("the history holds %q, %v", data, err)
	}
}

func TestReadAtTerminal(t *testing.T) {
	p := sitDown(t, nil)
	p.sees(prompt)
	p.types("read -p 'name? ' who; echo \"<$who>\"\r")
	p.sees("name? ")
	p.types("me and you\r")
	p.sees("<me and you>\r\n", prompt)
	p.types("read -s -p 'secret? ' s; echo \"[$s]\"\r")
	p.sees("secret? ")
	p.types("hush\r")
	p.sees("[hush]\r\n", prompt)
	if strings.Count(p.all(), "hush") != 1 {
		t.Error("read -s showed the secret")
	}
	p.types("read -n 1 -p 'key? ' c; echo \"=$c\"\r")
	p.sees("\r\n", "key? ")
	p.types("q")
	p.sees("=q\r\n", prompt)
	p.does("read -t 0.2 x; echo status $?", "status 142\r\n")
}

// A profile can't keep anybody out.
func TestProfiles(t *testing.T) {
	for _, tt := range []struct{ profile, shown string }{
		{"alias hi='echo hello'\nPS1='vole# '\n", ""},
		{"nosuchprogram\nalias hi='echo hello'\nPS1='vole# '\nfalse", "nosuchprogram: not found"},
		{"alias hi='echo hello'\nPS1='vole# '\nexit 4\n", ""},
		{"PS1='vole# '\nif then\n", ".profile:2:"},
	} {
		p := sitDown(t, func(cmd *exec.Cmd) {
			cmd.Args[0] = "-gosh"
			if err := os.WriteFile(filepath.Join(cmd.Dir, ".profile"), []byte(tt.profile), 0o600); err != nil {
				t.Fatal(err)
			}
		})
		if tt.shown != "" {
			p.sees(tt.shown)
		}
		if !strings.Contains(tt.shown, ".profile") {
			p.sees(prompt)
			p.does("hi", "hello\r\n")
		}
		p.does("PS1='vole# '")
		p.does("echo status $?", "status 0\r\n")
	}
}

func TestDumbTerminal(t *testing.T) {
	p := sitDown(t, func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "TERM=dumb") })
	p.sees(prompt)
	p.types("dropped" + ctrlC)
	p.sees(prompt)
	p.does("echo alive", "alive\r\n")
	if strings.Contains(p.all(), "\x1b") {
		t.Error("a dumb terminal was sent an Escape")
	}
}

func TestNoJobControl(t *testing.T) {
	p := sitDown(t, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		cmd.Stdin = nil
		cmd.Args = append(cmd.Args, "-i")
	})
	p.sees("gosh: no job control: ", prompt)
	p.leaves("", 0) // its input has ended
}

// The terminal of a session leader that nobody has made its controlling
// terminal: the shell takes it.
func TestTakesConsole(t *testing.T) {
	p := sitDown(t, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		withWork(t)(cmd)
	})
	p.sees(prompt)
	p.types("./work\r")
	p.sees("ready\r\n")
	p.types(ctrlZ)
	p.sees("[1]+ Stopped", prompt)
}
