package lineedit

import (
	"fmt"
	"io"
	"strings"
)

// A Completer says what the word before the cursor could become. head is the
// line up to the cursor; the candidates replace all of it from the byte at
// start on.
type Completer func(head string) (start int, candidates []Candidate)

// A Candidate is one thing that a word could become.
type Candidate struct {
	Text string // what comes into the line, quoted as it must be there
	Show string // what the list of candidates shows
	End  string // what follows Text when this is the only candidate
}

// complete is the Tab key. Pressed again, it lists the candidates.
func (r *reading) complete() {
	if r.e.Complete == nil {
		r.bell()
		return
	}
	head := string(r.text[:r.pos])
	start, candidates := r.e.Complete(head)
	switch len(candidates) {
	case 0:
		r.bell()
	case 1:
		r.fill(head, start, candidates[0].Text+candidates[0].End)
	default:
		common := commonPrefix(candidates)
		if len(common) > len(head)-start {
			r.fill(head, start, common)
		} else if r.previous == '\t' {
			r.list(candidates)
		} else {
			r.bell()
		}
	}
}

func (r *reading) fill(head string, start int, text string) {
	r.replace(len([]rune(head[:start])), []rune(text))
}

func commonPrefix(candidates []Candidate) string {
	common := []rune(candidates[0].Text)
	for _, c := range candidates[1:] {
		text := []rune(c.Text)
		n := 0
		for n < len(common) && n < len(text) && common[n] == text[n] {
			n++
		}
		common = common[:n]
	}
	text := string(common)
	if escapes := len(text) - len(strings.TrimRight(text, `\`)); escapes%2 == 1 {
		return text[:len(text)-1] // the other half is the character that differs
	}
	return text
}

// list shows the candidates below the line, in columns read downwards, and
// goes on with the line below them.
func (r *reading) list(candidates []Candidate) {
	columns, rows := r.e.Size()
	r.screen.leave()
	lines := inColumns(candidates, columns)
	if limit := max(rows-3, 5); len(lines) > limit {
		lines = append(lines[:limit], fmt.Sprintf("... %d in all", len(candidates)))
	}
	for _, line := range lines {
		io.WriteString(r.e.Out, line+newline)
	}
}

func inColumns(candidates []Candidate, width int) []string {
	const gap = 2
	widest := 0
	for _, c := range candidates {
		widest = max(widest, textWidth(printable(c.Show)))
	}
	columns := max(1, (width-1+gap)/(widest+gap))
	rows := (len(candidates) + columns - 1) / columns
	lines := make([]string, rows)
	for row := range rows {
		var line strings.Builder
		for i := row; i < len(candidates); i += rows {
			show := printable(candidates[i].Show)
			line.WriteString(show)
			if i+rows < len(candidates) {
				line.WriteString(strings.Repeat(" ", widest+gap-textWidth(show)))
			}
		}
		lines[row] = line.String()
	}
	return lines
}
