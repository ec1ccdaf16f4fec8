package kernel

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
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
	return file.Channels, nil
}

// A setting is one line of a fragment: the value that a symbol must have.
//
//	CONFIG_SYMBOL=value   # why
//	CHANNEL: CONFIG_SYMBOL=value   # why; for kernels of one channel only
type setting struct {
	symbol, value string // value as in .config: y, n, a number or a quoted text
	position      string // file:line
}

var settingLine = regexp.MustCompile(`^(?:([a-z]+): )?(CONFIG_[A-Z0-9a-z_]+)=(y|n|-?[0-9]+|0x[0-9a-f]+|"[^"]*")\s+# (\S.*)$`)

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

// parseFragments reads the settings that hold for a channel. Later files win;
// within one file a symbol may stand once.
func parseFragments(paths []string, channel string) ([]setting, error) {
	var all []setting
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read a fragment: %w", err)
		}
		own, err := parseFragment(filepath.Base(path), string(text), channel)
		if err != nil {
			return nil, err
		}
		for _, s := range own {
			all = slices.DeleteFunc(all, func(old setting) bool { return old.symbol == s.symbol })
		}
		all = append(all, own...)
	}
	return all, nil
}

func parseFragment(name, text, channel string) ([]setting, error) {
	var own []setting
	seen := map[string]string{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		position := fmt.Sprintf("%s:%d", name, number)
		m := settingLine.FindStringSubmatch(line)
		if m == nil {
			return nil, cli.Usagef("%s:1: not of the form CONFIG_SYMBOL=value  # why", position)
		}
		if m[1] != "" && m[1] != channel {
			continue
		}
		if first := seen[m[2]]; first != "" {
			return nil, cli.Usagef("%s:1: %s is set twice, first at %s", position, m[2], first)
		}
		seen[m[2]] = position
		own = append(own, setting{m[2], m[3], position})
	}
	return own, nil
}

// format writes settings as a .config has them.
func format(settings []setting) string {
	var b strings.Builder
	for _, s := range settings {
		b.WriteString(s.line() + "\n")
	}
	return b.String()
}

func (s setting) line() string {
	if s.value == "n" {
		return "# " + s.symbol + " is not set"
	}
	return s.symbol + "=" + s.value
}

// survivors returns an error that names every wanted line which the expanded
// configuration does not have. A symbol that is to be off may be absent.
func survivors(wanted []setting, expanded string) error {
	have := map[string]string{}
	for line := range strings.Lines(expanded) {
		line = strings.TrimSpace(line)
		if symbol, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(symbol, "CONFIG_") {
			have[symbol] = value
		} else if symbol, off := strings.CutSuffix(strings.TrimPrefix(line, "# "), " is not set"); off {
			have[symbol] = "n"
		}
	}
	var lost []string
	for _, s := range wanted {
		got, known := have[s.symbol]
		switch {
		case got == s.value || !known && s.value == "n":
		case !known:
			lost = append(lost, fmt.Sprintf("%s:1: %s=%s is gone: no such symbol, or a dependency is missing", s.position, s.symbol, s.value))
		default:
			lost = append(lost, fmt.Sprintf("%s:1: %s=%s became %s", s.position, s.symbol, s.value, got))
		}
	}
	if len(lost) > 0 {
		return cli.Usagef("requested lines did not survive the kernel's olddefconfig:\n%s", strings.Join(lost, "\n"))
	}
	return nil
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
