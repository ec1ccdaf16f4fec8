package cmdtest

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/internal/cli"
)

// A Change is a command line that changes files, and what is there afterwards.
type Change struct {
	Case
	// Tree is what Describe must tell of, parted by ", "; "no x" means that
	// there is no x, "no x*" that nothing begins with x.
	Tree string
}

// Changes runs each case in a folder of its own that prepare made, and the
// host's tool in another. Both must leave the same tree, output and status,
// unless Differs says why not. The umask is 022.
func Changes(t *testing.T, name string, run Func, prepare func(t *testing.T), cases []Change) {
	t.Helper()
	tool, err := exec.LookPath(name)
	if err != nil {
		t.Logf("the host has no %s to compare with", name)
	}
	defer syscall.Umask(syscall.Umask(0o22))
	for _, c := range cases {
		t.Run(strings.Join(c.argv(), " "), func(t *testing.T) {
			t.Chdir(Folder(t))
			prepare(t)
			var stdout, stderr strings.Builder
			err := run(c.argv(), strings.NewReader(c.Stdin), &stdout, &stderr)
			status := cli.Report(name, err, &stdout, &stderr)
			if stdout.String() != c.Stdout || status != c.Status {
				t.Errorf("status %d, output %q\nwant   %d,        %q", status, stdout.String(), c.Status, c.Stdout)
			}
			if (c.Stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), c.Stderr) {
				t.Errorf("stderr %q; want %q", stderr.String(), c.Stderr)
			}
			ours := Describe(t, ".")
			c.check(t, ours)
			if tool == "" || c.Differs != "" {
				return
			}
			t.Chdir(Folder(t))
			prepare(t)
			compare(t, tool, c.Case)
			if theirs := Describe(t, "."); theirs != ours {
				t.Errorf("%s leaves\n%sours\n%s", tool, without(theirs, ours), without(ours, theirs))
			}
		})
	}
}

// Folder makes a folder whose folders can all be removed in the end.
func Folder(t *testing.T) string {
	root := t.TempDir()
	t.Cleanup(func() {
		filepath.WalkDir(root, func(name string, entry fs.DirEntry, _ error) error {
			if entry.IsDir() {
				os.Chmod(name, 0o700)
			}
			return nil
		})
	})
	return root
}

// without is the lines of a that are not in b.
func without(a, b string) string {
	var text strings.Builder
	for line := range strings.Lines(a) {
		if !strings.Contains("\n"+b, "\n"+line) {
			text.WriteString(line)
		}
	}
	return text.String()
}

// check compares the description of a tree with what the case wants.
func (c Change) check(t *testing.T, tree string) {
	t.Helper()
	for want := range strings.SplitSeq(c.Tree, ", ") {
		missing, no := strings.CutPrefix(want, "no ")
		switch {
		case want == "":
		case no && strings.HasSuffix(missing, "*"):
			if strings.Contains("\n"+tree, "\n"+missing[:len(missing)-1]) {
				t.Errorf("there is a %s:\n%s", missing, tree)
			}
		case no && strings.Contains("\n"+tree, "\n"+missing+" "):
			t.Errorf("there is a %s:\n%s", missing, tree)
		case !no && !strings.Contains("\n"+tree, "\n"+want+"\n") && !strings.Contains("\n"+tree, "\n"+want+" "):
			t.Errorf("%q is missing in\n%s", want, tree)
		}
	}
}

// Describe tells of each file in a folder on a line: its name, letters of mode,
// content or target of a link, the first name of the same file if there are
// several, and its time of change in seconds if that is an old one.
func Describe(t *testing.T, folder string) string {
	t.Helper()
	var text strings.Builder
	first := map[uint64]string{}
	err := filepath.WalkDir(folder, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var stat unix.Stat_t
		if err := unix.Lstat(name, &stat); err != nil {
			return err
		}
		name, _ = filepath.Rel(folder, name)
		fmt.Fprintf(&text, "%s %s", name, filemode.String(stat.Mode))
		path := filepath.Join(folder, name)
		switch stat.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			content, err := os.ReadFile(path)
			if err != nil {
				content = []byte(err.Error())
			}
			fmt.Fprintf(&text, " %.40q", content)
		case unix.S_IFLNK:
			target, _ := os.Readlink(path)
			text.WriteString(" -> " + target)
		}
		if stat.Mode&unix.S_IFMT != unix.S_IFDIR && stat.Nlink > 1 {
			if first[stat.Ino] == "" {
				first[stat.Ino] = name
			}
			text.WriteString(" = " + first[stat.Ino])
		}
		if changed := time.Unix(stat.Mtim.Unix()); name != "." && time.Since(changed) > time.Hour {
			fmt.Fprintf(&text, " @%d.%09d", stat.Mtim.Sec, stat.Mtim.Nsec)
		}
		text.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return text.String()
}

// Make makes files for tests, each told as in "file=text", "folder/",
// "link->target", "pipe|" or "other==file" for a hard link. A file has mode 0644 and a folder 0755,
// and all get the times of 3 February 2001 in the end.
func Make(t *testing.T, files ...string) {
	t.Helper()
	var names []string
	for _, file := range files {
		var err error
		name := file
		switch {
		case strings.HasSuffix(file, "/"):
			err = os.MkdirAll(file, 0o755)
		case strings.HasSuffix(file, "|"):
			name = strings.TrimSuffix(file, "|")
			err = syscall.Mkfifo(name, 0o644)
		case strings.Contains(file, "->"):
			target := ""
			name, target, _ = strings.Cut(file, "->")
			err = os.Symlink(target, name)
		case strings.Contains(file, "=="):
			other := ""
			name, other, _ = strings.Cut(file, "==")
			err = os.Link(other, name)
		default:
			text := ""
			name, text, _ = strings.Cut(file, "=")
			err = os.WriteFile(name, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	for _, name := range names {
		old := unix.Timespec{Sec: 981173106, Nsec: 123456789}
		if err := unix.UtimesNanoAt(unix.AT_FDCWD, name, []unix.Timespec{old, old}, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			t.Fatal(err)
		}
	}
}
