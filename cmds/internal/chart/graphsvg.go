package chart

import (
	"fmt"
	"slices"
	"strings"
)

const (
	boxHeight  = 42
	columnGap  = 64
	maxName    = 26 // characters of a name that are shown
	rowGap     = 14
	leastWidth = 620 // of the drawing, so that the legend fits
)

// A canvas is where on the page the layout is.
type canvas struct {
	layout
	svg
	left    []int // of each layer
	wide    []int // of each layer
	top     int   // what to add to the heights of the layout
	width   int
	height  int
	rows    [][]int // nodes without edges, below the layers
	rowTop  int
	rowWide int // of each box there
}

// SVG draws the graph as a drawing that stands alone.
func (g Graph) SVG() []byte {
	c := &canvas{layout: newLayout(g)}
	c.measure()
	c.open(c.width, c.height, "Services and their needs", c.summary())
	for _, r := range c.edges {
		c.edge(r)
	}
	for i, layer := range c.layers {
		for _, s := range layer {
			if s.node >= 0 {
				c.node(s.node, c.left[i], s.y+c.top, c.wide[i])
			}
		}
	}
	if len(c.rows) > 0 && len(c.layers) > 0 {
		c.f(`<text x="%d" y="%d">On their own</text>`+"\n", margin, c.rowTop-14)
	}
	for i, row := range c.rows {
		for j, n := range row {
			c.node(n, margin+j*(c.rowWide+rowGap), c.rowTop+boxHeight/2+i*(boxHeight+rowGap), c.rowWide)
		}
	}
	c.legend()
	return c.close()
}

func boxWidth(n Node) int {
	name := nameWidth(cut(n.Name, maxName, false))
	return 34 + max(name, textWidth(n.State)) + 14
}

// measure finds out how large everything is.
func (c *canvas) measure() {
	x, lowest, highest := margin, 0, 0
	for i, layer := range c.layers {
		wide := 0
		for j, s := range layer {
			if i+j == 0 {
				lowest, highest = s.y, s.y
			}
			if s.node >= 0 {
				wide = max(wide, boxWidth(c.nodes[s.node]))
			}
			lowest, highest = min(lowest, s.y-boxHeight/2), max(highest, s.y+boxHeight/2)
		}
		c.left, c.wide = append(c.left, x), append(c.wide, wide)
		x += wide + columnGap
	}
	c.top = heading - lowest
	c.width = max(x-columnGap+margin, leastWidth, textWidth(c.summary())+2*margin)
	c.height = heading + highest - lowest
	if len(c.alone) > 0 {
		if len(c.layers) > 0 {
			c.height += 44
		}
		c.rowTop = c.height
		for _, n := range c.alone {
			c.rowWide = max(c.rowWide, boxWidth(c.nodes[n]))
		}
		perRow := max(1, (c.width-2*margin+rowGap)/(c.rowWide+rowGap))
		c.rows = slices.Collect(slices.Chunk(c.alone, perRow))
		c.height += len(c.rows)*(boxHeight+rowGap) - rowGap
	}
	c.height += 58 // the legend
}

// summary counts the states, the most frequent first.
func (c *canvas) summary() string {
	var states []string
	count := map[string]int{}
	for _, n := range c.nodes {
		if count[n.State] == 0 {
			states = append(states, n.State)
		}
		count[n.State]++
	}
	slices.SortFunc(states, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	parts := []string{fmt.Sprintf("%d services", len(c.nodes))}
	for _, s := range states {
		if s != "" {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	return strings.Join(parts, " · ")
}

func (c *canvas) node(n, left, middle, wide int) {
	node := c.nodes[n]
	look := lookOf(node.State)
	c.f(`<g class="%s"><title>%s</title>`, look.class, escape(node.Name+": "+node.State))
	dashes := ""
	if look.sign == signAbsent {
		dashes = ` stroke-dasharray="5 4"`
	}
	c.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="9"%s/>`, left, middle-boxHeight/2, wide, boxHeight, dashes)
	c.sign(look.sign, left+19, middle)
	c.f(`<text class="name" x="%d" y="%d">%s</text>`, left+36, middle-2, escape(cut(node.Name, maxName, false)))
	c.f(`<text x="%d" y="%d">%s</text></g>`+"\n", left+36, middle+13, escape(node.State))
}

// edge draws a curve from the right of a node, level through its bends, to
// the left of another.
func (c *canvas) edge(r route) {
	first, last := r.spots[0], r.spots[len(r.spots)-1]
	tip := c.left[last.layer]
	class := "edge " + r.need.String()
	if r.backward {
		class += " back"
	}
	c.f(`<path class="%s" d="M%d %d`, class, c.left[first.layer]+c.wide[first.layer], first.y+c.top)
	for i, s := range r.spots[1:] {
		before := r.spots[i]
		x1, x2 := c.left[before.layer]+c.wide[before.layer], c.left[s.layer]
		if s == last {
			x2 -= 7 // the arrow
		}
		half := (x1 + x2) / 2
		c.f("C%d %d %d %d %d %d", half, before.y+c.top, half, s.y+c.top, x2, s.y+c.top)
		if s != last {
			c.f("H%d", x2+c.wide[s.layer])
		}
	}
	c.WriteString(`"/>`)
	class = "tip"
	y := last.y + c.top
	if r.backward { // what is drawn from left to right is meant the other way
		class, tip, y = "tip back", c.left[first.layer]+c.wide[first.layer], first.y+c.top
		c.f(`<path class="%s" d="M%d %dl8-4v8z"/>`+"\n", class, tip, y)
		return
	}
	c.f(`<path class="%s" d="M%d %dl-8-4v8z"/>`+"\n", class, tip, y)
}

// legend explains the lines. The states are named where they are.
func (c *canvas) legend() {
	x, y := margin, c.height-24
	item := func(class, text string) {
		c.f(`<path class="edge %s" d="M%d %dh32"/><path class="tip %s" d="M%d %dl-8-4v8z"/>`, class, x, y-4, tipClass(class), x+40, y-4)
		c.f(`<text x="%d" y="%d">%s</text>`+"\n", x+48, y, text)
		x += 48 + textWidth(text) + 18
	}
	item("requires", "required by")
	item("wants", "wanted by")
	item("after", "before")
	for _, r := range c.edges {
		if r.backward {
			item("back", "closes a cycle")
			return
		}
	}
}

func tipClass(class string) string {
	if class == "back" {
		return class
	}
	return ""
}
