// Touch sets the times of files, and makes files that are missing.
//
// Usage:
//
//	touch [-acmh] [-d DATE | -t STAMP | -r OTHER] FILE...
//
//	-a, -m   only the time of access, only that of change (else both)
//	-c       don't make files
//	-d DATE  a time as people write it: see below
//	-t STAMP [[CC]YY]MMDDhhmm[.SS]
//	-r OTHER the times of another file
//	-h       a link itself, not the file it leads to
//
// Without -d, -t or -r it is now. A DATE is
//
//	2026-07-31, 2026-07-31 12:30, 2026-07-31T12:30:05.25, 12:30 of today
//	2026-07-31T12:30:05Z, ... UTC, ... +02:00    else in the local time zone
//	Fri, 31 Jul 2026 12:30:05 +0200              as in mail
//	@1785500000, @1785500000.5                   seconds since 1970
//	now, today, yesterday, tomorrow
//
// Examples:
//
//	touch /run/ready
//	touch -d @0 *.o              as old as can be
//	touch -r original copy
//
// # Exit status
//
// 0 done, 1 a file could not be touched, 2 usage.
//
// Links: POSIX.1-2024 touch; utimensat(2).
//
// # Bugs
//
// Times such as "2 days ago" are not known.
//
// Next in the tour: none
package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: touch [-acmh] [-d DATE | -t STAMP | -r OTHER] FILE...

  touch /run/ready
  touch -d '2026-07-31 12:30' report
  touch -d @0 old
  touch -r original copy

  -a access only  -m change only  -c don't make files  -h links themselves
  -t [[CC]YY]MMDDhhmm[.SS]`

// A machine is the clock and its zone.
type machine struct {
	now  func() time.Time
	zone *time.Location
}

func main() {
	linux := machine{now: time.Now, zone: time.Local}
	cli.Exit("touch", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A touch is one run.
type touch struct {
	times            []unix.Timespec // of access, of change
	noCreate, noLink bool
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	var t touch
	access, change, given, reference := false, false, 0, ""
	now := unix.Timespec{Nsec: unix.UTIME_NOW}
	t.times = []unix.Timespec{now, now}
	at := func(moment time.Time) error {
		stamp := unix.Timespec{Sec: moment.Unix(), Nsec: int64(moment.Nanosecond())}
		t.times, given = []unix.Timespec{stamp, stamp}, given+1
		return nil
	}
	set := getopt.New(usage)
	set.Flag(&access, "a")
	set.Flag(&change, "m")
	set.Flag(&t.noCreate, "c", "no-create")
	set.Flag(&t.noLink, "h", "no-dereference")
	set.Text(&reference, "r", "reference")
	set.Value(func(text string) error {
		moment, err := m.parseDate(text)
		if err != nil {
			return err
		}
		return at(moment)
	}, "d", "date")
	set.Value(func(text string) error {
		moment, err := m.parseStamp(text)
		if err != nil {
			return err
		}
		return at(moment)
	}, "t")
	names, err := set.Parse(args)
	if err != nil {
		return err
	}
	if reference != "" {
		var stat unix.Stat_t
		look := unix.Stat
		if t.noLink {
			look = unix.Lstat
		}
		if err := look(reference, &stat); err != nil {
			return stdio.Cannot("look at", reference, err)
		}
		t.times, given = []unix.Timespec{stat.Atim, stat.Mtim}, given+1
	}
	switch {
	case given > 1:
		return set.Usagef("only one of -d, -t and -r can be given")
	case len(names) == 0:
		return set.Usagef("a file is missing")
	}
	omit := unix.Timespec{Nsec: unix.UTIME_OMIT}
	if access && !change {
		t.times[1] = omit
	}
	if change && !access {
		t.times[0] = omit
	}
	s := stdio.New("touch", stdin, stdout, stderr)
	for _, name := range names {
		if err := t.file(name); err != nil {
			s.Complain(stdio.Cannot("touch", name, err))
		}
	}
	return s.End()
}

// file sets the times of one file.
func (t touch) file(name string) error {
	flags := 0
	if t.noLink {
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	err := unix.UtimesNanoAt(unix.AT_FDCWD, name, t.times, flags)
	switch {
	case err != unix.ENOENT:
		return err
	case t.noCreate:
		return nil
	case t.noLink:
		return err
	}
	const creating = unix.O_WRONLY | unix.O_CREAT | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	fd, err := unix.Open(name, creating, 0o666)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.UtimesNanoAt(fd, "", t.times, unix.AT_EMPTY_PATH)
}
