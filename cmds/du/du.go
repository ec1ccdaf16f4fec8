// Du tells how much disk space files and folders take.
//
// Usage:
//
//	du [-hmsacxb] [-d N] [FILE...]
//
// Without FILE it tells of the current folder and each folder in it.
//
//	-h    sizes such as 1.5G                 -s    only a sum for each FILE
//	-m    in MiB (else in KiB), rounded up
//	-a    files as well as folders           -d N  folders at most N deep
//	-c    a sum of all at the end            -x    stay on one file system
//	-b    the length of files in bytes, not the space they take
//
// Examples:
//
//	du -sh /var
//	du -h -d 1 / | sort -h
//
// # Exit status
//
// 0 done, 1 something could not be read, 2 usage.
//
// A file with several names (ln) is counted once. A file with holes takes less
// space than its length, a small one more.
//
// Links: POSIX.1-2024 du; stat(2), st_blocks.
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package main

import (
	"io"
	"math"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: du [-hmsacxb] [-d N] [FILE...]

  du -sh /var          one sum
  du -h -d 1 /         the folders in /
  du -ah . | sort -h   files, the largest last

  -m MiB  -c a sum of all  -x one file system  -b lengths in bytes`

// options are what the command line asks for.
type options struct {
	human, files, total, oneFS, lengths bool
	depth                               int
	unit                                uint64 // of sizes, in bytes
}

func main() {
	cli.Exit("du", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o := options{depth: math.MaxInt, unit: 1 << 10}
	sum := false
	set := getopt.New(usage)
	set.Flag(&o.human, "h", "human-readable")
	set.Flag(&o.files, "a", "all")
	set.Flag(&o.total, "c", "total")
	set.Flag(&o.oneFS, "x", "one-file-system")
	set.Flag(&o.lengths, "b", "bytes")
	set.Flag(&sum, "s", "summarize")
	set.Int(&o.depth, "d", "max-depth")
	set.Do(func() { o.unit = 1 << 10 }, "k") // POSIX
	set.Do(func() { o.unit = 1 << 20 }, "m")
	names, err := set.Parse(args)
	switch {
	case err != nil:
		return err
	case sum && o.files:
		return set.Usagef("-s and -a can't both be")
	case sum:
		o.depth = 0
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	s := stdio.New("du", stdin, stdout, stderr)
	d := &du{options: o, streams: s, seen: map[fileID]bool{}}
	var total uint64
	for _, name := range names {
		total += d.count(name, 0, 0)
	}
	if o.total {
		d.print(total, "total")
	}
	return s.End()
}

// A du is one run.
type du struct {
	options
	streams *stdio.Streams
	seen    map[fileID]bool // files with several names
}

type fileID struct{ device, inode uint64 }

// count returns the space that name takes with all that is in it, and prints
// what is asked for. depth is how far it is below the operand, whose device
// is given from depth 1 on.
func (d *du) count(name string, depth int, device uint64) uint64 {
	var stat unix.Stat_t
	if err := unix.Lstat(name, &stat); err != nil {
		d.streams.Complain(stdio.Cannot("look at", name, err))
		return 0
	}
	folder := stat.Mode&unix.S_IFMT == unix.S_IFDIR
	id := fileID{uint64(stat.Dev), stat.Ino}
	switch {
	case d.streams.OutputFailed() || d.seen[id]:
		return 0
	case depth > 0 && d.oneFS && id.device != device:
		return 0
	case folder || stat.Nlink > 1:
		d.seen[id] = true
	}
	size := uint64(stat.Blocks) * 512
	if d.lengths {
		size = uint64(stat.Size)
	}
	if folder {
		for _, inside := range d.read(name) {
			size += d.count(join(name, inside), depth+1, id.device)
		}
	}
	if depth == 0 || depth <= d.depth && (folder || d.files) {
		d.print(size, name)
	}
	return size
}

func (d *du) read(name string) []string {
	folder, err := os.Open(name)
	if err != nil {
		d.streams.Complain(stdio.Cannot("open", name, err))
		return nil
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		d.streams.Complain(stdio.Cannot("read", name, err))
	}
	return names
}

// join keeps a "./" that the user wrote.
func join(folder, name string) string {
	if folder == "/" {
		return folder + name
	}
	return folder + "/" + name
}

func (d *du) print(size uint64, name string) {
	text := strconv.FormatUint((size+d.unit-1)/d.unit, 10)
	switch {
	case d.human:
		text = human.Bytes(size)
	case d.lengths:
		text = strconv.FormatUint(size, 10)
	}
	d.streams.Out.WriteString(text + "\t" + name + "\n")
}
