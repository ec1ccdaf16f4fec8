package qemu

import (
	"embed"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/strictjson"
)

//go:embed machines/*.json
var machines embed.FS

// A Machine is the content of a file in machines/.
type Machine struct {
	Name        string     `json:"-"`           // the file's
	Description string     `json:"description"` // one line
	Arch        string     `json:"arch"`        // whose kernel boots on it
	Default     bool       `json:"default"`     // what its architecture gets when no machine is named
	Binary      string     `json:"binary"`      // QEMU's program
	Console     string     `json:"console"`     // the kernel's name of the first serial port
	Flags       []Flag     `json:"flags"`       // always
	Accel       AccelFlags `json:"accel"`       // with one acceleration
}

// AccelFlags are the flags for emulation in software, and for KVM.
type AccelFlags struct {
	TCG []Flag `json:"tcg"`
	KVM []Flag `json:"kvm"`
}

// of returns the flags for the acceleration that Accel has chosen.
func (a AccelFlags) of(accel string) []Flag {
	if accel == "kvm" {
		return a.KVM
	}
	return a.TCG
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
	for _, must := range []struct{ key, value string }{{"arch", m.Arch}, {"binary", m.Binary}, {"console", m.Console}} {
		if must.value == "" {
			return Machine{}, strictjson.At(file, data, must.key, "key %q is missing or empty", must.key)
		}
	}
	for _, list := range []struct {
		key   string
		flags []Flag
	}{{"flags", m.Flags}, {"tcg", m.Accel.TCG}, {"kvm", m.Accel.KVM}} {
		for _, flag := range list.flags {
			if len(flag.Words) == 0 || flag.Why == "" {
				return Machine{}, strictjson.At(file, data, list.key, "a flag without words or without a why")
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
	return Machine{}, nearest.Unknown(arch+" machine", name, names)
}

// native tells whether the machine's processor is of the host's kind.
func (m Machine) native() bool {
	return map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH] == m.Arch
}
