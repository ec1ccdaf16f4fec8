package schema

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Page is a page of docs/reference about a file that people write.
type Page struct {
	Title    string
	Source   string // the folder whose comments it is made from, to edit those
	Intro    string // Markdown: where the file is, and what reads it
	Object   *Object
	Examples []Example
}

// An Example is a file as it may be.
type Example struct {
	Name string // of the file
	Text []byte // JSON
}

// Markdown is the page: the examples with a comment at each key, a table for
// each object, and the forms that texts have.
func (p Page) Markdown() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!-- Made by go-builder docs from the comments in %s. Edit those. -->\n# %s\n\n%s\n", p.Source, p.Title, strings.TrimSpace(p.Intro))
	if len(p.Examples) > 0 {
		b.WriteString("\n## Examples\n\nThe comments are for the reader; a file has none.\n")
	}
	for _, example := range p.Examples {
		text, err := p.Object.Annotate(example.Text)
		if err != nil {
			return nil, fmt.Errorf("cannot annotate the example %s: %w", example.Name, err)
		}
		fmt.Fprintf(&b, "\n`%s`:\n\n```jsonc\n%s```\n", example.Name, text)
	}
	forms := map[string]string{}
	for i, o := range p.Object.inner() {
		heading := "Keys"
		if i > 0 {
			heading = strings.ToLower(o.Name)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | value | default | meaning |\n|---|---|---|---|\n", heading, escape(o.Doc))
		for _, f := range o.Fields {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Key, f.Type.text(), f.defaultText(), escape(f.Doc))
			for t := f.Type; t != nil; t = t.Items {
				if t.Form != "" {
					forms[t.Form] = t.Pattern
				}
			}
		}
	}
	if len(forms) > 0 {
		b.WriteString("\n## Forms of texts\n\nAs regular expressions. What they can't say, such as that a number is too high, the program says.\n\n| form | pattern |\n|---|---|\n")
	}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		fmt.Fprintf(&b, "| %s | `%s` |\n", name, strings.ReplaceAll(forms[name], "|", `\|`))
	}
	return b.Bytes(), nil
}

// escape keeps a comment from being taken for Markdown or the end of a cell.
func escape(doc string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "\\`").Replace(doc)
}

func (f Field) defaultText() string {
	switch {
	case f.Required:
		return "**needed**"
	case f.Default == nil:
		return ""
	}
	return "`" + strings.Trim(string(f.Default), `"`) + "`"
}

// text is what a value may be, in words.
func (t *Type) text() string {
	switch {
	case t.Object != nil:
		name := strings.ToLower(t.Object.Name)
		return fmt.Sprintf("[%s](#%s)", name, name)
	case t.Values != nil:
		return "`" + strings.Join(t.Values, "`, `") + "`"
	case t.Form != "":
		return strings.ReplaceAll(t.Form, "_", " ")
	case t.JSON == "array":
		return "list of " + t.Items.text()
	case t.JSON == "object":
		return "object of " + t.Items.text()
	case t.JSON == "boolean":
		return "`true`, `false`"
	case t.JSON == "string":
		return "text"
	case t.Min != nil && t.Max != nil:
		return fmt.Sprintf("%s, %d to %d", t.JSON, *t.Min, *t.Max)
	}
	return t.JSON
}
