package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/strictjson"
)

// A FileError is why a file of a folder gave no service.
type FileError struct {
	File string // its name in the folder
	Name string // the service's, or "" if none can be called so
	Err  error
}

func (e *FileError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *FileError) Unwrap() error { return e.Err }

// Load reads the manifests of folders: every file whose name ends in .json and
// does not begin with a dot. A service in a later folder takes the place of one
// in an earlier; if its file is bad, the earlier stays. The errors are a
// *FileError for each bad file; they leave the other services alone.
func Load(folders ...fs.FS) (*Set, []error) {
	services, refused := map[string]*Manifest{}, map[string]error{}
	var errs []error
	for _, folder := range folders {
		found, bad := loadFolder(folder)
		maps.Copy(services, found)
		for _, err := range bad {
			errs = append(errs, err)
			var file *FileError
			if errors.As(err, &file) && file.Name != "" {
				refused[file.Name] = file.Err
			}
		}
	}
	for name := range services {
		delete(refused, name) // another file of that name was good
	}
	return newSet(services, refused), errs
}

// loadFolder reads one folder. A folder that is not there has no services.
func loadFolder(folder fs.FS) (map[string]*Manifest, []error) {
	entries, err := fs.ReadDir(folder, ".")
	var errs []error
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, fmt.Errorf("cannot read the folder of services: %w", err)) // and use what there is of it
	}
	services, files := map[string]*Manifest{}, map[string]string{}
	for _, entry := range entries {
		file := entry.Name()
		if strings.HasPrefix(file, ".") || !strings.HasSuffix(file, ".json") {
			continue
		}
		name := NameOf(file)
		m, err := readFile(folder, entry)
		switch other, twice := files[name]; {
		case !ValidName(name):
			errs = append(errs, &FileError{File: file, Err: badName(file, name)})
		case err != nil:
			errs = append(errs, &FileError{File: file, Name: name, Err: err})
		case twice:
			errs = append(errs, &FileError{File: file, Name: name,
				Err: &strictjson.Error{File: file, Problem: fmt.Sprintf("the service %s has the file %s as well", name, other)}})
		default:
			services[name], files[name] = m, file
		}
	}
	return services, errs
}

// readFile reads and parses one file. It never waits, as it would for a pipe,
// and never reads more than a manifest may have.
func readFile(folder fs.FS, entry fs.DirEntry) (*Manifest, error) {
	file, mode := entry.Name(), entry.Type()
	if mode == fs.ModeSymlink {
		info, err := fs.Stat(folder, file)
		if err != nil {
			return nil, cannotRead(file, err)
		}
		mode = info.Mode()
	}
	if !mode.IsRegular() {
		return nil, cannotRead(file, errors.New("not a regular file"))
	}
	f, err := folder.Open(file)
	if err != nil {
		return nil, cannotRead(file, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, cannotRead(file, err)
	}
	return Parse(file, data)
}

// cannotRead names the file once: a *fs.PathError would again, with the call.
func cannotRead(file string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot read %s: %w", file, err)
}

// names of both sets, sorted.
func names(a, b *Set) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.names, b.names))))
}
