// Poweroff ends the life of the machine and switches it off.
//
// Usage:
//
//	poweroff       stop all programs, unmount, then power off
//	poweroff -f    ask nobody: write out the disks and power off at once
//
// Poweroff asks process 1, by SIGUSR2; what happens then is in
// cmds/init/stage3_shutdown.go. It needs root. It does not return before the
// end; if process 1 does nothing for ten seconds, poweroff says so and ends with 1.
//
// See reboot(2). The code is shared with its two sisters, in
// cmds/internal/power.
//
// # Bugs
//
// A machine that can't switch itself off only halts.
//
// Next in the tour: none
package main

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/power"
	"github.com/vole-linux/vole/internal/cli"
)

func main() {
	cli.Exit("poweroff", power.Linux().Run(power.PowerOff(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
