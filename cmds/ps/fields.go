package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/proc"
)

// A field is one thing to tell of a process.
type field struct {
	names   []string
	heading string
	left    bool // aligned so; numbers go to the right
	text    func(*table, *proc.Process) string
	key     func(*proc.Process) int64 // to sort by; nil sorts by text
}

// numeric is a field that is a number.
func numeric(heading, names string, get func(*proc.Process) int64) field {
	text := func(_ *table, p *proc.Process) string { return strconv.FormatInt(get(p), 10) }
	return measured(heading, names, text, get)
}

// textual is a field that is text.
func textual(heading, names string, get func(*table, *proc.Process) string) field {
	return field{names: strings.Fields(names), heading: heading, left: true, text: get}
}

// measured is a field whose text is not the number that it is sorted by.
func measured(heading, names string, text func(*table, *proc.Process) string, key func(*proc.Process) int64) field {
	return field{names: strings.Fields(names), heading: heading, text: text, key: key}
}

// fields is all that ps can tell.
func fields() []field {
	type process = proc.Process
	cpu := func(p *process) int64 { return int64(p.CPU()) }
	resident := func(p *process) int64 { return int64(p.Resident >> 10) }
	start := func(p *process) int64 { return int64(p.Start) }
	return []field{
		numeric("PID", "pid", func(p *process) int64 { return int64(p.PID) }),
		numeric("PPID", "ppid", func(p *process) int64 { return int64(p.PPID) }),
		numeric("PGID", "pgid pgrp", func(p *process) int64 { return int64(p.Group) }),
		numeric("SID", "sid sess session", func(p *process) int64 { return int64(p.Session) }),
		textual("USER", "user euser uname", func(t *table, p *process) string { return t.users.Of(uint32(p.EUID)) }),
		numeric("UID", "uid euid", func(p *process) int64 { return int64(p.EUID) }),
		textual("GROUP", "group egroup", func(t *table, p *process) string { return t.groups.Of(uint32(p.EGID)) }),
		numeric("GID", "gid egid", func(p *process) int64 { return int64(p.EGID) }),
		textual("STAT", "stat", func(_ *table, p *process) string { return state(p) }),
		textual("S", "s state", func(_ *table, p *process) string { return string(p.State) }),
		textual("TTY", "tty tt tname", func(_ *table, p *process) string { return proc.TTYName(p.TTY) }),
		measured("TIME", "time cputime", func(_ *table, p *process) string { return longTime(p.CPU()) }, cpu),
		measured("TIME", "bsdtime", func(_ *table, p *process) string { return minutes(p.CPU()) }, cpu),
		measured("ELAPSED", "etime", func(t *table, p *process) string { return elapsed(t.age(p)) }, start),
		measured("START", "start stime bsdstart", (*table).start, start),
		measured("STARTED", "lstart", (*table).longStart, start),
		measured("%CPU", "%cpu pcpu", (*table).share, cpu),
		measured("C", "c", (*table).wholeShare, cpu),
		measured("%MEM", "%mem pmem", (*table).memoryShare, resident),
		numeric("VSZ", "vsz vsize", func(p *process) int64 { return int64(p.Virtual >> 10) }),
		numeric("RSS", "rss rssize rsz", resident),
		numeric("NI", "ni nice", func(p *process) int64 { return int64(p.Nice) }),
		numeric("PRI", "pri", func(p *process) int64 { return int64(39 - p.Priority) }),
		numeric("NLWP", "nlwp thcount", func(p *process) int64 { return int64(p.Threads) }),
		textual("COMMAND", "comm ucmd ucomm", comm),
		textual("COMMAND", "args cmd command", func(_ *table, p *process) string { return p.Command() }),
	}
}

func findField(name string) (field, bool) {
	all := fields()
	i := slices.IndexFunc(all, func(f field) bool { return slices.Contains(f.names, name) })
	if i < 0 {
		return field{}, false
	}
	return all[i], true
}

func comm(_ *table, p *proc.Process) string {
	if p.State == 'Z' {
		return p.Name + " <defunct>"
	}
	return p.Name
}

func state(p *proc.Process) string {
	text := string(p.State)
	add := func(is bool, letter string) {
		if is {
			text += letter
		}
	}
	add(p.Nice < 0, "<")
	add(p.Nice > 0, "N")
	add(p.LockedPages, "L")
	add(p.Session == p.PID, "s")
	add(p.Threads > 1, "l")
	add(p.Foreground == p.Group, "+")
	return text
}

// A table turns processes into rows.
type table struct {
	columns       []column
	now           time.Time
	uptime        time.Duration
	zone          *time.Location
	memory        uint64 // of the machine, in bytes
	users, groups *owner.Names
}

func (m machine) newTable(columns []column) (*table, error) {
	uptime, err := m.proc.Uptime()
	if err != nil {
		return nil, fmt.Errorf("cannot read the uptime: %w", err)
	}
	memory, err := m.proc.Memory()
	if err != nil {
		return nil, fmt.Errorf("cannot read the size of memory: %w", err)
	}
	return &table{
		columns: columns, now: m.now(), uptime: uptime, zone: m.zone, memory: memory["MemTotal"],
		users: m.users, groups: m.groups,
	}, nil
}

// sort puts processes in the order of keys; "-" before one is downwards.
func (t *table) sort(all []proc.Process, keys []string) {
	for _, key := range slices.Backward(keys) { // the first key weighs most
		f, _ := findField(strings.TrimLeft(key, "+-"))
		slices.SortStableFunc(all, func(a, b proc.Process) int {
			order := 0
			if f.key != nil {
				order = cmp.Compare(f.key(&a), f.key(&b))
			} else {
				order = strings.Compare(f.text(t, &a), f.text(t, &b))
			}
			if strings.HasPrefix(key, "-") {
				order = -order
			}
			return order
		})
	}
}
