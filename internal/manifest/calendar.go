package manifest

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/vole-linux/vole/internal/strictjson"
)

// A Calendar is a set of points in time, after systemd.time(7):
//
//	[WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE[:SECOND]]
//
// A part of a date or time is *, or a list with commas of N, N..M, and with a
// step N/STEP, N..M/STEP and */STEP. Weekdays are a list of Mon and Fri..Mon.
// No date is every day, no time is midnight, no second is the full minute.
// A set may be empty: there is no 30th of February.
type Calendar struct {
	text     string // as it was written
	weekdays uint64 // bit time.Weekday
	years    []span // nil: every year
	months   uint64 // bit 1 to 12, and so on
	days     uint64
	hours    uint64
	minutes  uint64
	seconds  uint64
}

// A span is every step-th number from first to last.
type span struct{ first, last, step int }

func (s span) has(n int) bool { return n >= s.first && n <= s.last && (n-s.first)%s.step == 0 }

// cycle is how many years it takes until all days of the calendar have been:
// after 400 years weekdays and leap days repeat.
const cycle = 400

// Years that a Calendar has.
const firstYear, lastYear = 1970, 9999

// Next is the first point after a time, in the time zone of that time. It is
// the zero time if none is left until the year 9999.
func (c Calendar) Next(after time.Time) time.Time {
	zone := after.Location()
	year, month, day := after.Date()
	hour, minute, second := after.Clock()
	clock := (hour*60+minute)*60 + second + 1 // of the first day: what is later than after
	if year < firstYear {
		year, month, day, clock = firstYear, 1, 1, 0
	}
	for y := year; y <= min(year+cycle, lastYear); y++ {
		if !c.hasYear(y) {
			month, day, clock = 1, 1, 0
			continue
		}
		for ; month <= 12; month++ {
			for ; c.months&(1<<month) != 0 && day <= daysIn(y, month); day++ {
				if c.days&(1<<day) != 0 && c.weekdays&(1<<time.Date(y, month, day, 0, 0, 0, 0, time.UTC).Weekday()) != 0 {
					if next := c.onDay(y, month, day, clock, after, zone); !next.IsZero() {
						return next
					}
				}
				clock = 0
			}
			day, clock = 1, 0
		}
		month = 1
	}
	return time.Time{}
}

// onDay is the first point of a day at or after a clock, in seconds, that is
// also after a time: where clocks are put back they show a time twice.
func (c Calendar) onDay(y int, month time.Month, day, clock int, after time.Time, zone *time.Location) time.Time {
	for ; ; clock++ {
		clock = c.clock(clock)
		if clock < 0 {
			return time.Time{}
		}
		if next := time.Date(y, month, day, 0, 0, clock, 0, zone); next.After(after) {
			return next
		}
	}
}

// clock is the first time of day at or after one, both in seconds, or -1.
func (c Calendar) clock(at int) int {
	hour, minute, second := at/3600, at/60%60, at%60
	for h := from(c.hours, hour); h < 24; h = from(c.hours, h+1) {
		if h > hour {
			minute, second = 0, 0
		}
		for m := from(c.minutes, minute); m < 60; m = from(c.minutes, m+1) {
			if m > minute {
				second = 0
			}
			if s := from(c.seconds, second); s < 60 {
				return (h*60+m)*60 + s
			}
		}
	}
	return -1
}

// from is the lowest bit of set at or above n; 64 if there is none.
func from(set uint64, n int) int {
	if n > 63 {
		return 64
	}
	return bits.TrailingZeros64(set &^ (1<<n - 1))
}

func (c Calendar) hasYear(year int) bool {
	for _, s := range c.years {
		if s.has(year) {
			return true
		}
	}
	return c.years == nil
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// String is the text that was read.
func (c Calendar) String() string { return c.text }

// MarshalText writes the text that was read.
func (c Calendar) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// UnmarshalText reads a calendar expression.
func (c *Calendar) UnmarshalText(text []byte) error {
	parsed, err := ParseCalendar(string(text))
	if err != nil {
		return &strictjson.Error{Problem: err.Error(), Hint: `as in "Mon..Fri 03:15", "*-*-01 00:00", "*:0/15" or daily`}
	}
	*c = parsed
	return nil
}

// ParseCalendar reads a calendar expression.
func ParseCalendar(text string) (Calendar, error) {
	c := Calendar{text: text}
	words := strings.Fields(shorthand(text))
	if len(text) > 200 || len(words) == 0 || len(words) > 3 {
		return Calendar{}, fmt.Errorf("%q is no calendar time", text)
	}
	err := c.setWeekdays("Sun..Sat")
	if isLetter(words[0][0]) {
		err = c.setWeekdays(words[0])
		words = words[1:]
	}
	date, clock := "*-*-*", "00:00:00"
	if len(words) > 0 && strings.Contains(words[0], "-") {
		date, words = words[0], words[1:]
	}
	if len(words) > 0 && strings.Contains(words[0], ":") {
		clock, words = words[0], words[1:]
	}
	switch {
	case err != nil:
	case len(words) > 0:
		err = fmt.Errorf("what is %q?", words[0])
	default:
		if err = c.setDate(date); err == nil {
			err = c.setClock(clock)
		}
	}
	if err != nil {
		return Calendar{}, fmt.Errorf("%q is no calendar time: %w", text, err)
	}
	return c, nil
}

// shorthand spells out a word for a common expression.
func shorthand(text string) string {
	switch text {
	case "hourly":
		return "*:00"
	case "daily":
		return "*-*-* 00:00"
	case "weekly":
		return "Mon 00:00"
	case "monthly":
		return "*-*-01 00:00"
	case "yearly":
		return "*-01-01 00:00"
	}
	return text
}

func (c *Calendar) setDate(date string) (err error) {
	parts := strings.Split(date, "-")
	if len(parts) == 2 {
		parts = append([]string{"*"}, parts...)
	}
	if len(parts) != 3 {
		return fmt.Errorf("a date is YEAR-MONTH-DAY or MONTH-DAY, not %q", date)
	}
	if parts[0] != "*" {
		if c.years, err = spans(parts[0], "year", firstYear, lastYear); err != nil {
			return err
		}
	}
	if c.months, err = set(parts[1], "month", 1, 12); err != nil {
		return err
	}
	c.days, err = set(parts[2], "day", 1, 31)
	return err
}

func (c *Calendar) setClock(clock string) (err error) {
	parts := strings.Split(clock, ":")
	if len(parts) == 2 {
		parts = append(parts, "00")
	}
	if len(parts) != 3 {
		return fmt.Errorf("a time is HOUR:MINUTE or HOUR:MINUTE:SECOND, not %q", clock)
	}
	if c.hours, err = set(parts[0], "hour", 0, 23); err != nil {
		return err
	}
	if c.minutes, err = set(parts[1], "minute", 0, 59); err != nil {
		return err
	}
	c.seconds, err = set(parts[2], "second", 0, 59)
	return err
}

func (c *Calendar) setWeekdays(list string) error {
	c.weekdays = 0
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "..")
		if !isRange {
			last = first
		}
		from, to := weekday(first), weekday(last)
		if from < 0 || to < 0 {
			return fmt.Errorf("weekdays are Mon, Tue, Wed, Thu, Fri, Sat and Sun, not %q", part)
		}
		for ; from != to; from = (from + 1) % 7 { // Fri..Mon goes round
			c.weekdays |= 1 << from
		}
		c.weekdays |= 1 << to
	}
	return nil
}

// weekday is the day with that name, long or of three letters, or -1.
func weekday(name string) int {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name == day.String() || name == day.String()[:3] {
			return int(day)
		}
	}
	return -1
}

// set reads a part of a date or time as bits.
func set(list, what string, low, high int) (uint64, error) {
	all, err := spans(list, what, low, high)
	var set uint64
	for _, s := range all {
		for n := s.first; n <= s.last; n += s.step {
			set |= 1 << n
		}
	}
	return set, err
}

// spans reads a part of a date or time.
func spans(list, what string, low, high int) ([]span, error) {
	var all []span
	for part := range strings.SplitSeq(list, ",") {
		whole, step, hasStep := strings.Cut(part, "/")
		first, last, isRange := strings.Cut(whole, "..")
		s := span{step: 1}
		var ok bool
		switch {
		case whole == "*":
			s.first, s.last, ok = low, high, true
		case isRange:
			var ok2 bool
			s.first, ok = number(first, low, high)
			s.last, ok2 = number(last, s.first, high)
			ok = ok && ok2
		default:
			s.first, ok = number(first, low, high)
			s.last = s.first
			if hasStep { // 5/15 goes on to the end
				s.last = high
			}
		}
		if hasStep && ok {
			s.step, ok = number(step, 1, high)
		}
		if !ok {
			return nil, fmt.Errorf("the %s is from %d to %d, not %q", what, low, high, part)
		}
		all = append(all, s)
	}
	return all, nil
}

// number reads a number between two others: digits and nothing else.
func number(s string, low, high int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && only(s, isDigit) && len(s) <= 4 && n >= low && n <= high
}
