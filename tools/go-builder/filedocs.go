package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/vole-linux/vole/internal/manifest"
	"github.com/vole-linux/vole/tools/internal/schema"
)

// A fileDoc is a kind of file that people write, described by a Go struct.
type fileDoc struct {
	name     string // of the page and of the schema
	title    string
	synopsis string            // for the list of pages
	source   string            // the folder of the struct, from the root of the tree
	defaults any               // a value of the struct with its defaults
	forms    map[string]string // patterns, by name
	examples string            // a pattern of files in source
	intro    string
}

// fileDocs lists them. A daemon's configuration goes here as well.
func fileDocs() []fileDoc {
	return []fileDoc{{
		name:     "manifest",
		title:    "Service manifests",
		synopsis: "a service: what runs, as whom, after what, within which limits",
		source:   "internal/manifest",
		defaults: manifest.Defaults(manifest.KindDaemon),
		forms:    manifest.Formats(),
		examples: "testdata/examples/*.json",
		intro: "A service is a file `/etc/services/NAME.json`, and in this tree `NAME.service.json` beside the program. It is strict\n" +
			"JSON: an unknown key, a key that is there twice and a value of the wrong type are refused with line and column.\n" +
			"Nothing but `exec` is needed. The defaults below are those of a daemon. `svc check FILE` tells all that is wrong;\n" +
			"editors that know JSON Schema find [manifest.schema.json](manifest.schema.json). How dependencies work is explained\n" +
			"at the top of `internal/manifest/manifest.go:/^// # What a dependency means/`.",
	}}
}

// addFilePages adds a page and a schema for each kind of file to pages, and
// lists them in README.md.
func addFilePages(repo string, pages map[string][]byte) error {
	list := bytes.NewBuffer(pages["README.md"])
	list.WriteString("\n## Files\n\n")
	for _, d := range fileDocs() {
		object, err := schema.Of(filepath.Join(repo, d.source), d.defaults, d.forms)
		if err != nil {
			return err
		}
		page := schema.Page{Title: d.title, Source: d.source, Intro: d.intro, Object: object}
		if page.Examples, err = readExamples(filepath.Join(repo, d.source), d.examples); err != nil {
			return err
		}
		if pages[d.name+".md"], err = page.Markdown(); err != nil {
			return err
		}
		pages[d.name+".schema.json"] = object.JSON(d.title)
		fmt.Fprintf(list, "- [%s](%s.md): %s\n", d.name, d.name, d.synopsis)
	}
	pages["README.md"] = list.Bytes()
	return nil
}

// readExamples reads the files of a folder that match a pattern, sorted.
func readExamples(dir, pattern string) ([]schema.Example, error) {
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return nil, err
	}
	var all []schema.Example
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, schema.Example{Name: filepath.Base(file), Text: text})
	}
	return all, nil
}
