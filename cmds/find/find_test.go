package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/missing"
)

func host() machine {
	return machine{now: time.Now, users: owner.Users(), groups: owner.Groups(), start: start}
}

// makeTree makes a tree in a folder of the test, and goes there.
func makeTree(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range []string{"d/e/f", "empty", "d/.git"} {
		if err := os.MkdirAll(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for name, file := range map[string]struct {
		size int
		mode os.FileMode
		age  time.Duration
	}{
		"d/a.go": {0, 0o644, 0}, "d/B.GO": {1, 0o600, 30 * time.Minute}, "d/e/c.txt": {513, 0o755, 50 * time.Hour},
		"d/e/f/with blank": {3000, 0o4755, 23 * time.Hour}, "d/.git/config": {10, 0o444, 90*time.Second + 3*time.Hour}, "z[1]": {2 << 20, 0o644, 24*time.Hour + time.Minute},
	} {
		if err := os.WriteFile(name, make([]byte, file.size), 0o600); err != nil {
			t.Fatal(err)
		}
		unix.Chmod(name, uint32(file.mode))
		os.Chtimes(name, now.Add(-file.age), now.Add(-file.age))
	}
	for name, target := range map[string]string{"d/link": "e", "d/broken": "nothing", "d/e/up": ".."} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	unix.Mkfifo("d/pipe", 0o600)
}

// sorted is text with its lines in order: no find promises one.
func sorted(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func argv(line string) []string {
	words := strings.Fields(line)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "_", " ")
	}
	return words
}

func find(line, stdin string) (stdout, stderr string, status int) {
	var out, errors strings.Builder
	err := host().run(argv(line), strings.NewReader(stdin), &out, &errors)
	status = cli.Report("find", err, &out, &errors)
	return out.String(), errors.String(), status
}

// The host's find says the same.
func TestAsHost(t *testing.T) {
	tool, err := exec.LookPath("find")
	if err != nil {
		missing.Skip(t, "the host has no find to compare with")
	}
	makeTree(t)
	for _, line := range []string{
		"", ".", "d", "d/", "d//", "d empty", "-maxdepth 1", "-maxdepth 0", "-mindepth 2 -maxdepth 3", "d -mindepth 1", "d -depth", "d -depth -maxdepth 1",
		"-name *.go", "-iname *.go", "-name .*", "-name ?.*", "-name [a-c]*", "-name [!a-c]*", "-name *[[:upper:]]*", "-name z[1]", "-name z\\[1]", "-name with_blank",
		"-path ./d/*", "-path *e/f*", "-ipath *GIT*", "-name nothing", "d/ -name d", ". -name .", "-name [",
		"-type f", "-type d", "-type l", "-type f,l", "-type p", "-empty", "-type d -empty",
		"-size 0", "-size 1", "-size -2", "-size +1k -type f", "-size 2k", "-size -1M -type f", "-size 1M", "-size +1M", "-size 513c", "-size -10c -type f", "-size 5w",
		"-mtime 0 -type f", "-mtime 1", "-mtime +0 -type f", "-mtime +1 -type f", "-mtime -2 -type f", "-mmin -29 -type f", "-mmin +29 -type f", "-mmin 31", "-mmin 30", "-mmin 182", "-ctime -1", "-amin -5 -type f",
		"-newer d/e/c.txt -type f", "d -newer d/a.go",
		"-perm 644", "-perm -600 -type f", "-perm /111 -type f", "-perm /0 -type f", "-perm -u+x -type f", "-perm /u=s,g=s", "-perm u=rw,go=r", "-perm -4000", "-perm /a+x-x -name c.txt",
		"-user root -type p", "-uid 0 -name pipe", "-user 0 -name pipe", "-group 0 -name pipe", "-gid +0", "-nouser", "-nogroup",
		"-links +2 -type d", "-links 1 -type p", "-samefile d/a.go", "-L d -samefile d/a.go", "-type f -readable", "-executable -type f",
		"-name *.go -o -name *.txt", "-name *.go -o -name *.txt -print", "( -name *.go -o -name *.txt ) -print", "! -type d", "-not -type d", "! ! -type d",
		"-type f -a -name *.go", "-type f -and ! -name *.go", "-type d -or -name *.go", "-true", "-false", "-false -o -name d", "-name a.go -print , -name B.GO -print", "( -name d )",
		"-name .git -prune -o -type f -print", "-name .git -prune", "-depth -name .git -prune -o -type f -print", "d -prune", "d -name e -prune -o -name c.txt",
		"-name a.go -print0", "-name a.go -print -print", "d -quit", "-name a.go -quit", "-name a.go -print -quit", "empty -print -quit -o -print",
		"-L d/broken", "-L d/link -name c.txt", "-H d/link -name c.txt", "-P d/link", "d/link/ -maxdepth 1", "-L d/broken -type l", "-H d/broken", "empty -follow", "-L d/link -type d -maxdepth 0",
		"-name *.go -exec echo {} ;", "-name *.go -exec echo a{}b c {} ;", "-type f -exec echo x ;", "-name a.go -exec false ; -print", "-name a.go -exec true ; -print", "-name a.go ! -exec false ; -print",
		"-name a.go -exec echo {} +", "-name a.go -exec false {} +", "-name a.go -exec false {} + -print", "-name nothing -exec echo {} +", "-name a.go -exec echo + {} ;", "-name a.go -exec echo {} ; -exec echo {} +",
		"-name a.go -ok echo {} ;", "-xdev -name a.go", "-mount -name a.go", "-path ./d/e/f -o -path ./empty",
		"d missing", "missing", "d/a.go", "d/a.go/x", "-inum 0",
	} {
		stdout, stderr, status := find(line, "")
		cmd := exec.Command(tool, argv(line)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		want, _ := cmd.Output()
		if sorted(stdout) != sorted(string(want)) || status != cmd.ProcessState.ExitCode() {
			t.Errorf("find %s: status %d, output\n%s%s\nthe host has %d,\n%s", line, status, stdout, stderr, cmd.ProcessState.ExitCode(), want)
		}
	}
}

func TestFind(t *testing.T) {
	makeTree(t)
	tests := []struct {
		args, stdin, stdout, stderr string
		status                      int
	}{
		{args: "d -maxdepth 1", stdout: "d\nd/.git\nd/B.GO\nd/a.go\nd/broken\nd/e\nd/link\nd/pipe\n"},
		{args: "d/e -depth", stdout: "d/e/c.txt\nd/e/f/with blank\nd/e/f\nd/e/up\nd/e\n"},
		{args: "-name ?.GO", stdout: "./d/B.GO\n"},
		{args: "-name a.go -print0", stdout: "./d/a.go\x00"},
		{args: "-type f -name *.go -ok echo {} ; -print", stdin: "y\n", stdout: "./d/a.go\n./d/a.go\n", stderr: "< echo ... ./d/a.go > ? "},
		{args: "-iname *.go -ok echo {} ;", stdin: "no\nyes\n", stdout: "./d/a.go\n", stderr: "< echo ... ./d/B.GO > ? < echo ... ./d/a.go > ? "},
		{args: "-name a.go -exec /no/such {} ;", status: 1, stderr: "cannot run /no/such: no such file or directory"},
		{args: "-name a.go -exec no-such {} +", status: 1, stderr: "cannot run no-such: no such file or directory"},
		{args: "-name [xz]* -exec echo {} + -name z* -print", stdout: "./z[1]\n./z[1]\n"},
		{args: "-L d -name c.txt", stdout: "d/e/c.txt\nd/link/c.txt\n", status: 1, stderr: "cannot go into d/e/up: it leads back"},
		{args: "empty missing", stdout: "empty\n", status: 1, stderr: "cannot look at missing: no such file or directory"},

		{args: "d foo -name", status: 2, stderr: "-name: a value is missing"},
		{args: "-name a b", status: 2, stderr: "b is where a test should be: paths come first, and * needs quotes"},
		{args: "d ( -name a", status: 2, stderr: "a ( is not closed"},
		{args: "d ( )", status: 2, stderr: ") is where a test should be"},
		{args: "d -name a )", status: 2, stderr: ") is where an operator should be"},
		{args: "d -o -print", status: 2, stderr: "-o is where a test should be"},
		{args: "d -print -o", status: 2, stderr: "ends where a test should be"},
		{args: "d !", status: 2, stderr: "ends where a test should be"},
		{args: "d -nmae x", status: 2, stderr: "there is no test -nmae"},
		{args: "d -type x", status: 2, stderr: `-type: "x" is none of`},
		{args: "d -size 3x", status: 2, stderr: `-size: "3x" is no number`},
		{args: "d -mtime +-3", status: 2, stderr: `"+-3" is no number`},
		{args: "d -mtime +", status: 2, stderr: `"+" is no number`},
		{args: "d -perm 9", status: 2, stderr: `"9" is no mode`},
		{args: "d -perm 77777", status: 2, stderr: `is no mode`},
		{args: "d -user no-such-one", status: 2, stderr: `-user: there is no "no-such-one"`},
		{args: "d -newer missing", status: 2, stderr: "-newer: cannot look at missing"},
		{args: "d -maxdepth x", status: 2, stderr: `"x" is no number of zero or above`},
		{args: "d -exec echo {}", status: 2, stderr: "-exec: it ends with a ;"},
		{args: "d -exec ;", status: 2, stderr: "a command is missing"},
		{args: "d -exec {} +", status: 2, stderr: "needs a command before it"},
		{args: "d -exec echo {} {} +", status: 2, stderr: "only one {}"},
		{args: "d -prune -o -delete", status: 2, stderr: "-prune has no effect"},
	}
	for _, tt := range tests {
		stdout, stderr, status := find(tt.args, tt.stdin)
		if stdout != tt.stdout || status != tt.status || (tt.stderr == "") != (stderr == "") || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("find %s: status %d, output %q, %q\nwant %d, %q, %q", tt.args, status, stdout, stderr, tt.status, tt.stdout, tt.stderr)
		}
	}
}

func TestDelete(t *testing.T) {
	for args, want := range map[string]string{
		"d -name *.go -delete":         ". ./d ./d/.git ./d/.git/config ./d/B.GO ./d/broken ./d/e ./d/e/c.txt ./d/e/f ./d/e/f/with blank ./d/e/up ./d/link ./d/pipe ./empty ./z[1]",
		"d -delete":                    ". ./empty ./z[1]",
		". -delete":                    ".",
		"d/e empty -delete":            ". ./d ./d/.git ./d/.git/config ./d/B.GO ./d/a.go ./d/broken ./d/link ./d/pipe ./z[1]",
		"d/e/up -delete":               ". ./d ./d/.git ./d/.git/config ./d/B.GO ./d/a.go ./d/broken ./d/e ./d/e/c.txt ./d/e/f ./d/e/f/with blank ./d/link ./d/pipe ./empty ./z[1]",
		"d -mindepth 1 -delete":        ". ./d ./empty ./z[1]",
		"d -depth -exec rm -r {} ;":    ". ./empty ./z[1]",
		"d -type f,d -exec rm -r {} ;": ". ./empty ./z[1]", // what was in d vanished
	} {
		t.Run(args, func(t *testing.T) {
			makeTree(t)
			if _, stderr, status := find(args, ""); status != 0 && !strings.Contains(args, "rm -r") {
				t.Errorf("status %d, %q", status, stderr)
			}
			var left []string
			filepath.WalkDir(".", func(path string, _ os.DirEntry, _ error) error {
				if path != "." {
					path = "./" + path
				}
				left = append(left, path)
				return nil
			})
			if got := strings.Join(left, " "); got != want {
				t.Errorf("left are %s\nwant     %s", got, want)
			}
		})
	}
	makeTree(t)
	if _, stderr, status := find("d -name e -delete", ""); status != 1 || !strings.Contains(stderr, "cannot delete d/e: directory not empty") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// A file that is gone when its turn comes is no failure.
func TestVanishing(t *testing.T) {
	makeTree(t)
	m := host()
	m.start = func(argv []string, _ io.Reader, _, _ io.Writer) error { return os.RemoveAll(argv[1]) }
	var stdout, stderr strings.Builder
	err := m.run(argv("d -name a.go -exec rm d/e ; -o -size +0 -print -o -name .git -exec rm d/e ;"), nil, &stdout, &stderr)
	if want := "d/.git/config\nd/B.GO\n"; err != nil || stderr.Len() > 0 || !strings.Contains(stdout.String(), want) || strings.Contains(stdout.String(), "d/e/") {
		t.Errorf("%v, %q, output %q", err, stderr.String(), stdout.String())
	}
}

// So many paths that one run can't take them.
func TestBatches(t *testing.T) {
	m := host()
	runs, paths := 0, 0
	m.start = func(argv []string, _ io.Reader, _, _ io.Writer) error {
		size := 0
		for _, word := range argv {
			size += len(word) + 1
		}
		if size > maxBatch+100 {
			t.Errorf("%d bytes", size)
		}
		runs, paths = runs+1, paths+len(argv)-1
		return nil
	}
	w := &walker{machine: m}
	b := &batch{argv: []string{"x"}}
	w.batches = []*batch{b}
	w.streams = newStreams()
	for range 1000 {
		b.add(w, &file{path: strings.Repeat("p", 1000)})
	}
	b.flush(w)
	if runs < 8 || runs > 9 || paths != 1000 {
		t.Errorf("%d paths in %d runs", paths, runs)
	}
}

// FuzzParse: every command line is an expression or refused, and a chosen
// file does not depend on brackets around the whole.
func FuzzParse(f *testing.F) {
	f.Add("-name *.go -o ( ! -type d -size +3k , -print )")
	f.Add("-perm -u+x,g=r -exec echo {} + -prune")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Fields(line)
		for _, word := range args {
			if slices.Contains([]string{"-newer", "-mnewer", "-samefile", "-user", "-group"}, word) {
				t.Skip()
			}
		}
		w := &walker{machine: host(), streams: newStreams()}
		p := &parser{machine: w.machine, walker: w, rest: args}
		_, err := p.parse()
		if err == nil && len(args) > 0 {
			p := &parser{machine: w.machine, walker: w, rest: slices.Concat([]string{"("}, args, []string{")"})}
			if _, err := p.parse(); err != nil {
				t.Errorf("%q is fine, but not in brackets: %v", line, err)
			}
		}
	})
}

// FuzzGlob: a name matches itself when its special signs are quoted, and * all.
func FuzzGlob(f *testing.F) {
	f.Add("[[:alpha:]-z]*\\?", "name")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		g := parseGlob(pattern, false)
		g.match(name)
		quoted := strings.NewReplacer("*", "\\*", "?", "\\?", "[", "\\[", "\\", "\\\\").Replace(name)
		if self := parseGlob(quoted, false); !self.match(name) {
			t.Errorf("%q does not match %q", quoted, name)
		}
		if all := parseGlob("*"+quoted+"*", false); !all.match("x" + name + "y") {
			t.Errorf("*%q* does not match", quoted)
		}
	})
}

func newStreams() *stdio.Streams { return stdio.New("find", nil, io.Discard, io.Discard) }
