package chart

import (
	"fmt"
	"time"
)

const (
	plotWidth = 720 // of the time, in pixels
	rowHigh   = 26
	barHigh   = 14
)

// SVG draws the boot as a drawing that stands alone.
func (t Timeline) SVG() []byte {
	spans, until := sorted(t.Spans), t.until()
	left := margin + 60
	for _, s := range spans {
		left = max(left, margin+nameWidth(cut(s.Name, maxName, false))+18)
	}
	p := plot{until: until, left: left, top: heading + 22, bottom: heading + 22 + len(spans)*rowHigh}
	gaps := Gaps(spans, markedGap)
	title := t.title()
	p.open(left+plotWidth+margin+16, p.bottom+58, title, about(spans, until, gaps))
	for i := range spans {
		if i%2 == 0 {
			p.f(`<rect class="stripe" x="%d" y="%d" width="%d" height="%d"/>`+"\n", margin-8, p.top+i*rowHigh, left+plotWidth-margin+16, rowHigh)
		}
	}
	p.grid()
	for _, g := range gaps {
		x, end := p.x(g.Start), p.x(g.End)
		p.f(`<rect class="gap" x="%d" y="%d" width="%d" height="%d"/>`, x, p.top, end-x, p.bottom-p.top)
		p.f(`<text class="gaptext mid" x="%d" y="%d">? %s</text>`+"\n", (x+end)/2, p.bottom+14, short(g.End-g.Start))
	}
	for i, s := range spans {
		p.span(s, p.top+i*rowHigh+rowHigh/2)
	}
	p.legend(spans, p.bottom+40)
	return p.close()
}

// about is the line under the title.
func about(spans []Span, until time.Duration, gaps []Gap) string {
	text := fmt.Sprintf("%s since the start of the kernel", short(until))
	var longest Span
	for _, s := range spans {
		if s.Kind != Kernel && s.ended() && s.busy(until)-s.Start > longest.busy(0)-longest.Start {
			longest = s
		}
	}
	if longest.Name != "" {
		text += fmt.Sprintf(" · longest after it: %s, %s", longest.Name, short(longest.busy(until)-longest.Start))
	}
	switch len(gaps) {
	case 0:
	case 1:
		text += " · 1 unexplained gap"
	default:
		text += fmt.Sprintf(" · %d unexplained gaps", len(gaps))
	}
	return text
}

// A plot is a drawing with an axis of time.
type plot struct {
	svg
	until             time.Duration
	left, top, bottom int
}

func (p *plot) x(at time.Duration) int {
	at = max(0, min(at, p.until))
	return p.left + int((int64(at)*plotWidth+int64(p.until)/2)/int64(p.until))
}

func (p *plot) grid() {
	step := tick(p.until, 12)
	for at := time.Duration(0); at <= p.until; at += step {
		x := p.x(at)
		p.f(`<path class="grid" d="M%d %dV%d"/>`, x, p.top-6, p.bottom)
		unit := ""
		if at == 0 {
			unit = " s"
		}
		p.f(`<text class="mid" x="%d" y="%d">%s%s</text>`+"\n", x, p.top-12, tickText(at, step), unit)
	}
}

// span draws one span around a height.
func (p *plot) span(s Span, y int) {
	x, busy, end := p.x(s.Start), p.x(s.busy(p.until)), p.x(s.lasts(p.until))
	busy = max(busy, x+3) // it can be seen, however short
	took := short(s.busy(p.until) - s.Start)
	switch {
	case s.Failed:
		took = "failed after " + took
	case !s.ended():
		took = "not ready"
	}
	class, shape := classOf(s), ""
	if !s.ended() {
		shape = " open"
	}
	p.f(`<g><title>%s</title>`, escape(fmt.Sprintf("%s: from %s s, %s", s.Name, seconds(s.Start, 3), took)))
	p.f(`<text class="name" x="%d" y="%d">%s</text>`, margin, y+4, escape(cut(s.Name, maxName, false)))
	if end > busy {
		p.f(`<rect class="%s runs" x="%d" y="%d" width="%d" height="%d" rx="2"/>`, class, busy, y-barHigh/2, end-busy, barHigh)
	}
	p.f(`<rect class="%s%s" x="%d" y="%d" width="%d" height="%d" rx="2"/>`, class, shape, x, y-barHigh/2, busy-x, barHigh)
	if s.Failed {
		p.f(`<g class="bad">`)
		p.sign(signCross, busy+11, y)
		p.f(`</g>`)
		busy += 18
	}
	if busy+6+textWidth(took) <= p.left+plotWidth || x-p.left < textWidth(took)+6 {
		p.f(`<text x="%d" y="%d">%s</text>`, busy+6, y+4, took)
	} else {
		p.f(`<text class="end" x="%d" y="%d">%s</text>`, x-6, y+4, took)
	}
	p.WriteString("</g>\n")
}

func classOf(s Span) string {
	if s.Failed {
		return "failed"
	}
	switch s.Kind {
	case Kernel:
		return "kernel"
	case Stage:
		return "stage"
	case Service:
		return "service"
	case Shell:
		return "shell"
	}
	return "other"
}

// legend names the colours that were used.
func (p *plot) legend(spans []Span, y int) {
	x := margin
	item := func(class, text string) {
		p.f(`<rect class="%s" x="%d" y="%d" width="18" height="10" rx="2"/><text x="%d" y="%d">%s</text>`+"\n", class, x, y-9, x+25, y, escape(text))
		x += 25 + textWidth(text) + 18
	}
	seen := map[string]bool{}
	ready := false
	for _, s := range spans {
		ready = ready || s.Ready > 0
		if class := classOf(s); !seen[class] {
			seen[class] = true
			text := class
			if class != "failed" && class != "other" {
				text = string(s.Kind)
			}
			item(class, text)
		}
	}
	if ready {
		item("other runs", "ready and running")
	}
}
