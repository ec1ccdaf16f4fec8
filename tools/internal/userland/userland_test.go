package userland

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/tools/internal/distro"
)

// module writes a module with the given files and returns its folder.
func newModule(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a tree")
	files["go.mod"] = "module example.org/m\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o777)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const hello = `package main

import (
	"fmt"
	"os"

	"example.org/m/lib"
)

var greeting = lib.Greeting()

func main() { fmt.Println(greeting, len(os.Args)) }
`

func TestBuild(t *testing.T) {
	dir := newModule(t, map[string]string{
		"cmds/hello/hello.go": hello,
		"cmds/gosh/gosh.go":   "package main\n\nimport \"os\"\n\nfunc main() { os.Stdout.WriteString(\"shell \" + os.Args[0]) }\n",
		"cmds/bye/bye.go":     "package main\n\nfunc main() { println(\"bye\") }\n",
		"lib/lib.go":          "package lib\n\nfunc Greeting() string { return \"hello\" }\n",
	})
	c := Config{Repo: dir, Cache: cache.Dir(t.TempDir()), Arch: "x86_64", PIE: true,
		Programs: []string{"example.org/m/cmds/hello", "example.org/m/cmds/bye", "example.org/m/cmds/gosh"}}
	r, err := Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(r.Path, "hello", "x").CombinedOutput()
	if err != nil || string(out) != "hello 2\n" {
		t.Errorf("bb hello printed %q, %v", out, err)
	}
	for _, name := range []string{"sh", "-sh", "gosh", "/no/where/gosh"} { // how a shell is called
		shell := exec.Command(r.Path)
		shell.Args = []string{name}
		if out, err := shell.CombinedOutput(); err != nil || string(out) != "shell "+name {
			t.Errorf("called %s it printed %q, %v", name, out, err)
		}
	}
	checkBuildInfo(t, r.Path)

	// An edit is another binary; going back is the first one again.
	lib := filepath.Join(dir, "lib", "lib.go")
	os.WriteFile(lib, []byte("package lib\n\nfunc Greeting() string { return \"good day\" }\n"), 0o666)
	edited, err := Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := exec.Command(edited.Path, "hello").Output(); string(out) != "good day 1\n" {
		t.Errorf("after the edit bb printed %q", out)
	}
	os.WriteFile(lib, []byte("package lib\n\nfunc Greeting() string { return \"hello\" }\n"), 0o666)
	if again, err := Build(t.Context(), c); err != nil || again.Path != r.Path {
		t.Errorf("undone edit gives %s, %v; want %s", again.Path, err, r.Path)
	}
}

// TestTrimmed: a builder that was compiled with -trimpath does not know where
// Go is, and builds all the same.
func TestTrimmed(t *testing.T) {
	if os.Getenv("VOLE_TEST_TRIMMED") != "" {
		dir := newModule(t, map[string]string{"hello/hello.go": "package main\n\nfunc main() {}\n"})
		if _, err := Build(t.Context(), Config{Repo: dir, Cache: cache.Dir(t.TempDir()), Arch: "x86_64", Programs: []string{"example.org/m/hello"}}); err != nil {
			t.Error(err)
		}
		return
	}
	cmd := exec.Command("go", "test", "-trimpath", "-run", "^TestTrimmed$", ".")
	cmd.Env = append(os.Environ(), "VOLE_TEST_TRIMMED=1")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestKey: whatever makes another binary makes another key.
func TestKey(t *testing.T) {
	const path = "example.org/m/ls"
	dep := func(version, goVersion string) []pkg {
		return []pkg{{ImportPath: path, Module: &module{Path: "example.org/m", Version: version, GoVersion: goVersion}}}
	}
	plain := Config{Programs: []string{path}}
	seen := map[string]string{}
	for name, tt := range map[string]struct {
		c        Config
		goarch   string
		packages []pkg
	}{
		"first":            {plain, "amd64", dep("v1.0.0", "1.26")},
		"architecture":     {plain, "arm64", dep("v1.0.0", "1.26")},
		"PIE":              {Config{Programs: plain.Programs, PIE: true}, "amd64", dep("v1.0.0", "1.26")},
		"programs":         {Config{Programs: []string{path, "example.org/m/cat"}}, "amd64", dep("v1.0.0", "1.26")},
		"module's version": {plain, "amd64", dep("v1.0.1", "1.26")},
		"language":         {plain, "amd64", dep("v1.0.0", "1.25")},
	} {
		key, err := builder{tt.c, tt.goarch, t.Context()}.key(tt.packages)
		if err != nil {
			t.Fatal(err)
		}
		if other := seen[key]; other != "" {
			t.Errorf("%s and %s have the same key", name, other)
		}
		seen[key] = name
	}
}

// checkBuildInfo: the module list is there, and no GODEBUG default of an old Go.
func checkBuildInfo(t *testing.T, bb string) {
	t.Helper()
	info, err := exec.Command("go", "version", "-m", bb).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, info)
	}
	if !strings.Contains(string(info), "\tdep\texample.org/m\tv0.0.0") {
		t.Errorf("the module is not listed:\n%s", info)
	}
	if strings.Contains(string(info), "DefaultGODEBUG") {
		t.Errorf("old GODEBUG defaults:\n%s", info)
	}
}

// A module that go.mod replaces by a folder is as editable as the tree.
func TestReplacedModule(t *testing.T) {
	dir := newModule(t, map[string]string{
		"hello/hello.go": "package main\n\nimport \"example.org/other\"\n\nfunc main() { print(other.Greeting) }\n",
	})
	other := filepath.Join(dir, "..", "other")
	os.Mkdir(other, 0o777)
	os.WriteFile(filepath.Join(other, "go.mod"), []byte("module example.org/other\n\ngo 1.26\n"), 0o666)
	os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/m\n\ngo 1.26\n\n"+
		"require example.org/other v1.0.0\n\nreplace example.org/other => ../other\n"), 0o666)
	c := Config{Repo: dir, Cache: cache.Dir(t.TempDir()), Arch: "x86_64", Programs: []string{"example.org/m/hello"}}
	for _, greeting := range []string{"hello", "good day"} {
		os.WriteFile(filepath.Join(other, "other.go"), []byte("package other\n\nconst Greeting = \""+greeting+"\"\n"), 0o666)
		r, err := Build(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if out, _ := exec.Command(r.Path, "hello").CombinedOutput(); string(out) != greeting {
			t.Errorf("bb hello printed %q; want %q", out, greeting)
		}
	}
}

func TestRefusals(t *testing.T) {
	const main = "package main\n\nfunc main() {}\n"
	dir := newModule(t, map[string]string{
		"a/ls/ls.go":     main,
		"b/ls/ls.go":     main,
		"lib/lib.go":     "package lib\n",
		"multi/m.go":     "package main\n\nimport \"os\"\n\nvar f, err = os.Open(\"x\")\n\nfunc main() { _, _ = f, err }\n",
		"untyped/u.go":   "package main\n\nvar a, b = 1, \"x\"\n\nfunc main() { println(a, b) }\n",
		"broken/b.go":    "package main\n\nfunc main() {\n",
		"cgo/c.go":       "package main\n\nimport \"C\"\n\nfunc main() {}\n",
		"good/v2/g.go":   main,
		"badimport/b.go": "package main\n\nimport _ \"example.org/m/none\"\n\nfunc main() {}\n",
	})
	tests := []struct{ programs, want string }{
		{"a/ls b/ls", "two programs are called ls: example.org/m/a/ls and example.org/m/b/ls"},
		{"a/sl", "cannot find program example.org/m/a/sl"},
		{"lib", "example.org/m/lib is no program: it is package lib, not main"},
		{"multi", "multi/m.go:5:5: a package variable set from a call with several results"},
		{"untyped", "untyped/u.go:3:5: several package variables set without a type"},
		{"broken", "b.go:3:15"},
		{"cgo", "program example.org/m/cgo needs cgo (c.go)"},
		{"good/v2", "would be called v2"},
		{"badimport", "example.org/m/none"},
	}
	for _, tt := range tests {
		t.Run(tt.programs, func(t *testing.T) {
			c := Config{Repo: dir, Cache: cache.Dir(t.TempDir()), Arch: "x86_64"}
			for _, p := range strings.Fields(tt.programs) {
				c.Programs = append(c.Programs, "example.org/m/"+p)
			}
			_, err := Build(t.Context(), c)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v\nwant  %s", err, tt.want)
			}
			var wrong *ProgramError // the fault of who listed the program, not of its author
			if listed := slices.Contains([]string{"a/ls b/ls", "a/sl", "lib", "cgo"}, tt.programs); errors.As(err, &wrong) != listed {
				t.Errorf("%v is about the list of programs: %v; want %v", err, !listed, listed)
			}
		})
	}
	_, err := Build(t.Context(), Config{Arch: "vax"})
	var status interface{ ExitStatus() int }
	if !errors.As(err, &status) || status.ExitStatus() != 2 || !strings.Contains(err.Error(), "valid are x86_64, arm64, riscv64") {
		t.Errorf("err = %v", err)
	}
}

func TestCheckGenerated(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.go")
	os.WriteFile(file, []byte("package main\n\nimport _ \"example.org/m/ls\"\n"), 0o666)
	programs := []Program{{Name: "ls", ImportPath: "example.org/m/ls"}}
	if err := checkGenerated(file, programs); err != nil {
		t.Error(err)
	}
	programs = append(programs, Program{Name: "cat", ImportPath: "example.org/m/cat"})
	if err := checkGenerated(file, programs); err == nil || !strings.Contains(err.Error(), "cat: the generator left it out") {
		t.Errorf("err = %v", err)
	}
}

// defaultConfig builds what "make image" builds, from the shared cache.
func defaultConfig(t *testing.T) Config {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the whole userland")
	}
	repo := filepath.Join("..", "..", "..")
	template, err := distro.LoadTemplate(repo, "default")
	if err != nil {
		t.Fatal(err)
	}
	store, err := cache.Default()
	if err != nil {
		t.Fatal(err)
	}
	return Config{Repo: repo, Cache: store, Arch: "x86_64", Programs: template.ImportPaths(), PIE: true}
}

// TestEveryCoreProgram: each program of u-root's core is in the default
// template, replaced by one of ours with its name, or left out with a reason.
func TestEveryCoreProgram(t *testing.T) {
	repo := filepath.Join("..", "..", "..")
	template, err := distro.LoadTemplate(repo, "default")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-e", "-find", "-f", "{{if eq .Name \"main\"}}{{.ImportPath}}{{end}}", "github.com/u-root/u-root/cmds/core/...")
	list.Dir = repo
	list.Env = append(os.Environ(), "GOOS=linux")
	text, err := list.Output()
	if err != nil || len(text) == 0 {
		t.Fatalf("cannot list u-root's core: %v", err)
	}
	have := map[string]bool{}
	for _, p := range template.ImportPaths() {
		have[filepath.Base(p)] = true
	}
	for _, p := range strings.Fields(string(text)) {
		name := filepath.Base(p)
		if filepath.Base(filepath.Dir(p)) != "core" {
			continue // part of a program
		}
		if reason := template.Without[name]; have[name] == (reason != "") && !strings.HasPrefix(reason, "ours is in ") {
			t.Errorf("%s: in the image %v, left out because %q", name, have[name], reason)
		}
	}
}

// TestPins: pins.go imports what the templates name from other modules.
func TestPins(t *testing.T) {
	repo := filepath.Join("..", "..", "..")
	var want []string
	for _, name := range distro.Templates(repo) {
		template, err := distro.LoadTemplate(repo, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range template.ImportPaths() {
			if !strings.HasPrefix(p, "github.com/vole-linux/vole/") && !slices.Contains(want, p) {
				want = append(want, p)
			}
		}
	}
	slices.Sort(want)
	file, err := parser.ParseFile(token.NewFileSet(), "pins.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range file.Imports {
		got = append(got, strings.Trim(i.Path.Value, `"`))
	}
	if !slices.Equal(got, want) {
		t.Errorf("pins.go imports\n%s\nthe templates name\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestInitBudget: what every start of every program pays.
func TestInitBudget(t *testing.T) {
	r, err := Build(t.Context(), defaultConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	// The least of some runs is what it costs; a busy machine needs more of them.
	all, err := InitCost(t.Context(), r.Path, 21)
	if total, _ := Sum(all); err == nil && total > MaxInitTime {
		all, err = InitCost(t.Context(), r.Path, 1000)
	}
	if err != nil {
		t.Fatal(err)
	}
	total, allocs := Sum(all)
	t.Logf("%d packages: %v, %d allocations; the ten dearest:", len(all), total, allocs)
	for _, p := range all[:10] {
		t.Logf("%8v %4d allocations  %s", p.Time, p.Allocs, p.Package)
	}
	if total > MaxInitTime || allocs > MaxInitAllocs {
		t.Errorf("package initialisation takes %v and %d allocations; the budget is %v and %d", total, allocs, MaxInitTime, MaxInitAllocs)
	}
}

// TestNoReflectMethods: nothing keeps the linker from dropping unused methods.
func TestNoReflectMethods(t *testing.T) {
	found, err := ReflectMethods(t.Context(), defaultConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		t.Errorf("methods are looked up by name in:\n%s", strings.Join(found, "\n"))
	}
}
