package manifest

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	const base = `"exec": ["x"], "env": {"A": "1"}`
	tests := []struct{ old, new, want string }{
		{base, base, ""},
		{base, base + `, "kind": "daemon", "groups": [], "umask": "022", "stop": {"signal": "SIGTERM"}`, ""},
		{base, `"exec": ["x", "-v"], "env": {"A": "1"}`, `exec ["x"] ["x","-v"] restart`},
		{base, `"exec": ["x"], "env": {"A": "2"}`, `env {"A":"1"} {"A":"2"} restart`},
		{base, `"exec": ["x"]`, `env {"A":"1"}  restart`},
		{base, base + `, "description": "new", "enabled": false`, `description "" "new"; enabled true false`},
		{base, base + `, "limits": {"memory": "64M", "nofile": 100}`, `limits.memory "0" "64M"; limits.nofile 4096 100 restart`},
		{base, base + `, "restart": {"delay": "1s"}, "stop": {"timeout": "90s"}`, `restart.delay "500ms" "1s"; stop.timeout "10s" "1m30s"`},
		{base, base + `, "requires": ["y"], "ready": {"notify": true}`, `requires  ["y"]; ready.notify false true`},
		{base, base + `, "sandbox": {"read_only": []}`, `sandbox.read_only  [] restart`},
		{base + `, "sandbox": {"read_only": []}`, base + `, "sandbox": {"read_write": []}`, `sandbox.read_only []  restart; sandbox.read_write  [] restart`},
		{base, base + `, "conditions": {"container": false}`, `conditions.container  false`},
		{base, base + `, "sockets": [{"name": "a", "listen": "unix:/x"}]`, `sockets  [{"name":"a","listen":"unix:/x","mode":"0660"}] restart`},
		{`"kind": "timer", "exec": ["x"], "timer": {"calendar": ["daily"]}`, `"kind": "timer", "exec": ["x"], "timer": {"calendar": ["hourly"]}`,
			`timer.calendar ["daily"] ["hourly"]`},
	}
	for _, tt := range tests {
		changes := Diff(parse(t, "x", "{"+tt.old+"}"), parse(t, "x", "{"+tt.new+"}"))
		var got []string
		for _, c := range changes {
			text := fmt.Sprintf("%s %s %s", c.Field, c.Old, c.New)
			if c.Restart {
				text += " restart"
			}
			got = append(got, text)
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s\n -> %s:\ngot  %q\nwant %q", tt.old, tt.new, strings.Join(got, "; "), tt.want)
		}
		if NeedsRestart(changes) != strings.Contains(tt.want, " restart") {
			t.Errorf("%s: NeedsRestart = %v", tt.new, NeedsRestart(changes))
		}
	}
}

// Who adds a field must decide here whether a change needs a restart.
func TestEveryFieldIsJudged(t *testing.T) {
	data, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	var walk func(prefix string, kind reflect.Type)
	walk = func(prefix string, kind reflect.Type) {
		for field := range kind.Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case key == "-":
			case field.Type.Kind() == reflect.Struct:
				walk(prefix+key+".", field.Type)
			case needsRestart(prefix + key):
				fmt.Fprintf(&got, "%s restart\n", prefix+key)
			default:
				fmt.Fprintf(&got, "%s\n", prefix+key)
			}
		}
	}
	walk("", reflect.TypeFor[Manifest]())
	if got.String() != string(data) {
		t.Errorf("testdata/fields.txt is not:\n%s", got.String())
	}
}

func TestChanges(t *testing.T) {
	old := setOf(t, "a:", "b: requires a", "c:", "d:")
	new := setOf(t, "a:", "b: wants a", "d:", "e:")
	var got []string
	for _, c := range Changes(old, new) {
		got = append(got, fmt.Sprintf("%s %v %v %d", c.Name, c.Old != nil, c.New != nil, len(c.Changes)))
	}
	if want := []string{"b true true 2", "c true false 0", "e false true 0"}; !slices.Equal(got, want) {
		t.Errorf("changes %q; want %q", got, want)
	}
}

// A slip in a file keeps the last good manifest in force.
func TestKeep(t *testing.T) {
	old := setOf(t, "a:", "b: requires a", "gone:")
	b := *old.Get("b")
	new := newSet(map[string]*Manifest{"b": &b}, map[string]error{"a": os.ErrInvalid, "never": os.ErrInvalid})
	if f := new.Fault("b"); f == nil {
		t.Fatal("b can start without a")
	}
	kept := new.Keep(old)
	if got := kept.Names(); !slices.Equal(got, []string{"a", "b"}) || kept.Fault("b") != nil {
		t.Errorf("services %q, faults %v", got, kept.Faults())
	}
	if kept.Refused()["a"] == nil {
		t.Error("the refusal is forgotten")
	}
}
