package main

import (
	"path"
	"strings"
)

// excluded says whether a pattern fits the name, or the part of it after any
// slash.
func (o *options) excluded(name string) bool {
	name = strings.Trim(name, "/")
	for _, pattern := range o.exclude {
		pattern = strings.TrimRight(pattern, "/")
		for rest := name; ; {
			if glob(pattern, rest) {
				return true
			}
			i := strings.IndexByte(rest, '/')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
	}
	return false
}

// glob says whether a pattern fits a whole name. Its * fits slashes, too.
func glob(pattern, name string) bool {
	const other = "\x00" // is in no name, and no slash to package path
	fits, err := path.Match(strings.ReplaceAll(pattern, "/", other), strings.ReplaceAll(name, "/", other))
	return fits && err == nil
}

// wanted is the index of the FILE that a name of the archive is, or is in; -1
// if there is none. Without FILEs all are wanted.
func (o *options) wanted(name string) (index int, ok bool) {
	if len(o.members) == 0 {
		return -1, true
	}
	bare := func(name string) string { return strings.TrimRight(strings.TrimPrefix(name, "./"), "/") }
	name = bare(name)
	for i, m := range o.members {
		want := bare(m.name)
		if name == want || want == "." || strings.HasPrefix(name, want+"/") || o.wildcards && glob(want, name) {
			return i, true
		}
	}
	return -1, false
}

// stripped is a name without its first n parts, "" if it has no more.
func stripped(name string, n int) string {
	for range n {
		_, rest, _ := strings.Cut(strings.TrimLeft(name, "/"), "/")
		name = rest
	}
	return name
}

// inside is a name of the archive as a path in the folder. prefix is what had
// to be left out; ok is false for a name that leads out.
func inside(name string) (clean, prefix string, ok bool) {
	clean = strings.TrimLeft(name, "/")
	if len(clean) < len(name) {
		prefix = "/"
	}
	for part := range strings.SplitSeq(clean, "/") {
		if part == ".." {
			return "", prefix, false
		}
	}
	return path.Clean(clean), prefix, true
}

// memberName is the name that a file gets in the archive.
func memberName(name string) (member, prefix string) {
	member = name
	if parts := strings.Split(name, "/"); strings.Contains("/"+name+"/", "/../") {
		for i, part := range parts {
			if part == ".." {
				member, prefix = strings.Join(parts[i+1:], "/"), strings.Join(parts[:i+1], "/")+"/"
			}
		}
	}
	if trimmed := strings.TrimLeft(member, "/"); len(trimmed) < len(member) {
		member, prefix = trimmed, prefix+"/"
	}
	if member = strings.TrimRight(member, "/"); member == "" {
		member = "."
	}
	return member, prefix
}
