package strictjson

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/cli"
)

type wait struct{ time.Duration }

func (w *wait) UnmarshalText(text []byte) (err error) {
	if string(text) == "never" {
		return &Error{Problem: "never is too long", Hint: "at most 1h"}
	}
	w.Duration, err = time.ParseDuration(string(text))
	return err
}

type file struct {
	Name  string            `json:"name"`
	Count int8              `json:"count,omitempty"`
	Big   uint64            `json:"big"`
	Ratio float64           `json:"ratio"`
	On    bool              `json:"on"`
	Tags  []string          `json:"tags"`
	Env   map[string]string `json:"env"`
	Sub   *file             `json:"sub"`
	Any   any               `json:"any"`
	Delay wait              `json:"delay"`
	Local string            `json:"-"`
}

func TestDecode(t *testing.T) {
	text := `{"name": "a\u00e9\n", "count": -3, "big": 18446744073709551615, "ratio": 1.5e2, "on": true,
	"tags": ["x", "y"], "env": {"K": "v"}, "sub": {"name": "b", "tags": []}, "any": {"z": [1, null]}, "delay": "3s"}`
	var got file
	if err := Decode("f.json", []byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := file{Name: "aé\n", Count: -3, Big: 1<<64 - 1, Ratio: 150, On: true, Tags: []string{"x", "y"},
		Env: map[string]string{"K": "v"}, Sub: &file{Name: "b", Tags: []string{}},
		Any: map[string]any{"z": []any{1.0, nil}}, Delay: wait{3 * time.Second}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat(`{"sub":`, 40)
	tests := []struct{ text, want string }{
		{`{"nmae": "x"}`, "f.json:1:2: unknown key \"nmae\"\n  hint: did you mean \"name\"?"},
		{`{"Name": "x"}`, "f.json:1:2: unknown key \"Name\"\n  hint: did you mean \"name\"?"},
		{`{"Local": "x"}`, "f.json:1:2: unknown key \"Local\"\n  hint: valid keys: name, count, big, ratio, on, tags, env, sub, any, delay"},
		{"{\n  \"name\": \"x\",\n  \"name\": \"y\"\n}", `f.json:3:3: duplicate key "name"`},
		{`{"env": {"a": "1", "a": "2"}}`, `f.json:1:20: duplicate key "a"`},
		{`{"name": 3}`, "f.json:1:10: expected a string, found a number"},
		{`{"name": null}`, "f.json:1:10: expected a string, found null\n  hint: leave the key out to get its default"},
		{`{"count": 1.5}`, "f.json:1:11: expected a whole number that fits int8, found 1.5"},
		{`{"count": 200}`, "f.json:1:11: expected a whole number that fits int8, found 200"},
		{`{"count": 01}`, "f.json:1:11: bad number 01"},
		{`{"big": -1}`, "f.json:1:9: expected a whole number that fits uint64, found -1"},
		{`{"on": "yes"}`, "f.json:1:8: expected true or false, found a string"},
		{`{"on": truth}`, `f.json:1:8: unexpected word "truth"`},
		{`{"tags": "x"}`, "f.json:1:10: expected a list, found a string"},
		{`{"tags": ["x" "y"]}`, `f.json:1:15: expected ',' or ']' after the value, found '"'`},
		{`{"tags": ["x",]}`, "f.json:1:15: expected a string, found ']'"},
		{`{"delay": "soon"}`, `f.json:1:11: time: invalid duration "soon"`},
		{`{"delay": "never"}`, "f.json:1:11: never is too long\n  hint: at most 1h"},
		{`{"delay": 3}`, "f.json:1:11: expected a string, found a number"},
		{`{"delay": null}`, "f.json:1:11: expected a string, found null\n  hint: leave the key out to get its default"},
		{`{"name": "x"} {}`, "f.json:1:15: unexpected '{' after the end of the value"},
		{`{"name": "x",}`, "f.json:1:14: expected a key in quotes, found '}'"},
		{`{"name" "x"}`, `f.json:1:9: expected ':' after the key, found '"'`},
		{`{"name": "x`, "f.json:1:10: string is not closed"},
		{`{"name": "\q"}`, `f.json:1:10: bad string: invalid character 'q' in string escape code`},
		{"{\"name\": \"\xff\"}", "f.json:1:10: string is not valid UTF-8"},
		{`[]`, "f.json:1:1: expected an object, found a list"},
		{``, "f.json:1:1: expected an object, found end of file"},
		{"\xef\xbb\xbf{}", "f.json:1:1: starts with a byte order mark, which JSON does not allow"},
		{`{"any": }`, "f.json:1:9: expected a value, found '}'"},
		{deep, "f.json:1:232: nested deeper than 32"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got := file{Name: "before"}
			err := Decode("f.json", []byte(tt.text), &got)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v\nwant  %s", err, tt.want)
			}
			var status interface{ ExitStatus() int }
			if !errors.As(err, &status) || status.ExitStatus() != 2 {
				t.Error("does not end a program with status 2")
			}
			if got.Name != "before" {
				t.Error("value changed by a bad file")
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.json")
	os.WriteFile(path, []byte(`{"x": 1}`), 0o666)
	var v file
	if err := ReadFile(path, &v); err == nil || !strings.HasPrefix(err.Error(), path+":1:2: unknown key") {
		t.Errorf("err = %v", err)
	}
	if err := ReadFile(path+".no", &v); !os.IsNotExist(err) {
		t.Errorf("err = %v", err)
	}
}

func TestAt(t *testing.T) {
	data := []byte("{\n \"name\": \"\"\n}")
	if got := At("f", data, "name", "is empty").Error(); got != "f:2:2: is empty" {
		t.Error(got)
	}
	if got := At("f", data, "gone", "key %q is missing", "gone").Error(); got != `f:1:1: key "gone" is missing` {
		t.Error(got)
	}
	var shown strings.Builder
	status := cli.Report("demo", At("f", data, "name", "%w", cli.Hint(errors.New("is odd"), "make it even")), &shown, &shown)
	if want := "demo: f:2:2: is odd\n  hint: make it even\n"; status != 2 || shown.String() != want {
		t.Errorf("status %d, %q; want 2, %q", status, shown.String(), want)
	}
}

// Whatever Decode accepts, encoding/json must accept too, and it must never
// crash on what it refuses.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name": "x", "tags": ["a"], "any": [1, {"b": null}]}`))
	f.Add([]byte(`{"sub": {"count": -1}}`))
	f.Add([]byte("{\"name\": \"\\u12\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v file
		if err := Decode("f", data, &v); err == nil && !json.Valid(data) {
			t.Errorf("accepted invalid JSON %q", data)
		}
	})
}
