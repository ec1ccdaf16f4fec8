package userland

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An alias is another name that a program is called by. A link of that name is
// not enough: who runs "sh" calls the program sh, wherever it was found, and
// the generated main knows programs by their folders. A hyphen in front marks
// a login shell.
type alias struct{ name, of string }

func aliases() []alias {
	return []alias{{"sh", "gosh"}, {"-sh", "gosh"}, {"-gosh", "gosh"}}
}

// writeAliases adds the aliases of the programs that are there to the
// generated source.
func writeAliases(source string, programs []Program) error {
	const register = `package bbmain

// Alias makes a registered program known by another name, too.
func Alias(name, of string) { bbCmds[name] = bbCmds[of] }
`
	var b strings.Builder
	fmt.Fprintf(&b, "package main\n\nimport %q\n\nfunc init() {\n", mainModule+"/pkg/bbmain")
	for _, a := range aliases() {
		if slices.ContainsFunc(programs, func(p Program) bool { return p.Name == a.of }) {
			fmt.Fprintf(&b, "\tbbmain.Alias(%q, %q)\n", a.name, a.of)
		}
	}
	if !strings.Contains(b.String(), "Alias") {
		return nil
	}
	b.WriteString("}\n")
	return errors.Join(
		os.WriteFile(filepath.Join(source, "pkg", "bbmain", "alias.go"), []byte(register), 0o666),
		os.WriteFile(filepath.Join(source, "alias.go"), []byte(b.String()), 0o666))
}
