package main

import (
	"bufio"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vole-linux/vole/cmds/internal/proc"
)

// print writes a row for each process. width cuts the lines, 0 does not.
func (t *table) print(out *bufio.Writer, all []proc.Process, headings bool, width int) {
	var rows [][]string
	if headings && t.hasHeadings() {
		var row []string
		for _, c := range t.columns {
			row = append(row, c.heading)
		}
		rows = append(rows, row)
	}
	for i := range all {
		var row []string
		for _, c := range t.columns {
			row = append(row, clean(c.text(t, &all[i])))
		}
		rows = append(rows, row)
	}
	widths := make([]int, len(t.columns))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	for _, row := range rows {
		line := t.line(row, widths)
		if runes := []rune(line); width > 0 && len(runes) > width {
			line = string(runes[:width])
		}
		out.WriteString(line + "\n")
	}
}

func (t *table) hasHeadings() bool {
	for _, c := range t.columns {
		if c.heading != "" {
			return true
		}
	}
	return false
}

func (t *table) line(row []string, widths []int) string {
	var line strings.Builder
	for i, text := range row {
		blanks := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
		switch {
		case !t.columns[i].left:
			line.WriteString(blanks + text)
		case i == len(row)-1:
			line.WriteString(text)
		default:
			line.WriteString(text + blanks)
		}
		if i < len(row)-1 {
			line.WriteByte(' ')
		}
	}
	return line.String()
}

// clean replaces what would break a line or a terminal: a process chooses its
// name and arguments freely.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return '?'
	}, text)
}

// age is how long p has been there.
func (t *table) age(p *proc.Process) time.Duration { return max(0, t.uptime-p.Start) }

func (t *table) started(p *proc.Process) time.Time { return t.now.Add(-t.age(p)).In(t.zone) }

// start is the time of day, or the date if that was a day ago.
func (t *table) start(p *proc.Process) string {
	if t.age(p) < 24*time.Hour {
		return t.started(p).Format("15:04")
	}
	return t.started(p).Format("Jan02")
}

func (t *table) longStart(p *proc.Process) string { return t.started(p).Format(time.ANSIC) }

// perMille is the share of one processor that p has had in its life.
func (t *table) perMille(p *proc.Process) int64 {
	age := t.age(p).Milliseconds()
	if age == 0 {
		return 0
	}
	return p.CPU().Milliseconds() * 1000 / age
}

func (t *table) share(p *proc.Process) string {
	n := t.perMille(p)
	return fmt.Sprintf("%d.%d", n/10, n%10)
}

func (t *table) wholeShare(p *proc.Process) string { return fmt.Sprint(min(99, t.perMille(p)/10)) }

func (t *table) memoryShare(p *proc.Process) string {
	if t.memory == 0 {
		return "0.0"
	}
	n := p.Resident * 1000 / t.memory
	return fmt.Sprintf("%d.%d", n/10, n%10)
}

// longTime is [D-]HH:MM:SS.
func longTime(d time.Duration) string {
	s := int64(d / time.Second)
	text := fmt.Sprintf("%02d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		text = fmt.Sprintf("%d-%s", days, text)
	}
	return text
}

// minutes is M:SS.
func minutes(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// elapsed is [[D-]HH:]MM:SS.
func elapsed(d time.Duration) string {
	text := longTime(d)
	return strings.TrimPrefix(text, "00:")
}
