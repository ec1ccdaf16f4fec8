package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A Gap is a time in which nothing was on its way.
type Gap struct {
	Start, End time.Duration
	After      string // what had ended last
	Before     string // what came next
}

// markedGap is from when on a gap is marked in the pictures.
const markedGap = 50 * time.Millisecond

// busy returns until when a span was on its way: until it was ready, or
// ended, or as long as the picture goes on.
func (s Span) busy(until time.Duration) time.Duration {
	switch {
	case s.Ready > 0:
		return max(s.Ready, s.Start)
	case s.End > 0:
		return max(s.End, s.Start)
	}
	return max(until, s.Start)
}

// lasts returns until when there was something of a span.
func (s Span) lasts(until time.Duration) time.Duration {
	if s.End > 0 {
		return max(s.End, s.busy(until))
	}
	return max(until, s.Start)
}

// ended tells whether busy is known, and not only the end of the picture.
func (s Span) ended() bool { return s.Ready > 0 || s.End > 0 }

// sorted returns the spans as they began.
func sorted(spans []Span) []Span {
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b Span) int {
		switch {
		case a.Start != b.Start:
			return int(max(-1, min(1, a.Start-b.Start)))
		case a.busy(0) != b.busy(0):
			return int(max(-1, min(1, b.busy(0)-a.busy(0)))) // what contains others first
		}
		return strings.Compare(a.Name, b.Name)
	})
	return spans
}

// until is where the picture ends.
func (t Timeline) until() time.Duration {
	end := t.Until
	if end <= 0 {
		end = lastEvent(t.Spans)
	}
	return max(end, time.Millisecond)
}

// lastEvent is when the last span was ready, or ended if it never was.
func lastEvent(spans []Span) (last time.Duration) {
	for _, s := range spans {
		last = max(last, s.busy(0))
	}
	return last
}

func (t Timeline) title() string {
	if t.Title == "" {
		return "boot"
	}
	return t.Title
}

// Gaps lists the times between the start of the kernel and the last event in
// which nothing was on its way, for longer than limit. A service that is
// ready and runs explains nothing, nor does one that is still not ready.
func Gaps(spans []Span, limit time.Duration) (gaps []Gap) {
	var reached time.Duration
	after := ""
	for _, s := range sorted(spans) {
		if s.Start-reached > limit {
			gaps = append(gaps, Gap{reached, s.Start, after, s.Name})
		}
		if busy := s.busy(0); busy > reached || after == "" {
			reached, after = max(reached, busy), s.Name
		}
	}
	return gaps
}

// tick is a distance between marks of an axis: 1, 2 or 5 times a power of
// ten, so large that at most so many fit.
func tick(until time.Duration, most int) time.Duration {
	for step := time.Microsecond; ; step *= 10 {
		for _, times := range []time.Duration{1, 2, 5} {
			if until/(step*times) <= time.Duration(most) {
				return step * times
			}
		}
	}
}

// tickText is the label of a mark, in seconds.
func tickText(at, step time.Duration) string {
	digits := 0
	for unit := time.Second; step%unit != 0 && digits < 6; unit /= 10 {
		digits++
	}
	return seconds(at, digits)
}

// seconds writes d with so many digits behind the point, rounded.
func seconds(d time.Duration, digits int) string {
	unit := time.Second
	for range digits {
		unit /= 10
	}
	n := int64((d + unit/2) / unit)
	text := strconv.FormatInt(n, 10)
	if digits == 0 {
		return text
	}
	if len(text) <= digits {
		text = strings.Repeat("0", digits+1-len(text)) + text
	}
	return text[:len(text)-digits] + "." + text[len(text)-digits:]
}

// short writes a duration for people: 1.84 s, 82 ms, 0.4 ms.
func short(d time.Duration) string {
	switch {
	case d >= 995*time.Millisecond:
		return seconds(d, 2) + " s"
	case d >= 10*time.Millisecond:
		return seconds(d*1000, 0) + " ms"
	}
	return seconds(d*1000, 1) + " ms"
}

// Text draws the boot as bars of text, in the order in which things began.
//
//	boot: 1.84 s      start    took   0         0.5         1.0         1.5
//	                                  |---------|-----------|-----------|-------
//	kernel            0.000   0.820   ####################
//	gologd            0.900   0.080                       ##--------------------
func (t Timeline) Text(o Options) string {
	until := t.until()
	header := t.title() + ": " + short(until)
	nameWide := utf8.RuneCountInString(header)
	for _, s := range t.Spans {
		nameWide = max(nameWide, utf8.RuneCountInString(s.Name))
	}
	nameWide = min(nameWide, 26, o.width()/3)
	numbers := o.width() >= 60
	left := nameWide + 2
	if numbers {
		left += len("  start     took  ")
	}
	bars := o.width() - left
	var out strings.Builder
	line := func(name, start, took, rest string) {
		name = cut(name, nameWide, o.ASCII)
		text := name + strings.Repeat(" ", nameWide-utf8.RuneCountInString(name)) + "  "
		if numbers {
			text += fmt.Sprintf("%7s  %7s  ", cut(start, 7, o.ASCII), cut(took, 7, o.ASCII))
		}
		out.WriteString(strings.TrimRight(text+rest, " ") + "\n")
	}
	labels, axis := t.axis(bars, o)
	if end := ": " + short(until); utf8.RuneCountInString(header) > nameWide {
		header = cut(t.title(), max(nameWide-len(end), 0), o.ASCII) + end // the figure matters
	}
	line(header, "start", "took", labels)
	line("", "", "", o.paint("90", axis))
	for _, s := range sorted(t.Spans) {
		took := "..."
		switch {
		case s.Failed:
			took = "failed"
		case s.ended():
			took = seconds(s.busy(until)-s.Start, 3)
		}
		line(s.Name, seconds(s.Start, 3), took, t.bar(s, bars, o))
	}
	for _, g := range Gaps(t.Spans, markedGap) {
		text := fmt.Sprintf("unexplained: %s from %s to %s s, before %s", short(g.End-g.Start), seconds(g.Start, 3), seconds(g.End, 3), g.Before)
		out.WriteString(o.paint("1;31", cut(text, o.width(), o.ASCII)) + "\n")
	}
	return out.String()
}

// axis returns the line of labels and that of marks.
func (t Timeline) axis(width int, o Options) (labels, marks string) {
	until := t.until()
	step := tick(until, max(width/8, 1))
	mark, fill := "┼", "─"
	if o.ASCII {
		mark, fill = "|", "-"
	}
	cells := slices.Repeat([]string{fill}, width)
	for at := time.Duration(0); at <= until; at += step {
		column := int(int64(at) * int64(width) / int64(until))
		if column >= width {
			break
		}
		cells[column] = mark
		text := tickText(at, step)
		if len(labels) <= column && column+len(text) <= width {
			labels += strings.Repeat(" ", column-len(labels)) + text
		}
	}
	return labels, strings.Join(cells, "")
}

// bar draws one span.
func (t Timeline) bar(s Span, width int, o Options) string {
	until := t.until()
	column := func(at time.Duration) int { return int(int64(min(at, until)) * int64(width) / int64(until)) }
	start := min(column(s.Start), width-1)
	busy := max(column(s.busy(until)), start+1)
	end := max(column(s.lasts(until)), busy)
	full, light := "█", "░"
	switch {
	case o.ASCII && s.Failed:
		full, light = "x", "-"
	case o.ASCII && !s.ended():
		full, light = "=", "-"
	case o.ASCII:
		full, light = "#", "-"
	case s.Failed, !s.ended():
		full = "▒"
	}
	sgr := sgrOf(s)
	return strings.Repeat(" ", start) + o.paint(sgr, strings.Repeat(full, busy-start)) + o.paint("90", strings.Repeat(light, end-busy))
}

func sgrOf(s Span) string {
	if s.Failed {
		return "1;31"
	}
	switch s.Kind {
	case Kernel:
		return "35"
	case Stage:
		return "36"
	case Service:
		return "34"
	case Shell:
		return "32"
	}
	return ""
}
