package schema

import (
	"bytes"
	"encoding/json"
)

// A node is a schema in JSON Schema's own words.
type node struct {
	Schema      string          `json:"$schema,omitempty"`
	Ref         string          `json:"$ref,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Type        string          `json:"type,omitempty"`
	Enum        []string        `json:"enum,omitempty"`
	Pattern     string          `json:"pattern,omitempty"`
	Minimum     *int            `json:"minimum,omitempty"`
	Maximum     *int            `json:"maximum,omitempty"`
	MinLength   *int            `json:"minLength,omitempty"`
	MaxLength   *int            `json:"maxLength,omitempty"`
	MinItems    *int            `json:"minItems,omitempty"`
	MaxItems    *int            `json:"maxItems,omitempty"`
	UniqueItems bool            `json:"uniqueItems,omitempty"`
	Items       *node           `json:"items,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`
	Properties  members         `json:"properties,omitempty"`
	Required    []string        `json:"required,omitempty"`
	Additional  any             `json:"additionalProperties,omitempty"` // false, or the node of a map's values
	Defs        members         `json:"$defs,omitempty"`
}

// members are an object that keeps its order: that of the struct, in which a
// person would read it.
type members []member

type member struct {
	key   string
	value *node
}

// MarshalJSON writes the members as an object.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, member := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(encode(member.key))
		b.WriteByte(':')
		b.Write(encode(member.value))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode writes JSON without \u003c for <: people read it. Nothing that is
// given to it can fail.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// JSON is the description as JSON Schema draft 2020-12, with title as its
// title. Structs inside are definitions, by the names of their types.
func (o *Object) JSON(title string) []byte {
	root := o.node()
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title, root.Description = title, o.Doc
	for _, inner := range o.inner()[1:] {
		root.Defs = append(root.Defs, member{inner.Name, inner.node()})
	}
	var b bytes.Buffer
	if err := json.Indent(&b, encode(root), "", "  "); err != nil {
		panic(err) // encode has just written it
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// inner lists o and all objects inside, each once, in the order of the text.
func (o *Object) inner() []*Object {
	all, seen := []*Object{o}, map[*Object]bool{o: true}
	for i := 0; i < len(all); i++ {
		for _, f := range all[i].Fields {
			for t := f.Type; t != nil; t = t.Items {
				if t.Object != nil && !seen[t.Object] {
					seen[t.Object] = true
					all = append(all, t.Object)
				}
			}
		}
	}
	return all
}

func (o *Object) node() *node {
	n := &node{Type: "object", Description: o.Doc, Additional: false}
	for _, f := range o.Fields {
		value := f.Type.node()
		value.Description, value.Default = f.Doc, f.Default
		n.Properties = append(n.Properties, member{f.Key, value})
		if f.Required {
			n.Required = append(n.Required, f.Key)
		}
	}
	return n
}

func (t *Type) node() *node {
	if t.Object != nil {
		return &node{Ref: "#/$defs/" + t.Object.Name}
	}
	n := &node{Type: t.JSON, Enum: t.Values, Pattern: t.Pattern, UniqueItems: t.Unique}
	switch t.JSON {
	case "string":
		n.MinLength, n.MaxLength = t.Min, t.Max
	case "array":
		n.MinItems, n.MaxItems = t.Min, t.Max
		n.Items = t.Items.node()
	case "object":
		n.Additional = t.Items.node()
	default:
		n.Minimum, n.Maximum = t.Min, t.Max
	}
	return n
}
