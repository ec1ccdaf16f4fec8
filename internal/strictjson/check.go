package strictjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
)

// A checker compares the text with a Go type.
type checker struct{ scanner }

// value eats one value, which must fit t.
func (c *checker) value(t reflect.Type, depth int) {
	if depth > maxDepth {
		c.fail(c.pos, "", "nested deeper than %d", maxDepth)
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	first := c.peek()
	start := c.pos
	if readsText(t) && first != '"' { // encoding/json would leave null to the type, and speak of Go types
		c.wrongType(reflect.TypeFor[string](), start)
	}
	if readsItself(t) {
		c.anything(depth)
		c.letItRead(t, start)
		return
	}
	switch kind := t.Kind(); {
	case kind == reflect.Interface:
		c.anything(depth)
	case kind == reflect.Struct && first == '{':
		c.object(depth, fields(t))
	case kind == reflect.Map && first == '{':
		c.object(depth, func(string) (reflect.Type, []string) { return t.Elem(), nil })
	case (kind == reflect.Slice || kind == reflect.Array) && first == '[':
		c.array(t.Elem(), depth)
	case kind == reflect.String && first == '"':
		c.text("a string")
	case isNumber(kind) && (first == '-' || first >= '0' && first <= '9'):
		c.number(t)
	case kind == reflect.Bool && (first == 't' || first == 'f'):
		c.literal()
	default:
		c.wrongType(t, start)
	}
}

// wrongType fails with what was wanted and what is there.
func (c *checker) wrongType(t reflect.Type, start int) {
	found := c.show(start)
	switch c.peek() {
	case '{':
		found = "an object"
	case '[':
		found = "a list"
	case '"':
		found = "a string"
	case 't', 'f', 'n':
		c.literal()
		found = string(c.data[start:c.pos])
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		found = "a number"
	}
	hint := ""
	if found == "null" {
		hint = "leave the key out to get its default"
	}
	c.fail(start, hint, "expected %s, found %s", describe(t), found)
}

func describe(t reflect.Type) string {
	switch kind := t.Kind(); {
	case kind == reflect.Struct || kind == reflect.Map:
		return "an object"
	case kind == reflect.Slice || kind == reflect.Array:
		return "a list"
	case kind == reflect.Bool:
		return "true or false"
	case kind == reflect.Float32 || kind == reflect.Float64:
		return "a number"
	case isNumber(kind):
		return "a whole number"
	}
	return "a string"
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}

// object eats an object. lookup gives the type of a key's value, or nil and
// the valid keys.
func (c *checker) object(depth int, lookup func(key string) (reflect.Type, []string)) {
	c.expect('{', "")
	seen := map[string]bool{}
	for !c.take('}') {
		if len(seen) > 0 {
			c.expect(',', "or '}' after the value")
		}
		c.space()
		at := c.pos
		key := c.text("a key in quotes")
		if seen[key] {
			c.fail(at, "", "duplicate key %q", key)
		}
		seen[key] = true
		t, valid := lookup(key)
		if t == nil {
			c.unknown(at, key, valid)
		}
		c.expect(':', "after the key")
		c.value(t, depth+1)
	}
}

func (c *checker) unknown(at int, key string, valid []string) {
	hint := "valid keys: " + strings.Join(valid, ", ")
	if near := nearest.Of(key, valid); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	c.fail(at, hint, "unknown key %q", key)
}

// fields returns the look-up of a struct's keys.
func fields(t reflect.Type) func(string) (reflect.Type, []string) {
	return func(key string) (reflect.Type, []string) {
		var valid []string
		for field := range t.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "-" || !field.IsExported() {
				continue
			}
			if name == "" {
				name = field.Name
			}
			if name == key {
				return field.Type, nil
			}
			valid = append(valid, name)
		}
		return nil, valid
	}
}

func (c *checker) array(element reflect.Type, depth int) {
	c.expect('[', "")
	for n := 0; !c.take(']'); n++ {
		if n > 0 {
			c.expect(',', "or ']' after the value")
		}
		c.value(element, depth+1)
	}
}

func (c *checker) number(t reflect.Type) {
	start := c.pos
	word := c.word()
	if !json.Valid([]byte(word)) {
		c.fail(start, "", "bad number %s", word)
	}
	var err error
	switch kind := t.Kind(); {
	case kind <= reflect.Int64:
		_, err = strconv.ParseInt(word, 10, t.Bits())
	case kind <= reflect.Uint64:
		_, err = strconv.ParseUint(word, 10, t.Bits())
	default:
		_, err = strconv.ParseFloat(word, t.Bits())
	}
	if err != nil {
		c.fail(start, "", "expected %s that fits %s, found %s", describe(t), t.Kind(), word)
	}
}

func (c *checker) literal() {
	start := c.pos
	switch word := c.word(); word {
	case "true", "false", "null":
	default:
		c.fail(start, "", "unexpected word %q", word)
	}
}

// anything eats any value whatever.
func (c *checker) anything(depth int) {
	switch c.peek() {
	case '{':
		any := reflect.TypeFor[any]()
		c.object(depth, func(string) (reflect.Type, []string) { return any, nil })
	case '[':
		c.array(reflect.TypeFor[any](), depth)
	case '"':
		c.text("a string")
	case 't', 'f', 'n':
		c.literal()
	default:
		if !isWord(c.peek()) {
			c.fail(c.pos, "", "expected a value, found %s", c.show(c.pos))
		}
		c.number(reflect.TypeFor[float64]())
	}
}

// readsItself tells whether t brings its own decoding, such as a duration.
func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || readsText(t)
}

// readsText tells whether t reads itself from a string.
func readsText(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && !p.Implements(reflect.TypeFor[json.Unmarshaler]())
}

// letItRead tries t's own decoding, so that its error gets a position. An
// error that is an *Error keeps its hint.
func (c *checker) letItRead(t reflect.Type, start int) {
	err := json.Unmarshal(c.data[start:c.pos], reflect.New(t).Interface())
	var own *Error
	if errors.As(err, &own) {
		c.fail(start, own.Hint, "%s", own.Problem)
	}
	if err != nil {
		c.fail(start, "", "%v", err)
	}
}
