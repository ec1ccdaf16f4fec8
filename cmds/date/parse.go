package main

import (
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

// A parser reads a time as a person writes it: items in any order.
type parser struct {
	rest []token
	now  time.Time

	date             date
	hasDate, hasTime bool
	clock            clock
	zone             *time.Location // nil: that of now
	weekday          int            // with hasWeekday
	ordinal          int            // 0 this monday, 1 the next, -1 the last
	hasWeekday       bool
	steps            steps
	hasSteps         bool
}

type date struct{ year, month, day int }

type clock struct{ hour, minute, second, nanosecond int }

// steps are added to a date.
type steps struct{ years, months, days, seconds int }

// parseTime reads text, which means a time near now or a time of its own.
func parseTime(text string, now time.Time) (time.Time, error) {
	p := &parser{rest: tokens(text), now: now}
	if p.match("@") {
		t, ok := p.sinceEpoch()
		if !ok {
			return now, notUnderstood(text)
		}
		return t.In(now.Location()), nil
	}
	for len(p.rest) > 0 {
		if !p.item() {
			return time.Time{}, notUnderstood(text)
		}
	}
	t, ok := p.result()
	if !ok {
		return time.Time{}, notUnderstood(text)
	}
	return t, nil
}

func notUnderstood(text string) error {
	return cli.Hint(cli.Usagef("%s is no time", stdio.Quote(text)),
		"2026-01-05 10:30 | 10:30 | 2 days ago | +1 hour | next monday | @1767607200")
}

// sinceEpoch reads @SECONDS, which stands alone.
func (p *parser) sinceEpoch() (time.Time, bool) {
	p.take(1)
	negative := p.match("-")
	if negative {
		p.take(1)
	}
	if !p.match("n") {
		return time.Time{}, false
	}
	seconds, nanoseconds := p.take(1)[0].number(), p.fraction()
	if negative {
		seconds, nanoseconds = -seconds, -nanoseconds
	}
	return time.Unix(int64(seconds), int64(nanoseconds)), len(p.rest) == 0
}

// fraction reads .5 or ,5 as nanoseconds, 0 if there is none.
func (p *parser) fraction() int {
	if !p.match(".n") && !p.match(",n") || !p.rest[1].glued {
		return 0
	}
	digits := p.take(2)[1].text
	const places = 9
	digits = (digits + strings.Repeat("0", places))[:places]
	return token{text: digits}.number()
}

// item takes one item; false means that there is none that is known.
func (p *parser) item() bool {
	switch {
	case p.match(","):
		p.take(1)
		return true
	case p.match("n-n-n"):
		t := p.take(5)
		return p.setDate(fullYear(t[0]), t[2].number(), t[4].number())
	case p.match("n-w-n"):
		t := p.take(5)
		return p.setDate(fullYear(t[4]), month(t[2].text), t[0].number())
	case p.match("n/n/n"):
		t := p.take(5)
		if len(t[0].text) > 2 {
			return p.setDate(fullYear(t[0]), t[2].number(), t[4].number())
		}
		return p.setDate(fullYear(t[4]), t[0].number(), t[2].number())
	case p.match("n/n"):
		t := p.take(3)
		return p.setDate(0, t[0].number(), t[2].number())
	case p.match("n:n"), p.match("nw") && halfOfDay(p.rest[1].text) >= 0:
		return p.timeOfDay()
	case p.match("nw") && month(p.rest[1].text) > 0:
		t := p.take(2)
		return p.setDate(p.year(), month(t[1].text), t[0].number())
	case p.match("w"):
		return p.wordItem()
	case p.match("nw"), p.match("+nw"), p.match("-nw"):
		return p.step()
	case p.match("n"):
		return p.bareNumber()
	}
	return false
}

// setDate is called with year 0 if there is none (yet).
func (p *parser) setDate(year, month, day int) bool {
	if p.hasDate || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	p.date, p.hasDate = date{year, month, day}, true
	return true
}

// fullYear reads a year; of two digits it is the one nearest to our time.
func fullYear(t token) int {
	year := t.number()
	if len(t.text) > 2 {
		return year
	}
	const turn = 69 // POSIX: 69 to 99 are 1969 to 1999
	if year < turn {
		return year + 2000
	}
	return year + 1900
}

// year reads the year that may follow "5 Jan" or "Jan 5,"; an hour may, too.
func (p *parser) year() int {
	if p.match("n:") || !p.match("n") || halfOfDay(p.rest[min(1, len(p.rest)-1)].text) >= 0 {
		return 0
	}
	return fullYear(p.take(1)[0])
}

// bareNumber is a date without signs, a year that was missing, or an hour.
func (p *parser) bareNumber() bool {
	t := p.take(1)[0]
	n := t.number()
	const day, longYear = 8, 4
	switch {
	case len(t.text) == day:
		return p.setDate(n/10000, n/100%100, n%100)
	case p.hasDate && p.date.year == 0 && (p.hasTime || len(t.text) == longYear):
		p.date.year = fullYear(t)
		return true
	case len(t.text) <= 2:
		return p.setClock(clock{hour: n})
	case len(t.text) == 4:
		return p.setClock(clock{hour: n / 100, minute: n % 100})
	}
	return false
}

func (p *parser) setClock(c clock) bool {
	if p.hasTime || c.hour > 23 || c.minute > 59 || c.second > 59 {
		return false
	}
	p.clock, p.hasTime = c, true
	return true
}

// timeOfDay reads 10:30[:15[.5]] or 3, then am or pm, then a zone.
func (p *parser) timeOfDay() bool {
	c := clock{hour: p.take(1)[0].number()}
	if p.match(":n") {
		c.minute = p.take(2)[1].number()
	}
	if p.match(":n") {
		c.second = p.take(2)[1].number()
		c.nanosecond = p.fraction()
	}
	if p.match("w") {
		if half := halfOfDay(p.rest[0].text); half >= 0 {
			p.take(1)
			if c.hour < 1 || c.hour > 12 {
				return false
			}
			c.hour = c.hour%12 + half
		}
	}
	return p.setClock(c) && p.offset()
}

// halfOfDay is the hour that am or pm adds, -1 for other words.
func halfOfDay(word string) int {
	switch word {
	case "am":
		return 0
	case "pm":
		return 12
	}
	return -1
}

// offset reads a zone by its number, +02, +0200 or +02:00, if there is one.
// "+2 hours" is a step.
func (p *parser) offset() bool {
	if !p.match("+n") && !p.match("-n") || !p.rest[1].glued {
		return true
	}
	if _, isStep := unit(p.rest[2:]); isStep {
		return true
	}
	t := p.take(2)
	hours, minutes := t[1].number(), 0
	switch {
	case p.match(":n"):
		minutes = p.take(2)[1].number()
	case len(t[1].text) > 2:
		hours, minutes = hours/100, hours%100
	}
	if p.zone != nil || hours > 24 || minutes > 59 {
		return false
	}
	seconds := hours*3600 + minutes*60
	if t[0].kind == '-' {
		seconds = -seconds
	}
	p.zone = time.FixedZone("", seconds)
	return true
}

// result puts everything together.
func (p *parser) result() (time.Time, bool) {
	base := p.now
	if p.zone != nil {
		base = base.In(p.zone)
	}
	d := date{base.Year(), int(base.Month()), base.Day()}
	if p.hasDate {
		if p.date.year == 0 {
			p.date.year = d.year
		}
		d = p.date
		if time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() != d.day {
			return base, false // February 30
		}
	}
	c := p.clock
	if !p.hasTime && p.hasSteps && !p.hasDate && !p.hasWeekday {
		c = clock{base.Hour(), base.Minute(), base.Second(), base.Nanosecond()}
	}
	if p.hasWeekday && !p.hasDate { // else "Mon, 05 Jan" says what is known
		away := (p.weekday - int(base.Weekday()) + 7) % 7
		d.day += away + 7*p.ordinal
		if p.ordinal > 0 && away != 0 {
			d.day -= 7
		}
	}
	t := time.Date(d.year+p.steps.years, time.Month(d.month+p.steps.months), d.day+p.steps.days,
		c.hour, c.minute, c.second, c.nanosecond, base.Location())
	return time.Unix(t.Unix()+int64(p.steps.seconds), int64(t.Nanosecond())).In(p.now.Location()), true
}
