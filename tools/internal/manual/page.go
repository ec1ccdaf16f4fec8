package manual

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// width of the manual's lines: a terminal has 80 columns.
const width = 78

// A page is a program and what is known of it.
type page struct {
	Program
	group   int
	comment string // at the top of its package
	files   []file
}

type file struct {
	name string
	text []byte
}

// read reads a program's source: the files that are built for any of our
// architectures, so that one archive is right for all of them.
func read(program Program) (page, error) {
	p := page{Program: program, group: groupOf(program)}
	names, err := filepath.Glob(filepath.Join(escape(program.Dir), "*.go"))
	if err != nil {
		return p, err
	}
	for _, name := range names {
		name = filepath.Base(name)
		if strings.HasSuffix(name, "_test.go") || !isBuilt(program.Dir, name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(program.Dir, name))
		if err != nil {
			return p, err
		}
		p.files = append(p.files, file{name, text})
	}
	if len(p.files) == 0 {
		return p, fmt.Errorf("no Go files in %s", program.Dir)
	}
	p.comment, err = p.packageComment()
	return p, err
}

// escape makes a path with special characters safe for Glob.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func isBuilt(dir, name string) bool {
	for _, arch := range []string{"amd64", "arm64", "riscv64"} {
		context := build.Default
		context.GOOS, context.GOARCH, context.CgoEnabled = "linux", arch, false
		if match, err := context.MatchFile(dir, name); err == nil && match {
			return true
		}
	}
	return false
}

// packageComment returns the package comment of the file that is named like
// the program, else of the first file that has one.
func (p page) packageComment() (string, error) {
	files := slices.Clone(p.files)
	slices.SortStableFunc(files, func(a, b file) int { return p.rank(a) - p.rank(b) })
	for _, f := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), f.name, f.text, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return "", err
		}
		if text := topComment(parsed); text != "" {
			return text, nil
		}
	}
	return missing(p.Name), nil
}

// topComment joins what stands above the package clause and is meant to be
// read. Strictly only the last comment there, with no empty line after it, is
// the package's; many a program's author didn't know.
func topComment(parsed *ast.File) string {
	var texts []string
	for _, c := range parsed.Comments {
		text := c.Text()
		licence := strings.HasPrefix(text, "Copyright")
		constraint := strings.HasPrefix(text, "+build")
		if c.Pos() < parsed.Package && text != "" && !licence && !constraint {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}

func (p page) rank(f file) int {
	switch f.name {
	case path.Base(p.Name) + ".go":
		return 0
	case "doc.go", "main.go":
		return 1
	}
	return 2
}

// synopsis is the first sentence without the program's name and the period.
func (p page) synopsis() string {
	text := new(doc.Package).Synopsis(p.comment)
	if name, rest, found := strings.Cut(text, " "); found && strings.EqualFold(name, p.Name) {
		text = strings.TrimPrefix(rest, "- ")
	}
	if text == "" {
		return "(has no manual)"
	}
	return strings.TrimSuffix(text, ".")
}

// text is the manual as plain text, with the way to the source at its end.
func (p page) text() []byte {
	var b bytes.Buffer
	if p.comment == "" {
		fmt.Fprintf(&b, "%s has no manual.\n", p.Name)
	} else {
		b.Write(p.printer().Text(p.parsed()))
	}
	fmt.Fprintf(&b, "\n# Source\n\n    src %-20s %s\n", p.Name, p.ImportPath)
	return b.Bytes()
}

// markdown is the manual as a page of docs/reference.
func (p page) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n# %s\n\n", generated, p.Name)
	b.Write(p.printer().Markdown(p.parsed()))
	fmt.Fprintf(&b, "\n## Source\n\n`%s`; on the device: `src %s`\n", p.ImportPath, p.Name)
	return b.Bytes()
}

func (p page) parsed() *comment.Doc {
	var parser comment.Parser
	return parser.Parse(p.comment)
}

func (p page) printer() *comment.Printer {
	return &comment.Printer{
		HeadingLevel:   2,
		HeadingID:      func(*comment.Heading) string { return "" },
		TextWidth:      width,
		TextCodePrefix: "    ",
	}
}
