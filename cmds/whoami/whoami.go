// Whoami prints the name of the user that it runs as.
//
// Usage:
//
//	whoami
//
// It is the effective user, whose rights count: after a program with the
// set-user-ID bit has started it, that is not the person who logged in.
//
// Example:
//
//	test "$(whoami)" = root || exit 1
//
// # Exit status
//
// 0 done, 1 the user has no name (the number is then shown), 2 usage.
//
// Links: geteuid(2), credentials(7). "id" tells more.
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: whoami

  test "$(whoami)" = root || exit 1`

// A machine is what whoami asks of the process and the system.
type machine struct {
	euid  int
	users *owner.Names
}

func main() {
	linux := machine{euid: os.Geteuid(), users: owner.Users()}
	cli.Exit("whoami", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	set := getopt.New(usage)
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(operands) > 0 {
		return set.Usagef("%s is not wanted", stdio.Quote(operands[0]))
	}
	name, err := m.users.Name(strconv.Itoa(m.euid))
	if err != nil {
		return fmt.Errorf("cannot find a name for user %d", m.euid)
	}
	s := stdio.New("whoami", stdin, stdout, stderr)
	fmt.Fprintln(s.Out, name)
	return s.End()
}
