package cgroup

import (
	"fmt"
	"slices"
	"strconv"
)

// Limits are the bounds of a group. The zero value of each means none.
type Limits struct {
	Memory     uint64  // bytes; more, and the kernel kills the whole group
	MemoryHigh uint64  // bytes; more, and the group is slowed down and its caches are taken
	CPU        float64 // processors at the same time: 0.5 is half of one, 2 are two
	CPUWeight  int     // share among the groups that want a processor, 1 to 10000; 100 is usual
	Pids       uint64  // processes and threads
}

// period is how often a group gets its share of processors anew. A group that
// has used it up waits for the next: 100 ms is the kernel's own choice.
const period = 100_000 // microseconds

// check refuses what the kernel would refuse with a bare "invalid argument".
func (l Limits) check() error {
	switch {
	case l.CPU != 0 && !(l.CPU >= 0.01 && l.CPU <= 10_000):
		return fmt.Errorf("%v processors: the least is 0.01", l.CPU)
	case l.CPUWeight != 0 && (l.CPUWeight < 1 || l.CPUWeight > 10_000):
		return fmt.Errorf("CPU weight %d is not from 1 to 10000", l.CPUWeight)
	}
	return nil
}

// needs fails when a limit is asked for that no controller keeps: a limit that
// is silently absent is worse than a service that doesn't start.
func (l Limits) needs(controllers []string) error {
	for _, need := range []struct {
		wanted     bool
		controller string
	}{
		{l.Memory != 0 || l.MemoryHigh != 0, "memory"},
		{l.CPU != 0 || l.CPUWeight != 0, "cpu"},
		{l.Pids != 0, "pids"},
	} {
		if need.wanted && !slices.Contains(controllers, need.controller) {
			return fmt.Errorf("there is no controller %q", need.controller)
		}
	}
	return nil
}

// A setting is the content of one file of a group.
type setting struct {
	controller, file, value string
	asNew                   bool // the value is the one that a new group has
}

func (l Limits) settings() []setting {
	quota := "max " + strconv.Itoa(period)
	if l.CPU != 0 {
		quota = fmt.Sprintf("%.0f %d", l.CPU*period, period)
	}
	weight := l.CPUWeight
	if weight == 0 {
		weight = 100
	}
	return []setting{
		// high before max: a group is slowed down before it is killed.
		{"memory", "memory.high", orMax(l.MemoryHigh), l.MemoryHigh == 0},
		{"memory", "memory.max", orMax(l.Memory), l.Memory == 0},
		{"memory", "memory.oom.group", "1", false},
		{"cpu", "cpu.max", quota, l.CPU == 0},
		{"cpu", "cpu.weight", strconv.Itoa(weight), weight == 100},
		{"pids", "pids.max", orMax(l.Pids), l.Pids == 0},
	}
}

func orMax(n uint64) string {
	if n == 0 {
		return "max"
	}
	return strconv.FormatUint(n, 10)
}

// Limit gives a group other limits while its processes run.
func (g *Group) Limit(limits Limits) error {
	if err := limits.check(); err != nil {
		return fmt.Errorf("cannot limit control group %s: %w", g.name, err)
	}
	return g.limit(limits, false)
}

// limit writes the limits; to a fresh group only those that differ from what
// it was made with, since a boot makes many groups.
func (g *Group) limit(limits Limits, fresh bool) error {
	controllers, err := words(g.path, "cgroup.controllers")
	if err == nil {
		err = limits.needs(controllers)
	}
	if err != nil {
		return fmt.Errorf("cannot limit control group %s: %w", g.name, err)
	}
	for _, s := range limits.settings() {
		if !slices.Contains(controllers, s.controller) || fresh && s.asNew {
			continue
		}
		if err := write(g.path, s.file, s.value); err != nil {
			return fmt.Errorf("cannot limit control group %s: %w", g.name, err)
		}
	}
	return nil
}
