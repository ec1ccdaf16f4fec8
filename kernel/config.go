package kernel

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/strictjson"
	"github.com/vole-linux/vole/kernel/source"
)

// readSources reads sources.json: a pinned source for each channel.
func readSources(path string) (map[string]source.Source, error) {
	var file struct {
		Format   int                      `json:"format"`
		Channels map[string]source.Source `json:"channels"`
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the kernel's pins: %w", err)
	}
	if err := strictjson.Decode(path, data, &file); err != nil {
		return nil, err
	}
	if file.Format != 1 {
		return nil, strictjson.At(path, data, "format", "format is %d, this tree reads 1", file.Format)
	}
	if _, ok := file.Channels[Fallback]; !ok {
		return nil, strictjson.At(path, data, "channels", "channel %q is missing", Fallback)
	}
	for _, channel := range slices.Sorted(maps.Keys(file.Channels)) {
		if err := file.Channels[channel].Check(); err != nil {
			return nil, strictjson.At(path, data, channel, "%w", err)
		}
	}
	return file.Channels, nil
}

// Channels lists the channels of the tree at repo, sorted.
func Channels(repo string) ([]string, error) {
	pins, err := readSources(filepath.Join(repo, "kernel", "sources.json"))
	return slices.Sorted(maps.Keys(pins)), err
}

// fragments lists the paths of the fragments that apply, in order: those for
// every architecture, this architecture's own, then the extra ones.
func (c Config) fragments() ([]string, error) {
	all, err := filepath.Glob(filepath.Join(c.Repo, "kernel", "config.d", "*.config"))
	if err != nil || len(all) == 0 {
		return nil, errors.Join(err, fmt.Errorf("cannot find the fragments of the kernel's configuration in %s", c.Repo))
	}
	var common, own []string
	for _, path := range all {
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		architecture, _, _ := strings.Cut(name, "-")
		switch _, specific := arches()[architecture]; {
		case !specific:
			common = append(common, path)
		case architecture == c.Arch:
			own = append(own, path)
		}
	}
	return slices.Concat(common, own, c.ExtraFragments), nil
}
