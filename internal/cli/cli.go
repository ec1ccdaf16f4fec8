// Package cli is how every program of Vole, on the device and on the host,
// reads its flags and says that it failed.
//
// A program is a small struct that holds the part of the machine it touches,
// and one method:
//
//	func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error
//
// Its main is one line, cli.Exit("NAME", m.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)).
// Tests call run with a machine of their own, so no test changes the computer
// it runs on.
//
// The exit status says what kind of failure it was (the numbers follow
// POSIX utilities and s6):
//
//	0  done
//	1  could not do it: "NAME: cannot X: cause", then a hint line if the next step is known
//	2  asked wrongly: bad flags or arguments, or a bad configuration file
//
// # Why not a library
//
// flag of the standard library does the parsing. Every package linked into
// the device's one binary is initialised at the start of every command, and
// the larger command-line libraries also keep the linker from dropping unused
// methods.
//
// # Bugs
//
// Short flags can't be merged: -al is one flag, not two.
//
// Next in the tour: none
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exit statuses of every program.
const (
	StatusDone   = 0
	StatusFailed = 1
	StatusUsage  = 2
)

// Help is an error that is no failure: the user asked for the manual with -h.
type Help string

func (h Help) Error() string { return string(h) }

// Usage is the error of a command line that can't be understood. Its text
// says what is wrong with it, in the form "unknown flag -x".
type Usage string

func (u Usage) Error() string { return string(u) }

// ExitStatus makes Usage end the program with status 2.
func (Usage) ExitStatus() int { return StatusUsage }

// Usagef builds a Usage as fmt.Sprintf does.
func Usagef(format string, args ...any) error {
	return Usage(fmt.Sprintf(format, args...))
}

// Status ends the program with this number and says nothing: for programs
// whose answer is their exit status, such as a test or a wrapper of another
// command.
type Status int

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// ExitStatus is the number itself.
func (s Status) ExitStatus() int { return int(s) }

type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// Hint adds to err the next step for the user to take. It is shown on a line
// of its own under the error. A nil err stays nil.
func Hint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return hinted{err, hint}
}

// Parse parses args into flags. usage is the manual that -h prints: a first
// line "usage: NAME ...", the flags, and examples. The error is nil, a Help or
// a Usage.
func Parse(flags *flag.FlagSet, args []string, usage string) error {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, flag.ErrHelp):
		return Help(usage)
	}
	firstLine, _, _ := strings.Cut(usage, "\n")
	return Hint(Usage(err.Error()), firstLine)
}

// Report writes err for the program called name to stderr, or the manual to
// stdout, and returns the exit status that goes with it.
func Report(name string, err error, stdout, stderr io.Writer) int {
	if err == nil {
		return StatusDone
	}
	var help Help
	if errors.As(err, &help) {
		fmt.Fprintln(stdout, strings.TrimRight(string(help), "\n"))
		return StatusDone
	}
	var quiet Status
	if errors.As(err, &quiet) {
		return int(quiet)
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(stderr, "  hint: %s\n", strings.TrimPrefix(h.hint, "hint: "))
	}
	var status interface{ ExitStatus() int }
	if errors.As(err, &status) {
		return status.ExitStatus()
	}
	return StatusFailed
}

// Exit ends the process with what err asks for. Only main calls it.
func Exit(name string, err error) {
	os.Exit(Report(name, err, os.Stdout, os.Stderr))
}
