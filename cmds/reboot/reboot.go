// Reboot ends the life of the machine and starts a new one.
//
// Usage:
//
//	reboot       stop all programs, unmount, then reboot
//	reboot -f    ask nobody: write out the disks and reboot at once
//
// Reboot asks process 1, by SIGTERM; what happens then is in
// cmds/init/stage3_shutdown.go. It needs root. It does not return before the
// end; if process 1 does nothing for ten seconds, reboot says so and ends with 1.
//
// See reboot(2). The code is shared with its two sisters, in
// cmds/internal/power.
//
// # Bugs
//
// It can't choose what to boot; the firmware's default is taken.
//
// Next in the tour: none
package main

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/power"
	"github.com/vole-linux/vole/internal/cli"
)

func main() {
	cli.Exit("reboot", power.Linux().Run(power.Reboot(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
