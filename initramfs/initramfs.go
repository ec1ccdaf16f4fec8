// Package initramfs makes the archive that the kernel unpacks into memory
// before it starts init: every file that is on the device.
//
// When the kernel has set itself up it mounts an empty file system in RAM at /,
// unpacks this archive into it, and runs /init, which is the program of the
// next stop of the tour. There is no other root file system: what is not in
// the archive is not on the device.
//
// The list of all files is files.txt, one a line; it is the place to look for
// "what is on the machine?". Constant files lie in root/ under the path they
// will have; what a build makes (the multicall binary, the manual) is named
// there with an @.
//
// The format of the archive is "newc" cpio, as the kernel documents it
// (Documentation/driver-api/early-userspace/buffer-format.rst), compressed by
// zstd. The archive is the same, byte for byte, whoever makes it wherever: the
// entries are sorted, all times are 0, owners and modes are those of files.txt.
//
// # Files
//
//	initramfs/files.txt      the list: type, path, mode, owner, source
//	initramfs/root/          constant files
//
// # Why it has device nodes
//
// /dev/console and /dev/null are in the archive because the Go runtime ends a
// process whose first three descriptors are closed when it can't open
// /dev/null, and the kernel opens /dev/console for init before anything could
// be mounted on /dev.
//
// # Bugs
//
// Hard links and extended attributes are not written; nothing here needs them.
//
// Next in the tour: cmds/init
package initramfs

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed files.txt
var files []byte

//go:embed root
var root embed.FS

// File types of an entry's mode, as in stat(2).
const (
	typeFile = 0o100000
	typeDir  = 0o040000
	typeLink = 0o120000
	typeChar = 0o020000
)

// An Entry is one file of the device.
type Entry struct {
	Path         string // absolute and clean
	Mode         uint32 // type and permissions, as in stat(2)
	UID, GID     uint32
	Major, Minor uint32 // of a device node
	Data         []byte // content of a file, target of a link
}

// Inputs are what files.txt leaves open.
type Inputs struct {
	Outputs  map[string][]byte // name after @ in files.txt: content
	Programs []string          // names; each becomes a link to the multicall binary
}

// List returns the entries of files.txt with its sources read, sorted by path.
// Optional lines whose output is not among the inputs are left out.
func List(in Inputs) ([]Entry, error) {
	lines, err := parse("initramfs/files.txt", files)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, l := range lines {
		more, err := l.entries(in)
		if err != nil {
			return nil, err
		}
		entries = append(entries, more...)
	}
	return entries, check(entries)
}

// entries turns one line into what it stands for.
func (l line) entries(in Inputs) ([]Entry, error) {
	e := Entry{Path: l.path, Mode: l.mode, UID: l.uid, GID: l.gid, Major: l.major, Minor: l.minor}
	switch l.kind {
	case "link":
		e.Data = []byte(l.source)
	case "programs":
		var all []Entry
		for _, name := range in.Programs {
			all = append(all, Entry{Path: path.Join(l.path, name), Mode: typeLink | 0o777, Data: []byte(l.source)})
		}
		return all, nil
	case "file":
		output, made := strings.CutPrefix(l.source, "@")
		if !made {
			data, err := fs.ReadFile(root, l.source)
			if err != nil {
				return nil, fmt.Errorf("%s: cannot read the source: %w", l.position, err)
			}
			e.Data = data
			break
		}
		data, have := in.Outputs[output]
		if !have && l.optional {
			return nil, nil
		}
		if !have {
			return nil, fmt.Errorf("%s: nothing was built for %s", l.position, l.source)
		}
		e.Data = data
	}
	return []Entry{e}, nil
}

// check sorts the entries and refuses what the kernel would unpack in a way
// that nobody meant: a path twice, or a file in a folder that is not there.
func check(entries []Entry) error {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	isDir := map[string]bool{"/": true}
	for i, e := range entries {
		if i > 0 && entries[i-1].Path == e.Path {
			return fmt.Errorf("cannot list the files: %s is there twice", e.Path)
		}
		if !isDir[path.Dir(e.Path)] {
			return fmt.Errorf("cannot list the files: %s is in a folder that is not listed", e.Path)
		}
		isDir[e.Path] = e.Mode&0o170000 == typeDir
	}
	return nil
}

// Format shows entries as ls -l would, without sizes and times: the form of
// the golden list, in which a new file on the device is a visible diff.
func Format(entries []Entry) string {
	var b strings.Builder
	letters := map[uint32]string{typeFile: "-", typeDir: "d", typeLink: "l", typeChar: "c"}
	for _, e := range entries {
		fmt.Fprintf(&b, "%s%04o %d:%d %s", letters[e.Mode&0o170000], e.Mode&0o7777, e.UID, e.GID, e.Path)
		switch e.Mode & 0o170000 {
		case typeLink:
			fmt.Fprintf(&b, " -> %s", e.Data)
		case typeChar:
			fmt.Fprintf(&b, " %d:%d", e.Major, e.Minor)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
