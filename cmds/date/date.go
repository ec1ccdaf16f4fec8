// Date prints the date and the time, in any form, and sets them.
//
// Usage:
//
//	date [-u] [-d TIME | -r FILE] [-R | -I[UNIT] | --rfc-3339 UNIT | +FORMAT]
//	date [-u] -s TIME                       set the clock
//	date [-u] MMDDhhmm[[CC]YY][.ss]         set the clock, as POSIX has it
//
//	-u       in UTC
//	-d TIME  not now but at TIME
//	-r FILE  when FILE was changed
//	-R       as in mail:    Mon, 05 Jan 2026 10:00:00 +0000
//	-I       as ISO 8601:   2026-01-05; UNIT may be date, hours, minutes, seconds
//	         or ns, as in -Iseconds: 2026-01-05T10:00:00+00:00
//	--rfc-3339 UNIT  the same with a blank for the T; UNIT is date, seconds or ns
//
// TIME is a date, a time of day, steps from there, or several of them:
//
//	2026-01-05  1/5/2026  5 Jan 2026   monday  next friday  yesterday  now
//	10:30  10:30:15.5  3pm             10:30 +02:00  10:30 UTC
//	+1 hour  2 days ago  next month    @1767607200 (seconds since 1970)
//
// A date without a time is midnight; steps alone keep the time of day.
//
// In FORMAT:
//
//	%F %T  2026-01-05 10:00:00         %D %R  01/05/26 10:00
//	%Y %C %y year, its first, last digits  %m %b %B month  %d %e day, with 0 or blank
//	%H %k hour  %I %l %p to 12, AM or PM  %M minute  %S second  %N nanoseconds
//	%a %A day of the week  %u %w its number, from Monday 1, from Sunday 0
//	%j day of the year  %q quarter     %V %G week and its year (ISO 8601)
//	%U %W week, from Sunday, Monday    %s seconds since 1970
//	%z %:z +0100 +01:00  %Z name       %c %x %X %r %h as the C library has them
//	%n %t %% newline, tab, percent sign
//
// Between % and the letter: - no padding, _ blanks, 0 zeros, ^ capitals, and a
// width. %3N is milliseconds.
//
// The zone is that of the variable TZ, or of /etc/localtime.
//
// Examples:
//
//	date +%F                          for the name of a file
//	date -d @0                        what such a number means
//	date -d '2026-03-01 -1 day' +%d   how many days February has
//	date -s '2026-01-05 10:00'
//
// # Exit status
//
// 0 done, 1 failed, 2 usage: TIME or FORMAT is not understood.
//
// Files: /etc/localtime, /usr/share/zoneinfo.
//
// Links: POSIX.1-2024 date, strftime(3), RFC 3339, ISO 8601, clock_settime(2).
//
// # Bugs
//
// The clock of the hardware is left as it is (hwclock). TZ is the name of a
// zone or a file, not a rule such as CET-1CEST. In TIME only UTC and the
// local zone may be named, others by number.
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

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: date [-u] [-d TIME | -r FILE | -s TIME] [-R | -I[UNIT] | +FORMAT]

  date +%F                 2026-01-05
  date '+%d.%m.%Y %H:%M'   05.01.2026 10:00
  date -d '2 days ago'     another time; also 2026-01-05, next monday, @1767607200
  date -s '10:00'          set the clock

  -u in UTC  -r FILE when it was changed  -R as in mail  -Iseconds ISO 8601`

// plainFormat is that of the locale POSIX.
const plainFormat = "%a %b %e %H:%M:%S %Z %Y"

// A machine is the clock of the computer.
type machine struct {
	now  func() time.Time
	set  func(time.Time) error
	zone *time.Location
}

// options are what the command line asks for.
type options struct {
	utc, sets    bool
	at           func(now time.Time) (time.Time, error) // nil: now
	sources      int                                    // options that say which time
	format       string
	formatChosen bool
}

func main() {
	linux := machine{now: time.Now, set: setClock, zone: time.Local}
	cli.Exit("date", linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func setClock(t time.Time) error {
	now := unix.NsecToTimespec(t.UnixNano())
	return unix.ClockSettime(unix.CLOCK_REALTIME, &now)
}

func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	zone := m.zone
	if o.utc {
		zone = time.UTC
	}
	t := m.now().In(zone)
	if o.at != nil {
		if t, err = o.at(t); err != nil {
			return err
		}
	}
	if o.sets {
		if err := m.set(t); err != nil {
			return fmt.Errorf("cannot set the clock: %w", err)
		}
	}
	text, err := expand(o.format, t.In(zone))
	if err != nil {
		return cli.Usagef("+%s: %v", o.format, err)
	}
	s := stdio.New("date", stdin, stdout, stderr)
	s.Out.WriteString(text + "\n")
	return s.End()
}

func parse(args []string) (*options, error) {
	o := &options{format: plainFormat}
	set := getopt.New(usage)
	set.Flag(&o.utc, "u", "utc", "universal")
	set.Value(func(text string) error { o.timeOption(text); return nil }, "d", "date")
	set.Value(func(text string) error { o.timeOption(text); o.sets = true; return nil }, "s", "set")
	set.Value(func(name string) error {
		o.sources++
		o.at = func(time.Time) (time.Time, error) {
			info, err := os.Stat(name)
			if err != nil {
				return time.Time{}, stdio.Cannot("look at", name, err)
			}
			return info.ModTime(), nil
		}
		return nil
	}, "r", "reference")
	set.Do(func() { o.choose("%a, %d %b %Y %H:%M:%S %z") }, "R", "rfc-email", "rfc-2822", "rfc-822")
	set.Optional(func(unit string) error {
		return o.chooseUnit(unit, map[string]string{"": "%F", "date": "%F", "hours": "%FT%H%:z", "minutes": "%FT%H:%M%:z",
			"seconds": "%FT%T%:z", "ns": "%FT%T,%N%:z"}, "date, hours, minutes, seconds or ns")
	}, "I", "iso-8601")
	set.Value(func(unit string) error {
		return o.chooseUnit(unit, map[string]string{"date": "%F", "seconds": "%F %T%:z", "ns": "%F %T.%N%:z"}, "date, seconds or ns")
	}, "rfc-3339")
	operands, err := set.Parse(args)
	if err != nil {
		return nil, err
	}
	for _, operand := range operands {
		if format, ok := strings.CutPrefix(operand, "+"); ok {
			if o.formatChosen {
				return nil, set.Usagef("only one format can be asked for")
			}
			o.choose(format)
			continue
		}
		o.sources, o.sets = o.sources+1, true
		o.at = func(now time.Time) (time.Time, error) { return parsePOSIX(operand, now) }
	}
	if o.sources > 1 {
		return nil, set.Usagef("only one time can be given")
	}
	return o, nil
}

func (o *options) timeOption(text string) {
	o.sources++
	o.at = func(now time.Time) (time.Time, error) { return parseTime(text, now) }
}

func (o *options) choose(format string) { o.format, o.formatChosen = format, true }

func (o *options) chooseUnit(unit string, formats map[string]string, known string) error {
	format, ok := formats[unit]
	if !ok {
		return errors.New("the unit is " + known)
	}
	o.choose(format)
	return nil
}
