package userland

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/nearest"
)

// A pkg is what "go list" says of a package.
type pkg struct {
	Dir            string
	ImportPath     string
	Name           string
	Standard       bool
	DepOnly        bool // not asked for, only imported
	Module         *module
	GoFiles        []string
	IgnoredGoFiles []string
	SFiles         []string
	HFiles         []string
	EmbedFiles     []string
	Error          *struct{ Err string }
	DepsErrors     []struct{ Err string }
}

type module struct {
	Path      string
	Version   string
	Main      bool
	GoVersion string
	Replace   *module
}

// version is the module's, or a placeholder for the tree's own.
func (m *module) version() string {
	if m.Main {
		return "v0.0.0"
	}
	return m.Version
}

// pinned tells whether the version says all about the module's files: not so
// for this tree, nor for what a "replace" line of go.mod names.
func (m *module) pinned() bool { return !m.Main && m.Replace == nil }

func (p pkg) files() []string {
	var all []string
	for _, files := range [][]string{p.GoFiles, p.SFiles, p.HFiles, p.EmbedFiles} {
		all = append(all, files...)
	}
	return all
}

// list returns the programs and all that they import.
func (b builder) list() ([]pkg, error) {
	args := append([]string{"list", "-e", "-deps", "-mod=readonly", "-tags=" + Tags,
		"-json=Dir,ImportPath,Name,Standard,DepOnly,Module,GoFiles,IgnoredGoFiles,SFiles,HFiles,EmbedFiles,Error,DepsErrors"}, b.Programs...)
	out, complaint, err := b.goCommand(b.Repo, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot list the programs' packages: %w\n%s", err, complaint)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("cannot read what go list says: %w", err)
		}
		all = append(all, p)
	}
}

// A ProgramError is about a program that can't be in a binary, such as one
// that does not exist: whoever listed it has to act.
type ProgramError struct {
	Program string // its import path
	error
}

func (e *ProgramError) Unwrap() error { return e.error }

// choose finds the wanted programs among the packages, and refuses those that
// the generator would drop without a word.
func choose(packages []pkg, wanted []string) ([]Program, error) {
	byPath := map[string]pkg{}
	var mains []string
	for _, p := range packages {
		byPath[p.ImportPath] = p
		if p.Name == "main" {
			mains = append(mains, p.ImportPath)
		}
	}
	var programs []Program
	from := map[string]string{}
	for _, want := range wanted {
		p, ok := byPath[want]
		name := path.Base(want)
		switch {
		case !ok || p.Error != nil && p.Name == "":
			return nil, &ProgramError{want, missing(want, p, mains)}
		case p.Error != nil && cgoFile(p) != "":
			return nil, &ProgramError{want, cli.Usagef("program %s needs cgo (%s), which the device has no C library for", want, cgoFile(p))}
		case p.Error != nil:
			return nil, fmt.Errorf("cannot build program %s: %s", want, p.Error.Err)
		case len(p.DepsErrors) > 0:
			return nil, fmt.Errorf("cannot build program %s: %s", want, p.DepsErrors[0].Err)
		case p.Name != "main":
			return nil, &ProgramError{want, cli.Usagef("%s is no program: it is package %s, not main", want, p.Name)}
		case from[name] != "":
			return nil, &ProgramError{want, cli.Usagef("two programs are called %s: %s and %s", name, from[name], want)}
		}
		from[name] = want
		programs = append(programs, Program{name, want, p.Dir})
	}
	return programs, nil
}

// cgoFile returns a file that was left out since it imports "C", or "".
func cgoFile(p pkg) string {
	for _, name := range p.IgnoredGoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
		if err == nil && slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"C"` }) {
			return name
		}
	}
	return ""
}

func missing(want string, p pkg, mains []string) error {
	text := "no such package"
	if p.Error != nil {
		text = strings.TrimSpace(p.Error.Err)
	}
	err := cli.Usagef("cannot find program %s: %s", want, text)
	if near := nearest.Of(want, mains); near != "" {
		return cli.Hint(err, fmt.Sprintf("did you mean %s?", near))
	}
	return err
}
