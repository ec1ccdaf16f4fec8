package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

func always(result bool) test { return func(*walker, *file) bool { return result } }

// nameTest takes a test of the path.
func (p *parser) nameTest(word string) (test, error) {
	switch word {
	case "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename":
	default:
		return nil, nil
	}
	text, err := p.value()
	if err != nil {
		return nil, err
	}
	g := parseGlob(text, word[1] == 'i')
	if strings.HasSuffix(word, "iname") || word == "-name" {
		return func(_ *walker, f *file) bool { return g.match(base(f.path)) }, nil
	}
	return func(_ *walker, f *file) bool { return g.match(f.path) }, nil
}

// statusTest takes a test of what stat(2) says, but owners and times.
func (p *parser) statusTest(word string) (test, error) {
	switch word {
	case "-true", "-false":
		return always(word == "-true"), nil
	case "-type":
		return p.typeTest()
	case "-size":
		return p.sizeTest()
	case "-perm":
		return p.permTest()
	case "-links", "-inum":
		c, err := p.comparison()
		return withStatus(func(s *unix.Stat_t) bool {
			if word == "-inum" {
				return c.holds(int64(s.Ino))
			}
			return c.holds(int64(s.Nlink))
		}), err
	case "-samefile":
		s, err := p.reference()
		return withStatus(func(other *unix.Stat_t) bool { return idOf(&s) == idOf(other) }), err
	case "-empty":
		return isEmpty, nil
	case "-readable":
		return access(unix.R_OK), nil
	case "-writable":
		return access(unix.W_OK), nil
	case "-executable":
		return access(unix.X_OK), nil
	}
	return nil, nil
}

// withStatus makes a test of what the kernel tells of a file.
func withStatus(holds func(*unix.Stat_t) bool) test {
	return func(w *walker, f *file) bool {
		s, ok := w.status(f)
		return ok && holds(s)
	}
}

// reference looks at the file that others are compared with.
func (p *parser) reference() (s unix.Stat_t, err error) {
	name, err := p.value()
	if err != nil {
		return s, err
	}
	f := &file{folder: unix.AT_FDCWD, entry: name}
	if err := p.walker.inspect(f); err != nil {
		return s, stdio.Cannot("look at", name, err)
	}
	return f.stat, nil
}

func (p *parser) typeTest() (test, error) {
	list, err := p.value()
	if err != nil {
		return nil, err
	}
	var kinds []uint32
	for letter := range strings.SplitSeq(list, ",") {
		kind := map[string]uint32{"f": unix.S_IFREG, "d": unix.S_IFDIR, "l": unix.S_IFLNK, "b": unix.S_IFBLK, "c": unix.S_IFCHR,
			"p": unix.S_IFIFO, "s": unix.S_IFSOCK}[letter]
		if kind == 0 {
			return nil, fmt.Errorf("%q is none of f d l b c p s", letter)
		}
		kinds = append(kinds, kind)
	}
	return func(w *walker, f *file) bool {
		for _, kind := range kinds {
			if f.kind == kind {
				return true
			}
		}
		return false
	}, nil
}

func (p *parser) sizeTest() (test, error) {
	text, err := p.value()
	if err != nil {
		return nil, err
	}
	unit := int64(512)
	if text != "" {
		last := len(text) - 1
		if size := map[byte]int64{'c': 1, 'w': 2, 'b': 512, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}[text[last]]; size > 0 {
			unit, text = size, text[:last]
		}
	}
	c, err := parseComparison(text)
	return withStatus(func(s *unix.Stat_t) bool {
		return c.holds(s.Size/unit + min(1, s.Size%unit)) // rounded up
	}), err
}

func isEmpty(w *walker, f *file) bool {
	s, ok := w.status(f)
	switch {
	case !ok:
		return false
	case f.kind == unix.S_IFREG:
		return s.Size == 0
	case f.kind != unix.S_IFDIR:
		return false
	}
	fd, err := unix.Openat(f.folder, f.entry, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		w.complain("read", f.path, err)
		return false
	}
	folder := os.NewFile(uintptr(fd), f.path)
	defer folder.Close()
	names, err := folder.Readdirnames(1)
	return len(names) == 0 && err != nil
}

func access(mode uint32) test {
	return func(_ *walker, f *file) bool { return unix.Faccessat(f.folder, f.entry, mode, 0) == nil }
}

// ownerTest takes a test of users and groups.
func (p *parser) ownerTest(word string) (test, error) {
	uid := func(s *unix.Stat_t) uint32 { return s.Uid }
	gid := func(s *unix.Stat_t) uint32 { return s.Gid }
	switch word {
	case "-user", "-group":
		name, err := p.value()
		if err != nil {
			return nil, err
		}
		names, id := p.users, uid
		if word == "-group" {
			names, id = p.groups, gid
		}
		wanted, err := names.Find(name)
		return withStatus(func(s *unix.Stat_t) bool { return id(s) == wanted }), err
	case "-uid":
		c, err := p.comparison()
		return withStatus(func(s *unix.Stat_t) bool { return c.holds(int64(s.Uid)) }), err
	case "-gid":
		c, err := p.comparison()
		return withStatus(func(s *unix.Stat_t) bool { return c.holds(int64(s.Gid)) }), err
	case "-nouser":
		return withStatus(func(s *unix.Stat_t) bool { _, err := p.users.Name(strconv.Itoa(int(s.Uid))); return err != nil }), nil
	case "-nogroup":
		return withStatus(func(s *unix.Stat_t) bool { _, err := p.groups.Name(strconv.Itoa(int(s.Gid))); return err != nil }), nil
	}
	return nil, nil
}

// timeTest takes a test such as -mtime, -amin or -newer.
func (p *parser) timeTest(word string) (test, error) {
	switch word {
	case "-newer", "-mnewer":
		s, err := p.reference()
		than := timeOf(&s, 'm')
		return withStatus(func(s *unix.Stat_t) bool { return timeOf(s, 'm').After(than) }), err
	case "-atime", "-ctime", "-mtime", "-amin", "-cmin", "-mmin":
	default:
		return nil, nil
	}
	c, err := p.comparison()
	if err != nil {
		return nil, err
	}
	which, now := word[1], p.now()
	if strings.HasSuffix(word, "time") {
		const day = 24 * time.Hour
		return withStatus(func(s *unix.Stat_t) bool { return c.holds(floor(now.Sub(timeOf(s, which)), day)) }), nil
	}
	return withStatus(func(s *unix.Stat_t) bool {
		age := now.Sub(timeOf(s, which))
		if c.sign == '-' { // 3 minutes and a bit are not less than 3
			return c.holds(floor(age, time.Minute))
		}
		return c.holds(-floor(-age, time.Minute))
	}), nil
}

// floor is d in whole units; what is ahead of us is below zero.
func floor(d, unit time.Duration) int64 {
	return int64(math.Floor(float64(d) / float64(unit)))
}

func timeOf(s *unix.Stat_t, which byte) time.Time {
	t := s.Mtim
	switch which {
	case 'a':
		t = s.Atim
	case 'c':
		t = s.Ctim
	}
	return time.Unix(t.Unix())
}
