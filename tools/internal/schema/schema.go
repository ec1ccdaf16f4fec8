// Package schema describes a Go struct that is read from JSON: as JSON Schema
// for editors and other programs, and as a page of docs/reference for people.
//
// Nobody writes these by hand. The struct is what decides: the names and types
// of its fields, their json tags, and a value of it that holds the defaults.
// The comment above each field says what it means; a field without one is an
// error. What a type can't say is in a field's schema tag, a list with commas:
//
//	required       the key must be there
//	unique         no element of the list is there twice
//	min=N max=N    of a number; of a text or a list, its length
//	format=NAME    the text, or each text of the list, has this form
//
// A form is a regular expression of ECMA 262, given by name; a type that reads
// itself from text finds its form under the type's name. A type with a method
// Values() []string has these values and no others.
//
//	object, err := schema.Of("internal/manifest", manifest.Defaults(manifest.KindDaemon), manifest.Formats())
//	files["manifest.schema.json"] = object.JSON()
//	files["manifest.md"] = page.Markdown()
//
// # Links
//
// json-schema.org, draft 2020-12.
//
// # Bugs
//
// What depends on another key, such as that a timer needs a time, is not in the
// schema: the program that reads the file checks that. Comments of structs in
// other folders are not read. Embedded structs are not known.
//
// Next in the tour: none
package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// An Object describes a struct.
type Object struct {
	Name   string // of the Go type
	Doc    string // the comment above it, as one line
	Fields []Field
}

// A Field is one key of an Object.
type Field struct {
	Key      string
	Doc      string // as one line
	Required bool
	Default  json.RawMessage // nil if it has none
	Type     *Type
}

// A Type is what a value may be.
type Type struct {
	JSON    string // boolean, integer, number, string, array, or object
	Form    string // name of the form of a string, or ""
	Pattern string // of that form
	Values  []string
	Min     *int // of a number; of a string or array, its length
	Max     *int
	Unique  bool
	Items   *Type   // of an array, or of an object that is a map
	Object  *Object // of an object that is a struct
}

// Of describes the struct that defaults is, whose source is in dir. forms are
// patterns by name.
func Of(dir string, defaults any, forms map[string]string) (*Object, error) {
	docs, err := readComments(dir)
	if err != nil {
		return nil, err
	}
	d := describer{dir: dir, docs: docs, forms: forms, known: map[reflect.Type]*Object{}}
	v := reflect.ValueOf(defaults)
	if v.Kind() != reflect.Struct {
		return nil, fmt.Errorf("cannot describe %T: it is no struct", defaults)
	}
	return d.object(v, true)
}

type describer struct {
	dir   string
	docs  map[string]comments
	forms map[string]string
	known map[reflect.Type]*Object
}

// object describes a struct. hasDefaults is false inside of lists, whose
// elements have their defaults from elsewhere.
func (d *describer) object(v reflect.Value, hasDefaults bool) (*Object, error) {
	t := v.Type()
	if o := d.known[t]; o != nil {
		return o, nil
	}
	docs, found := d.docs[t.Name()]
	if !found {
		return nil, fmt.Errorf("cannot find the type %s in %s", t, d.dir)
	}
	o := &Object{Name: t.Name(), Doc: docs.of}
	d.known[t] = o // now, for a type may hold itself
	for field, value := range v.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "-" || !field.IsExported() {
			continue
		}
		f := Field{Key: key, Doc: docs.fields[field.Name]}
		if key == "" || f.Doc == "" {
			return nil, fmt.Errorf("cannot describe %s.%s: it has no json tag or no comment", t, field.Name)
		}
		var err error
		if f.Type, err = d.typed(value, hasDefaults); err == nil {
			err = d.tagged(&f, field.Tag.Get("schema"))
		}
		if err != nil {
			return nil, fmt.Errorf("cannot describe %s.%s: %w", t, field.Name, err)
		}
		if hasDefaults && !f.Required {
			f.Default = defaultOf(value)
		}
		o.Fields = append(o.Fields, f)
	}
	return o, nil
}

// typed describes the type of a value.
func (d *describer) typed(v reflect.Value, hasDefaults bool) (*Type, error) {
	t := v.Type()
	if values, ok := reflect.Zero(t).Interface().(interface{ Values() []string }); ok {
		return &Type{JSON: "string", Values: values.Values()}, nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		form := &Type{JSON: "string"}
		return form, d.form(form, t.Name())
	}
	switch t.Kind() {
	case reflect.Bool:
		return &Type{JSON: "boolean"}, nil
	case reflect.String:
		return &Type{JSON: "string"}, nil
	case reflect.Float32, reflect.Float64:
		return &Type{JSON: "number"}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &Type{JSON: "integer"}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &Type{JSON: "integer", Min: new(0)}, nil
	case reflect.Pointer:
		return d.typed(reflect.Zero(t.Elem()), false)
	case reflect.Slice:
		items, err := d.typed(reflect.Zero(t.Elem()), false)
		return &Type{JSON: "array", Items: items}, err
	case reflect.Map:
		items, err := d.typed(reflect.Zero(t.Elem()), false)
		return &Type{JSON: "object", Items: items}, err
	case reflect.Struct:
		o, err := d.object(v, hasDefaults)
		return &Type{JSON: "object", Object: o}, err
	}
	return nil, fmt.Errorf("no JSON for the type %s", t)
}

// form gives a string its form.
func (d *describer) form(t *Type, name string) error {
	pattern, found := d.forms[name]
	if !found {
		return fmt.Errorf("the form %q is not known", name)
	}
	t.Form, t.Pattern = strings.ToLower(name), pattern
	return nil
}

// tagged adds what a schema tag says.
func (d *describer) tagged(f *Field, tag string) error {
	if tag == "" {
		return nil
	}
	for part := range strings.SplitSeq(tag, ",") {
		word, value, _ := strings.Cut(part, "=")
		var err error
		switch word {
		case "required":
			f.Required = true
		case "unique":
			f.Type.Unique = true
		case "min":
			f.Type.Min, err = number(value)
		case "max":
			f.Type.Max, err = number(value)
		case "format":
			texts := f.Type
			if texts.Items != nil {
				texts = texts.Items
			}
			err = d.form(texts, value)
		default:
			err = fmt.Errorf("what is %q in its schema tag?", part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func number(text string) (*int, error) {
	n, err := strconv.Atoi(text)
	return &n, err
}

// defaultOf is a field's default as JSON. Nothing is the default of a text, a
// list or a pointer that is empty: the field's comment says what that means.
func defaultOf(v reflect.Value) json.RawMessage {
	switch v.Kind() {
	case reflect.Struct:
		if _, isText := v.Interface().(encoding.TextMarshaler); !isText {
			return nil // its fields have theirs
		}
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.String:
		if v.IsZero() {
			return nil
		}
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return nil
	}
	return text
}
