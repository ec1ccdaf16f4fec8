package initramfs

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
)

// A line of files.txt:
//
//	dir      PATH MODE OWNER
//	node     PATH MODE OWNER MAJOR:MINOR     a character device
//	file     PATH MODE OWNER SOURCE          SOURCE is a path below root/, or @OUTPUT
//	file?    PATH MODE OWNER @OUTPUT         left out when there is no such output
//	link     PATH TARGET
//	programs PATH TARGET                     a link in PATH for every program
type line struct {
	position     string // file:line, for errors
	kind         string
	optional     bool
	path         string
	mode         uint32
	uid, gid     uint32
	major, minor uint32
	source       string
}

// parse reads a file list. Errors name file, line and column.
func parse(name string, text []byte) ([]line, error) {
	var lines []line
	number := 0
	for raw := range strings.Lines(string(text)) {
		number++
		code, _, _ := strings.Cut(raw, "#")
		if strings.TrimSpace(code) == "" {
			continue
		}
		l, word, err := parseLine(strings.Fields(code))
		if err != nil {
			column := 1 + max(0, strings.Index(raw, word))
			return nil, cli.Usagef("%s:%d:%d: %v", name, number, column, err)
		}
		l.position = fmt.Sprintf("%s:%d", name, number)
		lines = append(lines, l)
	}
	return lines, nil
}

// parseLine reads the words of one line. With an error it returns the word
// that is wrong.
func parseLine(words []string) (l line, wrong string, err error) {
	kind, optional := strings.CutSuffix(words[0], "?")
	l = line{kind: kind, optional: optional}
	want, ok := map[string]int{"dir": 4, "node": 5, "file": 5, "link": 3, "programs": 3}[kind]
	if !ok || optional && kind != "file" {
		return l, words[0], fmt.Errorf("unknown type %q: valid are dir, node, file, file?, link, programs", words[0])
	}
	if len(words) != want {
		return l, words[0], fmt.Errorf("%s takes %d words, found %d", kind, want, len(words))
	}
	l.path = words[1]
	if !strings.HasPrefix(l.path, "/") || path.Clean(l.path) != l.path || l.path == "/" {
		return l, l.path, fmt.Errorf("path %q is not absolute and clean", l.path)
	}
	if kind == "link" || kind == "programs" {
		l.mode, l.source = typeLink|0o777, words[2]
		return l, "", nil
	}
	mode, err := strconv.ParseUint(words[2], 8, 12)
	if err != nil {
		return l, words[2], fmt.Errorf("mode %q is not four octal digits", words[2])
	}
	l.mode = uint32(mode) | map[string]uint32{"dir": typeDir, "node": typeChar, "file": typeFile}[kind]
	if l.uid, l.gid, err = pair(words[3]); err != nil {
		return l, words[3], fmt.Errorf("owner %q is not UID:GID", words[3])
	}
	switch kind {
	case "node":
		if l.major, l.minor, err = pair(words[4]); err != nil {
			return l, words[4], fmt.Errorf("device %q is not MAJOR:MINOR", words[4])
		}
	case "file":
		l.source = words[4]
		if optional && !strings.HasPrefix(l.source, "@") {
			return l, l.source, fmt.Errorf("only an @OUTPUT can be optional")
		}
	}
	return l, "", nil
}

// pair reads two numbers with a colon between.
func pair(s string) (a, b uint32, err error) {
	left, right, _ := strings.Cut(s, ":")
	x, err := strconv.ParseUint(left, 10, 20)
	if err != nil {
		return 0, 0, err
	}
	y, err := strconv.ParseUint(right, 10, 20)
	return uint32(x), uint32(y), err
}
