package userland

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"

	"github.com/vole-linux/vole/internal/cli"
)

// checkLimits refuses source that gobusybox v0.3.0 can't rewrite, where it
// stands, instead of letting the generator or the compiler fail on code that
// nobody wrote:
//
//	var f, err = os.Open("x")   the generator crashes
//	var a, b = 1, "x"           both get the first one's type
//	module/v2 as a program      it would be called v2
func checkLimits(p pkg) error {
	if regexp.MustCompile(`^v[0-9]+$`).MatchString(path.Base(p.ImportPath)) {
		return cli.Usagef("program %s would be called %s: programs lie in a folder with their name", p.ImportPath, path.Base(p.ImportPath))
	}
	fset := token.NewFileSet()
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return cli.Usagef("cannot read program %s: %v", p.ImportPath, err)
		}
		for _, decl := range file.Decls {
			if err := checkVars(fset, decl); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkVars(fset *token.FileSet, decl ast.Decl) error {
	vars, ok := decl.(*ast.GenDecl)
	if !ok || vars.Tok != token.VAR {
		return nil
	}
	for _, spec := range vars.Specs {
		v := spec.(*ast.ValueSpec)
		var problem string
		switch {
		case len(v.Names) > 1 && len(v.Values) == 1:
			problem = "a package variable set from a call with several results"
		case len(v.Names) > 1 && len(v.Values) > 1 && v.Type == nil:
			problem = "several package variables set without a type"
		default:
			continue
		}
		at := fset.Position(v.Pos())
		return cli.Hint(cli.Usagef("%s:%d:%d: %s can't be rewritten for the multicall binary", at.Filename, at.Line, at.Column, problem),
			fmt.Sprintf("declare %s on a line of its own, or set it in main", v.Names[0].Name))
	}
	return nil
}
