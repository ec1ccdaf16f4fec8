// Package manual reads the manuals and the source code of all programs, which
// every image carries, so that one can learn how the machine works on the
// machine itself, without a network.
//
// The programs help, man and src are what uses it. The archive is a zip file,
// because a zip has a table of contents at its end: one page is read without
// unpacking the others. tools/internal/manual writes it:
//
//	index.txt          a program a line: name, group, what it does; by tabs
//	help/NAME.txt      its manual, from the comment at the top of its package
//	src/NAME/FILE.go   its source, without tests
//
// # Files
//
//	/usr/share/vole/manual.zip
//
// # Bugs
//
// Source that a program takes from libraries is not in the archive unless the
// library is listed like a program.
//
// Next in the tour: none
package manual

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/nearest"
)

// Path is where images have the archive.
const Path = "/usr/share/vole/manual.zip"

// A Manual is an open archive.
type Manual struct{ archive *zip.ReadCloser }

// Open opens the archive at path.
func Open(path string) (*Manual, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open the manual %s: %w", path, err)
	}
	return &Manual{archive}, nil
}

// Close closes the archive.
func (m *Manual) Close() error { return m.archive.Close() }

// An Entry is a line of the index.
type Entry struct{ Name, Group, Synopsis string }

// Index lists all programs, those of one group together.
func (m *Manual) Index() ([]Entry, error) {
	text, err := m.read("index.txt")
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for line := range strings.Lines(string(text)) {
		field := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if len(field) != 3 {
			return nil, fmt.Errorf("cannot understand the manual's index line %q", line)
		}
		entries = append(entries, Entry{field[0], field[1], field[2]})
	}
	return entries, nil
}

// Help returns the manual of a program.
func (m *Manual) Help(name string) ([]byte, error) {
	text, err := m.read("help/" + name + ".txt")
	if err != nil {
		return nil, m.unknown(name, err)
	}
	return text, nil
}

// Files lists the source files of a program in the order of reading: the file
// of the program's own name first.
func (m *Manual) Files(name string) ([]string, error) {
	var files []string
	for _, f := range m.archive.File {
		if dir, file := path.Split(f.Name); dir == "src/"+name+"/" {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		return nil, m.unknown(name, nil)
	}
	slices.Sort(files)
	if i := slices.Index(files, path.Base(name)+".go"); i > 0 {
		files = slices.Insert(slices.Delete(files, i, i+1), 0, path.Base(name)+".go")
	}
	return files, nil
}

// Source returns a source file of a program.
func (m *Manual) Source(name, file string) ([]byte, error) {
	files, err := m.Files(name)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(files, file) {
		return nil, suggest(fmt.Errorf("cannot find the file %s of %s", file, name), nearest.Of(file, files), "src -l "+name+" lists its files")
	}
	return m.read("src/" + name + "/" + file)
}

var errNotThere = errors.New("not in the archive")

func (m *Manual) read(name string) ([]byte, error) {
	i := slices.IndexFunc(m.archive.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("cannot read %s: %w", name, errNotThere)
	}
	r, err := m.archive.File[i].Open()
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	return text, nil
}

// unknown is the error for a program that isn't there; another cause stays.
func (m *Manual) unknown(name string, cause error) error {
	if cause != nil && !errors.Is(cause, errNotThere) {
		return cause
	}
	entries, err := m.Index()
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return suggest(fmt.Errorf("cannot find a program called %s", name), nearest.Of(name, names), "help lists all")
}

func suggest(err error, near, otherwise string) error {
	if near != "" {
		return cli.Hint(err, "did you mean "+near+"? "+otherwise)
	}
	return cli.Hint(err, otherwise)
}
