package manifest

import "slices"

// Blockers explains why a service is not up: for each service at the root of
// it, the shortest chain of dependencies that leads there. blocks says, of one
// dependency, whether From waits for To at this moment; the caller knows what
// is ready and what has failed.
//
//	web requires db, db after disk     disk is what to look at
//
// Without a chain the reason lies in the service itself.
func (s *Set) Blockers(name string, blocks func(Edge) bool) [][]Edge {
	var chains [][]Edge
	by := map[string]Edge{} // how each service was reached
	todo := []string{name}
	for len(todo) > 0 {
		here := todo[0]
		todo = todo[1:]
		root := true
		for _, e := range s.needs[here] {
			if !blocks(e) {
				continue
			}
			root = false
			if _, seen := by[e.To]; !seen && e.To != name {
				by[e.To] = e
				todo = append(todo, e.To)
			}
		}
		if root && here != name {
			chains = append(chains, chain(by, name, here))
		}
	}
	return chains
}

// chain is the way from one service to another.
func chain(by map[string]Edge, from, to string) []Edge {
	var edges []Edge
	for here := to; here != from; here = by[here].From {
		edges = append(edges, by[here])
	}
	slices.Reverse(edges)
	return edges
}
