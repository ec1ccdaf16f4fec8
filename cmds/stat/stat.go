// Stat tells all that the kernel knows of files.
//
// Usage:
//
//	stat [-L] [-c FORMAT] FILE...
//
//	-L         of the file that a link leads to, not of the link
//	-c FORMAT  only what FORMAT asks for, and a newline
//
// In FORMAT:
//
//	%n name            %N name, quoted, and what a link leads to
//	%s size in bytes   %b blocks of %B bytes on disk  %o best size to read
//	%F type            %f mode in hex   %a permissions, octal   %A as ls -l
//	%u %U user         %g %G group      (number, name)
//	%d %D device       (decimal, hex)   %t %T numbers of a device file, hex
//	%i inode           %h names it has
//	%x %X read         %y %Y content changed   %z %Z anything changed
//	%w %W made         (for a person, seconds since 1970; - or 0 if not known)
//	%% a percent sign
//
// Examples:
//
//	stat /etc/passwd
//	stat -c '%a %n' *           permissions
//	stat -c %Y file             when it changed, for a script
//
// # Exit status
//
// 0 done, 1 a file could not be looked at, 2 usage.
//
// Links: statx(2), inode(7).
//
// # Bugs
//
// Widths as in %10s, and -f for file systems (see df), are missing.
//
// Next in the tour: none
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: stat [-L] [-c FORMAT] FILE...

  stat /etc/passwd
  stat -c '%a %n' *    permissions and names

  -L follow links
  %n name  %s size  %a %A permissions  %U %G owner  %i inode  %y changed  %F type`

// A machine is what stat asks of the system around it.
type machine struct {
	users, groups *owner.Names
	zone          *time.Location
}

func main() {
	linux := machine{users: owner.Users(), groups: owner.Groups(), zone: time.Local}
	cli.Exit("stat", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	follow, format := false, ""
	set := getopt.New(usage)
	set.Flag(&follow, "L", "dereference")
	set.Value(func(text string) error { format = text + "\n"; return check(text) }, "c", "format")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return set.Usagef("a file is missing")
	}
	s := stdio.New("stat", stdin, stdout, stderr)
	for _, name := range names {
		flags := unix.AT_SYMLINK_NOFOLLOW
		if follow {
			flags = 0
		}
		f := file{machine: m, name: name}
		if err := unix.Statx(unix.AT_FDCWD, name, flags, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &f.stat); err != nil {
			s.Complain(stdio.Cannot("look at", name, err))
			continue
		}
		if f.kind() == unix.S_IFLNK {
			f.target, _ = os.Readlink(name)
		}
		layout := format
		if layout == "" {
			layout = f.layout()
		}
		s.Out.WriteString(f.expand(layout))
	}
	return s.End()
}

// A file is one file, as the kernel tells of it.
type file struct {
	machine
	name   string
	target string // of a link
	stat   unix.Statx_t
}

func (f *file) kind() uint32 { return uint32(f.stat.Mode) & unix.S_IFMT }

// layout is what is printed without -c.
func (f *file) layout() string {
	links := f.field('h')
	if f.kind() == unix.S_IFCHR || f.kind() == unix.S_IFBLK {
		links = fmt.Sprintf("%-5s Device type: %d,%d", links, f.stat.Rdev_major, f.stat.Rdev_minor)
	}
	return "  File: %N\n" +
		fmt.Sprintf("  Size: %-10s\tBlocks: %-10s IO Block: %-6s %%F\n", f.field('s'), f.field('b'), f.field('o')) +
		fmt.Sprintf("Device: %d,%d\tInode: %-11s Links: %s\n", f.stat.Dev_major, f.stat.Dev_minor, f.field('i'), links) +
		fmt.Sprintf("Access: (%04o/%%A)  Uid: (%5d/%8s)   Gid: (%5d/%8s)\n", f.stat.Mode&0o7777,
			f.stat.Uid, f.field('U'), f.stat.Gid, f.field('G')) +
		"Access: %x\nModify: %y\nChange: %z\n Birth: %w\n"
}

const directives = "nNsbBoFfaAuUgGdDtTihxXyYzZwW%"

// check refuses a format with a directive that nobody knows.
func check(format string) error {
	for {
		_, rest, found := strings.Cut(format, "%")
		switch {
		case !found:
			return nil
		case rest == "":
			return errors.New("a percent sign is the last character")
		case !strings.Contains(directives, rest[:1]):
			return fmt.Errorf("%%%c is not known", rest[0])
		}
		format = rest[1:]
	}
}

// expand replaces the directives of a format that has been checked.
func (f *file) expand(format string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(format, "%")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString(f.field(rest[0]))
		format = rest[1:]
	}
}

// field is what the directive %letter stands for.
func (f *file) field(letter byte) string {
	s := &f.stat
	switch letter {
	case 'n':
		return f.name
	case 'N':
		if f.kind() == unix.S_IFLNK {
			return stdio.Quote(f.name) + " -> " + stdio.Quote(f.target)
		}
		return stdio.Quote(f.name)
	case 's':
		return fmt.Sprint(s.Size)
	case 'b':
		return fmt.Sprint(s.Blocks)
	case 'B':
		return "512"
	case 'o':
		return fmt.Sprint(s.Blksize)
	case 'F':
		return typeName(f.kind(), s.Size)
	case 'f':
		return fmt.Sprintf("%x", s.Mode)
	case 'a':
		return fmt.Sprintf("%o", s.Mode&0o7777)
	case 'A':
		return filemode.String(uint32(s.Mode))
	case 'u':
		return fmt.Sprint(s.Uid)
	case 'U':
		return f.users.Of(s.Uid)
	case 'g':
		return fmt.Sprint(s.Gid)
	case 'G':
		return f.groups.Of(s.Gid)
	case 'd':
		return fmt.Sprint(unix.Mkdev(s.Dev_major, s.Dev_minor))
	case 'D':
		return fmt.Sprintf("%x", unix.Mkdev(s.Dev_major, s.Dev_minor))
	case 't':
		return fmt.Sprintf("%x", s.Rdev_major)
	case 'T':
		return fmt.Sprintf("%x", s.Rdev_minor)
	case 'i':
		return fmt.Sprint(s.Ino)
	case 'h':
		return fmt.Sprint(s.Nlink)
	case '%':
		return "%"
	}
	return f.time(letter)
}

// time is a time for a person (a small letter) or for a script.
func (f *file) time(letter byte) string {
	s := &f.stat
	moment := map[byte]unix.StatxTimestamp{'x': s.Atime, 'y': s.Mtime, 'z': s.Ctime, 'w': s.Btime}[letter|0x20]
	known := letter|0x20 != 'w' || s.Mask&unix.STATX_BTIME != 0
	switch {
	case letter&0x20 == 0 && known:
		return fmt.Sprint(moment.Sec)
	case letter&0x20 == 0:
		return "0"
	case !known:
		return "-"
	}
	return time.Unix(moment.Sec, int64(moment.Nsec)).In(f.zone).Format("2006-01-02 15:04:05.000000000 -0700")
}

func typeName(kind uint32, size uint64) string {
	switch kind {
	case unix.S_IFREG:
		if size == 0 {
			return "regular empty file"
		}
		return "regular file"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFLNK:
		return "symbolic link"
	case unix.S_IFCHR:
		return "character special file"
	case unix.S_IFBLK:
		return "block special file"
	case unix.S_IFIFO:
		return "fifo"
	case unix.S_IFSOCK:
		return "socket"
	}
	return "unknown file"
}
