package distro

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	goodDistro = `{
  "format": 1, "name": "vole", "version": "0.1",
  "architectures": ["x86_64"], "template": "small", "kernel": "stable", "busybox": true
}`
	goodTemplate = `{
  "format": 1, "description": "x", "budget": 7,
  "programs": {"example.org/b": ["ls", "cat"], "example.org/a": ["init"]}
}`
)

func tree(t *testing.T, distro, template string) string {
	repo := t.TempDir()
	os.Mkdir(filepath.Join(repo, "templates"), 0o777)
	os.WriteFile(filepath.Join(repo, "distro.json"), []byte(distro), 0o666)
	os.WriteFile(filepath.Join(repo, "templates", "small.json"), []byte(template), 0o666)
	return repo
}

func TestLoad(t *testing.T) {
	repo := tree(t, goodDistro, goodTemplate)
	d, err := Load(repo)
	if err != nil || d.Name != "vole" || !d.Busybox {
		t.Fatalf("Load = %+v, %v", d, err)
	}
	tmpl, err := LoadTemplate(repo, d.Template)
	want := []string{"example.org/a/init", "example.org/b/cat", "example.org/b/ls"}
	if err != nil || !slices.Equal(tmpl.ImportPaths(), want) {
		t.Errorf("programs = %v, %v", tmpl.ImportPaths(), err)
	}
}

func TestLoadErrors(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{`"version"`, `"versoin"`, `distro.json:2:32: unknown key "versoin"`},
		{`"format": 1`, `"format": 2`, "distro.json:2:3: format is 2, this tree reads 1"},
		{`"vole"`, `"Vole Linux"`, `distro.json:2:16: name "Vole Linux" is not lower case`},
		{`["x86_64"]`, `["x86-64"]`, `distro.json:3:3: unknown architecture "x86-64": valid are x86_64, arm64`},
		{`["x86_64"]`, `[]`, "distro.json:3:3: no architecture is named"},
		{`"small"`, `"smal"`, `distro.json:3:32: unknown template "smal": valid are small`},
	}
	for _, tt := range tests {
		t.Run(tt.new, func(t *testing.T) {
			_, err := Load(tree(t, strings.Replace(goodDistro, tt.old, tt.new, 1), goodTemplate))
			checkUsage(t, err, tt.want)
		})
	}
}

func TestTemplateErrors(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{`"cat"`, `"init"`, `small.json:3:40: program "init" is named twice, from example.org/a and example.org/b`},
		{`7`, `"7 MiB"`, `small.json:2:46: expected a whole number, found a string`},
		{`"budget": 7,`, ``, `small.json:1:1: no budget is given`},
		{`"format": 1`, `"format": 0`, `small.json:2:3: format is 0`},
	}
	for _, tt := range tests {
		t.Run(tt.new, func(t *testing.T) {
			_, err := LoadTemplate(tree(t, goodDistro, strings.Replace(goodTemplate, tt.old, tt.new, 1)), "small")
			checkUsage(t, err, tt.want)
		})
	}
	tmpl, err := LoadTemplate(tree(t, goodDistro, goodTemplate), "small")
	if err != nil {
		t.Fatal(err)
	}
	checkUsage(t, tmpl.At("cat", errors.New("no such program")), "small.json:3:40: no such program")
	_, err = LoadTemplate(tree(t, goodDistro, goodTemplate), "large")
	checkUsage(t, err, `unknown template "large": valid are small`)
}

func checkUsage(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v\nwant   %s", err, want)
	}
	var status interface{ ExitStatus() int }
	if !errors.As(err, &status) || status.ExitStatus() != 2 {
		t.Errorf("error %v does not end with status 2", err)
	}
}

func TestFindRepo(t *testing.T) {
	repo := tree(t, goodDistro, goodTemplate)
	if got, err := FindRepo(filepath.Join(repo, "templates")); got != repo || err != nil {
		t.Errorf("FindRepo = %s, %v", got, err)
	}
	if _, err := FindRepo(t.TempDir()); err == nil {
		t.Error("found a tree where there is none")
	}
}

// The tree's own files must always load.
func TestOwnFiles(t *testing.T) {
	repo := filepath.Join("..", "..", "..")
	if _, err := Load(repo); err != nil {
		t.Error(err)
	}
	for _, name := range Templates(repo) {
		if _, err := LoadTemplate(repo, name); err != nil {
			t.Error(err)
		}
	}
}
