package cli

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name           string
		err            error
		status         int
		stdout, stderr string
	}{
		{name: "done", status: 0},
		{name: "failed", err: errors.New("cannot open x: gone"), status: 1, stderr: "demo: cannot open x: gone\n"},
		{name: "usage", err: Usagef("unknown flag -%c", 'x'), status: 2, stderr: "demo: unknown flag -x\n"},
		{name: "wrapped usage", err: fmt.Errorf("a: %w", Usage("b")), status: 2, stderr: "demo: a: b\n"},
		{name: "hint", err: Hint(errors.New("cannot find qemu"), "run scripts/setup"), status: 1,
			stderr: "demo: cannot find qemu\n  hint: run scripts/setup\n"},
		{name: "hint on usage keeps 2", err: Hint(Usage("bad"), "try -h"), status: 2,
			stderr: "demo: bad\n  hint: try -h\n"},
		{name: "help", err: Help("usage: demo\n"), status: 0, stdout: "usage: demo\n"},
		{name: "status", err: Status(7), status: 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			status := Report("demo", tt.err, &stdout, &stderr)
			if status != tt.status || stdout.String() != tt.stdout || stderr.String() != tt.stderr {
				t.Errorf("Report = %d, %q, %q; want %d, %q, %q",
					status, stdout.String(), stderr.String(), tt.status, tt.stdout, tt.stderr)
			}
		})
	}
	if Hint(nil, "x") != nil {
		t.Error("Hint(nil) is an error")
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		args string
		want string // the error's text
		rest string
	}{
		{args: "-n 3 a b", rest: "a b"},
		{args: "-h", want: "usage: demo [-n N]\n\n  demo -n 3"},
		{args: "--bad", want: "flag provided but not defined: -bad"},
		{args: "-n x", want: `invalid value "x" for flag -n: parse error`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			flags := flag.NewFlagSet("demo", flag.ContinueOnError)
			flags.Int("n", 0, "")
			err := Parse(flags, strings.Fields(tt.args), "usage: demo [-n N]\n\n  demo -n 3")
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("Parse(%s) = %q; want %q", tt.args, got, tt.want)
			}
			if err == nil && strings.Join(flags.Args(), " ") != tt.rest {
				t.Errorf("rest = %q; want %q", flags.Args(), tt.rest)
			}
		})
	}
}
