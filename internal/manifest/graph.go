package manifest

import (
	"cmp"
	"maps"
	"slices"
)

// A Strength is how strong a dependency is.
type Strength int

// The strengths, the strongest last.
const (
	After Strength = iota
	Wants
	Requires
)

// String is the key that makes such a dependency.
func (s Strength) String() string {
	switch s {
	case Wants:
		return "wants"
	case Requires:
		return "requires"
	}
	return "after"
}

// An Edge is a dependency of one service on another. To goes first.
type Edge struct {
	From, To string
	Strength Strength
}

// String is "web requires db".
func (e Edge) String() string { return e.From + " " + e.Strength.String() + " " + e.To }

// A Set is services and the order among them. It never changes.
type Set struct {
	services map[string]*Manifest
	names    []string          // sorted
	needs    map[string][]Edge // by From: sorted by To, each at most once, only to services that are there
	neededBy map[string][]Edge // by To
	lost     map[string][]Edge // by From: to services that are not there
	refused  map[string]error  // names whose manifest could not be read
	faults   map[string]*Fault
	level    map[string]int // place in the order, from 0
}

// NewSet returns the set of these services. Of two with one name it has the
// later.
func NewSet(services ...*Manifest) *Set {
	byName := make(map[string]*Manifest, len(services))
	for _, m := range services {
		byName[m.Name] = m
	}
	return newSet(byName, nil)
}

func newSet(services map[string]*Manifest, refused map[string]error) *Set {
	s := &Set{
		services: services,
		names:    slices.Sorted(maps.Keys(services)),
		needs:    make(map[string][]Edge, len(services)),
		neededBy: make(map[string][]Edge, len(services)),
		lost:     map[string][]Edge{},
		refused:  refused,
		faults:   map[string]*Fault{},
		level:    make(map[string]int, len(services)),
	}
	for _, name := range s.names {
		for _, e := range services[name].edges() {
			if services[e.To] == nil {
				s.lost[name] = append(s.lost[name], e)
				continue
			}
			s.needs[name] = append(s.needs[name], e)
			s.neededBy[e.To] = append(s.neededBy[e.To], e)
		}
	}
	for _, group := range s.components() { // dependencies come before dependents
		s.place(group)
		s.judge(group)
	}
	return s
}

// edges are the dependencies of m, the strongest of each pair only.
func (m *Manifest) edges() []Edge {
	var all []Edge
	for _, name := range m.After {
		all = append(all, Edge{m.Name, name, After})
	}
	for _, name := range m.Wants {
		all = append(all, Edge{m.Name, name, Wants})
	}
	for _, name := range m.Requires {
		all = append(all, Edge{m.Name, name, Requires})
	}
	slices.SortFunc(all, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(b.Strength, a.Strength))
	})
	return slices.CompactFunc(all, func(a, b Edge) bool { return a.To == b.To })
}

// components returns the strongly connected components, those that others
// depend on first (Tarjan 1972). Several services in one are in a cycle. The
// stack is a slice: a chain of 10,000 services must not be one of calls.
func (s *Set) components() [][]string {
	type frame struct {
		name string
		next int // which of its edges to look at
	}
	var (
		groups  [][]string
		order   = make(map[string]int, len(s.names)) // when first seen, from 1
		low     = make(map[string]int, len(s.names)) // the earliest that can be reached
		open    []string                             // seen, component not yet known
		isOpen  = make(map[string]bool, len(s.names))
		calls   []frame
		descend = func(name string) {
			order[name] = len(order) + 1
			low[name] = order[name]
			open, isOpen[name] = append(open, name), true
			calls = append(calls, frame{name: name})
		}
	)
	for _, root := range s.names {
		if order[root] != 0 {
			continue
		}
		descend(root)
		for len(calls) > 0 {
			top := &calls[len(calls)-1]
			name := top.name
			if edges := s.needs[name]; top.next < len(edges) {
				to := edges[top.next].To
				top.next++
				if order[to] == 0 {
					descend(to)
				} else if isOpen[to] {
					low[name] = min(low[name], order[to])
				}
				continue
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				parent := calls[len(calls)-1].name
				low[parent] = min(low[parent], low[name])
			}
			if low[name] == order[name] {
				i := len(open) - 1
				for open[i] != name {
					i--
				}
				group := slices.Clone(open[i:])
				open = open[:i]
				for _, member := range group {
					isOpen[member] = false
				}
				slices.Sort(group)
				groups = append(groups, group)
			}
		}
	}
	return groups
}

// place gives the services of a component their level: after all that they
// depend on outside of it.
func (s *Set) place(group []string) {
	level := 0
	for _, name := range group {
		for _, e := range s.needs[name] {
			if below, placed := s.level[e.To]; placed {
				level = max(level, below+1)
			}
		}
	}
	for _, name := range group {
		s.level[name] = level
	}
}

// Get returns a service, or nil if it is not in the set.
func (s *Set) Get(name string) *Manifest { return s.services[name] }

// Names are the names of all services, sorted.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Needs are what a service depends on and what is in the set, sorted by name.
func (s *Set) Needs(name string) []Edge { return slices.Clone(s.needs[name]) }

// NeededBy are the dependencies of others on a service, sorted by name.
func (s *Set) NeededBy(name string) []Edge { return slices.Clone(s.neededBy[name]) }

// StartOrder returns the services that can start, level by level: each level
// depends only on those before it.
func (s *Set) StartOrder() [][]string {
	return s.levels(func(name string) bool { return s.faults[name] == nil })
}

// StopOrder returns all services, level by level: each level is needed only by
// those before it. Services in a cycle are on one level; they may be running,
// from before the manifests changed.
func (s *Set) StopOrder() [][]string {
	all := s.levels(func(string) bool { return true })
	slices.Reverse(all)
	return all
}

func (s *Set) levels(in func(name string) bool) [][]string {
	var all [][]string
	for _, name := range s.names {
		if !in(name) {
			continue
		}
		for len(all) <= s.level[name] {
			all = append(all, nil)
		}
		all[s.level[name]] = append(all[s.level[name]], name)
	}
	return slices.DeleteFunc(all, func(level []string) bool { return len(level) == 0 })
}

// Boot returns what starts at boot, in an order that fits StartOrder: the
// services that are enabled, and those that they require, enabled or not.
// Services that can't start are left out.
func (s *Set) Boot() []string {
	var enabled []string
	for _, name := range s.names {
		if s.services[name].Enabled {
			enabled = append(enabled, name)
		}
	}
	return s.With(enabled...)
}

// With returns these services and all that starts with them, in an order that
// fits StartOrder: what they require, and what they want and is enabled. Names
// that are not in the set and services that can't start are left out.
func (s *Set) With(names ...string) []string {
	in := map[string]bool{}
	todo := slices.Clone(names)
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if in[name] || s.services[name] == nil || s.faults[name] != nil {
			continue
		}
		in[name] = true
		for _, e := range s.needs[name] {
			if e.Strength == Requires || e.Strength == Wants && s.services[e.To].Enabled {
				todo = append(todo, e.To)
			}
		}
	}
	return slices.Concat(s.levels(func(name string) bool { return in[name] })...)
}
