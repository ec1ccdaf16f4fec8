package manual

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source writes programs, "NAME/FILE.go" to text, and lists them.
func source(t *testing.T, files map[string]string) []Program {
	t.Helper()
	root := filepath.Join(t.TempDir(), "a [dir]* of sources")
	var programs []Program
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p := Program{Name: path.Dir(name), ImportPath: "example.org/" + path.Dir(name), Dir: filepath.Dir(file)}
		if !slices.Contains(programs, p) {
			programs = append(programs, p)
		}
	}
	return programs
}

var sample = map[string]string{
	"ls/ls.go":                "// Copyright of somebody.\n\n// Ls lists the contents of folders. It sorts.\n//\n// Synopsis:\n//\n//\tls [-l]\n//\n// # Bugs\n//\n// None, and that is why this is a long line that has to be broken somewhere before its end is reached.\npackage main\n",
	"ls/a_linux.go":           "// Package main is not the manual.\npackage main\n",
	"ls/b_windows.go":         "package main\n",
	"ls/c_arm64.go":           "package main\n",
	"ls/ls_test.go":           "package main\n",
	"bare/x.go":               "// Copyright of somebody.\npackage main\n",
	"init/init.go":            "// Init starts everything.\npackage main\n",
	"cmds/internal/wait/w.go": "// Package wait waits.\npackage wait\n",
}

// unpack returns the archive's files.
func unpack(t *testing.T, archive []byte) (names []string, text map[string]string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	text = map[string]string{}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		text[f.Name] = string(all)
	}
	return names, text
}

func TestArchive(t *testing.T) {
	var out bytes.Buffer
	if err := Archive(t.Context(), source(t, sample), &out); err != nil {
		t.Fatal(err)
	}
	names, text := unpack(t, out.Bytes())
	want := []string{"index.txt", "help/init.txt", "src/init/init.go",
		"help/ls.txt", "src/ls/a_linux.go", "src/ls/c_arm64.go", "src/ls/ls.go",
		"help/bare.txt", "src/bare/x.go", "help/cmds/internal/wait.txt", "src/cmds/internal/wait/w.go"}
	if !slices.Equal(names, want) {
		t.Errorf("files = %q; want %q", names, want)
	}
	const index = "init\tthe machine\tstarts everything\nls\tfiles and folders\tlists the contents of folders\n" +
		"bare\tother programs\t(has no manual)\ncmds/internal/wait\tlibraries\tPackage wait waits\n"
	if text["index.txt"] != index {
		t.Errorf("index = %q; want %q", text["index.txt"], index)
	}
	const manual = `Ls lists the contents of folders. It sorts.

Synopsis:

    ls [-l]

# Bugs

None, and that is why this is a long line that has to be broken somewhere
before its end is reached.

# Source

    src ls                   example.org/ls
`
	if text["help/ls.txt"] != manual {
		t.Errorf("manual = %q; want %q", text["help/ls.txt"], manual)
	}
	if got := text["src/ls/ls.go"]; got != sample["ls/ls.go"] {
		t.Errorf("source = %q", got)
	}
}

func TestSameBytes(t *testing.T) {
	var first, second bytes.Buffer
	programs := source(t, sample)
	if err := Archive(t.Context(), programs, &first); err != nil {
		t.Fatal(err)
	}
	programs = source(t, sample) // elsewhere, later, and in another order
	slices.Reverse(programs)
	if err := Archive(t.Context(), programs, &second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two archives of the same programs differ")
	}
}

func TestErrors(t *testing.T) {
	for name, want := range map[string]string{
		"gone":   "cannot read the source of gone: no Go files in",
		"broken": "cannot read the source of broken: broken.go:1:1: expected 'package'",
	} {
		programs := source(t, map[string]string{"broken/broken.go": "nonsense\n"})
		programs[0].Name = name
		if name == "gone" {
			programs[0].Dir += "/gone"
		}
		err := Archive(t.Context(), programs, io.Discard)
		if _, refErr := Reference(programs); err == nil || refErr == nil ||
			!strings.Contains(err.Error(), want) || !strings.Contains(refErr.Error(), want) {
			t.Errorf("%s: Archive: %v, Reference: %v", name, err, refErr)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Archive(cancelled, source(t, sample), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("after an interrupt: %v", err)
	}
}

func TestReference(t *testing.T) {
	pages, err := Reference(source(t, sample))
	if err != nil {
		t.Fatal(err)
	}
	ls := string(pages["ls.md"])
	for _, want := range []string{generated + "\n# ls\n", "Ls lists the contents of folders.", "\tls [-l]", "\n## Bugs\n", "`example.org/ls`"} {
		if !strings.Contains(ls, want) {
			t.Errorf("ls.md lacks %q:\n%s", want, ls)
		}
	}
	for _, want := range []string{"## The machine\n\n- [init](init.md): starts everything\n", "[cmds/internal/wait](cmds-internal-wait.md)"} {
		if !strings.Contains(string(pages["README.md"]), want) {
			t.Errorf("README.md lacks %q:\n%s", want, pages["README.md"])
		}
	}
}

func TestCheckAndFix(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs", "reference")
	pages, err := Reference(source(t, sample))
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(dir, pages); err == nil || !strings.Contains(err.Error(), "ls.md is missing") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := Fix(dir, pages); err != nil {
		t.Fatal(err)
	}
	if err := Check(dir, pages); err != nil {
		t.Errorf("after Fix: %v", err)
	}
	for name, text := range map[string]string{"ls.md": "old", "gone.md": generated + "\n", "handmade.md": "# Mine\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err = Check(dir, pages)
	for _, want := range []string{"ls.md is stale", "gone.md is left over"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "handmade") {
			t.Errorf("error = %v; want one with %q", err, want)
		}
	}
	if err := Fix(dir, pages); err != nil {
		t.Fatal(err)
	}
	if err := Check(dir, pages); err != nil {
		t.Errorf("after the second Fix: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "handmade.md")); err != nil {
		t.Errorf("Fix has taken a page that isn't its own: %v", err)
	}
}

// All programs that an image can have fit into the archive's budget.
func TestBudget(t *testing.T) {
	const budget = 1 << 20
	list := exec.Command("go", "list", "-find", "-f", "{{if eq .Name \"main\"}}{{.ImportPath}} {{.Dir}}{{end}}",
		"github.com/u-root/u-root/cmds/core/...", "github.com/vole-linux/vole/cmds/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var programs []Program
	for line := range strings.Lines(string(out)) {
		importPath, dir, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if importPath != "" {
			programs = append(programs, Program{Name: path.Base(importPath), ImportPath: importPath, Dir: dir})
		}
	}
	var archive bytes.Buffer
	if err := Archive(t.Context(), programs, &archive); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d programs, %d bytes", len(programs), archive.Len())
	if len(programs) < 100 || archive.Len() > budget {
		t.Errorf("%d programs need %d bytes; want 100 or more in at most %d", len(programs), archive.Len(), budget)
	}
	_, text := unpack(t, archive.Bytes())
	for line := range strings.Lines(text["help/init.txt"]) {
		if len(line) > 81 {
			t.Errorf("wider than a terminal: %q", line)
		}
	}
	for line := range strings.Lines(text["index.txt"]) {
		if strings.Contains(line, "(has no manual)") || strings.Contains(line, "other programs") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
