package main

import "strings"

// What bash takes, and the builtins of the interpreter don't, is brought into
// a form that they do take.

// echoArgs is what echo gets instead of args: each option for itself.
func echoArgs(args []string) []string {
	rest, noNewline, escapes := args[1:], false, false
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' && strings.Trim(rest[0][1:], "neE") == "" {
		for _, letter := range rest[0][1:] {
			noNewline = noNewline || letter == 'n'
			escapes = letter == 'e' || escapes && letter != 'E'
		}
		rest = rest[1:]
	}
	plain := []string{"echo"}
	if noNewline {
		plain = append(plain, "-n")
	}
	if escapes {
		plain = append(plain, "-e")
	}
	return append(plain, rest...)
}

// cdArgs is what cd gets instead of args. -L is what the interpreter does.
func cdArgs(args []string) []string {
	if len(args) > 1 && args[1] == "-L" {
		args = append([]string{"cd"}, args[2:]...)
	}
	if len(args) > 1 && args[1] == "--" {
		args = append([]string{"cd"}, args[2:]...)
	}
	return args
}
