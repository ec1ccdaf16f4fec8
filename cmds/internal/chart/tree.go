package chart

import (
	"strings"
	"unicode/utf8"
)

// Tree draws the graph as a tree of text, a line for each service, under
// those that nobody needs. What was shown before is marked and not repeated.
//
//	sshd                         ready
//	├── gologd                   ready
//	└── netcfg (wants)           failed
//	    └── gologd (*)           ready
func (g Graph) Tree(o Options) string {
	t := tree{model: newModel(g), Options: o}
	t.shown = make([]bool, len(t.nodes))
	t.path = make([]bool, len(t.nodes))
	for n := range t.nodes {
		if len(t.users[n]) == 0 {
			t.add("", "", n, Requires)
		}
	}
	for n := range t.nodes { // what is left is in cycles, or needed by one
		if !t.shown[n] {
			t.add("", "", n, Requires)
		}
	}
	return t.String()
}

// A tree is a drawing under way.
type tree struct {
	model
	Options
	shown []bool
	path  []bool // from the root to here: meeting one of these closes a cycle
	lines []treeLine
	again bool // something is marked (*)
}

type treeLine struct {
	branch string // what joins it with the lines above
	text   string
	state  string
}

// add adds node n and all it needs. branch leads to it, under leads to the
// lines below it.
func (t *tree) add(branch, under string, n int, need Need) {
	line := treeLine{branch, t.nodes[n].Name, t.nodes[n].State}
	if branch != "" && need != Requires {
		line.text += " (" + need.String() + ")"
	}
	descend := false
	switch {
	case t.path[n]:
		line.text += " (cycle)"
	case t.shown[n] && len(t.needs[n]) > 0:
		line.text += " (*)"
		t.again = true
	default:
		descend = true
	}
	t.lines = append(t.lines, line)
	if !descend {
		return
	}
	t.shown[n], t.path[n] = true, true
	for i, l := range t.needs[n] {
		last := i == len(t.needs[n])-1
		t.add(under+t.fork(last), under+t.trunk(last), l.node, l.need)
	}
	t.path[n] = false
}

func (t *tree) fork(last bool) string {
	switch {
	case t.ASCII && last:
		return "`-- "
	case t.ASCII:
		return "|-- "
	case last:
		return "└── "
	}
	return "├── "
}

func (t *tree) trunk(last bool) string {
	switch {
	case last:
		return "    "
	case t.ASCII:
		return "|   "
	}
	return "│   "
}

// String joins the lines, with the states in a column of their own.
func (t *tree) String() string {
	left, right := 0, 0
	for _, l := range t.lines {
		left = max(left, utf8.RuneCountInString(l.branch+l.text))
		right = max(right, len(l.state))
	}
	right = min(right, t.width()/3)
	left = min(left, t.width()-right-2)
	var out strings.Builder
	for _, l := range t.lines {
		// A branch that leaves no room for the text loses its beginning.
		room := left - min(utf8.RuneCountInString(l.text), left/2)
		branch := cutLeft(l.branch, room, t.ASCII)
		text := cut(l.text, left-utf8.RuneCountInString(branch), t.ASCII)
		out.WriteString(t.paint("90", branch))
		out.WriteString(text)
		if l.state != "" {
			fill := left - utf8.RuneCountInString(branch+text) + 2
			out.WriteString(strings.Repeat(" ", fill))
			out.WriteString(t.paint(lookOf(l.state).sgr, cut(l.state, right, t.ASCII)))
		}
		out.WriteByte('\n')
	}
	if t.again {
		out.WriteString(t.paint("90", cut("(*) is shown above with all it needs", t.width(), t.ASCII)) + "\n")
	}
	return out.String()
}

// cut shortens text to so many characters, and shows that it did.
func cut(text string, width int, ascii bool) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	runes := []rune(text)
	if ascii {
		return string(runes[:max(width-1, 0)]) + "~"
	}
	return string(runes[:max(width-1, 0)]) + "…"
}

// cutLeft shortens at the other end.
func cutLeft(text string, width int, ascii bool) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	mark := "…"
	if ascii {
		mark = "~"
	}
	return mark + string(runes[len(runes)-max(width-1, 0):])
}
