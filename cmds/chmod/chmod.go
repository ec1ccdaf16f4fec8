// Chmod changes who may read, write and run files.
//
// Usage:
//
//	chmod [-Rcfv] MODE FILE...
//	chmod [-Rcfv] --reference=OTHER FILE...
//
//	-R  folders and all that is in them
//	-v  say what is done      -c  only what is changed
//	-f  no complaints
//
// MODE is an octal number, or changes parted by commas: whom it concerns (u
// user, g group, o others, a all), + adds, - takes away, = sets, and what:
//
//	r read    w write   x run, or enter a folder
//	X x for folders, and for files that anybody may run already
//	s run as the owner or group of the file; in a folder, files get its group
//	t in a folder, only the owner of a file may remove it
//	u g o what user, group or others have
//
// Without u, g, o or a, all are meant, but what the umask forbids stays.
//
// Examples:
//
//	chmod +x run.sh
//	chmod 600 key.pem
//	chmod -R u=rwX,go=rX /srv/www     folders can be entered, files not run
//
// A folder keeps its s bits unless they are named (or five digits are given).
// A link that is named leads to its file; links met in a tree are left alone.
//
// # Exit status
//
// 0 done, 1 a file could not be changed, 2 usage.
//
// Links: POSIX.1-2024 chmod; chmod(2), inode(7).
//
// # Bugs
//
// A tree may be as deep as there are file descriptors.
//
// Next in the tour: none
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/cmds/internal/target"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: chmod [-Rcfv] MODE FILE... | chmod [-Rcfv] --reference=OTHER FILE...

  chmod +x run.sh
  chmod 600 key.pem
  chmod -R u=rwX,go=rX /srv/www

  MODE: 644 | [ugoa]+rwxXst | [ugoa]-rwx | [ugoa]=rwx | g=u
  -R trees  -v say what is done  -c what is changed  -f no complaints`

// A chmod is one run.
type chmod struct {
	change                              filemode.Change
	umask                               uint32
	recursive, verbose, changes, silent bool
	streams                             *stdio.Streams
}

func main() {
	cli.Exit("chmod", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	c := &chmod{umask: filemode.Umask(), streams: stdio.New("chmod", stdin, stdout, stderr)}
	reference := ""
	set := getopt.New(usage)
	set.Flag(&c.recursive, "R", "recursive")
	set.Flag(&c.verbose, "v", "verbose")
	set.Flag(&c.changes, "c", "changes")
	set.Flag(&c.silent, "f", "silent", "quiet")
	set.Text(&reference, "reference")
	mode, args := takeMode(args)
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	switch {
	case reference != "":
		var stat unix.Stat_t
		if err := unix.Stat(reference, &stat); err != nil {
			return stdio.Cannot("look at", reference, err)
		}
		const everyDigit = "%05o"
		mode = fmt.Sprintf(everyDigit, stat.Mode&filemode.Bits)
	case mode == "" && len(names) == 0:
		return set.Usagef("a mode is missing")
	case mode == "":
		mode, names = names[0], names[1:]
	}
	if c.change, err = filemode.Parse(mode); err != nil {
		return set.Usagef("%v", err)
	}
	if len(names) == 0 {
		return set.Usagef("a file is missing")
	}
	for _, name := range names {
		c.file(unix.AT_FDCWD, name, name, 0)
	}
	return c.streams.End()
}

// takeMode finds a mode that looks like an option: chmod -x FILE.
func takeMode(args []string) (mode string, rest []string) {
	for i, word := range args {
		if word == "--" {
			break
		}
		if len(word) > 1 && word[0] == '-' && strings.ContainsRune("rwxXstugoa,=", rune(word[1])) {
			return word, append(args[:i:i], args[i+1:]...)
		}
	}
	return "", args
}

// file changes one file of the folder that is open as dir, and with -R what is
// in it. flags is AT_SYMLINK_NOFOLLOW in a tree.
func (c *chmod) file(dir int, name, path string, flags int) {
	var stat unix.Stat_t
	if err := unix.Fstatat(dir, name, &stat, flags); err != nil {
		c.complain(stdio.Cannot("look at", path, err))
		return
	}
	if stat.Mode&unix.S_IFMT == unix.S_IFLNK {
		return // its mode means nothing, and what it leads to was not asked for
	}
	mode := c.change.Apply(stat.Mode, c.umask)
	if err := set(dir, name, mode, flags); err != nil {
		c.complain(stdio.Cannot("change the mode of", path, err))
	} else {
		c.tell(path, stat.Mode&filemode.Bits, mode)
	}
	if c.recursive && stat.Mode&unix.S_IFMT == unix.S_IFDIR {
		c.inside(dir, name, path, flags)
	}
}

// set is fchmodat(2) with flags, which Linux has since 6.6. Before that, a link
// is not followed if the file is changed through a descriptor of it.
func set(dir int, name string, mode uint32, flags int) error {
	err := unix.Fchmodat(dir, name, mode, flags)
	if err != unix.EOPNOTSUPP || flags == 0 {
		return err
	}
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), mode)
}

// inside changes what is in a folder.
func (c *chmod) inside(dir int, name, path string, flags int) {
	open := unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC
	if flags != 0 {
		open |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(dir, name, open, 0)
	if err != nil {
		c.complain(stdio.Cannot("open", path, err))
		return
	}
	folder := os.NewFile(uintptr(fd), path)
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		c.complain(stdio.Cannot("read", path, err))
	}
	for _, name := range names {
		c.file(fd, name, target.Join(path, name), unix.AT_SYMLINK_NOFOLLOW)
	}
}

func (c *chmod) tell(path string, before, after uint32) {
	letters := func(mode uint32) string { return filemode.String(mode)[1:] }
	switch {
	case before != after && (c.verbose || c.changes):
		fmt.Fprintf(c.streams.Out, "mode of '%s' changed from %04o (%s) to %04o (%s)\n", path, before, letters(before), after, letters(after))
	case c.verbose && before == after:
		fmt.Fprintf(c.streams.Out, "mode of '%s' retained as %04o (%s)\n", path, after, letters(after))
	}
}

func (c *chmod) complain(err error) {
	if c.silent {
		c.streams.Fail(1)
		return
	}
	c.streams.Complain(err)
}
