// Halt ends the life of the machine and leaves the power on.
//
// Usage:
//
//	halt       stop all programs, unmount, then halt
//	halt -f    ask nobody: write out the disks and halt at once
//
// Halt asks process 1, by SIGUSR1; what happens then is in
// cmds/init/stage3_shutdown.go. It needs root. It does not return before the
// end; if process 1 does nothing for ten seconds, halt says so and ends with 1.
//
// See reboot(2). The code is shared with its two sisters, in
// cmds/internal/power.
//
// # Bugs
//
// The console shows nothing when it is done.
//
// Next in the tour: none
package main

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/power"
	"github.com/vole-linux/vole/internal/cli"
)

func main() {
	cli.Exit("halt", power.Linux().Run(power.Halt(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
