package chart

import "slices"

// A layout is where the nodes of a drawing are. Lengths are in pixels.
type layout struct {
	model
	layers [][]*spot // from left to right, each from top to bottom
	edges  []route
	alone  []int // nodes without any edge
}

// A spot is a place in a layer: a node's, or the bend of an edge that passes.
type spot struct {
	node  int // -1 for a bend
	layer int
	order int // in its layer
	y     int // of its middle
	left  []*spot
	right []*spot
}

// A route is an edge from the node that is needed to the one that needs it.
type route struct {
	need     Need
	spots    []*spot // from left to right
	backward bool    // it closes a cycle, and was turned round to be drawn
}

const (
	gapNode = 56 // from the middle of a node to that of the next
	gapBend = 22
)

func newLayout(g Graph) layout {
	l := layout{model: newModel(g)}
	needs, backward := l.openCycles()
	column := columns(needs)
	spots := make([]*spot, len(l.nodes))
	for n := range l.nodes {
		other := func(to link) bool { return to.node != n }
		if !slices.ContainsFunc(l.needs[n], other) && !slices.ContainsFunc(l.users[n], other) {
			l.alone = append(l.alone, n)
			continue
		}
		spots[n] = l.place(n, column[n])
	}
	for n := range l.nodes {
		for _, to := range needs[n] {
			l.connect(spots[to.node], spots[n], to.need, backward[[2]int{n, to.node}])
		}
	}
	l.reduceCrossings()
	l.straighten()
	return l
}

func (l *layout) place(node, layer int) *spot {
	for len(l.layers) <= layer {
		l.layers = append(l.layers, nil)
	}
	s := &spot{node: node, layer: layer, order: len(l.layers[layer])}
	l.layers[layer] = append(l.layers[layer], s)
	return s
}

// connect adds an edge, with a bend in every layer between.
func (l *layout) connect(from, to *spot, need Need, backward bool) {
	r := route{need: need, backward: backward, spots: []*spot{from}}
	at := from
	for layer := from.layer + 1; layer <= to.layer; layer++ {
		next := to
		if layer < to.layer {
			next = l.place(-1, layer)
		}
		at.right = append(at.right, next)
		next.left = append(next.left, at)
		r.spots = append(r.spots, next)
		at = next
	}
	l.edges = append(l.edges, r)
}

// openCycles returns the needs of every node, with one edge of each cycle
// turned round, and which those are.
func (l *layout) openCycles() (needs [][]link, backward map[[2]int]bool) {
	needs = make([][]link, len(l.nodes))
	backward = map[[2]int]bool{}
	state := make([]int, len(l.nodes)) // 0: new, 1: on the path, 2: finished
	var visit func(int)
	visit = func(n int) {
		state[n] = 1
		for _, to := range l.needs[n] {
			switch {
			case to.node == n: // drawn as nothing: the state says it
			case state[to.node] == 1:
				needs[to.node] = append(needs[to.node], link{n, to.need})
				backward[[2]int{to.node, n}] = true
			default:
				needs[n] = append(needs[n], to)
				if state[to.node] == 0 {
					visit(to.node)
				}
			}
		}
		state[n] = 2
	}
	for n := range l.nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
	return needs, backward
}

// columns returns the column of every node: one right of all it needs. What
// needs nothing is moved next to the first that needs it.
func columns(needs [][]link) []int {
	column := make([]int, len(needs))
	known := make([]bool, len(needs))
	var of func(int) int
	of = func(n int) int {
		if !known[n] {
			known[n] = true // needs has no cycles, so nobody asks in between
			for _, to := range needs[n] {
				column[n] = max(column[n], of(to.node)+1)
			}
		}
		return column[n]
	}
	first := make([]int, len(needs)) // of the users
	for n := range needs {
		for _, to := range needs[n] {
			if first[to.node] == 0 || of(n) < first[to.node] {
				first[to.node] = of(n)
			}
		}
	}
	for n := range needs {
		if len(needs[n]) == 0 {
			column[n] = max(first[n]-1, 0)
		}
	}
	return column
}

// reduceCrossings sorts each layer by the mean place of its neighbours, from
// left to right and back, and keeps the best order that it meets.
func (l *layout) reduceCrossings() {
	best, least := l.orders(), l.crossings()
	for sweep := 0; sweep < 12 && least > 0; sweep++ {
		for i := range l.layers {
			if sweep%2 == 0 {
				sortLayer(l.layers[i], func(s *spot) []*spot { return s.left })
			} else {
				i = len(l.layers) - 1 - i
				sortLayer(l.layers[i], func(s *spot) []*spot { return s.right })
			}
		}
		if n := l.crossings(); n < least {
			best, least = l.orders(), n
		}
	}
	for i, layer := range best {
		l.layers[i] = layer
		number(layer)
	}
}

func (l *layout) orders() (copied [][]*spot) {
	for _, layer := range l.layers {
		copied = append(copied, slices.Clone(layer))
	}
	return copied
}

func number(layer []*spot) {
	for i, s := range layer {
		s.order = i
	}
}

// sortLayer sorts by the mean order of the neighbours; who has none stays.
func sortLayer(layer []*spot, neighbours func(*spot) []*spot) {
	mean := func(s *spot) int {
		all := neighbours(s)
		if len(all) == 0 {
			return s.order * 1000
		}
		sum := 0
		for _, other := range all {
			sum += other.order * 1000
		}
		return sum / len(all)
	}
	slices.SortStableFunc(layer, func(a, b *spot) int { return mean(a) - mean(b) })
	number(layer)
}

// crossings counts the pairs of edges that cross between two layers.
func (l *layout) crossings() (count int) {
	for _, layer := range l.layers {
		var ends []int // of the edges from upper spots
		for _, s := range layer {
			for _, to := range s.right {
				for _, end := range ends {
					if end > to.order {
						count++
					}
				}
			}
			for _, to := range s.right {
				ends = append(ends, to.order)
			}
		}
	}
	return count
}

// straighten gives every spot a height near the middle of its neighbours'.
func (l *layout) straighten() {
	for _, layer := range l.layers {
		spread(layer, func(s *spot) (int, bool) { return 0, false })
	}
	left := func(s *spot) (int, bool) { return middle(s.left) }
	right := func(s *spot) (int, bool) { return middle(s.right) }
	both := func(s *spot) (int, bool) { return middle(append(slices.Clone(s.left), s.right...)) }
	for range 8 {
		for _, layer := range l.layers {
			spread(layer, left)
		}
		for i := range l.layers {
			spread(l.layers[len(l.layers)-1-i], right)
		}
	}
	for range 8 {
		for _, layer := range l.layers {
			spread(layer, both)
		}
	}
	l.closeUp()
}

// closeUp moves together what has drifted apart because no edge holds it.
func (l *layout) closeUp() {
	all := slices.Concat(l.layers...)
	slices.SortStableFunc(all, func(a, b *spot) int { return a.y - b.y })
	up := 0
	for i, s := range all {
		s.y -= up
		if i > 0 && s.y-all[i-1].y > gapNode {
			more := s.y - all[i-1].y - gapNode
			up += more
			s.y -= more
		}
	}
}

func middle(spots []*spot) (y int, some bool) {
	if len(spots) == 0 {
		return 0, false
	}
	for _, s := range spots {
		y += s.y
	}
	return y / len(spots), true
}

// spread moves the spots of a layer as near as it can to where they would
// like to be, keeping their order and distance. Spots that push each other
// become a group, which moves as one (isotonic regression by pooling
// adjacent violators).
func spread(layer []*spot, wish func(*spot) (int, bool)) {
	type group struct{ sum, weight, count int }
	offset := make([]int, len(layer)) // of the spot if all are packed
	var groups []group
	for i, s := range layer {
		if i > 0 {
			offset[i] = offset[i-1] + distance(layer[i-1], s)
		}
		y, has := wish(s)
		if !has {
			y = s.y
		}
		weight := 1
		if s.node < 0 {
			weight = 4 // long edges are easier to follow if they are straight
		}
		groups = append(groups, group{(y - offset[i]) * weight, weight, 1})
		for n := len(groups); n > 1 && groups[n-2].sum*groups[n-1].weight > groups[n-1].sum*groups[n-2].weight; n = len(groups) {
			groups[n-2].sum += groups[n-1].sum
			groups[n-2].weight += groups[n-1].weight
			groups[n-2].count += groups[n-1].count
			groups = groups[:n-1]
		}
	}
	i := 0
	for _, g := range groups {
		for range g.count {
			layer[i].y = g.sum/g.weight + offset[i]
			i++
		}
	}
}

func distance(a, b *spot) int {
	switch {
	case a.node < 0 && b.node < 0:
		return gapBend
	case a.node < 0 || b.node < 0:
		return (gapNode + gapBend) / 2
	}
	return gapNode
}
