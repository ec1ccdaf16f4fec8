package main

import "time"

// wordItem takes an item that begins with a word.
func (p *parser) wordItem() bool {
	word := p.rest[0].text
	if month(word) > 0 && p.match("wn") {
		day, year := p.take(2)[1].number(), 0
		if p.match(",n") {
			p.take(1)
			year = p.year()
		}
		return p.setDate(year, month(word), day)
	}
	if weekday := prefixed(weekdays(), word); weekday >= 0 {
		return p.setWeekday(weekday, 0, 1)
	}
	switch word {
	case "now", "today":
		p.take(1)
		return p.add(steps{}, 0)
	case "yesterday", "tomorrow":
		p.take(1)
		if word == "yesterday" {
			return p.add(steps{days: 1}, -1)
		}
		return p.add(steps{days: 1}, 1)
	case "t": // between date and time
		p.take(1)
		return p.hasDate && p.match("n")
	case "next", "last", "this":
		return p.neighbour(map[string]int{"next": 1, "last": -1, "this": 0}[word])
	}
	if zone := p.zoneNamed(word); zone != nil {
		p.take(1)
		if p.zone != nil {
			return false
		}
		p.zone = zone
		return true
	}
	return p.step()
}

func weekdays() []string {
	return []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
}

// month is the number of a month, 0 if the word is none.
func month(word string) int {
	return 1 + prefixed([]string{"january", "february", "march", "april", "may", "june", "july", "august",
		"september", "october", "november", "december"}, word)
}

func (p *parser) setWeekday(weekday, ordinal, tokens int) bool {
	p.take(tokens)
	if p.hasWeekday {
		return false
	}
	p.weekday, p.ordinal, p.hasWeekday = weekday, ordinal, true
	return true
}

// neighbour reads "next monday" or "last month".
func (p *parser) neighbour(which int) bool {
	p.take(1)
	if !p.match("w") {
		return false
	}
	if weekday := prefixed(weekdays(), p.rest[0].text); weekday >= 0 {
		return p.setWeekday(weekday, which, 1)
	}
	one, ok := unit(p.rest)
	if !ok {
		return false
	}
	p.take(1)
	return p.add(one, which)
}

// zoneNamed knows UTC and the names that the zone of the machine has.
func (p *parser) zoneNamed(word string) *time.Location {
	switch word {
	case "utc", "gmt", "z", "ut":
		return time.UTC
	}
	for month := range 12 { // one of them is in summer
		t := time.Date(p.now.Year(), time.Month(month+1), 1, 0, 0, 0, 0, p.now.Location())
		if name, offset := t.Zone(); len(tokens(name)) == 1 && tokens(name)[0].text == word {
			return time.FixedZone(name, offset)
		}
	}
	return nil
}

// step reads [+|-][N] UNIT [ago].
func (p *parser) step() bool {
	count := 1
	sign := 1
	if !p.match("w") {
		if !p.match("n") {
			if p.take(1)[0].kind == '-' {
				sign = -1
			}
		}
		count = p.take(1)[0].number()
	}
	one, ok := unit(p.rest)
	const large = 1 << 30
	if !ok || count > large {
		return false
	}
	p.take(1)
	if p.word("ago") {
		sign = -sign
	}
	return p.add(one, sign*count)
}

// add adds one step count times.
func (p *parser) add(one steps, count int) bool {
	p.steps.years += one.years * count
	p.steps.months += one.months * count
	p.steps.days += one.days * count
	p.steps.seconds += one.seconds * count
	p.hasSteps = true
	return true
}

// unit is the step that the first token names.
func unit(rest []token) (steps, bool) {
	if len(rest) == 0 || rest[0].kind != 'w' {
		return steps{}, false
	}
	word := rest[0].text
	if last := len(word) - 1; last > 0 && word[last] == 's' {
		word = word[:last]
	}
	switch word {
	case "year":
		return steps{years: 1}, true
	case "month":
		return steps{months: 1}, true
	case "fortnight":
		return steps{days: 14}, true
	case "week":
		return steps{days: 7}, true
	case "day":
		return steps{days: 1}, true
	case "hour":
		return steps{seconds: 3600}, true
	case "minute", "min":
		return steps{seconds: 60}, true
	case "second", "sec":
		return steps{seconds: 1}, true
	}
	return steps{}, false
}

// parsePOSIX reads MMDDhhmm[[CC]YY][.ss].
func parsePOSIX(text string, now time.Time) (time.Time, error) {
	t := tokens(text)
	known := len(t) == 1 || len(t) == 3 && t[1].kind == '.' && t[2].kind == 'n' && len(t[2].text) == 2 && t[2].glued
	if !known || t[0].kind != 'n' {
		return now, notUnderstood(text)
	}
	digits, year := t[0].text, now.Year()
	const short = len("MMDDhhmm")
	switch len(digits) - short {
	case 0:
	case len("YY"), len("CCYY"):
		year = fullYear(token{text: digits[short:]})
	default:
		return now, notUnderstood(text)
	}
	n := token{text: digits[:short]}.number()
	p := parser{now: now}
	c := clock{hour: n / 100 % 100, minute: n % 100}
	if len(t) == 3 {
		c.second = t[2].number()
	}
	result, ok := now, p.setDate(year, n/1000000, n/10000%100) && p.setClock(c)
	if ok {
		result, ok = p.result()
	}
	if !ok {
		return now, notUnderstood(text)
	}
	return result, nil
}
