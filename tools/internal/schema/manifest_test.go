package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/vole-linux/vole/internal/manifest"
)

const (
	manifests = "../../../internal/manifest"
	corpus    = manifests + "/testdata/"
)

func manifestObject(t *testing.T) *Object {
	t.Helper()
	o, err := Of(manifests, manifest.Defaults(manifest.KindDaemon), manifest.Formats())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// resolved is the schema in the hands of somebody else's library.
func resolved(t *testing.T, o *Object) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(o.JSON("test"), &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func validate(r *jsonschema.Resolved, text string) error {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return err
	}
	return r.Validate(v)
}

// What manifest.Parse accepts the schema must accept.
func TestManifests(t *testing.T) {
	r := resolved(t, manifestObject(t))
	var texts []string
	files, _ := filepath.Glob(corpus + "examples/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	lines, err := os.ReadFile(corpus + "good.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		texts = append(texts, line)
	}
	if len(texts) < 25 {
		t.Fatalf("only %d examples", len(texts))
	}
	for _, text := range texts {
		m, err := manifest.Parse("good.json", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err := validate(r, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(r, string(written)); err != nil {
			t.Errorf("%s, as written again: %v", written, err)
		}
	}
}

// Slips that an editor with the schema must show. Parse refuses them as well.
func TestBadManifests(t *testing.T) {
	r := resolved(t, manifestObject(t))
	for _, text := range []string{
		`{}`, `[]`, `"x"`, `{"exec": []}`, `{"exec": "x"}`, `{"exec": [1]}`, `{"exec": ["x"], "exce": 1}`, `{"exec": ["x"], "Kind": "daemon"}`,
		`{"exec": ["x"], "kind": "deamon"}`, `{"exec": ["x"], "enabled": "yes"}`, `{"exec": ["x"], "env": {"A": 1}}`, `{"exec": ["x"], "user": null}`,
		`{"exec": ["x"], "user": "Root"}`, `{"exec": ["x"], "dir": "srv"}`, `{"exec": ["x"], "dir": "/srv/"}`, `{"exec": ["x"], "umask": "22"}`,
		`{"exec": ["x"], "umask": 18}`, `{"exec": ["x"], "after": ["B"]}`, `{"exec": ["x"], "requires": ["a", "a"]}`,
		`{"exec": ["x"], "restart": {"policy": "allways"}}`, `{"exec": ["x"], "restart": {"delay": 1}}`, `{"exec": ["x"], "restart": {"delay": "1"}}`,
		`{"exec": ["x"], "restart": {"delay": "-1s"}}`, `{"exec": ["x"], "restart": {"jitter": 1.5}}`, `{"exec": ["x"], "restart": {"limit": 0.5}}`,
		`{"exec": ["x"], "restart": {"give_up": "halt"}}`, `{"exec": ["x"], "ready": {"tcp": "localhost:80"}}`, `{"exec": ["x"], "ready": {"http": "https://127.0.0.1:1/"}}`,
		`{"exec": ["x"], "ready": {"fd": 5000}}`, `{"exec": ["x"], "health": {"failures": 0}}`, `{"exec": ["x"], "stop": {"signal": "15"}}`,
		`{"exec": ["x"], "hooks": {"before_start": [{}]}}`, `{"exec": ["x"], "hooks": {"before_start": {"exec": ["x"]}}}`, `{"exec": ["x"], "hooks": {"before": []}}`,
		`{"exec": ["x"], "limits": {"memory": 64}}`, `{"exec": ["x"], "limits": {"memory": "64 MB"}}`, `{"exec": ["x"], "limits": {"nofile": 0}}`,
		`{"exec": ["x"], "limits": {"nice": 20}}`, `{"exec": ["x"], "sandbox": {"capabilities": ["kill"]}}`, `{"exec": ["x"], "sandbox": {"namespaces": ["user"]}}`,
		`{"exec": ["x"], "sandbox": {"read_only": ["a"]}}`, `{"exec": ["x"], "sandbox": {"seccomp": "../x"}}`, `{"exec": ["x"], "sockets": [{"name": "a"}]}`,
		`{"exec": ["x"], "sockets": [{"name": "a", "listen": "80"}]}`, `{"exec": ["x"], "kind": "timer", "timer": {"every": "soon"}}`,
		`{"exec": ["x"], "conditions": {"architecture": ["amd64"]}}`, `{"exec": ["x"], "conditions": {"container": "no"}}`,
	} {
		if validate(r, text) == nil {
			t.Errorf("the schema accepts %s", text)
		}
		if _, err := manifest.Parse("bad.json", []byte(text)); err == nil {
			t.Errorf("Parse accepts %s", text)
		}
	}
}
