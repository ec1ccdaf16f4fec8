// Env runs a program with other environment variables, or prints them.
//
// Usage:
//
//	env [-i0] [-u NAME]... [-C FOLDER] [NAME=VALUE]... [PROGRAM [ARG...]]
//
//	-i       begin with no variables at all
//	-u NAME  without this one
//	-C DIR   in another folder
//	-0       print with a NUL, not a newline, after each
//
// Without PROGRAM it prints the variables.
//
// Examples:
//
//	env | sort
//	env LANG=C PATH=/bin:/sbin date
//	env -i sh                            a shell that inherits nothing
//
// # Exit status
//
// That of PROGRAM; 125 the folder can't be entered, 126 it can't be run, 127 it is not there, 2 usage.
//
// PROGRAM takes the place of env (execve(2)): it has the same process number. It
// is looked for in the PATH that it will have; without one, where programs usually
// are.
//
// Links: POSIX.1-2024 env; environ(7).
//
// # Bugs
//
// -S, which splits a #! line, is missing.
//
// Next in the tour: none
package main

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: env [-i0] [-u NAME] [-C FOLDER] [NAME=VALUE]... [PROGRAM [ARG...]]

  env                  print the variables
  env TZ=UTC date      run date with another time zone
  env -i sh            a shell that inherits nothing

  -u NAME without it  -C FOLDER in that folder  -0 NUL after each, not newline`

// A machine is the process that env changes.
type machine struct {
	environ []string
	exec    func(path string, argv, environ []string) error // returns only if it fails
	chdir   func(folder string) error
}

func main() {
	linux := machine{environ: os.Environ(), exec: syscall.Exec, chdir: os.Chdir}
	cli.Exit("env", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var empty, nul bool
	var without []string
	folder := ""
	set := getopt.New(usage)
	set.StopAtOperand() // what follows are options of PROGRAM
	set.Flag(&empty, "i", "ignore-environment")
	set.Flag(&nul, "0", "null")
	set.Text(&folder, "C", "chdir")
	set.Value(func(name string) error {
		if name == "" || strings.Contains(name, "=") {
			return errors.New("that is no name of a variable")
		}
		without = append(without, name)
		return nil
	}, "u", "unset")
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(operands) > 0 && operands[0] == "-" { // an old way to say -i
		empty, operands = true, operands[1:]
	}
	environ := slices.Clone(m.environ)
	if empty {
		environ = nil
	}
	for _, name := range without {
		environ = unset(environ, name)
	}
	for len(operands) > 0 && strings.Contains(operands[0], "=") {
		name, _, _ := strings.Cut(operands[0], "=")
		environ = append(unset(environ, name), operands[0])
		operands = operands[1:]
	}
	switch {
	case len(operands) > 0:
		return m.execute(operands, environ, folder)
	case folder != "":
		return set.Usagef("-C needs a program")
	}
	s := stdio.New("env", stdin, stdout, stderr)
	end := "\n"
	if nul {
		end = "\x00"
	}
	for _, variable := range environ {
		s.Out.WriteString(variable + end)
	}
	return s.End()
}

func unset(environ []string, name string) []string {
	return slices.DeleteFunc(environ, func(variable string) bool { return strings.HasPrefix(variable, name+"=") })
}

// execute becomes the program argv[0].
func (m machine) execute(argv, environ []string, folder string) error {
	if folder != "" {
		if err := m.chdir(folder); err != nil {
			return withStatus{stdio.Cannot("go to", folder, err), failed}
		}
	}
	path, err := lookPath(argv[0], environ)
	if err == nil {
		err = m.exec(path, argv, environ)
	}
	status := notRun
	if errors.Is(err, os.ErrNotExist) {
		err, status = syscall.ENOENT, notFound
	}
	return withStatus{stdio.Cannot("run", argv[0], err), status}
}

// Exit statuses that POSIX gives to programs that run another one.
const (
	failed   = 125 // env itself
	notRun   = 126
	notFound = 127
)

type withStatus struct {
	error
	status int
}

func (w withStatus) ExitStatus() int { return w.status }

// lookPath finds a program in the PATH of environ.
func lookPath(name string, environ []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	list := "/bin:/sbin:/usr/bin:/usr/sbin" // "env -i sh" should find the shell
	for _, variable := range environ {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok {
			list = value
		}
	}
	found := error(os.ErrNotExist)
	for folder := range strings.SplitSeq(list, ":") {
		path := folder + "/" + name
		if folder == "" {
			path = "./" + name
		}
		info, err := os.Stat(path)
		switch {
		case err != nil || info.IsDir():
		case info.Mode()&0o111 == 0:
			found = syscall.EACCES
		default:
			return path, nil
		}
	}
	return "", found
}
