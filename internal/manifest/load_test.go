package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

func TestLoad(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	base := fstest.MapFS{
		"a.json": file(`{"exec": ["a"], "requires": ["bad"], "description": "first"}`), "bad.json": file("{\n  \"exce\": 1\n}"), "b.json": file(`{"exec": ["b"]}`),
		"README": file("not ours"), ".a.json": file("half"), "a.json.new": file("half"), "Big.json": file("{}"),
		"folder.json/x": file(""), "huge.json": file(strings.Repeat(" ", 1<<20)), "empty.json": file(""),
		"twice.json": file(`{"exec": ["x"]}`), "twice.service.json": file(`{"exec": ["x"]}`),
	}
	s, errs := Load(base)
	if got := strings.Join(s.Names(), " "); got != "a b twice" {
		t.Errorf("services %q", got)
	}
	var got []string
	for _, err := range errs {
		var file *FileError
		if !errors.As(err, &file) {
			t.Errorf("no FileError: %v", err)
			continue
		}
		got = append(got, fmt.Sprintf("%s %s: %s", file.File, file.Name, strings.ReplaceAll(err.Error(), "\n", "")))
	}
	want := []string{
		`Big.json : Big.json: a service can't be called "Big"  hint: lower case letters, digits and ._@-, a letter or digit first, at most 64`,
		`bad.json bad: bad.json:2:3: unknown key "exce"  hint: did you mean "exec"?`,
		`empty.json empty: empty.json:1:1: expected an object, found end of file`,
		`folder.json folder: cannot read folder.json: not a regular file`,
		`huge.json huge: huge.json: larger than a manifest may be, 64K`,
		`twice.service.json twice: twice.service.json: the service twice has the file twice.json as well`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("errors\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if f := s.Fault("a"); f == nil || f.Refused == nil || f.Error() != "it requires bad, whose manifest is refused" {
		t.Errorf("fault of a: %v", f)
	}
	if refused := s.Refused(); len(refused) != 4 || refused["bad"] == nil { // twice has a good file
		t.Errorf("refused: %v", refused)
	}

	over := fstest.MapFS{"a.json": file(`{"exec": ["a"], "description": "second"}`), "b.json": file(`{`), "bad.json": file(`{"exec": ["x"]}`)}
	s, errs = Load(base, over, fstest.MapFS{}, os.DirFS("/no/such/folder"))
	if s.Get("a").Description != "second" || s.Get("b") == nil || s.Get("bad") == nil || len(errs) != len(want)+1 {
		t.Errorf("%q, %v", s.Names(), errs)
	}
}

type brokenFS struct{ fs.FS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == "a.json" {
		return nil, &fs.PathError{Op: "open", Path: "/x/a.json", Err: fs.ErrPermission}
	}
	return b.FS.Open(name)
}

// A real folder has worse: links to nowhere, pipes, files that can't be read.
func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.json": `{"exec": ["a"]}`, "b.json": `{"exec": ["b"]}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"gone.json": "nowhere", "linked.json": "b.json"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, errs := Load(brokenFS{os.DirFS(dir)})
	if got := s.Names(); !slices.Equal(got, []string{"b", "linked"}) {
		t.Errorf("services %q", got)
	}
	want := "[cannot read a.json: permission denied cannot read gone.json: no such file or directory cannot read pipe.json: not a regular file]"
	if got := fmt.Sprint(errs); got != strings.ReplaceAll(want, "permission denied", fs.ErrPermission.Error()) {
		t.Errorf("errors %s\nwant   %s", got, want)
	}
	if _, errs := Load(os.DirFS(filepath.Join(dir, "a.json"))); len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "cannot read the folder of services: ") {
		t.Errorf("a file as a folder: %v", errs)
	}
}
