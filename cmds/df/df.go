// Df tells how full file systems are.
//
// Usage:
//
//	df [-hmTia] [FILE...]
//
// With FILE: the file system that it is on, or that a disk holds; else all that
// hold something.
//
//	-h  sizes such as 1.5G                  -T  the type
//	-m  in MiB (else in KiB), rounded up    -a  also those without a size (proc, ...)
//	-i  inodes, how many files there can be
//
// Examples:
//
//	df -h
//	df -h /var
//	df -i /var      "no space left" with space left: no inodes
//
// # Exit status
//
// 0 done, 1 a FILE is missing or a file system does not answer, 2 usage.
//
// Used and available need not add up to the size: file systems keep blocks
// back for root. Use% counts only what users can have.
//
// Files: /proc/self/mountinfo. Links: POSIX.1-2024 df; statfs(2).
//
// # Bugs
//
// A network file system whose server is gone makes df wait.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/cmds/internal/mount"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: df [-hmTia] [FILE...]

  df -h          all file systems, sizes for people
  df -h /var     the one that /var is on
  df -i          inodes

  -m MiB  -T types  -a also those without a size`

type options struct {
	human, mib, types, inodes, all bool
}

// A machine is what df asks of the kernel.
type machine struct {
	mounts func() ([]mount.Mounted, error)
	statfs func(path string, stat *unix.Statfs_t) error
}

func main() {
	linux := machine{mounts: mount.Table, statfs: unix.Statfs}
	cli.Exit("df", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var o options
	set := getopt.New(usage)
	set.Flag(&o.human, "h", "human-readable")
	set.Flag(&o.mib, "m")
	set.Flag(&o.types, "T", "print-type")
	set.Flag(&o.inodes, "i", "inodes")
	set.Flag(&o.all, "a", "all")
	unused := false
	set.Flag(&unused, "k", "P") // POSIX: as it always is here
	files, err := set.Parse(args)
	if err != nil {
		return err
	}
	mounted, err := m.mounts()
	if err != nil {
		return fmt.Errorf("cannot read the mount table: %w", stdio.Cause(err))
	}
	s := stdio.New("df", stdin, stdout, stderr)
	mounted = uppermost(mounted)
	if len(files) > 0 {
		o.all = true
		mounted = holding(mounted, files, s)
	}
	rows := [][]string{o.headings()}
	for _, fs := range mounted {
		var stat unix.Statfs_t
		if err := m.statfs(fs.Target, &stat); err != nil {
			if err != unix.EACCES || len(files) > 0 { // a folder that others may not enter
				s.Complain(stdio.Cannot("look at", fs.Target, err))
			}
			continue
		}
		if o.all || stat.Blocks > 0 {
			rows = append(rows, o.row(fs, stat))
		}
	}
	if len(rows) > 1 {
		o.print(s.Out, rows)
	}
	return s.End()
}

// uppermost leaves out what is hidden under a later mount at the same place.
func uppermost(mounted []mount.Mounted) []mount.Mounted {
	last := map[string]int{}
	for i, fs := range mounted {
		last[fs.Target] = i
	}
	var seen []mount.Mounted
	for i, fs := range mounted {
		if last[fs.Target] == i {
			seen = append(seen, fs)
		}
	}
	return seen
}

// holding returns the file system that each of files is on.
func holding(mounted []mount.Mounted, files []string, s *stdio.Streams) []mount.Mounted {
	var found []mount.Mounted
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err == nil {
			path, err = filepath.EvalSymlinks(path)
		}
		if err != nil {
			s.Complain(stdio.Cannot("look at", file, err))
			continue
		}
		best := slices.IndexFunc(mounted, func(fs mount.Mounted) bool { return fs.Source == path })
		if best >= 0 { // a disk: not the file system of /dev is meant
			found = append(found, mounted[best])
			continue
		}
		for i, fs := range mounted {
			if within(path, fs.Target) && (best < 0 || len(fs.Target) > len(mounted[best].Target)) {
				best = i
			}
		}
		if best >= 0 {
			found = append(found, mounted[best])
		}
	}
	return found
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

func (o options) headings() []string {
	row := []string{"Filesystem"}
	if o.types {
		row = append(row, "Type")
	}
	switch {
	case o.inodes:
		row = append(row, "Inodes", "IUsed", "IFree", "IUse%")
	case o.human:
		row = append(row, "Size", "Used", "Avail", "Use%")
	case o.mib:
		row = append(row, "1M-blocks", "Used", "Available", "Use%")
	default:
		row = append(row, "1K-blocks", "Used", "Available", "Use%")
	}
	return append(row, "Mounted on")
}

func (o options) row(fs mount.Mounted, stat unix.Statfs_t) []string {
	row := []string{stdio.Quote(fs.Source)}
	if o.types {
		row = append(row, fs.Type)
	}
	block := uint64(stat.Frsize)
	if block == 0 {
		block = uint64(stat.Bsize)
	}
	size, free, available := stat.Blocks, stat.Bfree, stat.Bavail
	number := func(blocks uint64) string {
		unit := uint64(1 << 10)
		switch {
		case o.human:
			return human.Bytes(blocks * block)
		case o.mib:
			unit = 1 << 20
		}
		return strconv.FormatUint((blocks*block+unit-1)/unit, 10)
	}
	if o.inodes {
		size, free, available = stat.Files, stat.Ffree, stat.Ffree
		number = func(n uint64) string { return strconv.FormatUint(n, 10) }
	}
	used := size - min(free, size)
	share := "-"
	if used+available > 0 {
		share = strconv.FormatUint((used*100+used+available-1)/(used+available), 10) + "%"
	}
	return append(row, number(size), number(used), number(available), share, stdio.Quote(fs.Target))
}

// print aligns the columns: text to the left, numbers to the right.
func (o options) print(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	last := len(widths) - 1
	for _, row := range rows {
		for i, text := range row {
			switch {
			case i == last:
				fmt.Fprintln(out, text)
			case i == 0 || i == 1 && o.types:
				fmt.Fprintf(out, "%-*s ", widths[i], text)
			default:
				fmt.Fprintf(out, "%*s ", widths[i], text)
			}
		}
	}
}
