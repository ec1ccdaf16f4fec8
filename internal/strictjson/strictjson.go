// Package strictjson reads JSON that people write: distribution files,
// templates, manifests and configurations.
//
// encoding/json forgives what a person would want to hear about: it takes the
// last of two equal keys, matches keys of another case, ignores what follows
// the value, and with unknown keys says neither line nor column. Decode
// refuses all of these, and null, and nesting deeper than 32, and says where:
//
//	distro.json:4:3: unknown key "nmae"
//	  hint: did you mean "name"?
//
// The syntax is RFC 8259's. The Go type is the schema: fields with a json tag
// are the keys, all optional; whether a key must be there is the caller's to
// check, with At and AtPath for the place. A type that reads itself from a
// string, such as a duration, may return an *Error with Problem and Hint.
//
// # How
//
// One pass over the text checks it against the type and knows the position of
// every token; only then encoding/json fills the value, so v is untouched
// when there is an error.
//
// # Bugs
//
// Columns count bytes, not characters. Embedded structs are not flattened:
// give them a tag.
//
// Next in the tour: none
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
)

const maxDepth = 32 // no file of ours nests deeper than 6

// An Error is one problem in a file. It ends a program with status 2.
type Error struct {
	File      string // "" in the error of a type that reads itself, until Decode knows it
	Line, Col int    // from 1; 0 where the problem is the file as a whole
	Problem   string
	Hint      string // the next step, or ""
	cause     error  // what the problem was made of, for errors.As
}

func (e *Error) Error() string {
	text := e.Problem
	switch {
	case e.Line > 0:
		text = fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, text)
	case e.File != "":
		text = e.File + ": " + text
	}
	if e.Hint != "" {
		text += "\n  hint: " + e.Hint
	}
	return text
}

func (e *Error) Unwrap() error { return e.cause }

// ExitStatus is that of a wrong question: the file's author has to act.
func (*Error) ExitStatus() int { return 2 }

// ReadFile decodes the file at path into v, which is a non-nil pointer.
// The error is an *Error, or an *fs.PathError when the file can't be read.
func ReadFile(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return Decode(path, data, v)
}

// Decode decodes data into v, which is a non-nil pointer. file is the name
// that errors carry. v is changed only when the whole text is right.
func Decode(file string, data []byte, v any) (err error) {
	c := &checker{scanner{file: file, data: data}}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			err = r
		default:
			panic(r)
		}
	}()
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		c.fail(0, "", "starts with a byte order mark, which JSON does not allow")
	}
	c.value(reflect.TypeOf(v).Elem(), 0)
	c.space()
	if c.pos < len(c.data) {
		c.fail(c.pos, "", "unexpected %s after the end of the value", c.show(c.pos))
	}
	if err := json.Unmarshal(data, v); err != nil {
		return &Error{File: file, Problem: err.Error()}
	}
	return nil
}

// At returns an Error for a problem that only the caller can see, such as a
// missing key, at the first place where the key stands in data, or at the
// file's beginning when it stands nowhere. A cause wrapped with %w keeps its
// hint.
func At(file string, data []byte, key, format string, args ...any) error {
	cause := fmt.Errorf(format, args...)
	e := &Error{File: file, Line: 1, Col: 1, Problem: cause.Error(), cause: cause}
	quoted, err := json.Marshal(key)
	if err != nil || key == "" {
		return e
	}
	if i := bytes.Index(data, quoted); i >= 0 {
		e.Line, e.Col = position(data, i)
	}
	return e
}

// position turns an offset into line and column, both from 1.
func position(data []byte, offset int) (line, col int) {
	before := data[:offset]
	return 1 + bytes.Count(before, []byte("\n")), offset - bytes.LastIndexByte(before, '\n')
}
