package sandbox

import (
	"fmt"
	"strings"
)

// Profiles returns the names of the seccomp profiles that this machine has.
func Profiles() []string {
	var names []string
	entries, _ := compiled.ReadDir("profiles") // an error would be one of the compiler
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), ".")
		names = append(names, name)
	}
	return names
}

// filter returns the compiled profile.
func filter(profile string) ([]byte, error) {
	program, err := compiled.ReadFile("profiles/" + profile + "." + arch + ".bpf")
	if err != nil {
		return nil, fmt.Errorf("unknown seccomp profile %q: there are %s", profile, strings.Join(append(Profiles(), "none"), ", "))
	}
	return program, nil
}
