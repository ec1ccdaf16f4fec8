// Package chart draws what init knows: which service needs which, and where
// the time of a boot went.
//
// Both pictures come as text for a terminal and as SVG for a document; the
// boot also as a trace for https://ui.perfetto.dev. Everything here is a pure
// function from values to bytes: no clock, no map order, no floating point.
// The same boot gives the same bytes on every machine.
//
//	chart.Graph{Nodes: nodes, Edges: edges}.Tree(chart.Options{Width: 80})
//	chart.Graph{Nodes: nodes, Edges: edges}.SVG()
//	chart.Timeline{Spans: spans}.Text(chart.Options{Width: 80})
//	chart.Timeline{Spans: spans}.SVG()
//	chart.Timeline{Spans: spans}.Trace()
//	chart.Gaps(spans, 50*time.Millisecond)
//
// # How to read them
//
// In the tree, what is below a service is what it needs. In the drawing, time
// runs from left to right: a service is right of what it needs. A full line is
// requires, a dashed one wants, a dotted one after. A state has a colour, a
// sign of its own and its name, so that nobody needs to see colours.
//
// In the timeline the full part of a bar is the time it took to become ready,
// the light part is the time it then ran. What takes no visible time still
// gets one column.
//
// # How the drawing is made
//
// As Sugiyama and others did (IEEE Transactions on Systems, Man, and
// Cybernetics 11, 1981): cycles are opened, nodes are put into columns by
// their longest path, edges that span several columns get a bend in each,
// columns are sorted so that few edges cross, and then pulled straight.
//
// # Bugs
//
// A drawing of more than a few hundred services is correct but not readable;
// see Only. The number of columns that a character takes is not known here:
// names are ASCII, as manifests want them.
//
// Next in the tour: none
package chart

import (
	"slices"
	"strings"
	"time"
)

// A Need is why one service is connected with another.
type Need int

// From the weakest to the strongest.
const (
	After    Need = iota // starts after it
	Wants                // and is started with it
	Requires             // and is not started without it
)

func (n Need) String() string {
	switch n {
	case Wants:
		return "wants"
	case Requires:
		return "requires"
	}
	return "after"
}

// A Node is a service and its state.
type Node struct{ Name, State string }

// An Edge says that From needs To.
type Edge struct {
	From, To string
	Need     Need
}

// A Graph is services and their needs. The order of neither matters.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Options are those of pictures in text.
type Options struct {
	Width int  // columns; 0 means 80
	Color bool // with escape sequences of ECMA-48
	ASCII bool // for terminals without box characters
}

func (o Options) width() int {
	if o.Width <= 0 {
		return 80
	}
	return max(o.Width, 20) // less shows nothing at all
}

// A Kind is what sort of work a span is.
type Kind string

// The kinds that have a colour of their own.
const (
	Kernel  Kind = "kernel"
	Stage   Kind = "stage1"
	Service Kind = "service"
	Shell   Kind = "shell"
)

// A Span is one piece of a boot. Times count from the start of the kernel.
type Span struct {
	Name   string
	Kind   Kind
	Start  time.Duration
	Ready  time.Duration // when others could use it; 0: never, or it is no such thing
	End    time.Duration // 0: it still runs
	Failed bool
}

// A Timeline is a boot.
type Timeline struct {
	Title string        // "" means "boot"
	Until time.Duration // where the picture ends; 0: at the last event
	Spans []Span
}

// Only returns what the named services need, with themselves.
func (g Graph) Only(names ...string) Graph {
	m := newModel(g)
	keep := make([]bool, len(m.nodes))
	var visit func(int)
	visit = func(n int) {
		if keep[n] {
			return
		}
		keep[n] = true
		for _, e := range m.needs[n] {
			visit(e.node)
		}
	}
	for i, n := range m.nodes {
		if slices.Contains(names, n.Name) {
			visit(i)
		}
	}
	var only Graph
	for i, n := range m.nodes {
		if !keep[i] {
			continue
		}
		only.Nodes = append(only.Nodes, n)
		for _, e := range m.needs[i] {
			only.Edges = append(only.Edges, Edge{n.Name, m.nodes[e.node].Name, e.need})
		}
	}
	return only
}

// A model is a graph with numbers for names: sorted, without doubles, and
// with a node for every name that an edge mentions.
type model struct {
	nodes []Node
	needs [][]link // by node, sorted
	users [][]link // the same the other way round
}

type link struct {
	node int
	need Need
}

func newModel(g Graph) model {
	nodes := slices.Clone(g.Nodes)
	for _, e := range g.Edges {
		nodes = append(nodes, Node{e.From, "missing"}, Node{e.To, "missing"})
	}
	// The stable sort keeps the real node before the one of an edge.
	slices.SortStableFunc(nodes, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	nodes = slices.CompactFunc(nodes, func(a, b Node) bool { return a.Name == b.Name })
	number := make(map[string]int, len(nodes))
	for i, n := range nodes {
		number[n.Name] = i
	}
	m := model{nodes: nodes, needs: make([][]link, len(nodes)), users: make([][]link, len(nodes))}
	for _, e := range g.Edges {
		from, to := number[e.From], number[e.To]
		m.needs[from] = append(m.needs[from], link{to, e.Need})
	}
	for i, links := range m.needs {
		// Of several edges between two nodes the strongest says it all.
		slices.SortFunc(links, func(a, b link) int {
			if a.node != b.node {
				return a.node - b.node
			}
			return int(b.need - a.need)
		})
		m.needs[i] = slices.CompactFunc(links, func(a, b link) bool { return a.node == b.node })
		for _, l := range m.needs[i] {
			m.users[l.node] = append(m.users[l.node], link{i, l.need})
		}
	}
	return m
}
