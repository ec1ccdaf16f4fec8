// Man explains programs: it is help under the name that the fingers know.
//
// Usage:
//
//	man            list all programs, a line for each
//	man NAME       the manual of the program NAME
//	man -p NAME    stop after every screenful; q and Enter ends
//
// # Files
//
//	/usr/share/vole/manual.zip    all manuals and sources
//
// # Bugs
//
// There are no sections: "man 2 open" finds nothing. The manual is in no
// markup, and man can't show other systems' pages.
//
// Next in the tour: none
package main

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/manual"
	"github.com/vole-linux/vole/internal/cli"
)

func main() {
	cli.Exit("man", manual.Linux().Help("man", os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
