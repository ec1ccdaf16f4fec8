// Ls lists files and what is in folders.
//
// Usage:
//
//	ls [-1aACdFhilnpqrRsStx] [FILE...]
//
// Without FILE it lists the current folder. Names that begin with a dot are
// hidden.
//
// Which files:
//
//	-a  hidden ones too            -A  the same without . and ..
//	-d  folders themselves         -R  folders inside folders too
//
// In which order: by name, or
//
//	-t  newest first               -S  largest first
//	-r  the other way round
//
// What is told:
//
//	-l  type and permissions, links, owner, group, size, time of change, name
//	-n  the same with numbers of owner and group
//	-i  inode number               -s  KiB on disk
//	-h  sizes such as 1.5K         -L  what links point at, not the links
//	-F  a mark after the name: / folder, * program, @ link, | pipe, = socket
//	-p  / after folders only
//
// In which shape:
//
//	-1  a name on each line        -C  columns, read down
//	-x  columns, read across       -q  ? for control characters in names
//	--color=auto|always|never
//
// On a terminal the default is -Cq in colour (NO_COLOR turns that off),
// else -1. Blue is a folder, cyan a link, green a program, yellow a device,
// magenta a socket, red a link to nothing.
//
// Examples:
//
//	ls -la            everything, with details
//	ls -lt | head     the newest files
//	ls -d */          folders only
//	ls -lhS /var/log  the largest logs
//
// # Exit status
//
// 0 done, 1 a file could not be listed, 2 usage.
//
// Links: POSIX.1-2024 ls; stat(2), inode(7).
//
// # Bugs
//
//   - Names are sorted by their bytes, whatever the language.
//   - Columns count one place for each character, so wide ones (CJK) disturb.
//   - LS_COLORS is not read.
//
// Next in the tour: none
package main

import (
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: ls [-1aACdFhilLnpqrRsStx] [FILE...]

  ls -la           everything, with details
  ls -lt           newest first
  ls -lhS          largest first, sizes for people

  -a -A hidden files   -d folders themselves  -R folders in folders
  -l details           -n numeric owners      -i inode  -s KiB on disk
  -h 1.5K              -L follow links        -F -p marks after names
  -t by time           -S by size             -r reversed
  -1 lines             -C columns             -x across -q ? for control characters
  --color=auto|always|never`

type options struct {
	all, almostAll, folders, recursive     bool // which
	order                                  order
	reverse                                bool
	long, numeric, inode, blocks, human    bool // what
	follow, mark, markFolders, hideControl bool
	shape                                  shape
	color                                  bool
}

type order int

const (
	byName order = iota
	byTime
	bySize
)

type shape int

const (
	lines shape = iota
	columns
	across
)

// A machine is what ls asks of the process and system around it.
type machine struct {
	isTerminal func() bool // of standard output
	width      func() int  // of the terminal, in characters
	getenv     func(string) string
	now        func() time.Time
	zone       *time.Location
	users      *owner.Names
	groups     *owner.Names
}

func main() {
	linux := machine{
		isTerminal: func() bool { return term.IsTerminal(1) },
		width:      terminalWidth,
		getenv:     os.Getenv,
		now:        time.Now,
		zone:       time.Local,
		users:      owner.Users(),
		groups:     owner.Groups(),
	}
	cli.Exit("ls", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func terminalWidth() int {
	const vt100 = 80
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if width, _, err := term.GetSize(1); err == nil && width > 0 {
		return width
	}
	return vt100
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, operands, err := m.parse(args)
	if err != nil {
		return err
	}
	l := &lister{
		options: o,
		machine: m,
		streams: stdio.New("ls", stdin, stdout, stderr),
	}
	l.list(operands)
	return l.streams.End()
}

func (m machine) parse(args []string) (options, []string, error) {
	tty := m.isTerminal()
	o := options{hideControl: tty}
	if tty {
		o.shape = columns
	}
	color := ""
	set := getopt.New(usage)
	set.Flag(&o.all, "a", "all")
	set.Flag(&o.almostAll, "A", "almost-all")
	set.Flag(&o.folders, "d", "directory")
	set.Flag(&o.recursive, "R", "recursive")
	set.Do(func() { o.order = byTime }, "t")
	set.Do(func() { o.order = bySize }, "S")
	set.Flag(&o.reverse, "r", "reverse")
	set.Flag(&o.long, "l")
	set.Do(func() { o.long, o.numeric = true, true }, "n", "numeric-uid-gid")
	set.Flag(&o.inode, "i", "inode")
	set.Flag(&o.blocks, "s", "size")
	set.Flag(&o.human, "h", "human-readable")
	set.Flag(&o.follow, "L", "dereference")
	set.Flag(&o.mark, "F", "classify")
	set.Flag(&o.markFolders, "p")
	set.Flag(&o.hideControl, "q", "hide-control-chars")
	set.Do(func() { o.shape, o.long = columns, false }, "C")
	set.Do(func() { o.shape, o.long = across, false }, "x")
	set.Do(func() { o.shape = lines }, "1")
	set.Optional(func(when string) error { color = when; return checkColor(&color) }, "color")
	operands, err := set.Parse(args)
	if color == "" {
		color = "auto"
	}
	o.color = color == "always" || color == "auto" && tty && m.getenv("NO_COLOR") == "" && m.getenv("TERM") != "dumb"
	return o, operands, err
}

// checkColor takes --color alone for always, as on every Linux.
func checkColor(when *string) error {
	switch *when {
	case "":
		*when = "always"
	case "auto", "always", "never":
	default:
		return errors.New("is auto, always or never")
	}
	return nil
}
