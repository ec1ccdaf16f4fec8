package manual

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/atomicfile"
	"github.com/vole-linux/vole/internal/cli"
)

// generated is the first line of every page that this package owns.
const generated = "<!-- Made by go-builder docs from the comment at the top of the package. Edit that one. -->"

// Reference renders the pages of docs/reference, by file name: one for each
// program, and README.md, which lists them.
func Reference(programs []Program) (map[string][]byte, error) {
	var pages []page
	for _, program := range programs {
		p, err := read(program)
		if err != nil {
			return nil, fmt.Errorf("cannot read the source of %s: %w", program.Name, err)
		}
		pages = append(pages, p)
	}
	slices.SortFunc(pages, inIndexOrder)
	var list bytes.Buffer
	fmt.Fprintf(&list, "%s\n# Reference: programs\n", generated)
	files, last := map[string][]byte{}, -1
	for _, p := range pages {
		if p.group != last {
			fmt.Fprintf(&list, "\n## %s\n\n", capitalized(groups()[p.group].title))
			last = p.group
		}
		name := strings.ReplaceAll(p.Name, "/", "-") + ".md"
		files[name] = p.markdown()
		fmt.Fprintf(&list, "- [%s](%s): %s\n", p.Name, name, p.synopsis())
	}
	files["README.md"] = list.Bytes()
	return files, nil
}

func capitalized(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Check compares dir with the pages. Its error names every page that is
// missing, stale, or left over.
func Check(dir string, pages map[string][]byte) error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			wrong = append(wrong, fmt.Errorf("%s is missing", filepath.Join(dir, name)))
		case err != nil:
			wrong = append(wrong, err)
		case !bytes.Equal(text, pages[name]):
			wrong = append(wrong, fmt.Errorf("%s is stale", filepath.Join(dir, name)))
		}
	}
	left, err := leftOver(dir, pages)
	wrong = append(wrong, err)
	for _, file := range left {
		wrong = append(wrong, fmt.Errorf("%s is left over", file))
	}
	return cli.Hint(errors.Join(wrong...), "run make docs")
}

// Fix makes dir what Check wants. Files that are no generated pages stay.
func Fix(dir string, pages map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range pages {
		path := filepath.Join(dir, name)
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
			continue
		}
		if err := atomicfile.Write(path, text, 0o644); err != nil {
			return err
		}
	}
	left, err := leftOver(dir, pages)
	for _, file := range left {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}

// leftOver lists generated pages whose program is gone.
func leftOver(dir string, pages map[string][]byte) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(escape(dir), "*.md"))
	if err != nil {
		return nil, err
	}
	var left []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if _, wanted := pages[filepath.Base(file)]; !wanted && bytes.HasPrefix(text, []byte(generated)) {
			left = append(left, file)
		}
	}
	return left, nil
}
