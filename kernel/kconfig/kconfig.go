// Package kconfig reads fragments of a Kconfig configuration, the language in
// which the Linux kernel and BusyBox are configured
// (Documentation/kbuild/kconfig-language.rst), and checks what became of them.
//
// A fragment has one symbol a line, with the reason for it:
//
//	CONFIG_SYMBOL=value   # why
//	CHANNEL: CONFIG_SYMBOL=value   # why; for one channel only
//
// It is applied on top of the smallest configuration. The project's own tools
// then add what follows from it, and silently drop what can't be: Survivors
// finds that.
//
// # Bugs
//
// Tristate symbols can't be modules; nothing here has any.
//
// Next in the tour: none
package kconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
)

// A Setting is one line of a fragment: the value that a symbol must have.
type Setting struct {
	Symbol, Value string // the value as in .config: y, n, a number or a quoted text
	position      string // file:line
}

var settingLine = regexp.MustCompile(`^(?:([a-z]+): )?(CONFIG_[A-Z0-9a-z_]+)=(y|n|-?[0-9]+|0x[0-9a-f]+|"[^"]*")\s+# (\S.*)$`)

// ParseFiles reads the settings that hold for a channel. Later files win;
// within one file a symbol may stand once.
func ParseFiles(paths []string, channel string) ([]Setting, error) {
	var all []Setting
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read a fragment: %w", err)
		}
		own, err := Parse(filepath.Base(path), string(text), channel)
		if err != nil {
			return nil, err
		}
		for _, s := range own {
			all = slices.DeleteFunc(all, func(old Setting) bool { return old.Symbol == s.Symbol })
		}
		all = append(all, own...)
	}
	return all, nil
}

// Parse reads one fragment. name is what errors call it.
func Parse(name, text, channel string) ([]Setting, error) {
	var own []Setting
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
		own = append(own, Setting{m[2], m[3], position})
	}
	return own, nil
}

// Format writes settings as a .config has them.
func Format(settings []Setting) string {
	var b strings.Builder
	for _, s := range settings {
		b.WriteString(s.line() + "\n")
	}
	return b.String()
}

func (s Setting) line() string {
	if s.Value == "n" {
		return "# " + s.Symbol + " is not set"
	}
	return s.Symbol + "=" + s.Value
}

// Survivors returns an error that names every wanted line which the expanded
// configuration does not have. A symbol that is to be off may be absent.
func Survivors(wanted []Setting, expanded string) error {
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
		got, known := have[s.Symbol]
		switch {
		case got == s.Value || !known && s.Value == "n":
		case !known:
			lost = append(lost, fmt.Sprintf("%s:1: %s=%s is gone: no such symbol, or a dependency is missing", s.position, s.Symbol, s.Value))
		default:
			lost = append(lost, fmt.Sprintf("%s:1: %s=%s became %s", s.position, s.Symbol, s.Value, got))
		}
	}
	if len(lost) > 0 {
		return cli.Usagef("requested lines of the configuration did not survive its expansion:\n%s", strings.Join(lost, "\n"))
	}
	return nil
}
