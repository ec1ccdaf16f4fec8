package main

import (
	"fmt"
	"strings"
)

// A position is a row of the text: a line, and which of the rows it wraps into.
type position struct{ line, row int }

const numberWidth = 8 // of -N: seven digits and a blank

// rows lays line i out. The result is kept, since moving asks again and again.
func (p *pager) rows(i int) [][]cell {
	if rows, ok := p.laidOut[i]; ok {
		return rows
	}
	width := p.width
	if p.numbers {
		width = max(1, width-numberWidth)
	}
	line := cells(p.text().line(i), p.raw)
	rows := wrap(line, width)
	if p.chop {
		rows = chop(line, p.shift, width)
	}
	const most = 100_000 // cells, a few screens; each takes 32 bytes
	if p.laidOut == nil || p.kept > most {
		p.laidOut, p.kept = map[int][][]cell{}, 0
	}
	p.laidOut[i] = rows
	p.kept += len(line) + 1
	return rows
}

// after returns the row that follows at.
func (p *pager) after(at position) (position, bool) {
	count, _, _ := p.text().state()
	switch {
	case at.line >= count:
		return at, false
	case at.row+1 < len(p.rows(at.line)):
		return position{at.line, at.row + 1}, true
	case at.line+1 < count:
		return position{at.line + 1, 0}, true
	}
	return at, false
}

// before returns the row that at follows.
func (p *pager) before(at position) (position, bool) {
	switch {
	case at.row > 0:
		return position{at.line, at.row - 1}, true
	case at.line > 0:
		return position{at.line - 1, len(p.rows(at.line-1)) - 1}, true
	}
	return at, false
}

// visible returns the rows on the screen, from the top.
func (p *pager) visible() []position {
	if count, _, _ := p.text().state(); count == 0 {
		return nil
	}
	shown := []position{p.top}
	for len(shown) < p.height-1 {
		next, ok := p.after(shown[len(shown)-1])
		if !ok {
			break
		}
		shown = append(shown, next)
	}
	return shown
}

// atEnd says whether the last row that there is, is on the screen.
func (p *pager) atEnd() bool {
	shown := p.visible()
	if len(shown) == 0 {
		return true
	}
	_, more := p.after(shown[len(shown)-1])
	return !more
}

// forward moves the text up by n rows, not beyond its end.
func (p *pager) forward(n int) {
	p.found = -1
	p.await(func() bool {
		if !p.ready(p.top.line + n + p.height) {
			return false
		}
		for ; n > 0 && !p.atEnd(); n-- {
			p.top, _ = p.after(p.top)
		}
		return true
	})
}

// back moves the text down by n rows.
func (p *pager) back(n int) {
	for ; n > 0; n-- {
		at, ok := p.before(p.top)
		if !ok {
			break
		}
		p.top = at
	}
	p.found = -1
}

// show moves line i to the top, or as far up as the text goes. A screen of
// lines after it must be ready.
func (p *pager) show(i int) {
	p.top = position{line: i}
	for len(p.visible()) < p.height-1 {
		at, ok := p.before(p.top)
		if !ok {
			break
		}
		p.top = at
	}
}

// end moves to the last screen.
func (p *pager) end() {
	if count, _, _ := p.text().state(); count > 0 {
		p.top = position{count - 1, len(p.rows(count-1)) - 1}
		p.back(p.height - 2)
	}
}

// draw returns what makes the terminal show the text and the status line.
func (p *pager) draw() string {
	var out strings.Builder
	out.WriteString("\x1b[?25l\x1b[H") // no cursor meanwhile; to the upper left corner
	shown := p.visible()
	for i := range p.height - 1 {
		switch {
		case i < len(shown):
			p.drawRow(&out, shown[i])
		default:
			out.WriteByte('~')
		}
		out.WriteString("\x1b[m\x1b[K\r\n")
	}
	out.WriteString(p.status(shown) + "\x1b[K\x1b[?25h")
	return out.String()
}

func (p *pager) drawRow(out *strings.Builder, at position) {
	switch {
	case p.numbers && at.row == 0:
		fmt.Fprintf(out, "%*d ", numberWidth-1, at.line+1)
	case p.numbers:
		out.WriteString(strings.Repeat(" ", numberWidth))
	}
	rows := p.rows(at.line)
	paint(out, rows[min(at.row, len(rows)-1)], p.text().line(at.line), p.match)
}

// status is the last line of the screen.
func (p *pager) status(shown []position) string {
	count, ended, err := p.text().state()
	text := p.files[p.current].name
	switch {
	case p.prompt != 0:
		return clip(string(p.prompt)+p.typed, p.width-1)
	case p.message != "":
		text = p.message
	case p.pending != nil:
		text = "reading, Ctrl-C stops"
	case len(shown) > 0:
		text += fmt.Sprintf(" %d-%d", shown[0].line+1, shown[len(shown)-1].line+1)
		if ended {
			text += fmt.Sprintf("/%d", count)
		}
		if ended && p.atEnd() {
			text += " (end)"
		}
	case ended:
		text += " (empty)"
	}
	if err != nil {
		text += ": " + err.Error()
	}
	return "\x1b[7m" + clip(text, p.width-1) + "\x1b[m"
}

// clip makes text safe to show and at most width columns wide.
func clip(text string, width int) string {
	var out strings.Builder
	for _, c := range chop(cells(text, false), 0, width)[0] {
		out.WriteString(c.text)
	}
	return out.String()
}
