package manual

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/missing"
)

// archive writes a small archive and returns its path.
func archive(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "manual.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for _, file := range []struct{ name, text string }{
		{"index.txt", "cat\tfiles\tprints files\nls\tfiles\tlists folders\nps\tprocesses\tlists processes\n"},
		{"help/ls.txt", "1\n2\n3\n4\n5\n"},
		{"src/ls/a.go", "// a\n"}, {"src/ls/ls.go", "// ls\n"}, {"src/lsx/lsx.go", "// lsx\n"},
	} {
		part, err := w.Create(file.name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(file.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrograms(t *testing.T) {
	path := archive(t)
	const more = "-- Enter: more; q: enough --"
	tests := []struct {
		line, stdin string
		output      string // all of it, on success
		status      int
		err         string // part of it
	}{
		{line: "help ls", output: "1\n2\n3\n4\n5\n"},
		{line: "help -p ls", stdin: "\nq\n", output: "1\n2\n" + more + "3\n4\n" + more},
		{line: "help -p ls", stdin: "\n\n", output: "1\n2\n" + more + "3\n4\n" + more + "5\n"},
		{line: "help -p ls", output: "1\n2\n" + more},
		{line: "help", output: "files\n  cat          prints files\n  ls           lists folders\n\n" +
			"processes\n  ps           lists processes\n\nhelp NAME explains one of them, src NAME shows how it is made.\n"},
		{line: "help sl", status: 1, err: "help: cannot find a program called sl\n  hint: did you mean ls? help lists all\n"},
		{line: "help nothing", status: 1, err: "called nothing\n  hint: help lists all\n"},
		{line: "help ../index", status: 1, err: "called ../index\n"},
		{line: "help a b", status: 2, err: `unexpected argument "b"`},
		{line: "src ls", output: "==> ls.go <==\n// ls\n\n==> a.go <==\n// a\n"},
		{line: "src -l ls", output: "ls.go\na.go\n"},
		{line: "src ls a.go", output: "// a\n"},
		{line: "src -p ls", stdin: "q\n", output: "==> ls.go <==\n// ls\n" + more},
		{line: "src ls b.go", status: 1, err: "src: cannot find the file b.go of ls\n  hint: did you mean a.go? src -l ls lists its files\n"},
		{line: "src cat", status: 1, err: "cannot find a program called cat"},
		{line: "src", status: 2, err: "src: the name of a program is missing\n  hint: help lists all\n"},
		{line: "src ls a.go b", status: 2, err: `unexpected argument "b"`},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			m := Machine{Path: path, Height: 3}
			var stdout, stderr strings.Builder
			args := strings.Fields(tt.line)
			var err error
			if args[0] == "help" {
				err = m.Help("help", args[1:], strings.NewReader(tt.stdin), &stdout, &stderr)
			} else {
				err = m.Source(args[1:], strings.NewReader(tt.stdin), &stdout, &stderr)
			}
			if status := cli.Report(args[0], err, &stdout, &stderr); status != tt.status {
				t.Errorf("exit status %d; want %d", status, tt.status)
			}
			if stdout.String() != tt.output || !strings.Contains(stderr.String(), tt.err) || tt.err == "" && stderr.Len() > 0 {
				t.Errorf("stdout = %q, stderr = %q; want %q, %q", stdout.String(), stderr.String(), tt.output, tt.err)
			}
		})
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		missing.Skip(t, "%v", err)
	}
	defer full.Close()
	m := Machine{Path: archive(t), Height: 3}
	for _, err := range []error{
		m.Help("help", nil, nil, full, nil), m.Help("help", []string{"ls"}, nil, full, nil),
		m.Help("help", []string{"-p", "ls"}, nil, full, nil), m.Source([]string{"ls"}, nil, full, nil),
	} {
		if err == nil || err.Error() != "cannot write: no space left on device" {
			t.Errorf("error = %v", err)
		}
	}
}

func TestBadArchive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "manual.zip")
	if err := os.WriteFile(path, []byte("no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, path + ".missing"} {
		err := Machine{Path: path}.Help("help", []string{"ls"}, nil, nil, nil)
		if err == nil || !strings.Contains(err.Error(), "cannot open the manual "+path) {
			t.Errorf("error = %v", err)
		}
	}
}
