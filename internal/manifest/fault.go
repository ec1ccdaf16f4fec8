package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
)

// A Fault is why a service can never start, whatever happens. One of Cycle,
// Missing and Blocked says it.
type Fault struct {
	Service string
	Cycle   []string // a cycle that it is in, as a, b, a
	Missing string   // a service that it requires and that is not there
	Refused error    // why Missing is not there, if it has a file
	Near    string   // a service that is called nearly like Missing, or ""
	Blocked *Fault   // of a service that it requires
}

// Error is the reason as a person wants it, to the root of the evil:
// `it requires b, which can't start: b requires c, which has no manifest`.
func (f *Fault) Error() string {
	root, via := f, ""
	if f.Blocked != nil {
		root = f.Root()
		via = fmt.Sprintf("it requires %s, which can't start: ", f.Blocked.Service)
	}
	who := "it"
	if root != f {
		who = root.Service
	}
	switch {
	case root.Cycle != nil:
		return via + who + " is in a cycle: " + cycleText(root.Cycle)
	case root.Refused != nil:
		return fmt.Sprintf("%s%s requires %s, whose manifest is refused", via, who, root.Missing)
	case root.Near != "":
		return fmt.Sprintf("%s%s requires %s, which has no manifest (did you mean %s?)", via, who, root.Missing, root.Near)
	}
	return fmt.Sprintf("%s%s requires %s, which has no manifest", via, who, root.Missing)
}

// Root is the fault at the end of the chain that f begins: f itself when it is
// not blocked by another.
func (f *Fault) Root() *Fault {
	for f.Blocked != nil {
		f = f.Blocked
	}
	return f
}

// cycleText is "a -> b -> a". Of long cycles it shows the beginning.
func cycleText(cycle []string) string {
	const most = 16
	if len(cycle) <= most {
		return strings.Join(cycle, " -> ")
	}
	return fmt.Sprintf("%s -> (%d more) -> %s", strings.Join(cycle[:most], " -> "), len(cycle)-most-1, cycle[len(cycle)-1])
}

// Fault says why a service can't start; nil if it can, as far as manifests tell.
func (s *Set) Fault(name string) *Fault { return s.faults[name] }

// Faults are all faults, sorted by name.
func (s *Set) Faults() []*Fault {
	var all []*Fault
	for _, name := range slices.Sorted(maps.Keys(s.faults)) {
		all = append(all, s.faults[name])
	}
	return all
}

// Refused are the names of services whose manifest could not be read, and why.
func (s *Set) Refused() map[string]error { return maps.Clone(s.refused) }

// Notes are the dependencies of a service that count for nothing, as lines to
// log: wants and after of services that are not there or can't start.
func (s *Set) Notes(name string) []string {
	var notes []string
	for _, e := range s.lost[name] {
		if e.Strength != Requires {
			notes = append(notes, fmt.Sprintf("%s, which has no manifest", e))
		}
	}
	for _, e := range s.needs[name] {
		if e.Strength == Wants && s.faults[e.To] != nil {
			notes = append(notes, fmt.Sprintf("%s, which can't start", e))
		}
	}
	return notes
}

// judge finds the faults of a component, when all that it depends on is judged.
func (s *Set) judge(group []string) {
	if cycles := s.cycles(group); cycles != nil {
		for name, cycle := range cycles {
			s.faults[name] = &Fault{Service: name, Cycle: cycle}
		}
		return
	}
	name := group[0]
	for _, e := range s.lost[name] {
		if e.Strength == Requires {
			f := &Fault{Service: name, Missing: e.To, Refused: s.refused[e.To]}
			if f.Refused == nil && len(s.names) <= 1000 { // a hint is not worth a second
				f.Near = nearest.Of(e.To, s.names)
			}
			s.faults[name] = f
			return
		}
	}
	for _, e := range s.needs[name] {
		if blocked := s.faults[e.To]; e.Strength == Requires && blocked != nil {
			s.faults[name] = &Fault{Service: name, Blocked: blocked}
			return
		}
	}
}

// cycles finds a short cycle through each service of a component. All of a
// cycle share one slice: a ring of 10,000 has 10,000 members. It is nil for a
// component without any.
func (s *Set) cycles(group []string) map[string][]string {
	if len(group) == 1 && !slices.ContainsFunc(s.needs[group[0]], func(e Edge) bool { return e.To == group[0] }) {
		return nil
	}
	r := newRing(s, group)
	found := make(map[string][]string, len(group))
	for i, name := range group {
		if found[name] != nil {
			continue
		}
		cycle := r.shortest(i)
		for _, other := range cycle {
			if found[other] == nil {
				found[other] = cycle
			}
		}
	}
	return found
}

// A ring is a component with numbers for names: of 10,000 services in one, each
// may have to be looked at for each.
type ring struct {
	names []string
	edges [][]int
	from  []int // how each was reached
	seen  []int // in which search, from 1
	round int
	todo  []int
}

func newRing(s *Set, group []string) *ring {
	number := make(map[string]int, len(group))
	for i, name := range group {
		number[name] = i
	}
	r := &ring{names: group, edges: make([][]int, len(group)), from: make([]int, len(group)), seen: make([]int, len(group))}
	for i, name := range group {
		for _, e := range s.needs[name] {
			if to, member := number[e.To]; member {
				r.edges[i] = append(r.edges[i], to)
			}
		}
	}
	return r
}

// shortest finds a shortest way from a service back to itself, breadth first.
func (r *ring) shortest(start int) []string {
	r.round++
	r.todo = append(r.todo[:0], start)
	for next := 0; next < len(r.todo); next++ {
		here := r.todo[next]
		for _, to := range r.edges[here] {
			if to == start {
				return r.back(start, here)
			}
			if r.seen[to] != r.round {
				r.seen[to], r.from[to] = r.round, here
				r.todo = append(r.todo, to)
			}
		}
	}
	return r.back(start, start) // not reached: each service of a component is in a cycle
}

// back follows from, from the last service to the first, and closes the ring.
func (r *ring) back(first, last int) []string {
	cycle := []string{r.names[first]}
	for here := last; here != first; here = r.from[here] {
		cycle = append(cycle, r.names[here])
	}
	cycle = append(cycle, r.names[first])
	slices.Reverse(cycle)
	return cycle
}
