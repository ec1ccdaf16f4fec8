// Src shows the source code of programs, on the machine that runs them.
//
// Usage:
//
//	src NAME         all files of the program NAME, each under its name
//	src -l NAME      the names of the files
//	src NAME FILE    one file
//	src -p NAME      stop after every screenful; q and Enter ends
//
// What it shows is what the program was built from, without the tests.
//
//	src init stage1_prepare.go    how this machine has booted
//	src ls | grep func            the functions of ls
//
// # Files
//
//	/usr/share/vole/manual.zip    all manuals and sources
//
// # Bugs
//
// The libraries that a program uses are not shown.
//
// Next in the tour: none
package main

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/manual"
	"github.com/vole-linux/vole/internal/cli"
)

func main() {
	cli.Exit("src", manual.Linux().Source(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
