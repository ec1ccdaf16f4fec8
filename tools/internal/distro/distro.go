// Package distro reads what makes one distribution differ from another:
// distro.json at the root of the tree, and the image template it names.
//
// distro.json holds what a product builder decides once (name, version,
// architectures, template, kernel channel, fallback shell); a template under
// templates/ holds which programs are in an image. Both are strict JSON, so a
// slip is an error with file, line and column.
//
// # Files
//
//	distro.json            the distribution
//	templates/NAME.json    one image template
//
// # Bugs
//
// Third-party modules can't be named yet; format 1 has no place for them.
//
// Next in the tour: none
package distro

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/strictjson"
)

// Format is the version of distro.json and of templates that this code reads.
const Format = 1

// Architectures are those that Vole is built and booted for.
func Architectures() []string { return []string{"x86_64", "arm64"} }

// CheckArch returns an error that lists the valid ones when arch is none of them.
func CheckArch(arch string) error {
	return oneOf("architecture", arch, Architectures())
}

func oneOf(what, word string, valid []string) error {
	if slices.Contains(valid, word) {
		return nil
	}
	return nearest.Unknown(what, word, valid)
}

// A Distro is the content of distro.json.
type Distro struct {
	Format        int      `json:"format"`        // Format
	Name          string   `json:"name"`          // ID in /etc/os-release: lower case
	Version       string   `json:"version"`       // VERSION_ID in /etc/os-release
	Architectures []string `json:"architectures"` // what "make release" builds
	Template      string   `json:"template"`      // of templates/, unless the command line names another
	Kernel        string   `json:"kernel"`        // channel of kernel/sources.json
	Busybox       bool     `json:"busybox"`       // whether the rescue path has BusyBox ash

	file string
	text []byte
}

// At returns an error that names the place of a key in distro.json.
func (d Distro) At(key string, err error) error {
	return strictjson.At(d.file, d.text, key, "%w", err)
}

// Load reads and checks distro.json of the tree at repo.
func Load(repo string) (Distro, error) {
	var d Distro
	file := filepath.Join(repo, "distro.json")
	data, err := read(file, &d)
	if err != nil {
		return Distro{}, err
	}
	d.file, d.text = file, data
	at := func(key, format string, args ...any) error { return strictjson.At(file, data, key, format, args...) }
	switch {
	case d.Format != Format:
		return Distro{}, at("format", "format is %d, this tree reads %d", d.Format, Format)
	case !regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`).MatchString(d.Name):
		return Distro{}, at("name", "name %q is not lower case letters, digits and hyphens", d.Name)
	case !regexp.MustCompile(`^[0-9a-z._~-]{1,32}$`).MatchString(d.Version):
		return Distro{}, at("version", "version %q is not digits, lower case letters and ._~-", d.Version)
	case len(d.Architectures) == 0:
		return Distro{}, at("architectures", "no architecture is named")
	}
	for _, arch := range d.Architectures {
		if err := CheckArch(arch); err != nil {
			return Distro{}, at("architectures", "%w", err)
		}
	}
	if err := oneOf("template", d.Template, Templates(repo)); err != nil {
		return Distro{}, at("template", "%w", err)
	}
	return d, nil
}

// A Template is the content of a file in templates/.
type Template struct {
	Format      int                 `json:"format"`      // Format
	Description string              `json:"description"` // one line, for who reads the file
	Budget      int64               `json:"budget"`      // most bytes that kernel and initramfs may have together
	Programs    map[string][]string `json:"programs"`    // folder's import path: names of its programs
	Without     map[string]string   `json:"without"`     // programs one might miss: why they are not there

	file string
	text []byte
}

// At returns an error that names the place of a program in the template's file.
func (t Template) At(program string, err error) error {
	return strictjson.At(t.file, t.text, program, "%w", err)
}

// Templates lists the names of the templates in the tree at repo, sorted.
func Templates(repo string) []string {
	files, _ := filepath.Glob(filepath.Join(repo, "templates", "*.json"))
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	sort.Strings(files)
	return files
}

// LoadTemplate reads and checks the template called name.
func LoadTemplate(repo, name string) (Template, error) {
	if err := oneOf("template", name, Templates(repo)); err != nil {
		return Template{}, err
	}
	var t Template
	file := filepath.Join(repo, "templates", name+".json")
	data, err := read(file, &t)
	if err != nil {
		return Template{}, err
	}
	t.file, t.text = file, data
	at := func(key, format string, args ...any) error { return strictjson.At(file, data, key, format, args...) }
	switch {
	case t.Format != Format:
		return Template{}, at("format", "format is %d, this tree reads %d", t.Format, Format)
	case t.Budget <= 0:
		return Template{}, at("budget", "no budget is given")
	case len(t.Programs) == 0:
		return Template{}, at("programs", "no program is named")
	}
	from := map[string]string{} // program: folder
	for folder, names := range t.Programs {
		for _, name := range names {
			if other, twice := from[name]; twice {
				return Template{}, at(name, "program %q is named twice, from %s and %s", name, min(folder, other), max(folder, other))
			}
			from[name] = folder
		}
	}
	return t, nil
}

// ImportPaths are the programs' Go import paths, sorted.
func (t Template) ImportPaths() []string {
	var paths []string
	for folder, names := range t.Programs {
		for _, name := range names {
			paths = append(paths, path.Join(folder, name))
		}
	}
	sort.Strings(paths)
	return paths
}

func read(file string, v any) ([]byte, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cli.Hint(fmt.Errorf("cannot find %s", file), "run this inside the Vole tree")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	return data, strictjson.Decode(file, data, v)
}

// FindRepo returns the folder that holds distro.json: dir or the nearest one above.
func FindRepo(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "distro.json")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", cli.Hint(fmt.Errorf("cannot find distro.json in %s or above", dir), "run this inside the Vole tree")
		}
	}
}
