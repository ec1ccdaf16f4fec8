package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/missing"
)

func host() machine {
	return machine{
		root: os.Geteuid() == 0, umask: 0o22, outputIsTerminal: func() bool { return false }, zone: time.UTC,
		users: owner.Users(), groups: owner.Groups(),
	}
}

// An entry is one file of an archive that a test makes.
func entry(flag byte, name, text string, mode int64) *tar.Header {
	return &tar.Header{
		Typeflag: flag, Name: name, Linkname: text, Mode: mode, Uid: os.Getuid(), Gid: os.Getgid(), Uname: "no-such-user",
		ModTime: time.Unix(981173106, 0), Format: tar.FormatGNU,
	}
}

// archive makes an archive; what a file has for a link is its content.
func archive(t *testing.T, name string, entries ...*tar.Header) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	var out io.WriteCloser = f
	if strings.HasSuffix(name, "gz") {
		out = gzip.NewWriter(f)
	}
	w := tar.NewWriter(out)
	for _, h := range entries {
		text := ""
		if h.Typeflag == tar.TypeReg {
			text, h.Linkname = h.Linkname, ""
			h.Size = int64(len(text))
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	w.Close()
	if out != f {
		out.Close()
	}
	f.Close()
}

// prepare makes an archive, and files that are in its way.
func prepare(t *testing.T) {
	good := func() []*tar.Header {
		return []*tar.Header{
			entry(tar.TypeDir, "d/", "", 0o750),
			entry(tar.TypeReg, "d/f", "F", 0o640),
			entry(tar.TypeReg, "d/run", "RUN", 0o755),
			entry(tar.TypeSymlink, "d/l", "f", 0o777),
			entry(tar.TypeLink, "d/h", "d/f", 0o640),
			entry(tar.TypeDir, "d/ro/", "", 0o555),
			entry(tar.TypeReg, "d/ro/x", "X", 0o444),
			entry(tar.TypeFifo, "d/p", "", 0o644),
			entry(tar.TypeReg, "e/deep/g.o", "G", 0o644),
			entry(tar.TypeReg, strings.Repeat("long/", 40)+"name", "L", 0o644),
		}
	}
	archive(t, "a.tar", good()...)
	archive(t, "a.tgz", good()...)
	cmdtest.Make(t, "to/", "there/", "there/d/", "there/d/f=old", "there/keep=K", "there/d/l->../keep", "names=d/f\nd/run\n", "patterns=*.o\n", "text=no archive")
}

const (
	old  = " @981173106.000000000"
	list = "d/\nd/f\nd/run\nd/l\nd/h\nd/ro/\nd/ro/x\nd/p\ne/deep/g.o\n"
)

var long = strings.Repeat("long/", 40) + "name"

func TestRead(t *testing.T) {
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	prints := func(args, stdout string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Stdout: stdout}}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr, Differs: "GNU ends with 2"}, Tree: tree}
	}
	cmdtest.Changes(t, "tar", host().run, prepare, []cmdtest.Change{
		row("xf a.tar -C to", `to/d/f -rw-r----- "F" = to/d/f`+old+`, to/d/h -rw-r----- "F" = to/d/f, to/d/l lrwxrwxrwx -> f`+old+`, to/d drwxr-x---`+old+`, to/d/ro dr-xr-xr-x`+old+`, to/d/p prw-r--r--`+old+`, to/e/deep/g.o -rw-r--r-- "G", to/`+long+` -rw-r--r-- "L"`),
		row("-xzf a.tgz -C to", `to/d/f -rw-r----- "F" = to/d/f`),
		row("xf a.tgz -C to", `to/d/f -rw-r----- "F" = to/d/f`),
		row("xfC a.tar to", `to/d/run -rwxr-xr-x "RUN"`),
		row("-x -f a.tar --directory=to d/f", `to/d/f -rw-r----- "F", no to/d/run`),
		row("xf a.tar -C to d/ro", `to/d/ro/x -r--r--r-- "X", no to/d/f`),
		row("xf a.tar -C to -T names", `to/d/run -rwxr-xr-x "RUN", no to/d/l`),
		row("xf a.tar -C to --strip-components=1 d", `to/f -rw-r----- "F" = to/f, to/h -rw-r----- "F" = to/f, no to/d`),
		row("xf a.tar -C to --strip-components 1 --exclude ro e d", `to/deep/g.o -rw-r--r-- "G", no to/ro`),
		row("xf a.tar -C to --exclude *.o --exclude=d/ro", `to/d/f -rw-r----- "F", no to/e/deep/g.o, no to/d/ro/x`),
		row("xf a.tar -C to -X patterns", `no to/e/deep/g.o`),
		row("xf a.tar -C there", `there/d/f -rw-r----- "F", there/d/l lrwxrwxrwx -> f, there/keep -rw-r--r-- "K"`),
		row("xf a.tar -C there --skip-old-files", `there/d/f -rw-r--r-- "old", there/d/run -rwxr-xr-x`),
		row("xmf a.tar -C to d/f", `to/d/f -rw-r----- "F"`),
		row("xf a.tar -C to --wildcards d/*un", `to/d/run -rwxr-xr-x "RUN", no to/d/f`),
		row("xpf a.tar -C to", `to/d drwxr-x---`),
		prints("tf a.tar", list+long+"\n"),
		prints("tf a.tgz", list+long+"\n"),
		prints("-tzf a.tgz d/f d/l", "d/f\nd/l\n"),
		prints("tf a.tar --exclude d", "e/deep/g.o\n"+long+"\n"),
		prints("xOf a.tar d/f d/run", "FRUN"),
		prints("xvf a.tar -C to d/run", "d/run\n"),
		bad("xkf a.tar -C there d/f d/run", "cannot extract d/f: file exists", `there/d/f -rw-r--r-- "old", there/d/run -rwxr-xr-x`),
		bad("xf a.tar -C to missing d/f", "cannot find missing in the archive", `to/d/f -rw-r----- "F"`),
		bad("xf missing", "cannot open missing: no such file", ""),
		bad("xf a.tar -C missing", "cannot extract into missing: no such file", ""),
		bad("tf text", "cannot read text: ", ""),
		bad("tzf a.tar", "cannot read a.tar: gzip: invalid header", ""),
		{Case: cmdtest.Case{Args: "tjf a.tar", Status: 2, Stderr: "only gzip is known", Differs: "GNU runs bzip2"}},
		{Case: cmdtest.Case{Args: "f a.tar", Status: 2, Stderr: "c, x or t is missing", Differs: "GNU says it otherwise"}},
		{Case: cmdtest.Case{Args: "cf new", Status: 2, Stderr: "no files are named", Differs: "GNU says it otherwise"}, Tree: "no new"},
	})
}

func TestDetails(t *testing.T) {
	t.Chdir(t.TempDir())
	device := entry(tar.TypeChar, "null", "", 0o666)
	device.Devmajor, device.Devminor = 1, 3
	huge := entry(tar.TypeReg, "f", "F", 0o4755)
	huge.Gname, huge.Uname = "a-group-with-a-long-name", "alice"
	archive(t, "a.tar", entry(tar.TypeSymlink, "l", "f", 0o777), device, huge, entry(tar.TypeLink, "h", "f", 0o644), entry(tar.TypeDir, "d/", "", 0o1777))
	var stdout strings.Builder
	if err := host().run([]string{"tvf", "a.tar"}, nil, &stdout, os.Stderr); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stdout.String(), "-rwsr-xr-x alice/a-group-with-a-long-name 1 2001-02-03 04:05 f\n") {
		t.Errorf("it says\n%s", stdout.String())
	}
	t.Setenv("TZ", "UTC")
	out, err := exec.Command("tar", "tvf", "a.tar").Output()
	if err != nil {
		missing.Skip(t, "the host has no tar to compare with: %v", err)
	}
	squeeze := func(text string) string { return strings.Join(strings.Fields(text), " ") } // GNU widens a column for all that follow
	if squeeze(string(out)) != squeeze(stdout.String()) {
		t.Errorf("the host's tar says\n%sours\n%s", out, stdout.String())
	}
}

// An archive can't write outside of the folder, whatever is in it.
func TestSafe(t *testing.T) {
	evil := func(t *testing.T) {
		cmdtest.Make(t, "outside/", "outside/f=safe", "secret=S", "to/", "to/pre->../outside", "to/prefile->../secret")
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		archive(t, "evil.tar",
			entry(tar.TypeReg, "../up", "bad", 0o644),
			entry(tar.TypeReg, "d/../../up2", "bad", 0o644),
			entry(tar.TypeReg, "/abs", "fine", 0o644),
			entry(tar.TypeSymlink, "out", "..", 0o777),
			entry(tar.TypeReg, "out/bad", "bad", 0o644),
			entry(tar.TypeSymlink, "far", dir+"/outside", 0o777),
			entry(tar.TypeReg, "far/bad", "bad", 0o644),
			entry(tar.TypeDir, "far/", "", 0o777),
			entry(tar.TypeReg, "pre/f", "bad", 0o644),
			entry(tar.TypeDir, "pre/new/", "", 0o755),
			entry(tar.TypeReg, "prefile", "fine", 0o644),
			entry(tar.TypeLink, "hard", "../secret", 0o644),
			entry(tar.TypeLink, "hard2", "pre/f", 0o644),
			entry(tar.TypeLink, "same", "out", 0o644),
			entry(tar.TypeReg, "same/bad", "bad", 0o644),
			entry(tar.TypeReg, "last", "fine", 0o644),
		)
	}
	cmdtest.Changes(t, "tar", host().run, evil, []cmdtest.Change{{
		Case: cmdtest.Case{Args: "xf evil.tar -C to", Status: 1, Stderr: "it would leave the folder", Differs: "GNU strips .. and ends with 2"},
		Tree: `outside/f -rw-r--r-- "safe" @981173106.123456789, outside drwxr-xr-x @981173106.123456789, secret -rw-r--r-- "S" @981173106.123456789, to/abs -rw-r--r-- "fine", to/prefile -rw-r--r-- "fine", to/last -rw-r--r-- "fine", no up, no up2, no bad, no outside/bad, no outside/new, no to/hard, no to/hard2, no to/up`,
	}})
}

func tree(t *testing.T) {
	cmdtest.Make(t, "s/", "s/a=A", "s/b==s/a", "s/l->a", "s/lost->nowhere", "s/p|", "s/d/", "s/d/x.o=X", "s/d/empty=", "s/e/", "s/ro/", "s/ro/f=F",
		"s/"+strings.Repeat("n", 120)+"="+strings.Repeat("big", 9999), "new/")
	for name, mode := range map[string]uint32{"s/ro": 0o555, "s/a": 0o640, "s/d/empty": 0o4755} {
		if err := unix.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
}

// What one writes the other reads, and nothing is lost on the way.
func TestRoundTrip(t *testing.T) {
	if _, err := exec.LookPath("tar"); err != nil {
		missing.Skip(t, "the host has no tar to compare with")
	}
	ours := func(t *testing.T, args ...string) {
		t.Helper()
		if status := cli.Report("tar", host().run(args, nil, io.Discard, os.Stderr), io.Discard, os.Stderr); status != 0 {
			t.Errorf("tar %q ends with %d", args, status)
		}
	}
	theirs := func(t *testing.T, args ...string) {
		t.Helper()
		if out, err := exec.Command("tar", args...).CombinedOutput(); err != nil {
			t.Errorf("the host's tar %q: %v %s", args, err, out)
		}
	}
	for name, tools := range map[string][2]func(*testing.T, ...string){
		"ours": {ours, ours}, "to theirs": {ours, theirs}, "from theirs": {theirs, ours},
	} {
		for _, letter := range []string{"", "z"} {
			t.Run(name+letter, func(t *testing.T) {
				t.Chdir(cmdtest.Folder(t))
				tree(t)
				tools[0](t, "c"+letter+"f", "a", "-C", "s", ".")
				tools[1](t, "xpf", "a", "-C", "new")
				from, to := cmdtest.Describe(t, "s"), cmdtest.Describe(t, "new")
				if from = strings.ReplaceAll(from, ".123456789", ".000000000"); from != to {
					t.Errorf("was\n%sis\n%s", from, to)
				}
			})
		}
	}
}

func TestCreate(t *testing.T) {
	for args, want := range map[string]string{
		"c s/d":                      "s/d/ s/d/empty s/d/x.o",
		"-cf - s/d":                  "s/d/ s/d/empty s/d/x.o",
		"c -C s d -C e . -C ../ro f": "d/ d/empty d/x.o ./ f",
		"c s/a s/b s/l":              "s/a s/b=s/a s/l=a",
		"ch s/l s/b":                 "s/l s/b=s/l",
		"c --no-recursion s":         "s/",
		"c --exclude *.o s/d":        "s/d/ s/d/empty",
		"c --exclude d/x.o s/d":      "s/d/ s/d/empty",
		"c --exclude=s/d --exclude [n] --exclude n* --exclude ro --exclude [a-eg-r] s": "s/ s/lost=nowhere",
		"c s/e/ ./s/e": "s/e/ ./s/e/",
		"c s/d/../e":   "e/",
		"c -- s/e":     "s/e/",
	} {
		t.Run(args, func(t *testing.T) {
			t.Chdir(cmdtest.Folder(t))
			tree(t)
			var stdout bytes.Buffer
			if err := host().run(strings.Fields(args), nil, &stdout, io.Discard); err != nil {
				t.Fatal(err)
			}
			var names []string
			for r := tar.NewReader(&stdout); ; {
				h, err := r.Next()
				if err != nil {
					break
				}
				if h.Linkname != "" {
					h.Name += "=" + h.Linkname
				}
				names = append(names, h.Name)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("holds %s; want %s", got, want)
			}
		})
	}
}

func TestCreateTells(t *testing.T) {
	for args, want := range map[string]string{
		"cf a s/missing s/a": "1 tar: cannot look at s/missing: no such file or directory\n",
		"cvf a s/a s/d":      "0 s/a\ns/d/\ns/d/empty\ns/d/x.o\n",
		"cf new/a new s/a":   "0 tar: new/a is the archive itself, and left out\n",
		"cf missing/a s":     "1 tar: cannot create missing/a: no such file or directory\n",
		"cf /dev/full s":     "1 tar: cannot write /dev/full: no space left on device\n",
		"cf a s/d/../e":      "0 tar: the leading s/d/../ of names is left out\n",
	} {
		t.Chdir(cmdtest.Folder(t))
		tree(t)
		var out strings.Builder
		status := cli.Report("tar", host().run(strings.Fields(args), nil, &out, &out), &out, &out)
		if got := string(rune('0'+status)) + " " + out.String(); got != want {
			t.Errorf("tar %s: %q; want %q", args, got, want)
		}
	}
	m := host()
	m.outputIsTerminal = func() bool { return true }
	if err := m.run([]string{"c", "x"}, nil, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "terminal") {
		t.Errorf("writes an archive to a terminal: %v", err)
	}
}

// An archive that was cut short is told.
func TestCut(t *testing.T) {
	t.Chdir(cmdtest.Folder(t))
	prepare(t)
	for _, name := range []string{"a.tar", "a.tgz"} {
		text, _ := os.ReadFile(name)
		for _, size := range []int{700, len(text) / 2, len(text)/2 + 100} {
			if name == "a.tgz" {
				size /= 4
			}
			var out strings.Builder
			status := cli.Report("tar", host().run([]string{"x", "-C", "to"}, bytes.NewReader(text[:size]), &out, &out), &out, &out)
			if status != 1 || !strings.Contains(out.String(), "tar: cannot read standard input: unexpected EOF") {
				t.Errorf("%d bytes of %s: status %d, %s", size, name, status, out.String())
			}
		}
	}
}

// FuzzInside: no name leads out of the folder.
func FuzzInside(f *testing.F) {
	f.Add("a/../../b")
	f.Fuzz(func(t *testing.T, name string) {
		clean, _, ok := inside(name)
		if ok && (strings.HasPrefix(clean, "/") || clean == ".." || strings.HasPrefix(clean, "../")) {
			t.Errorf("%q becomes %q", name, clean)
		}
	})
}
