package main

import (
	"path/filepath"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
)

// options is the command line. Shells merge short options, so the flag
// package can't read it.
type options struct {
	hasCommand  bool
	command     string
	file        string   // the script, or ""
	name        string   // $0
	params      []string // $1 and so on
	set         []string // arguments for the builtin set
	login       bool
	interactive bool
	input       bool // commands come from standard input
}

func parseOptions(args []string, arg0 string) (options, error) {
	o := options{login: strings.HasPrefix(arg0, "-")}
	o.name = strings.TrimPrefix(filepath.Base(arg0), "-")
	for len(args) > 0 && len(args[0]) > 1 && strings.ContainsRune("-+", rune(args[0][0])) {
		arg := args[0]
		args = args[1:]
		switch arg {
		case "--":
			return o.operands(args)
		case "-help", "--help":
			return o, cli.Help(usage)
		case "--login":
			o.login = true
			continue
		}
		for _, letter := range arg[1:] {
			switch {
			case strings.ContainsRune("efnuxa", letter):
				o.set = append(o.set, arg[:1]+string(letter))
			case letter == 'o' && len(args) > 0:
				o.set = append(o.set, arg[:1]+"o", args[0])
				args = args[1:]
			case letter == 'h':
				return o, cli.Help(usage)
			case arg[0] == '+' || !o.flag(letter):
				return o, cli.Hint(cli.Usagef("unknown option %s", arg), "gosh -h shows the options")
			}
		}
	}
	if len(args) > 0 && args[0] == "-" {
		args = args[1:]
	}
	return o.operands(args)
}

// flag takes an option of one letter without a value.
func (o *options) flag(letter rune) bool {
	switch letter {
	case 'c':
		o.hasCommand = true
	case 'i':
		o.interactive = true
	case 'l':
		o.login = true
	case 's':
		o.input = true
	default:
		return false
	}
	return true
}

// operands takes what follows the options.
func (o options) operands(args []string) (options, error) {
	switch {
	case o.hasCommand && len(args) == 0:
		return o, cli.Usage("-c needs a command")
	case o.hasCommand:
		if o.command, args = args[0], args[1:]; len(args) > 0 {
			o.name, args = args[0], args[1:]
		}
	case !o.input && len(args) > 0:
		o.file, o.name, args = args[0], args[0], args[1:]
	}
	o.params = args
	return o, nil
}
