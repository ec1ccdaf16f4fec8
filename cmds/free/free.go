// Free prints how much memory the machine has, and how much of it is used.
//
// Usage:
//
//	free [-bkmgh] [-t]
//
//	-h  sizes such as 1.5G    -b -k -m -g  in bytes, KiB (as without), MiB, GiB
//	-t  a line with the sums of memory and swap
//
// The column to look at is available: what programs can still have, since the
// kernel gives back caches when memory is short. free alone is always little;
// memory that nobody uses is of no use.
//
//	total      what the kernel has to give
//	used       total less available
//	free       what is used for nothing
//	shared     held by tmpfs and shared memory
//	buff/cache what the kernel keeps of disks
//
// Example:
//
//	free -h
//
// # Files
//
// /proc/meminfo, see proc_meminfo(5).
//
// # Exit status
//
// 0 done, 1 the kernel does not tell, 2 usage.
//
// # Bugs
//
// Unlike that of procps before version 4, used has caches that can't be given
// back in it. -s, which repeats, is missing.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/cmds/internal/proc"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: free [-bkmgh] [-t]

  free -h        sizes for people

  -b bytes  -k KiB  -m MiB  -g GiB  -t sums`

// A machine is what free asks of the kernel.
type machine struct {
	memory func() (map[string]uint64, error) // bytes, by the names of /proc/meminfo
}

func main() {
	linux := machine{memory: proc.FS("/proc").Memory}
	cli.Exit("free", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	unit, total := 10, false // unit is a power of two; 0 bytes
	people := false
	set := getopt.New(usage)
	set.Flag(&people, "h", "human")
	set.Do(func() { unit = 0 }, "b", "bytes")
	set.Do(func() { unit = 10 }, "k", "kibi")
	set.Do(func() { unit = 20 }, "m", "mebi")
	set.Do(func() { unit = 30 }, "g", "gibi")
	set.Flag(&total, "t", "total")
	operands, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(operands) > 0 {
		return set.Usagef("%s is not wanted", stdio.Quote(operands[0]))
	}
	memory, err := m.memory()
	if err != nil {
		return fmt.Errorf("cannot ask the kernel: %w", stdio.Cause(err))
	}
	size := func(n uint64) string { return strconv.FormatUint(n>>unit, 10) }
	if people {
		size = human.Bytes
	}
	s := stdio.New("free", stdin, stdout, stderr)
	print(s.Out, memory, total, size)
	return s.End()
}

func print(w io.Writer, memory map[string]uint64, total bool, size func(uint64) string) {
	row := func(name string, values ...uint64) {
		fmt.Fprintf(w, "%-7s", name)
		for _, n := range values {
			fmt.Fprintf(w, " %11s", size(n))
		}
		fmt.Fprintln(w)
	}
	all, available := memory["MemTotal"], memory["MemAvailable"]
	swap, freeSwap := memory["SwapTotal"], memory["SwapFree"]
	fmt.Fprintf(w, "%19s %11s %11s %11s %11s %11s\n", "total", "used", "free", "shared", "buff/cache", "available")
	row("Mem:", all, all-min(all, available), memory["MemFree"], memory["Shmem"],
		memory["Buffers"]+memory["Cached"]+memory["SReclaimable"], available)
	row("Swap:", swap, swap-min(swap, freeSwap), freeSwap)
	if total {
		row("Total:", all+swap, all-min(all, available)+swap-min(swap, freeSwap), memory["MemFree"]+freeSwap)
	}
}
