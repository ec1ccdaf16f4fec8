package qemu

import (
	"embed"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/strictjson"
)

//go:embed machines/*.json
var machines embed.FS

// A Machine is the content of a file in machines/.
type Machine struct {
	Name        string            `json:"-"`           // the file's
	Description string            `json:"description"` // one line
	Arch        string            `json:"arch"`        // whose kernel boots on it
	Default     bool              `json:"default"`     // what its architecture gets when no machine is named
	Binary      string            `json:"binary"`      // QEMU's program
	Console     string            `json:"console"`     // the kernel's name of the first serial port
	Flags       []Flag            `json:"flags"`       // always
	Accel       map[string][]Flag `json:"accel"`       // with this acceleration: "tcg" or "kvm"
}

// A Flag is one argument of QEMU, in words, with the reason for it.
type Flag struct {
	Words []string `json:"words"`
	Why   string   `json:"why"`
}

// Machines returns all machines, sorted by name.
func Machines() ([]Machine, error) {
	entries, err := machines.ReadDir("machines")
	if err != nil {
		return nil, err
	}
	var all []Machine
	for _, entry := range entries {
		file := "qemu/machines/" + entry.Name()
		data, err := machines.ReadFile(path.Join("machines", entry.Name()))
		if err != nil {
			return nil, err
		}
		m, err := parseMachine(file, data)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func parseMachine(file string, data []byte) (Machine, error) {
	m := Machine{Name: strings.TrimSuffix(path.Base(file), ".json")}
	if err := strictjson.Decode(file, data, &m); err != nil {
		return Machine{}, err
	}
	for key, value := range map[string]string{"arch": m.Arch, "binary": m.Binary, "console": m.Console} {
		if value == "" {
			return Machine{}, strictjson.At(file, data, key, "key %q is missing or empty", key)
		}
	}
	for _, flags := range append([][]Flag{m.Flags}, m.Accel["tcg"], m.Accel["kvm"]) {
		for _, flag := range flags {
			if len(flag.Words) == 0 || flag.Why == "" {
				return Machine{}, strictjson.At(file, data, "flags", "a flag without words or without a why")
			}
		}
	}
	return m, nil
}

// Find returns the machine called name, or, when name is "", the default one
// of the architecture.
func Find(arch, name string) (Machine, error) {
	all, err := Machines()
	if err != nil {
		return Machine{}, err
	}
	all = slices.DeleteFunc(all, func(m Machine) bool { return m.Arch != arch })
	var names []string
	for _, m := range all {
		if m.Name == name || name == "" && m.Default {
			return m, nil
		}
		names = append(names, m.Name)
	}
	err = cli.Usagef("unknown machine %q for %s: valid are %s", name, arch, strings.Join(names, ", "))
	if near := nearest.Of(name, names); near != "" {
		err = cli.Hint(err, fmt.Sprintf("did you mean %q?", near))
	}
	return Machine{}, err
}

// native tells whether the machine's processor is of the host's kind.
func (m Machine) native() bool {
	return map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH] == m.Arch
}
