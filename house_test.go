// The house rules of Vole, as tests: what CONTRIBUTING.md asks of the tree is
// checked here on every run, so no rule depends on a reviewer's memory.
package vole

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/vole-linux/vole/"

// Limits on what one reader should have to hold in mind. A file with the line
// "//house:table REASON" may be longer: it is a table, not code.
const (
	maxFileLines = 400
	maxFuncLines = 80
	maxShell     = 10 // lines of a shell script, comments and blanks apart
)

// walls says who may import whom: a package under a folder may import what is
// under the folders named beside it, and itself. Each rule has its why.
var walls = []struct {
	folder string
	may    []string
	why    string
}{
	{"internal", nil, "it is shared by device and host, so it may lean on neither"},
	{"cmds/internal", []string{"internal"}, "kernel interfaces know no program"},
	{"cmds", []string{"internal", "cmds/internal"}, "a program on the device runs alone: no program imports another"},
	{"kernel", []string{"internal"}, "the kernel is built without knowing what runs on it"},
	{"initramfs", []string{"internal"}, "the archive writer knows no program"},
	{"qemu/boottest", []string{"internal", "qemu"}, "boot tests go through the front doors, as a user does"},
	{"qemu", []string{"internal"}, "a machine knows no image"},
	{"tools", []string{"internal", "kernel", "initramfs", "qemu", "tools"}, "the host program joins everything and is never on the device"},
}

// A source is one parsed Go file.
type source struct {
	name   string // slash-separated, from the root of the tree
	text   string
	fset   *token.FileSet
	syntax *ast.File
}

func (s source) folder() string { return path.Dir(s.name) }
func (s source) isTest() bool   { return strings.HasSuffix(s.name, "_test.go") }

// files returns the names of the tree's files that match, without what is
// built, fetched or hidden.
func files(t *testing.T, match func(name string) bool) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && (entry.Name() == "out" || entry.Name() == "bin" || entry.Name() == ".git" || entry.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if match(name) {
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("no file matches: the test looks in the wrong place")
	}
	return names
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, name := range files(t, func(name string) bool { return strings.HasSuffix(name, ".go") }) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{name, string(text), fset, syntax})
	}
	return all
}

// docs returns the package doc of every folder that holds a package.
func docs(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, s := range sources(t) {
		if s.isTest() || s.folder() == "." {
			continue
		}
		found[s.folder()] += "" // a package without any doc is found, too
		if s.syntax.Doc != nil {
			found[s.folder()] += s.syntax.Doc.Text()
		}
	}
	return found
}

func TestPackageDocs(t *testing.T) {
	for folder, doc := range docs(t) {
		name := path.Base(folder)
		switch {
		case len(doc) < 200:
			t.Errorf("%s: the package doc is the manual of the package: what, why so, files, bugs", folder)
		case !strings.HasPrefix(doc, "Package "+name) && !strings.HasPrefix(strings.ToLower(doc), name+" "):
			t.Errorf("%s: the package doc begins neither with %q nor with %q", folder, "Package "+name, name)
		case !nextStop.MatchString(doc):
			t.Errorf("%s: the package doc does not end with a line %q", folder, "Next in the tour: PATH")
		}
	}
}

var nextStop = regexp.MustCompile(`\nNext in the tour: (\S+)\n$`)

// TestTour follows the life of a machine from power-on to shutdown.
func TestTour(t *testing.T) {
	want := []string{"qemu", "kernel", "initramfs", "cmds/init", "cmds/gosh", "cmds/poweroff", "none"}
	all := docs(t)
	at := want[0]
	for _, next := range want[1:] {
		stop := nextStop.FindStringSubmatch(all[at])
		if stop == nil || stop[1] != next {
			t.Fatalf("%s: next stop is %q; want %s", at, stop, next)
		}
		at = next
	}
	for folder, doc := range all {
		stop := nextStop.FindStringSubmatch(doc)
		if stop != nil && stop[1] != "none" && !slices.Contains(want, folder) && all[stop[1]] == "" {
			t.Errorf("%s: the next stop %s is no package", folder, stop[1])
		}
	}
}

func TestWalls(t *testing.T) {
	for _, s := range sources(t) {
		i := slices.IndexFunc(walls, func(w struct {
			folder string
			may    []string
			why    string
		}) bool {
			return s.folder() == w.folder || strings.HasPrefix(s.folder(), w.folder+"/")
		})
		if i < 0 {
			if s.folder() != "." {
				t.Errorf("%s: no wall is built around this folder", s.name)
			}
			continue
		}
		wall := walls[i]
		for _, spec := range s.syntax.Imports {
			imported, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if !ours || within(imported, wall.may) || wall.folder != "cmds" && within(imported, []string{wall.folder}) {
				continue
			}
			t.Errorf("%s imports %s: %s", s.name, imported, wall.why)
		}
	}
}

func within(name string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return name == f || strings.HasPrefix(name, f+"/") })
}

func TestLengths(t *testing.T) {
	for _, s := range sources(t) {
		lines := strings.Count(s.text, "\n")
		if lines > maxFileLines && !s.isTest() && !strings.Contains(s.text, "\n//house:table ") {
			t.Errorf("%s has %d lines; the limit is %d", s.name, lines, maxFileLines)
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			f, ok := n.(*ast.FuncDecl)
			if !ok || f.Body == nil || s.isTest() {
				return true
			}
			length := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			if length > maxFuncLines {
				t.Errorf("%s: %s has %d lines; the limit is %d", s.name, f.Name.Name, length, maxFuncLines)
			}
			return true
		})
	}
}

// TestNoInit: work at package initialisation is paid by every command of the
// multicall binary.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, decl := range s.syntax.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has a func init", s.name)
			}
		}
	}
}

// TestSkips: a test may be skipped where it is too slow for the fast tier, or
// through package missing, which fails on CI; else a hole would look green.
func TestSkips(t *testing.T) {
	for _, s := range sources(t) {
		if !s.isTest() {
			continue
		}
		allowed := map[ast.Node]bool{}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				return !strings.HasPrefix(n.Name.Name, "Fuzz") // there it drops an input
			case *ast.IfStmt:
				if call, ok := n.Cond.(*ast.CallExpr); ok && selects(call, "testing", "Short") {
					for _, stmt := range n.Body.List {
						if e, ok := stmt.(*ast.ExprStmt); ok {
							allowed[e.X] = true
						}
					}
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(f.Sel.Name, "Skip") && !selects(n, "missing", "Skip") && !allowed[n] {
					t.Errorf("%v: skips a test neither for testing.Short nor through missing.Skip", s.fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

// selects tells whether the call is of x.name.
func selects(call *ast.CallExpr, x, name string) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != name {
		return false
	}
	id, ok := f.X.(*ast.Ident)
	return ok && id.Name == x
}

// TestNoChangingVariables: no package variable is assigned, counted up, or
// handed out by address. What changes is in a struct that is passed on.
func TestNoChangingVariables(t *testing.T) {
	all := sources(t)
	specs := map[string]map[string]ast.Node{} // folder: variable: where it is declared
	for _, s := range all {
		if specs[s.folder()] == nil {
			specs[s.folder()] = map[string]ast.Node{}
		}
		for _, decl := range s.syntax.Decls {
			if vars, ok := decl.(*ast.GenDecl); ok && vars.Tok == token.VAR && !s.isTest() {
				for _, spec := range vars.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						specs[s.folder()][name.Name] = spec
					}
				}
			}
		}
	}
	for _, s := range all {
		if s.isTest() {
			continue
		}
		for _, changed := range changes(s.syntax) {
			spec, ok := specs[s.folder()][changed.Name]
			// Without an object the name is of another file; a local one has its own.
			if ok && (changed.Obj == nil || changed.Obj.Decl == spec) {
				t.Errorf("%s: package variable %s changes", s.fset.Position(changed.Pos()), changed.Name)
			}
		}
	}
}

// changes lists the names whose variable the code changes or may change.
func changes(file *ast.File) []*ast.Ident {
	var found []*ast.Ident
	changed := func(x ast.Expr) {
		for {
			switch e := x.(type) {
			case *ast.Ident:
				found = append(found, e)
				return
			case *ast.IndexExpr:
				x = e.X
			case *ast.SelectorExpr:
				x = e.X
			case *ast.StarExpr:
				x = e.X
			case *ast.ParenExpr:
				x = e.X
			default:
				return
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if n.Tok != token.DEFINE {
					changed(left)
				}
			}
		case *ast.IncDecStmt:
			changed(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				changed(n.X)
			}
		}
		return true
	})
	return found
}

func TestChanges(t *testing.T) {
	const text = `package p
var a, b, c, d, e, f = 1, []int{}, T{}, 1, 1, 1
func g() { a = 2; b[0] = 2; c.x++; h(&d); e := 3; _ = e; f := 1; f = 2 }`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range changes(file) {
		if name.Name == "_" {
			continue
		}
		if _, ok := name.Obj.Decl.(*ast.ValueSpec); ok {
			got = append(got, name.Name)
		}
	}
	if !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("found changes of %q; want a, b, c, d", got)
	}
}

func TestShellIsShort(t *testing.T) {
	scripts := files(t, func(name string) bool {
		if dir := filepath.Dir(name); dir != "scripts" && dir != ".ci" && !strings.HasSuffix(name, ".sh") {
			return false
		}
		text, err := os.ReadFile(name)
		return err == nil && strings.HasPrefix(string(text), "#!")
	})
	for _, name := range scripts {
		text, _ := os.ReadFile(name)
		code := 0
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				code++
			}
		}
		if code > maxShell {
			t.Errorf("%s has %d lines of shell; the limit is %d: logic is Go", name, code, maxShell)
		}
	}
}

// A document points at code as `path:/regexp/`; the pointer must hit.
var docLink = regexp.MustCompile("`([a-zA-Z0-9_-]+[./][a-zA-Z0-9_./-]*|Makefile):/([^`]+)/`")

func TestDocLinks(t *testing.T) {
	links := 0
	for _, name := range files(t, func(name string) bool { return strings.HasSuffix(name, ".md") }) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range docLink.FindAllStringSubmatch(string(text), -1) {
			links++
			target, err := os.ReadFile(link[1])
			if err != nil {
				t.Errorf("%s: %s: %v", name, link[0], err)
				continue
			}
			re, err := regexp.Compile("(?m)" + link[2])
			if err != nil || !re.Match(target) {
				t.Errorf("%s: %s: no line matches (%v)", name, link[0], err)
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links from documents into code: is the pattern right?", links)
	}
}

var fileLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// TestFileLinks: a link of one document to another file must lead somewhere.
func TestFileLinks(t *testing.T) {
	for _, name := range files(t, func(name string) bool { return strings.HasSuffix(name, ".md") }) {
		text, _ := os.ReadFile(name)
		for _, link := range fileLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), link[1])); err != nil {
				t.Errorf("%s: broken link to %s", name, link[1])
			}
		}
	}
}

// TestADRs: each decision record has every part of the template.
func TestADRs(t *testing.T) {
	template, err := os.ReadFile("adr/0000-template.md")
	if err != nil {
		t.Fatal(err)
	}
	headings := regexp.MustCompile(`(?m)^## .*$`).FindAllString(string(template), -1)
	if len(headings) < 4 {
		t.Fatalf("the template has only %q", headings)
	}
	for _, name := range files(t, func(name string) bool { return filepath.Dir(name) == "adr" && strings.HasSuffix(name, ".md") }) {
		text, _ := os.ReadFile(name)
		for _, heading := range headings {
			if !strings.Contains(string(text), "\n"+heading+"\n") {
				t.Errorf("%s lacks the part %q", name, heading)
			}
		}
	}
}
