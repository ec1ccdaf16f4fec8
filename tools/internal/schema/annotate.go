package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/doc"
)

// Annotate writes an example with a comment above each key: the first sentence
// of what the key means. Without the lines that begin with // it is JSON.
func (o *Object) Annotate(example []byte) ([]byte, error) {
	if !json.Valid(example) {
		return nil, errors.New("it is no JSON")
	}
	var b bytes.Buffer
	if err := o.annotate(&b, example, ""); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (o *Object) annotate(b *bytes.Buffer, raw json.RawMessage, indent string) error {
	all, err := split(raw)
	if err != nil {
		return err
	}
	b.WriteString("{\n")
	for i, m := range all {
		f := o.field(m.key)
		if f == nil {
			return fmt.Errorf("%s has no key %q", o.Name, m.key)
		}
		fmt.Fprintf(b, "%s  // %s\n%s  %q: ", indent, firstSentence(f.Doc), indent, m.key)
		if err := f.Type.annotate(b, m.value, indent+"  "); err != nil {
			return err
		}
		if i < len(all)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(indent + "}")
	return nil
}

// annotate writes a value: objects and lists of them over several lines, all
// else on one.
func (t *Type) annotate(b *bytes.Buffer, raw json.RawMessage, indent string) error {
	switch {
	case t.Object != nil:
		return t.Object.annotate(b, raw, indent)
	case t.Items != nil && t.Items.Object != nil && t.JSON == "array":
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			return err
		}
		b.WriteByte('[')
		for i, element := range elements {
			if i > 0 {
				b.WriteString(", ")
			}
			if err := t.Items.annotate(b, element, indent); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	if bytes.IndexByte(raw, '\n') >= 0 {
		return json.Compact(b, raw)
	}
	b.Write(raw)
	return nil
}

func (o *Object) field(key string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Key == key {
			return &o.Fields[i]
		}
	}
	return nil
}

// firstSentence is the beginning of a comment.
func firstSentence(text string) string { return new(doc.Package).Synopsis(text) }

// A pair is a key and its value, as they stand in the text.
type pair struct {
	key   string
	value json.RawMessage
}

// split takes an object apart and keeps its order, which a map would not.
func split(raw json.RawMessage) ([]pair, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, fmt.Errorf("no object: %.40q (%v)", raw, err)
	}
	var all []pair
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		p := pair{key: key.(string)} // d refuses any other
		if err := d.Decode(&p.value); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
