package main

import (
	"context"
	"flag"
	"path/filepath"

	"github.com/vole-linux/vole/tools/internal/distro"
	"github.com/vole-linux/vole/tools/internal/manual"
)

const docsUsage = `usage: go-builder docs [-check]

  -check      change nothing; fail when a page is stale

Writes docs/reference: NAME.md for every program of ours from its package doc, and
for every file that people write a page and a JSON Schema from its Go type.

Examples:
  go-builder docs
  go-builder docs -check`

func writeDocs(_ context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("docs", flag.ContinueOnError)
	check := flags.Bool("check", false, "")
	if err := a.parse(flags, args, docsUsage); err != nil {
		return err
	}
	pages, err := referencePages(a.repo)
	if err != nil {
		return err
	}
	dir := filepath.Join(a.repo, "docs", "reference")
	if *check {
		return manual.Check(dir, pages)
	}
	return manual.Fix(dir, pages)
}

// referencePages are all of docs/reference, by file name.
func referencePages(repo string) (map[string][]byte, error) {
	programs, err := ownPrograms(repo)
	if err != nil {
		return nil, err
	}
	pages, err := manual.Reference(programs)
	if err != nil {
		return nil, err
	}
	return pages, addFilePages(repo, pages)
}

// ownPrograms are those of the default template that this tree has the source of.
func ownPrograms(repo string) ([]manual.Program, error) {
	const folder = "github.com/vole-linux/vole/cmds"
	template, err := distro.LoadTemplate(repo, "default")
	if err != nil {
		return nil, err
	}
	var all []manual.Program
	for _, name := range template.Programs[folder] {
		all = append(all, manual.Program{Name: name, ImportPath: folder + "/" + name, Dir: filepath.Join(repo, "cmds", name)})
	}
	return all, nil
}
