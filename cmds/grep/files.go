package main

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// files searches the operands.
func (g *grep) files(names []string) {
	if len(names) == 0 {
		names = []string{"-"}
		if g.recursive {
			names = []string{""} // the current folder, whose name is not shown
		}
	}
	named := g.names == nameAlways || g.names == nameIfSeveral && len(names) > 1
	for _, name := range names {
		if g.enough() {
			return
		}
		info, err := os.Stat(orDot(name))
		switch {
		case name == "-" || err != nil || !info.IsDir():
			if name == "-" || g.wanted(path.Base(name)) {
				g.file(name, named) // says what is wrong with it
			}
		case g.recursive:
			g.folder(name, named || g.names == nameIfSeveral)
		default:
			g.complain(stdio.Cannot("read", name, syscall.EISDIR))
		}
	}
}

// enough says that nothing more needs to be read.
func (g *grep) enough() bool {
	return g.quiet && g.selected || g.streams.OutputFailed()
}

func orDot(name string) string {
	if name == "" {
		return "."
	}
	return name
}

// folder searches what is in a folder, in the order of names.
func (g *grep) folder(name string, named bool) {
	entries, err := os.ReadDir(orDot(name))
	if err != nil {
		g.complain(stdio.Cannot("read", orDot(name), err)) // and go on with what there is
	}
	for _, entry := range entries {
		if g.enough() {
			return
		}
		inside := join(name, entry.Name())
		switch {
		case entry.IsDir():
			if !matchesAny(g.excludeDir, entry.Name()) {
				g.folder(inside, named)
			}
		case entry.Type() == 0 && g.wanted(entry.Name()): // a regular file
			g.file(inside, named)
		}
	}
}

// join keeps a "./" that the user wrote, which filepath.Join would drop.
func join(folder, name string) string {
	if folder == "" || strings.HasSuffix(folder, "/") {
		return folder + name
	}
	return folder + "/" + name
}

func (g *grep) wanted(base string) bool {
	return !matchesAny(g.exclude, base) && (len(g.include) == 0 || matchesAny(g.include, base))
}

func matchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		ok, _ := filepath.Match(glob, name)
		return ok
	})
}

func (g *grep) complain(err error) {
	if g.silent {
		g.streams.Fail(statusTrouble)
		return
	}
	g.streams.ComplainStatus(err, statusTrouble)
}

// file searches one file.
func (g *grep) file(name string, named bool) {
	in, err := g.streams.Open(name)
	if err != nil {
		g.complain(err)
		return
	}
	defer in.Close()
	if g.isOutput(name) {
		g.complain(stdio.Cannot("read", name, errors.New("it is also the output")))
		return
	}
	shown := name
	if name == "-" {
		shown = "(standard input)"
	}
	if err := g.search(in, shown, named); err != nil {
		g.complain(stdio.Cannot("read", name, err))
	}
}

// regularFile is what the kernel tells of the file that out leads to, nil if
// that is a terminal or a pipe.
func regularFile(out io.Writer) os.FileInfo {
	file, ok := out.(*os.File)
	if !ok {
		return nil
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return info
}

// isOutput says whether lines of the file would be written to its own end, and
// be read again, until the disk is full: "grep -r x . >found".
func (g *grep) isOutput(name string) bool {
	if g.output == nil || g.quiet || g.countOnly || g.withMatch || g.withoutMatch {
		return false
	}
	if name == "-" {
		name = "/proc/self/fd/0"
	}
	info, err := os.Stat(name)
	return err == nil && os.SameFile(info, g.output)
}
