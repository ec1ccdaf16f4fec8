package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// setOf reads services from lines "NAME: KEY NAMES; KEY NAMES", where disabled
// is a key as well.
func setOf(t *testing.T, lines ...string) *Set {
	t.Helper()
	var all []*Manifest
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, ":")
		m := Defaults(KindDaemon)
		m.Name = name
		for part := range strings.SplitSeq(rest, ";") {
			words := strings.Fields(part)
			if len(words) == 0 {
				continue
			}
			switch words[0] {
			case "after":
				m.After = words[1:]
			case "wants":
				m.Wants = words[1:]
			case "requires":
				m.Requires = words[1:]
			case "disabled":
				m.Enabled = false
			default:
				t.Fatalf("what is %q?", part)
			}
		}
		all = append(all, &m)
	}
	return NewSet(all...)
}

// show writes levels as "a b | c".
func show(levels [][]string) string {
	var all []string
	for _, level := range levels {
		all = append(all, strings.Join(level, " "))
	}
	return strings.Join(all, " | ")
}

func TestOrder(t *testing.T) {
	tests := []struct {
		name              string
		services          []string
		start, stop, boot string
	}{
		{"none", nil, "", "", ""},
		{"alone", []string{"a:", "b:"}, "a b", "a b", "a b"},
		{"each strength orders", []string{"a: requires b", "b: wants c", "c: after d", "d:"}, "d | c | b | a", "a | b | c | d", "d c b a"},
		{"diamond", []string{"top: requires l r", "l: requires base", "r: wants base", "base:"}, "base | l r | top", "top | l r | base", "base l r top"},
		{"the longest way counts", []string{"a: requires b d", "b: requires c", "c: requires d", "d:"}, "d | c | b | a", "a | b | c | d", "d c b a"},
		{"required though disabled", []string{"a: requires b", "b: disabled", "c: disabled"}, "b c | a", "a | b c", "b a"},
		{"wanted but disabled", []string{"a: wants b", "b: disabled"}, "b | a", "a | b", "a"},
		{"after does not start", []string{"a: after b", "b: disabled"}, "b | a", "a | b", "a"},
		{"cycle", []string{"a: requires b", "b: after a", "c:", "d: requires a", "e: wants a; requires c"}, "c | e", "d e | a b c", "c e"},
		{"missing", []string{"a: requires x", "b: wants x; after y", "c: requires a"}, "b", "c | a b", "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := setOf(t, tt.services...)
			if got := show(s.StartOrder()); got != tt.start {
				t.Errorf("start order %q; want %q", got, tt.start)
			}
			if got := show(s.StopOrder()); got != tt.stop {
				t.Errorf("stop order %q; want %q", got, tt.stop)
			}
			if got := strings.Join(s.Boot(), " "); got != tt.boot {
				t.Errorf("at boot %q; want %q", got, tt.boot)
			}
		})
	}
	s := setOf(t, "a: requires b; disabled", "b: wants c", "c: disabled")
	if got := s.With("a", "gone"); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("with a: %q", got)
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name     string
		services []string
		want     []string // "NAME: reason"
	}{
		{"none", []string{"a: requires b; wants b; after b", "b:"}, nil},
		{"self", []string{"a: after a", "b:"}, []string{"a: it is in a cycle: a -> a"}},
		{"two", []string{"a: requires b", "b: requires a"}, []string{"a: it is in a cycle: a -> b -> a", "b: it is in a cycle: a -> b -> a"}},
		{"three, mixed", []string{"c: after a", "b: wants c", "a: requires b", "x:"},
			[]string{"a: it is in a cycle: a -> b -> c -> a", "b: it is in a cycle: a -> b -> c -> a", "c: it is in a cycle: a -> b -> c -> a"}},
		{"a figure of eight", []string{"a: requires b c", "b: requires a", "c: requires a"},
			[]string{"a: it is in a cycle: a -> b -> a", "b: it is in a cycle: a -> b -> a", "c: it is in a cycle: c -> a -> c"}},
		{"the shortest of two", []string{"a: requires b", "b: requires c a", "c: requires a"},
			[]string{"a: it is in a cycle: a -> b -> a", "b: it is in a cycle: a -> b -> a", "c: it is in a cycle: c -> a -> b -> c"}},
		{"two apart", []string{"a: requires b", "b: requires a", "y: wants z", "z: wants y"},
			[]string{"a: it is in a cycle: a -> b -> a", "b: it is in a cycle: a -> b -> a", "y: it is in a cycle: y -> z -> y", "z: it is in a cycle: y -> z -> y"}},
		{"missing", []string{"web: requires netwrok", "network:"},
			[]string{"web: it requires netwrok, which has no manifest (did you mean network?)"}},
		{"missing and blocked", []string{"a: requires b", "b: requires c", "c: requires xxxxxxxx", "d: wants c; after b"},
			[]string{"a: it requires b, which can't start: c requires xxxxxxxx, which has no manifest",
				"b: it requires c, which can't start: c requires xxxxxxxx, which has no manifest", "c: it requires xxxxxxxx, which has no manifest"}},
		{"blocked by a cycle", []string{"a: requires a", "b: requires a", "c: after a; wants a"},
			[]string{"a: it is in a cycle: a -> a", "b: it requires a, which can't start: a is in a cycle: a -> a"}},
		{"strongest edge counts", []string{"a: wants b; requires b", "b: requires gone"},
			[]string{"a: it requires b, which can't start: b requires gone, which has no manifest", "b: it requires gone, which has no manifest"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := setOf(t, tt.services...)
			var got []string
			for _, f := range s.Faults() {
				got = append(got, f.Service+": "+f.Error())
				if s.Fault(f.Service) != f {
					t.Errorf("Fault(%s) is another", f.Service)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
		})
	}
}

func TestNotes(t *testing.T) {
	s := setOf(t, "a: wants x bad ok; after y; requires ok", "bad: requires z", "ok:")
	want := []string{"a wants x, which has no manifest", "a after y, which has no manifest", "a wants bad, which can't start"}
	if got := s.Notes("a"); !slices.Equal(got, want) {
		t.Errorf("notes %q; want %q", got, want)
	}
	if got := s.Notes("bad"); got != nil { // that is a fault
		t.Errorf("notes %q", got)
	}
	if needs := fmt.Sprint(s.Needs("a")); needs != "[a wants bad a requires ok]" {
		t.Error(needs)
	}
	if by := fmt.Sprint(s.NeededBy("ok")); by != "[a requires ok]" {
		t.Error(by)
	}
}

func TestBlockers(t *testing.T) {
	s := setOf(t, "web: requires db cache; after clock", "db: requires disk", "cache: wants disk", "disk: after udev", "udev:", "clock:")
	tests := []struct{ up, want string }{
		{"", "web after clock; web requires cache, cache wants disk, disk after udev"},
		{"udev clock", "web requires cache, cache wants disk"},
		{"disk udev clock", "web requires cache; web requires db"},
		{"disk udev clock cache db", ""},
	}
	for _, tt := range tests {
		up := strings.Fields(tt.up)
		var got []string
		for _, chain := range s.Blockers("web", func(e Edge) bool { return !slices.Contains(up, e.To) }) {
			var parts []string
			for _, e := range chain {
				parts = append(parts, e.String())
			}
			got = append(got, strings.Join(parts, ", "))
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("up %q: %q; want %q", tt.up, got, tt.want)
		}
	}
	ring := setOf(t, "a: requires b", "b: requires a")
	if got := ring.Blockers("a", func(Edge) bool { return true }); got != nil { // Fault says it
		t.Errorf("a cycle: %v", got)
	}
}

// Sets of 10,000 in the worst shapes must neither overflow a stack nor take
// for ever.
func TestLargeSets(t *testing.T) {
	const n = 10_000
	shapes := map[string]func(i int, m *Manifest){
		"chain": func(i int, m *Manifest) {
			if i > 0 {
				m.Requires = []string{name(i - 1)}
			}
		},
		"ring":         func(i int, m *Manifest) { m.Requires = []string{name((i + 1) % n)} },
		"broken chain": func(i int, m *Manifest) { m.Requires = []string{name(i + 1)} },
		"wheel": func(i int, m *Manifest) {
			if m.Requires = []string{name(0)}; i == 0 {
				m.Requires = nil
				for other := 1; other < n; other++ {
					m.Requires = append(m.Requires, name(other))
				}
			}
		},
	}
	for shape, set := range shapes {
		t.Run(shape, func(t *testing.T) {
			start := time.Now()
			all := make([]*Manifest, n)
			for i := range all {
				m := &Manifest{Name: name(i), Enabled: true}
				set(i, m)
				all[i] = m
			}
			s := NewSet(all...)
			want := n
			if shape == "chain" {
				want = 0
			}
			if faults := s.Faults(); len(faults) != want {
				t.Errorf("%d faults; want %d", len(faults), want)
			}
			for _, f := range s.Faults()[:min(want, 100)] {
				if text := f.Error(); len(text) > 1000 {
					t.Fatalf("a reason of %d bytes", len(text))
				}
			}
			if got := len(s.StopOrder()); shape == "chain" && got != n {
				t.Errorf("%d levels", got)
			}
			if got := len(s.Boot()); got != n-want {
				t.Errorf("%d at boot", got)
			}
			t.Log(time.Since(start))
			if limit := 10 * time.Second; time.Since(start) > limit {
				t.Errorf("took longer than %v", limit)
			}
		})
	}
}

func name(i int) string { return fmt.Sprintf("s%05d", i) }

// In whatever graph: every service is in each order once, after all that it
// depends on unless both are in a cycle, and faults are where they must be.
func FuzzSet(f *testing.F) {
	f.Add([]byte{1, 2, 0, 2, 3, 1, 3, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		all := make([]*Manifest, 9)
		for i := range all {
			all[i] = &Manifest{Name: fmt.Sprint(i), Enabled: true}
		}
		for ; len(data) >= 3; data = data[3:] {
			m, to := all[data[0]%8], fmt.Sprint(data[1]%10) // 9 is not there
			switch data[2] % 3 {
			case 0:
				m.After = append(m.After, to)
			case 1:
				m.Wants = append(m.Wants, to)
			case 2:
				m.Requires = append(m.Requires, to)
			}
		}
		s := NewSet(all[:9]...)
		at := map[string]int{}
		for i, level := range s.StopOrder() {
			for _, name := range level {
				at[name] = -i
			}
		}
		if len(at) != 9 {
			t.Fatalf("%d services in the stop order", len(at))
		}
		for _, from := range s.Names() {
			fault := s.Fault(from)
			for _, e := range s.Needs(from) {
				other := s.Fault(e.To)
				inCycle := fault != nil && fault.Cycle != nil && other != nil && other.Cycle != nil
				if at[from] <= at[e.To] && !inCycle {
					t.Errorf("%v: levels %d and %d", e, at[from], at[e.To])
				}
				if e.Strength == Requires && other != nil && fault == nil {
					t.Errorf("%v, but only the second can't start", e)
				}
			}
			if fault != nil && fault.Cycle != nil {
				checkCycle(t, s, from, fault.Cycle)
			}
		}
		if boot := s.Boot(); len(boot)+len(s.Faults()) != 9 {
			t.Errorf("at boot %q, faults %v", boot, s.Faults())
		}
	})
}

func checkCycle(t *testing.T, s *Set, name string, cycle []string) {
	t.Helper()
	if !slices.Contains(cycle, name) || cycle[0] != cycle[len(cycle)-1] || len(cycle) < 2 {
		t.Fatalf("%s in cycle %q", name, cycle)
	}
	for i := range cycle[1:] {
		if !slices.ContainsFunc(s.Needs(cycle[i]), func(e Edge) bool { return e.To == cycle[i+1] }) {
			t.Errorf("no way from %s to %s in %q", cycle[i], cycle[i+1], cycle)
		}
	}
}

func TestSetIsPure(t *testing.T) {
	s := setOf(t, "a: requires b", "b:")
	s.Names()[0] = "x"
	s.Needs("a")[0].To = "x"
	if !reflect.DeepEqual(s.Names(), []string{"a", "b"}) || s.Needs("a")[0].To != "b" {
		t.Error("the caller can change a set")
	}
}
