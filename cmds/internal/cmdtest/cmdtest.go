// Package cmdtest runs tables of command lines through a command's run
// function, and through the tool of the same name that the host has.
//
//	func TestCut(t *testing.T) {
//		cmdtest.Run(t, "cut", run, []cmdtest.Case{
//			{Args: "-f 2", Stdin: "a\tb\n", Stdout: "b\n"},
//			{Args: "-f 0", Status: 2, Stderr: "counted from 1", Differs: "GNU ends with 1"},
//		})
//	}
//
// The expected output stands in the table, so the test means something on a
// host without the tool; where there is one, each row must hold for it as
// well, unless Differs says why not. Standard error is ours alone.
//
// Changes does the same for a command that changes files: each row runs in a
// tree of its own, and what it leaves is compared, too.
//
// # Bugs
//
// The rows of Run run in the current folder (use t.Chdir).
//
// Next in the tour: none
package cmdtest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/missing"
)

// A Case is one command line and what comes of it.
type Case struct {
	Args   string   // the words, parted by blanks
	Argv   []string // instead of Args, when words hold blanks
	Stdin  string
	Stdout string
	Status int
	Stderr string // a part of it; "" means there is none

	// Differs says why the host's tool gives another answer; the row is then
	// not asked of it.
	Differs string
}

// A Func is the run function of a command.
type Func func(args []string, stdin io.Reader, stdout, stderr io.Writer) error

func (c Case) argv() []string {
	if c.Argv != nil {
		return c.Argv
	}
	return strings.Fields(c.Args)
}

// Run checks each case with run, and with the host's tool if it has one.
func Run(t *testing.T, name string, run Func, cases []Case) {
	t.Helper()
	tool, err := exec.LookPath(name)
	if err != nil {
		t.Logf("the host has no %s to compare with", name)
	}
	for _, c := range cases {
		t.Run(strings.Join(c.argv(), " "), func(t *testing.T) {
			var stdout, stderr strings.Builder
			err := run(c.argv(), strings.NewReader(c.Stdin), &stdout, &stderr)
			status := cli.Report(name, err, &stdout, &stderr)
			if stdout.String() != c.Stdout || status != c.Status {
				t.Errorf("status %d, output %q\nwant   %d,        %q", status, stdout.String(), c.Status, c.Stdout)
			}
			if (c.Stderr == "") != (stderr.Len() == 0) || !strings.Contains(stderr.String(), c.Stderr) {
				t.Errorf("stderr %q; want %q", stderr.String(), c.Stderr)
			}
			if tool != "" && c.Differs == "" {
				compare(t, tool, c)
			}
		})
	}
}

// Compare checks that run and the host's tool give the same output and status
// for each command line: for what no table can foresee, such as block counts.
func Compare(t *testing.T, name string, run Func, lines ...string) {
	t.Helper()
	tool, err := exec.LookPath(name)
	if err != nil {
		missing.Skip(t, "the host has no %s to compare with", name)
	}
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			c := Case{Args: line}
			var stdout strings.Builder
			err := run(c.argv(), strings.NewReader(""), &stdout, io.Discard)
			c.Status = cli.Report(name, err, &stdout, io.Discard)
			c.Stdout = stdout.String()
			compare(t, tool, c)
		})
	}
}

// compare asks the host's tool the same.
func compare(t *testing.T, tool string, c Case) {
	t.Helper()
	cmd := exec.Command(tool, c.argv()...)
	cmd.Args[0] = filepath.Base(tool) // some print it
	cmd.Stdin = strings.NewReader(c.Stdin)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if status := cmd.ProcessState.ExitCode(); stdout.String() != c.Stdout || status != c.Status {
		t.Errorf("%s: status %d, output %q\nthe table says %d, %q", tool, status, stdout.String(), c.Status, c.Stdout)
	}
}
