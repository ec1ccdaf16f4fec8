// Help explains programs.
//
// Usage:
//
//	help            list all programs, a line for each
//	help NAME       the manual of the program NAME
//	help -p NAME    stop after every screenful; q and Enter ends
//
// A manual is the comment at the top of the program's source, so it can't be
// older than the program. The source itself is a word away: src NAME.
//
// # Files
//
//	/usr/share/vole/manual.zip    all manuals and sources
//
// # Bugs
//
// It finds names only, not words within the manuals.
//
// Next in the tour: none
package main

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/manual"
	"github.com/vole-linux/vole/internal/cli"
)

func main() {
	cli.Exit("help", manual.Linux().Help("help", os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
