package strictjson

import (
	"fmt"
	"strconv"
)

// AtPath returns an Error for a problem that only the caller can see, at the
// place where path leads: each element is the key of an object or, in decimal,
// the index into a list. A place in an object is its key, one in a list its
// value. Where the path breaks off, as for a missing key, the place is the
// last that is there.
func AtPath(file string, data []byte, path []string, format string, args ...any) *Error {
	e := &Error{File: file, Problem: fmt.Sprintf(format, args...)}
	c := &checker{scanner{file: file, data: data}}
	e.Line, e.Col = position(data, c.seek(path))
	return e
}

// seek returns the offset of the place where path leads. It is meant for text
// that Decode has accepted; in any other it stops at the first flaw.
func (c *checker) seek(path []string) (at int) {
	defer func() {
		if r := recover(); r != nil {
			if _, flaw := r.(*Error); !flaw {
				panic(r)
			}
		}
	}()
	c.space()
	at = c.pos
	for depth := 0; len(path) > 0; path, depth = path[1:], depth+1 {
		found := false
		switch c.peek() {
		case '{':
			at, found = c.member(path[0], at, depth)
		case '[':
			at, found = c.element(path[0], at, depth)
		}
		if !found {
			break
		}
	}
	return min(at, len(c.data))
}

// member moves to the value of a key and returns the key's place, or eats the
// object and returns at.
func (c *checker) member(key string, at, depth int) (int, bool) {
	c.expect('{', "")
	for n := 0; !c.take('}'); n++ {
		if n > 0 {
			c.expect(',', "")
		}
		c.space()
		place := c.pos
		found := c.text("a key") == key
		c.expect(':', "")
		if found {
			return place, true
		}
		c.anything(depth + 1)
	}
	return at, false
}

// element moves to a value of a list, or eats the list and returns at.
func (c *checker) element(index string, at, depth int) (int, bool) {
	c.expect('[', "")
	for n := 0; !c.take(']'); n++ {
		if n > 0 {
			c.expect(',', "")
		}
		c.space()
		if strconv.Itoa(n) == index {
			return c.pos, true
		}
		c.anything(depth + 1)
	}
	return at, false
}
