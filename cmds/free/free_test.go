package main

import (
	"syscall"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestFree(t *testing.T) {
	const other = "another machine"
	const mib = 1 << 20
	m := machine{memory: func() (map[string]uint64, error) {
		return map[string]uint64{"MemTotal": 1000 * mib, "MemFree": 100 * mib, "MemAvailable": 700 * mib, "Shmem": 10 * mib,
			"Buffers": 50 * mib, "Cached": 400 * mib, "SReclaimable": 50 * mib, "SwapTotal": 200 * mib, "SwapFree": 150 * mib}, nil
	}}
	const head = "              total        used        free      shared  buff/cache   available\n"
	cmdtest.Run(t, "free", m.run, []cmdtest.Case{
		{Args: "-m", Stdout: head + "Mem:           1000         300         100          10         500         700\nSwap:           200          50         150\n", Differs: other},
		{Args: "-mt", Stdout: head + "Mem:           1000         300         100          10         500         700\nSwap:           200          50         150\nTotal:         1200         350         250\n", Differs: other},
		{Args: "-h", Stdout: head + "Mem:          1000M        300M        100M         10M        500M        700M\nSwap:          200M         50M        150M\n", Differs: other},
		{Args: "", Stdout: head + "Mem:        1024000      307200      102400       10240      512000      716800\nSwap:        204800       51200      153600\n", Differs: other},
		{Args: "-b x", Status: 2, Stderr: "x is not wanted", Differs: "procps ends with 1"},
	})
	m.memory = func() (map[string]uint64, error) { return nil, syscall.EACCES }
	cmdtest.Run(t, "free", m.run, []cmdtest.Case{{Status: 1, Stderr: "cannot ask the kernel: permission denied", Differs: other}})
	m.memory = func() (map[string]uint64, error) { // numbers that don't fit are no reason for nonsense
		return map[string]uint64{"MemTotal": mib, "MemAvailable": 2 * mib}, nil
	}
	cmdtest.Run(t, "free", m.run, []cmdtest.Case{{Args: "-m", Stdout: head + "Mem:              1           0           0           0           0           2\nSwap:             0           0           0\n", Differs: other}})
}
