package chart

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// services is a graph as one finds it on a device.
func services() Graph {
	return Graph{
		Nodes: []Node{
			{"gologd", "ready"}, {"netcfg", "ready"}, {"sshd", "ready"}, {"gotime", "starting"}, {"dns", "backoff"},
			{"web", "waiting"}, {"db", "failed"}, {"mounts", "done"}, {"seed", "done"}, {"gateway", "waiting"},
			{"metrics", "ready"}, {"backup", "scheduled"}, {"legacy-printer", "stopped"}, {"led", "ready"}, {"getty@tty1", "ready"},
		},
		Edges: []Edge{
			{"netcfg", "gologd", Wants}, {"sshd", "netcfg", Requires}, {"sshd", "gologd", Wants}, {"gotime", "netcfg", Requires},
			{"dns", "netcfg", Requires}, {"web", "db", Requires}, {"web", "dns", Wants}, {"web", "netcfg", After}, {"db", "mounts", Requires},
			{"gologd", "mounts", After}, {"gateway", "web", Requires}, {"gateway", "dns", Requires}, {"gateway", "auth", Requires},
			{"metrics", "gologd", After}, {"backup", "db", Wants}, {"sshd", "seed", Requires}, {"gateway", "gologd", Wants},
		},
	}
}

func boot() Timeline {
	return Timeline{Title: "Boot of vole-pi", Spans: []Span{
		{Name: "kernel", Kind: Kernel, End: ms(812)},
		{Name: "unpack", Kind: Kernel, Start: ms(430), End: ms(640)},
		{Name: "mounts", Kind: Stage, Start: ms(815), End: ms(842)},
		{Name: "sysctl", Kind: Stage, Start: ms(842), End: ms(846)},
		{Name: "supervisor", Kind: Stage, Start: ms(850), Ready: ms(902)},
		{Name: "gologd", Kind: Service, Start: ms(905), Ready: ms(968)},
		{Name: "netcfg", Kind: Service, Start: ms(970), Ready: ms(1230)},
		{Name: "seed", Kind: Service, Start: ms(906), End: ms(921)},
		{Name: "sshd", Kind: Service, Start: ms(1232), Ready: ms(1301)},
		{Name: "db", Kind: Service, Start: ms(972), End: ms(1180), Failed: true},
		{Name: "gotime", Kind: Service, Start: ms(1233)},
		{Name: "web", Kind: Service, Start: ms(1450), Ready: ms(1702)},
		{Name: "shell", Kind: Shell, Start: ms(1705), Ready: ms(1840)},
	}}
}

// golden compares got with a file of testdata; go test -update writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		os.MkdirAll("testdata", 0o777)
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it, then go test -update\n%s", path, got)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// cyclic is a graph with everything that a graph should not have.
func cyclic() Graph {
	return Graph{
		Nodes: []Node{{"a", "cycle"}, {"b", "cycle"}, {"c", "cycle"}, {"self", "cycle"}, {"user", "waiting"}, {"odd <&\"'>", "?"}},
		Edges: []Edge{{"a", "b", Requires}, {"b", "c", Wants}, {"c", "a", After}, {"self", "self", Requires}, {"user", "a", Requires}},
	}
}

func TestGolden(t *testing.T) {
	golden(t, "services.svg", services().SVG())
	golden(t, "services.txt", []byte(services().Tree(Options{})))
	golden(t, "gateway.txt", []byte(services().Only("gateway").Tree(Options{ASCII: true, Width: 40})))
	golden(t, "cycle.svg", cyclic().SVG())
	golden(t, "cycle.txt", []byte(cyclic().Tree(Options{Color: true})))
	golden(t, "boot.svg", boot().SVG())
	golden(t, "boot.txt", []byte(boot().Text(Options{})))
	golden(t, "boot-narrow.txt", []byte(boot().Text(Options{ASCII: true, Width: 50})))
	golden(t, "boot.trace.json", boot().Trace())
}

func wellFormed(t *testing.T, what string, drawing []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(drawing))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s is no XML: %v", what, err)
			return
		}
	}
}

func widest(text string) (most int) {
	for line := range strings.Lines(text) {
		most = max(most, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
	}
	return most
}

// Nothing, and next to nothing, can be drawn too.
func TestSmall(t *testing.T) {
	for _, g := range []Graph{{}, {Nodes: []Node{{"a", ""}}}, {Edges: []Edge{{"a", "b", After}}}, {Edges: []Edge{{"a", "a", After}}}} {
		wellFormed(t, fmt.Sprint(g), g.SVG())
		for _, width := range []int{0, 1, 20} {
			if w := widest(g.Tree(Options{Width: width})); w > 80 {
				t.Errorf("%v: %d columns", g, w)
			}
		}
	}
	for _, spans := range [][]Span{nil, {{}}, {{Name: "x", Start: ms(5)}}, {{Name: "x", Start: ms(5), Ready: ms(3), End: ms(1)}}} {
		timeline := Timeline{Spans: spans}
		wellFormed(t, fmt.Sprint(spans), timeline.SVG())
		if w := widest(timeline.Text(Options{Width: 1})); w > 20 {
			t.Errorf("%v: %d columns", spans, w)
		}
		if !json.Valid(timeline.Trace()) {
			t.Errorf("%v: the trace is no JSON", spans)
		}
	}
}

// random makes a graph out of a number.
func random(seed uint64, nodes, edges int) Graph {
	r := rand.New(rand.NewPCG(seed, 1))
	states := []string{"ready", "done", "starting", "waiting", "backoff", "failed", "stopped", ""}
	var g Graph
	for i := range nodes {
		g.Nodes = append(g.Nodes, Node{fmt.Sprintf("s%d%s", i, strings.Repeat("x", r.IntN(60))), states[r.IntN(len(states))]})
	}
	for range edges {
		g.Edges = append(g.Edges, Edge{g.Nodes[r.IntN(nodes)].Name, g.Nodes[r.IntN(nodes)].Name, Need(r.IntN(3))})
	}
	return g
}

// What must be true of every drawing.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		g := random(seed, 1+r.IntN(30), r.IntN(60))
		l := newLayout(g)
		placed := len(l.alone)
		for i, layer := range l.layers {
			for j, s := range layer {
				if s.node >= 0 {
					placed++
				}
				if s.layer != i || s.order != j {
					t.Errorf("seed %d: a spot is in layer %d at %d, and says %d, %d", seed, i, j, s.layer, s.order)
				}
				if j > 0 && s.y-layer[j-1].y < distance(layer[j-1], s)-1 {
					t.Errorf("seed %d: layer %d: %d and %d overlap", seed, i, layer[j-1].y, s.y)
				}
			}
		}
		if placed != len(l.nodes) {
			t.Errorf("seed %d: %d of %d nodes are drawn", seed, placed, len(l.nodes))
		}
		drawn := 0
		for n, links := range l.needs {
			for _, to := range links {
				if to.node != n {
					drawn++
				}
			}
		}
		if len(l.edges) != drawn {
			t.Errorf("seed %d: %d edges; want %d", seed, len(l.edges), drawn)
		}
		wellFormed(t, "a random graph", g.SVG())
		for _, width := range []int{20, 40, 80, 200} {
			if w := widest(g.Tree(Options{Width: width, ASCII: seed%2 == 0})); w > width {
				t.Errorf("seed %d: %d columns; want %d", seed, w, width)
			}
		}
		// The order of the input is nothing.
		other := Graph{slices.Clone(g.Nodes), slices.Clone(g.Edges)}
		r.Shuffle(len(other.Nodes), func(i, j int) { other.Nodes[i], other.Nodes[j] = other.Nodes[j], other.Nodes[i] })
		r.Shuffle(len(other.Edges), func(i, j int) { other.Edges[i], other.Edges[j] = other.Edges[j], other.Edges[i] })
		if !bytes.Equal(g.SVG(), other.SVG()) || g.Tree(Options{}) != other.Tree(Options{}) {
			t.Errorf("seed %d: the order of nodes and edges shows", seed)
		}
	}
}

// A thousand services take a moment, not a minute.
func TestManyServices(t *testing.T) {
	g := random(1, 1000, 0)
	for i, n := range g.Nodes[1:] {
		g.Edges = append(g.Edges, Edge{n.Name, g.Nodes[i/10].Name, Requires}, Edge{n.Name, g.Nodes[0].Name, After})
	}
	start := time.Now()
	drawing, tree := g.SVG(), g.Tree(Options{})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("%d and %d bytes took %v", len(drawing), len(tree), took)
	}
}

func TestOnly(t *testing.T) {
	got := services().Only("sshd", "nobody")
	var names []string
	for _, n := range got.Nodes {
		names = append(names, n.Name)
	}
	if want := "gologd mounts netcfg seed sshd"; strings.Join(names, " ") != want || len(got.Edges) != 5 {
		t.Errorf("%q and %d edges; want %s and 5", names, len(got.Edges), want)
	}
}

func TestGaps(t *testing.T) {
	tests := []struct {
		name  string
		spans []Span
		want  []Gap
	}{
		{"nothing", nil, nil},
		{"late start", []Span{{Name: "a", Start: ms(60), End: ms(70)}}, []Gap{{0, ms(60), "", "a"}}},
		{"just so", []Span{{Name: "a", Start: ms(50), End: ms(70)}}, nil},
		{"a service that runs explains nothing", []Span{{Name: "a", Ready: ms(10)}, {Name: "b", Start: ms(100), Ready: ms(110)}},
			[]Gap{{ms(10), ms(100), "a", "b"}}},
		{"nor one that never gets ready", []Span{{Name: "a"}, {Name: "b", Start: ms(100), Ready: ms(110)}}, []Gap{{0, ms(100), "a", "b"}}},
		{"covered by a long one", []Span{{Name: "c", Start: ms(200), End: ms(210)}, {Name: "b", Start: ms(10), End: ms(20)}, {Name: "a", End: ms(300)}}, nil},
		{"two", []Span{{Name: "a", End: ms(1)}, {Name: "b", Start: ms(100), End: ms(101)}, {Name: "c", Start: ms(200), End: ms(201)}},
			[]Gap{{ms(1), ms(100), "a", "b"}, {ms(101), ms(200), "b", "c"}}},
		{"in the example", boot().Spans, []Gap{{ms(1301), ms(1450), "sshd", "web"}}},
	}
	for _, tt := range tests {
		if got := Gaps(tt.spans, ms(50)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v; want %v", tt.name, got, tt.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{seconds(ms(1840), 2), "1.84"}, {seconds(ms(5), 3), "0.005"}, {seconds(ms(1999), 1), "2.0"}, {seconds(ms(499), 0), "0"}, {seconds(0, 2), "0.00"},
		{short(ms(1840)), "1.84 s"}, {short(ms(999)), "1.00 s"}, {short(ms(82)), "82 ms"}, {short(400 * time.Microsecond), "0.4 ms"}, {short(0), "0.0 ms"},
		{tick(ms(1840), 10).String(), "200ms"}, {tick(ms(1840), 4).String(), "500ms"}, {tick(time.Hour, 6).String(), "16m40s"}, {tick(1, 10).String(), "1µs"},
		{tickText(ms(1500), ms(500)), "1.5"}, {tickText(ms(2000), ms(1000)), "2"}, {tickText(ms(20), ms(10)), "0.02"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s; want %s", tt.got, tt.want)
		}
	}
}

// The trace is what Perfetto reads.
func TestTrace(t *testing.T) {
	odd := "a\"\\\n\x7f\xffü\u2028"
	timeline := boot()
	timeline.Spans[5].Name = odd
	var got struct {
		TraceEvents []struct {
			Ph, Name, Cat string
			Ts, Dur       *int64
			Pid, Tid      int
			Args          map[string]any
		}
	}
	if err := json.Unmarshal(timeline.Trace(), &got); err != nil {
		t.Fatal(err)
	}
	spans, found := 0, false
	for _, e := range got.TraceEvents {
		if e.Ph == "X" && e.Cat != "gap" && e.Name != "getting ready" {
			spans++
		}
		if e.Ph == "X" && (e.Ts == nil || e.Dur == nil || *e.Dur < 0) {
			t.Errorf("%+v has no time", e)
		}
		if e.Name == strings.ToValidUTF8(odd, "\ufffd") {
			found = *e.Ts == 905_000 && *e.Dur == 1840_000-905_000 && e.Args["kind"] == "service"
		}
	}
	if spans != len(timeline.Spans) || !found {
		t.Errorf("%d spans; want %d; found %v", spans, len(timeline.Spans), found)
	}
}

// Nothing that a name holds can leave its place.
func FuzzEscape(f *testing.F) {
	f.Add("<script>&\"'\x00\ufffe]]>")
	f.Fuzz(func(t *testing.T, name string) {
		g := Graph{Nodes: []Node{{name, name}}, Edges: []Edge{{name, "x", Requires}}}
		wellFormed(t, "the graph", g.SVG())
		timeline := Timeline{Title: name, Spans: []Span{{Name: name, Kind: Kind(name), End: 1}}}
		wellFormed(t, "the timeline", timeline.SVG())
		if !json.Valid(timeline.Trace()) {
			t.Error("the trace is no JSON")
		}
	})
}
