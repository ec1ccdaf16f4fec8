package schema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// comments are those of one struct type.
type comments struct {
	of     string            // the type
	fields map[string]string // by Go name
}

// readComments reads the comments of all struct types in a folder.
func readComments(dir string) (map[string]comments, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	all := map[string]comments{}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.TYPE {
				addTypes(all, decl)
			}
			_, isFunc := n.(*ast.FuncDecl) // types inside of functions are no one's business
			return !isFunc
		})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no struct types in %s", dir)
	}
	return all, nil
}

func addTypes(all map[string]comments, decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		t := spec.(*ast.TypeSpec)
		structure, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		doc := t.Doc
		if doc == nil {
			doc = decl.Doc
		}
		c := comments{of: line(doc), fields: map[string]string{}}
		for _, field := range structure.Fields.List {
			text := line(field.Doc)
			if text == "" {
				text = line(field.Comment)
			}
			for _, name := range field.Names {
				c.fields[name.Name] = text
			}
		}
		all[t.Name.Name] = c
	}
}

// line is a comment as one line.
func line(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
