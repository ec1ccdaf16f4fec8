package userland

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/u-root/gobusybox/src/pkg/bb"
	"github.com/u-root/gobusybox/src/pkg/bb/findpkg"
	"github.com/u-root/gobusybox/src/pkg/golang"
	"github.com/u-root/uio/ulog"
)

// mainModule is the module of the generated main; gobusybox writes the name
// into every program.
const mainModule = "bb.u-root.com/bb"

// generate leaves in source a module with the generated main, and all other
// packages in its vendor folder.
func (b builder) generate(source string, packages []pkg, programs []Program) error {
	generated := source + ".gen"
	defer os.RemoveAll(generated)
	// A builder that was compiled with -trimpath does not know where Go is.
	goroot, complaint, err := b.goCommand(b.Repo, "env", "GOROOT")
	if err != nil {
		return fmt.Errorf("cannot ask the go command where it is: %w\n%s", err, complaint)
	}
	opts := []golang.Opt{golang.WithGOROOT(strings.TrimSpace(string(goroot))), golang.DisableCGO(), golang.WithGOOS("linux"), golang.WithGOARCH(b.goarch),
		golang.WithWorkingDir(b.Repo), golang.WithMod(golang.ModReadonly)}
	for tag := range strings.SplitSeq(Tags, ",") {
		opts = append(opts, golang.WithBuildTag(tag))
	}
	// An empty environment for finding packages: variables of the caller such
	// as GBB_PATH would lead elsewhere.
	err = bb.BuildBusybox(ulog.Null, &bb.Opts{Env: golang.Default(opts...), LookupEnv: &findpkg.Env{},
		GenSrcDir: generated, CommandPaths: b.Programs, GenerateOnly: true})
	if err != nil {
		return fmt.Errorf("cannot generate the multicall source: %w", err)
	}
	src := filepath.Join(generated, "src")
	vendor := filepath.Join(source, "vendor")
	err = errors.Join(
		os.Rename(filepath.Join(src, mainModule), source),
		os.RemoveAll(filepath.Join(src, "bb.u-root.com")),
		os.Rename(src, vendor))
	if err != nil {
		return fmt.Errorf("cannot arrange the generated source: %w", err)
	}
	if err := checkGenerated(filepath.Join(source, "main.go"), programs); err != nil {
		return err
	}
	if err := writeAliases(source, programs); err != nil {
		return fmt.Errorf("cannot give programs their other names: %w", err)
	}
	return writeModule(source, vendor, packages)
}

// checkGenerated compares the programs that the generated main imports with
// the wanted ones: gobusybox skips some with no more than a line in a log.
func checkGenerated(file string, programs []Program) error {
	main, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return fmt.Errorf("cannot read the generated main: %w", err)
	}
	for _, p := range programs {
		if !slices.ContainsFunc(main.Imports, func(i *ast.ImportSpec) bool { return strings.Trim(i.Path.Value, `"`) == p.ImportPath }) {
			return fmt.Errorf("cannot build program %s: the generator left it out", p.ImportPath)
		}
	}
	return nil
}

// writeModule writes go.mod and vendor/modules.txt: which module, in which
// version, each package in the vendor folder is of. That is what the go
// command needs to trust the folder, and where the binary's list of modules
// comes from.
func writeModule(source, vendor string, packages []pkg) error {
	owners := map[module][]string{} // module: its packages in the vendor folder
	for _, p := range packages {
		if p.Standard || !hasGo(filepath.Join(vendor, p.ImportPath)) {
			continue
		}
		owner := module{Path: p.Module.Path, Version: p.Module.version(), GoVersion: p.Module.GoVersion}
		owners[owner] = append(owners[owner], p.ImportPath)
	}
	var modules []module
	for m := range owners {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	var mod, list strings.Builder
	fmt.Fprintf(&mod, "module %s\n\ngo 1.26.0\n\nrequire (\n", mainModule)
	for _, m := range modules {
		fmt.Fprintf(&mod, "\t%s %s\n", m.Path, m.Version)
		fmt.Fprintf(&list, "# %s %s\n## explicit", m.Path, m.Version)
		if m.GoVersion != "" {
			fmt.Fprintf(&list, "; go %s", m.GoVersion)
		}
		list.WriteByte('\n')
		slices.Sort(owners[m])
		for _, path := range owners[m] {
			fmt.Fprintln(&list, path)
		}
	}
	mod.WriteString(")\n")
	return errors.Join(
		os.WriteFile(filepath.Join(source, "go.mod"), []byte(mod.String()), 0o666),
		os.WriteFile(filepath.Join(vendor, "modules.txt"), []byte(list.String()), 0o666))
}

func hasGo(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), ".go") })
}

// compile builds the module in source into the file bb.
func (b builder) compile(source, bb string, extra ...string) error {
	args := []string{"build", "-mod=vendor", "-trimpath", "-buildvcs=false", "-tags=" + Tags, "-o", bb}
	flags := "-s -w -buildid="
	if b.PIE {
		args = append(args, "-buildmode=pie")
		flags += " -bindnow"
	}
	args = append(append(args, "-ldflags="+strings.Join(append([]string{flags}, extra...), " ")), ".")
	if _, complaint, err := b.goCommand(source, args...); err != nil {
		return fmt.Errorf("cannot compile the multicall binary: %w\n%s", err, complaint)
	}
	return nil
}
