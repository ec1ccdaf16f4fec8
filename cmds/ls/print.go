package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/cmds/internal/owner"
)

// print writes one listing in the shape that is asked for.
func (l *lister) print(entries []entry) {
	heads := make([][]string, len(entries)) // what stands before each name
	for i, e := range entries {
		heads[i] = l.head(e)
	}
	align(heads)
	cells := make([]cell, len(entries))
	for i, e := range entries {
		text, width := l.label(e)
		head := strings.Join(heads[i], " ")
		if head != "" {
			head += " "
		}
		cells[i] = cell{head + text, utf8.RuneCountInString(head) + width}
		if l.long && e.target != "" {
			target := entry{stat: unix.Stat_t{Mode: e.targetMode}}
			cells[i].text += " -> " + l.paint(target, l.shown(e.target)) + l.markOf(e.targetMode)
		}
	}
	if l.long || l.shape == lines {
		for _, c := range cells {
			l.streams.Out.WriteString(c.text + "\n")
		}
		return
	}
	writeColumns(l.streams.Out.Writer, cells, l.width(), l.shape == across)
}

// head is the fields before a name.
func (l *lister) head(e entry) []string {
	var head []string
	if l.inode {
		head = append(head, strconv.FormatUint(e.stat.Ino, 10))
	}
	if l.blocks {
		head = append(head, l.kib(uint64(e.stat.Blocks)))
	}
	if !l.long {
		return head
	}
	return append(head, filemode.String(e.stat.Mode), strconv.FormatUint(uint64(e.stat.Nlink), 10),
		leftMark+l.owner(l.users, e.stat.Uid), leftMark+l.owner(l.groups, e.stat.Gid), l.size(e), l.time(e))
}

// leftMark begins a field whose blanks go to its right.
const leftMark = "\x00"

// align pads the fields of all rows to columns.
func align(rows [][]string) {
	if len(rows) == 0 {
		return
	}
	for column := range rows[0] {
		width := 0
		for _, row := range rows {
			width = max(width, utf8.RuneCountInString(strings.TrimPrefix(row[column], leftMark)))
		}
		for _, row := range rows {
			text, left := strings.CutPrefix(row[column], leftMark)
			blanks := strings.Repeat(" ", width-utf8.RuneCountInString(text))
			if left {
				row[column] = text + blanks
			} else {
				row[column] = blanks + text
			}
		}
	}
}

// kib is a number of blocks of 512 bytes, as -s shows it.
func (l *lister) kib(blocks uint64) string {
	if l.human {
		return human.Bytes(blocks * 512)
	}
	return strconv.FormatUint((blocks+1)/2, 10)
}

func (l *lister) total(entries []entry) {
	var blocks uint64
	for _, e := range entries {
		blocks += uint64(e.stat.Blocks)
	}
	l.streams.Out.WriteString("total " + l.kib(blocks) + "\n")
}

// size is the size in bytes, or for a device its two numbers.
func (l *lister) size(e entry) string {
	switch kind := e.kind(); {
	case kind == unix.S_IFCHR || kind == unix.S_IFBLK:
		device := uint64(e.stat.Rdev)
		return fmt.Sprintf("%d, %3d", unix.Major(device), unix.Minor(device))
	case l.human:
		return human.Bytes(uint64(e.stat.Size))
	}
	return strconv.FormatInt(e.stat.Size, 10)
}

// time is when the content changed: with the hour if that was in the last six
// months, else with the year (POSIX).
func (l *lister) time(e entry) string {
	changed := time.Unix(e.stat.Mtim.Unix()).In(l.zone)
	const halfYear = 365 * 24 * time.Hour / 2
	if age := l.now().Sub(changed); age < 0 || age > halfYear {
		return changed.Format("Jan _2  2006")
	}
	return changed.Format("Jan _2 15:04")
}

// owner is the name of a user or group, or the number if that is wanted.
func (l *lister) owner(names *owner.Names, id uint32) string {
	if l.numeric {
		return strconv.FormatUint(uint64(id), 10)
	}
	return l.shown(names.Of(id))
}
