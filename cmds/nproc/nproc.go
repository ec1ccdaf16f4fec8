// Nproc prints how many processors this process may use.
//
// Usage:
//
//	nproc [--all] [--ignore=N]
//
//	--all       all that the machine has, though this process may not use them
//	--ignore=N  N less, but at least 1
//
// Example:
//
//	make -j$(nproc)
//
// # Exit status
//
// 0 done, 1 the kernel does not tell, 2 usage.
//
// Links: sched_getaffinity(2); Documentation/ABI/testing/sysfs-devices-system-cpu
// of the kernel, "online".
//
// # Bugs
//
// Limits of control groups (cpu.max) are shares of time, and not counted.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: nproc [--all] [--ignore=N]

  make -j$(nproc)

  --all those of the whole machine  --ignore=N N less, but at least 1`

// A machine is what nproc asks of the kernel.
type machine struct {
	usable func() (int, error)
	online func() ([]byte, error) // a list such as "0-3,6"
}

func main() {
	linux := machine{
		usable: func() (int, error) {
			var cpus unix.CPUSet
			err := unix.SchedGetaffinity(0, &cpus)
			return cpus.Count(), err
		},
		online: func() ([]byte, error) { return os.ReadFile("/sys/devices/system/cpu/online") },
	}
	cli.Exit("nproc", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	all, ignore := false, 0
	set := getopt.New(usage)
	set.Flag(&all, "all")
	set.Int(&ignore, "ignore")
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(operands) > 0 {
		return set.Usagef("%s is not wanted", stdio.Quote(operands[0]))
	}
	n, err := m.usable()
	if all && err == nil {
		var list []byte
		if list, err = m.online(); err == nil {
			n, err = count(strings.TrimSpace(string(list)))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot count the processors: %w", stdio.Cause(err))
	}
	s := stdio.New("nproc", stdin, stdout, stderr)
	fmt.Fprintln(s.Out, max(1, n-ignore))
	return s.End()
}

// count says how many numbers are in a list of the kernel such as "0-3,6".
func count(list string) (int, error) {
	total := 0
	for word := range strings.SplitSeq(list, ",") {
		low, high, ranged := strings.Cut(word, "-")
		if !ranged {
			high = low
		}
		first, err := strconv.ParseUint(low, 10, 16)
		last, err2 := strconv.ParseUint(high, 10, 16)
		if err != nil || err2 != nil || last < first {
			return 0, fmt.Errorf("%q is no list such as 0-3,6", list)
		}
		total += int(last-first) + 1
	}
	return total, nil
}
