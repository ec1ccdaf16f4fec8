// Tar puts files into an archive, and takes them out again.
//
// Usage:
//
//	tar c[zv]f ARCHIVE [OPTIONS] FILE...   create
//	tar x[v]f ARCHIVE [OPTIONS] [FILE...]  extract
//	tar t[v]f ARCHIVE [OPTIONS] [FILE...]  list
//
// Letters may have a hyphen before them or not. The archive "-", or none, is
// standard input or output.
//
//	-z        compress by gzip (-a: if ARCHIVE is called .tgz or .gz); while
//	          reading, that is seen without it
//	-C DIR    go into DIR first; for the FILEs that follow
//	-v        list what is done; -vv, or tv, with details
//	-h        what links lead to, instead of links
//	-T FILE   names of files from a file, a line each
//	--exclude PATTERN, -X FILE   leave out what matches, and what is in it:
//	          *.o, build, src/*.tmp
//	--no-recursion  only folders themselves
//	--numeric-owner no names of users and groups
//
// While extracting:
//
//	-p        modes as they are, whatever the umask is (root: always)
//	-o        own all that is extracted (others than root: always)
//	-m        files are of now, not as old as in the archive
//	-O        write the contents of files to standard output
//	-k        leave files that are there, and fail (--skip-old-files: don't)
//	--strip-components N   drop the first N folders of each name
//	--wildcards            FILEs are patterns
//
// Examples:
//
//	tar czf /tmp/etc.tgz -C / etc
//	tar xf site.tar.gz -C /srv/www --strip-components 1
//	tar tvf etc.tgz etc/config
//	tar c src | ssh host tar x
//
// # Safety
//
// An archive may come from anybody, so nothing is written outside of the
// folder: a leading / is dropped, a name with .. is refused, and a link that
// leads out of the folder is never followed, be it from the archive or not
// (os.Root). A file that is there is removed first, not written through.
// Owners, modes with s bits and devices are for root.
//
// Hard links, long names, times and owners by name and number are kept. The
// format is ustar, and pax for what does not fit; GNU's is read as well.
//
// # Exit status
//
// 0 done, 1 a file could not be read or written, or was not in the archive, 2
// usage.
//
// Links: POSIX.1-2024 pax; tar(5).
//
// # Bugs
//
//   - Only gzip is known, no xz, zstd or bzip2.
//   - Nothing can be appended (-r, -u), and there are no extended attributes.
//   - Holes of files are stored, and written as zeros.
//   - Extracting through a link that is absolute is refused, even if it stays
//     in the folder.
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

	"golang.org/x/term"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: tar c[zv]f ARCHIVE [-C DIR] FILE... | tar x[v]f ARCHIVE [-C DIR] [FILE...] | tar t[v]f ARCHIVE

  tar czf etc.tgz -C / etc
  tar xf site.tgz -C /srv/www --strip-components 1
  tar tvf etc.tgz

  z gzip  C folder  v list  h follow links  T X lists of files, patterns
  p modes  o own  m now  O to standard output  k keep old files
  --exclude PATTERN  --strip-components N  --numeric-owner  --wildcards`

// options are what the command line asks for.
type options struct {
	action          byte // 'c', 'x' or 't'
	archive         string
	gzip, auto      bool
	verbose         int
	follow, flat    bool
	numeric         bool
	exclude         []string
	modes, own, now bool
	toStdout        bool
	keep, skip      bool
	strip           int
	wildcards       bool
	folder          string // of -C so far
	members         []member
}

// A member is a FILE of the command line, and the folder it is in.
type member struct{ folder, name string }

// A machine is what tar asks of the process and the system.
type machine struct {
	root             bool
	umask            uint32
	outputIsTerminal func() bool
	zone             *time.Location
	users, groups    *owner.Names
}

func main() {
	linux := machine{
		root:             os.Geteuid() == 0,
		umask:            filemode.Umask(),
		outputIsTerminal: func() bool { return term.IsTerminal(1) },
		zone:             time.Local,
		users:            owner.Users(),
		groups:           owner.Groups(),
	}
	cli.Exit("tar", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, set, err := parse(args)
	if err != nil {
		return err
	}
	switch {
	case o.action == 0:
		return set.Usagef("c, x or t is missing")
	case o.action == 'c' && len(o.members) == 0:
		return set.Usagef("no files are named for the archive")
	case o.action == 'c' && o.archive == "-" && m.outputIsTerminal():
		return set.Usagef("an archive is nothing for a terminal: f ARCHIVE is missing")
	}
	s := stdio.New("tar", stdin, stdout, stderr)
	if o.action == 'c' {
		err = m.create(o, s, stdout)
	} else {
		err = m.read(o, s, stdin)
	}
	s.Complain(err)
	return s.End()
}

// withValue are the letters whose value is a word of its own in the old form:
// tar xfC ARCHIVE FOLDER.
const withValue = "fCTX"

// hyphens writes the old form in the new one.
func hyphens(args []string) []string {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || args[0] == "" {
		return args
	}
	var words []string
	letters, rest := args[0], args[1:]
	for _, letter := range letters {
		words = append(words, "-"+string(letter))
		if strings.ContainsRune(withValue, letter) && len(rest) > 0 {
			words = append(words, rest[0])
			rest = rest[1:]
		}
	}
	return append(words, rest...)
}

func parse(args []string) (*options, *getopt.Set, error) {
	o := &options{archive: "-"}
	set := getopt.New(usage)
	set.StopAtOperand() // since -C is for the operands that follow it
	o.declare(set)
	words := hyphens(args)
	for len(words) > 0 {
		rest, err := set.Parse(words)
		if err != nil {
			return nil, nil, err
		}
		ended := len(rest) < len(words) && words[len(words)-len(rest)-1] == "--"
		for i, word := range rest {
			if i > 0 && !ended {
				break
			}
			o.members = append(o.members, member{o.folder, word})
		}
		if ended || len(rest) == 0 {
			break
		}
		words = rest[1:]
	}
	return o, set, nil
}

func (o *options) declare(set *getopt.Set) {
	for _, action := range []struct {
		letter byte
		names  []string
	}{{'c', []string{"c", "create"}}, {'x', []string{"x", "extract", "get"}}, {'t', []string{"t", "list"}}} {
		set.Do(func() { o.action = action.letter }, action.names...)
	}
	set.Text(&o.archive, "f", "file")
	set.Flag(&o.gzip, "z", "gzip", "gunzip")
	set.Flag(&o.auto, "a", "auto-compress")
	set.Do(func() { o.verbose++ }, "v", "verbose")
	set.Value(func(folder string) error {
		if o.folder != "" && !strings.HasPrefix(folder, "/") {
			folder = o.folder + "/" + folder
		}
		o.folder = folder
		return nil
	}, "C", "directory")
	set.Flag(&o.follow, "h", "dereference")
	set.Flag(&o.flat, "no-recursion")
	set.Flag(&o.numeric, "numeric-owner")
	set.Value(func(pattern string) error { o.exclude = append(o.exclude, pattern); return nil }, "exclude")
	set.Value(func(name string) error {
		return eachLine(name, func(line string) { o.exclude = append(o.exclude, line) })
	}, "X", "exclude-from")
	set.Value(func(name string) error {
		return eachLine(name, func(line string) { o.members = append(o.members, member{o.folder, line}) })
	}, "T", "files-from")
	set.Flag(&o.modes, "p", "preserve-permissions", "same-permissions")
	set.Flag(&o.own, "o", "no-same-owner")
	set.Do(func() { o.own = false }, "same-owner")
	set.Flag(&o.now, "m", "touch")
	set.Flag(&o.toStdout, "O", "to-stdout")
	set.Flag(&o.keep, "k", "keep-old-files")
	set.Do(func() { o.keep, o.skip = true, true }, "skip-old-files")
	set.Int(&o.strip, "strip-components")
	set.Flag(&o.wildcards, "wildcards")
	for _, letter := range []string{"j", "J", "Z"} {
		set.Value(func(string) error { return errors.New("only gzip is known, z") }, letter)
	}
}

// eachLine calls do with each line of a file that is not empty.
func eachLine(name string, do func(line string)) error {
	var in io.ReadCloser = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return stdio.Cannot("open", name, err)
		}
		in = f
	}
	defer in.Close()
	for line, err := range stdio.Lines(in, '\n') {
		if err != nil {
			return stdio.Cannot("read", name, err)
		}
		if text := strings.TrimSuffix(string(line), "\n"); text != "" {
			do(text)
		}
	}
	return nil
}

// removing tells once what is dropped from names.
type removing struct{ told map[string]bool }

func (r *removing) tell(s *stdio.Streams, prefix string) {
	if r.told == nil {
		r.told = map[string]bool{}
	}
	if !r.told[prefix] {
		r.told[prefix] = true
		s.ComplainStatus(fmt.Errorf("the leading %s of names is left out", prefix), 0)
	}
}
