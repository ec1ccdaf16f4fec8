package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Config is a daemon's configuration, as
// far as this test goes: with | and *.
type Config struct {
	// How much it says. Louder is
	// better.
	Level level `json:"level"`

	Port   uint16            `json:"port" schema:"required,max=65535"`                  // Where it listens.
	Names  []string          `json:"names,omitempty" schema:"unique,min=1,format=word"` // The names.
	Labels map[string]string `json:"labels,omitempty"`                                  // Any.
	Limits Limits            `json:"limits"`                                            // How much.
	Rules  []Rule            `json:"rules,omitempty"`                                   // What to do.
	Ratio  *float64          `json:"ratio,omitempty"`                                   // Of what.
	Local  string            `json:"-"`
	hidden int
}

// Limits are how much.
type Limits struct {
	Most int `json:"most"` // At most.
}

// Rule is what to do.
type Rule struct {
	Then []Rule `json:"then,omitempty"` // Afterwards.
	On   bool   `json:"on"`             // Whether.
}

type level string

func (level) Values() []string { return []string{"low", "high"} }

type bare struct {
	X int `json:"x"`
}

// sample writes the types above where Of can read their comments.
func sample(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("schema_test.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sample.go"), source, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func describe(t *testing.T) *Object {
	t.Helper()
	o, err := Of(sample(t), Config{Level: "low", hidden: 1, Limits: Limits{Most: 3}}, map[string]string{"word": "^[a-z<]+$"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestJSON(t *testing.T) {
	const want = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "config",
  "description": "Config is a daemon's configuration, as far as this test goes: with | and *.",
  "type": "object",
  "properties": {
    "level": {
      "description": "How much it says. Louder is better.",
      "type": "string",
      "enum": [
        "low",
        "high"
      ],
      "default": "low"
    },
    "port": {
      "description": "Where it listens.",
      "type": "integer",
      "minimum": 0,
      "maximum": 65535
    },
    "names": {
      "description": "The names.",
      "type": "array",
      "minItems": 1,
      "uniqueItems": true,
      "items": {
        "type": "string",
        "pattern": "^[a-z<]+$"
      }
    },
    "labels": {
      "description": "Any.",
      "type": "object",
      "additionalProperties": {
        "type": "string"
      }
    },
    "limits": {
      "$ref": "#/$defs/Limits",
      "description": "How much."
    },
    "rules": {
      "description": "What to do.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/Rule"
      }
    },
    "ratio": {
      "description": "Of what.",
      "type": "number"
    }
  },
  "required": [
    "port"
  ],
  "additionalProperties": false,
  "$defs": {
    "Limits": {
      "description": "Limits are how much.",
      "type": "object",
      "properties": {
        "most": {
          "description": "At most.",
          "type": "integer",
          "default": 3
        }
      },
      "additionalProperties": false
    },
    "Rule": {
      "description": "Rule is what to do.",
      "type": "object",
      "properties": {
        "then": {
          "description": "Afterwards.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/Rule"
          }
        },
        "on": {
          "description": "Whether.",
          "type": "boolean"
        }
      },
      "additionalProperties": false
    }
  }
}
`
	if got := string(describe(t).JSON("config")); got != want {
		t.Errorf("got %s", got)
	}
}

func TestMarkdown(t *testing.T) {
	const want = "<!-- Made by go-builder docs from the comments in x. Edit those. -->\n# The configuration\n\nIt is in /etc.\n" + `
## Examples

The comments are for the reader; a file has none.

` + "`one`:\n\n```jsonc" + `
{
  // How much it says.
  "level": "high",
  // Where it listens.
  "port": 80,
  // What to do.
  "rules": [{
    // Afterwards.
    "then": [{
      // Whether.
      "on": true
    }]
  }, {
  }],
  // Any.
  "labels": {"a  b":"c"}
}
` + "```\n" + `
## Keys

Config is a daemon's configuration, as far as this test goes: with \| and \*.

| key | value | default | meaning |
|---|---|---|---|
| ¬level¬ | ¬low¬, ¬high¬ | ¬low¬ | How much it says. Louder is better. |
| ¬port¬ | integer, 0 to 65535 | **needed** | Where it listens. |
| ¬names¬ | list of word |  | The names. |
| ¬labels¬ | object of text |  | Any. |
| ¬limits¬ | [limits](#limits) |  | How much. |
| ¬rules¬ | list of [rule](#rule) |  | What to do. |
| ¬ratio¬ | number |  | Of what. |

## limits

Limits are how much.

| key | value | default | meaning |
|---|---|---|---|
| ¬most¬ | integer | ¬3¬ | At most. |

## rule

Rule is what to do.

| key | value | default | meaning |
|---|---|---|---|
| ¬then¬ | list of [rule](#rule) |  | Afterwards. |
| ¬on¬ | ¬true¬, ¬false¬ |  | Whether. |

## Forms of texts

As regular expressions. What they can't say, such as that a number is too high, the program says.

| form | pattern |
|---|---|
| word | ¬^[a-z<]+$¬ |
`
	page := Page{Title: "The configuration", Source: "x", Intro: "It is in /etc.\n", Object: describe(t),
		Examples: []Example{{"one", []byte("{\"level\":\"high\", \"port\": 80, \"rules\": [{\"then\": [{\"on\": true}]}, {}], \"labels\": {\n\"a  b\": \"c\"}}")}}}
	got, err := page.Markdown()
	if err != nil || string(got) != strings.ReplaceAll(want, "¬", "`") {
		t.Errorf("%v\n%s", err, got)
	}
	for _, bad := range []string{`{"x": 1}`, `[]`, `{"rules": {}}`, `{`, ``} {
		page.Examples[0].Text = []byte(bad)
		if _, err := page.Markdown(); err == nil || !strings.Contains(err.Error(), "cannot annotate the example one") {
			t.Errorf("example %q: %v", bad, err)
		}
	}
}

func TestErrors(t *testing.T) {
	type unknownForm struct {
		X string `json:"x" schema:"format=gone"`
	}
	type badTag struct {
		X string `json:"x" schema:"requried"`
	}
	type badNumber struct {
		X int `json:"x" schema:"min=low"`
	}
	type channel struct {
		X chan int `json:"x"`
	}
	dir := t.TempDir()
	text := "package x\n\nimport \"time\"\n"
	for _, v := range []any{unknownForm{}, badTag{}, badNumber{}, channel{}} {
		text += "type " + reflect.TypeOf(v).Name() + " struct {\n\tX int // X.\n}\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "x.go"), []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir   string
		value any
		want  string
	}{
		{dir, unknownForm{}, `X: the form "gone" is not known`},
		{dir, badTag{}, `what is "requried" in its schema tag?`},
		{dir, badNumber{}, "invalid syntax"},
		{dir, channel{}, "no JSON for the type chan int"},
		{dir, Config{}, "cannot find the type schema.Config in " + dir},
		{dir, 3, "cannot describe int: it is no struct"},
		{sample(t), bare{}, "cannot describe schema.bare.X: it has no json tag or no comment"},
		{broken, bare{}, "expected 'package'"},
		{t.TempDir(), bare{}, "no struct types in"},
		{"/no/such/folder", bare{}, "no such file"},
	} {
		if _, err := Of(tt.dir, tt.value, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%T: %v; want %s", tt.value, err, tt.want)
		}
	}
}

// The comments that Annotate adds are all that keeps its text from being JSON.
func TestAnnotate(t *testing.T) {
	text, err := describe(t).Annotate([]byte(`{"names": ["a b", "c"], "limits": {"most": 1}}`))
	if err != nil {
		t.Fatal(err)
	}
	var plain []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			plain = append(plain, line)
		}
	}
	var c Config
	if err := json.Unmarshal([]byte(strings.Join(plain, "")), &c); err != nil || c.Names[0] != "a b" || c.Limits.Most != 1 {
		t.Errorf("%s: %v", text, err)
	}
}
