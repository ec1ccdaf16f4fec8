package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseDate reads a date as people write it.
func (m machine) parseDate(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	now := m.now().In(m.zone)
	switch text {
	case "", "now", "today":
		return now, nil
	case "yesterday":
		return now.AddDate(0, 0, -1), nil
	case "tomorrow":
		return now.AddDate(0, 0, 1), nil
	}
	bad := fmt.Errorf("%q is no date such as 2026-07-31 12:30 or @0", text)
	if seconds, ok := strings.CutPrefix(text, "@"); ok {
		return parseSeconds(seconds, bad)
	}
	text = strings.Replace(text, ",", ".", 1) // ISO 8601 has either
	text = strings.Replace(text, ". ", ", ", 1)
	for _, zone := range []string{"", "Z07:00", "Z0700", " Z07:00", " -0700", " -07", "-07", " MST"} {
		for _, layout := range []string{
			"2006-01-02", "20060102", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05",
			"2006/01/02", "2006/01/02 15:04", "2006/01/02 15:04:05", "20060102 15:04", "20060102 15:04:05", "20060102T150405",
			"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006", "2 Jan 2006 15:04", "2 Jan 2006 15:04:05", "Jan 2 2006", "Jan 2, 2006",
		} {
			if moment, err := time.ParseInLocation(layout+zone, text, m.zone); err == nil && known(moment, zone) {
				return moment, nil
			}
		}
		for _, layout := range []string{"15:04", "15:04:05"} {
			if clock, err := time.ParseInLocation(layout+zone, text, m.zone); err == nil && known(clock, zone) {
				today := m.now().In(clock.Location())
				hour, minute, second := clock.Clock()
				return time.Date(today.Year(), today.Month(), today.Day(), hour, minute, second, clock.Nanosecond(), today.Location()), nil
			}
		}
	}
	for _, layout := range []string{time.UnixDate, time.ANSIC} {
		if moment, err := time.ParseInLocation(layout, text, m.zone); err == nil && known(moment, " MST") {
			return moment, nil
		}
	}
	return time.Time{}, bad
}

// known is false for the name of a zone that package time has to guess: it
// takes any for one of no distance to UTC.
func known(moment time.Time, layout string) bool {
	if !strings.HasSuffix(layout, "MST") {
		return true
	}
	name, offset := moment.Zone()
	return offset != 0 || name == "UTC" || name == "GMT" || name == "Z"
}

// parseSeconds reads seconds since 1970, with a fraction.
func parseSeconds(text string, bad error) (time.Time, error) {
	whole, fraction, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, bad
	}
	const digits = 9
	fraction = (fraction + strings.Repeat("0", digits))[:digits]
	nanoseconds, _ := strconv.ParseInt(fraction, 10, 64)
	if strings.HasPrefix(whole, "-") {
		nanoseconds = -nanoseconds
	}
	return time.Unix(seconds, nanoseconds), nil
}

// parseStamp reads [[CC]YY]MMDDhhmm[.SS].
func (m machine) parseStamp(text string) (time.Time, error) {
	bad := fmt.Errorf("%q is not [[CC]YY]MMDDhhmm[.SS]", text)
	digits, seconds, _ := strings.Cut(text, ".")
	switch len(digits) {
	case len("MMDDhhmm"):
		digits = strconv.Itoa(m.now().In(m.zone).Year()) + digits
	case len("YYMMDDhhmm"):
		century := "19"
		if digits < "69" { // POSIX
			century = "20"
		}
		digits = century + digits
	}
	layout := "200601021504"
	if len(text) > 2 && text[len(text)-3] == '.' {
		digits, layout = digits+seconds, layout+"05"
	} else if strings.Contains(text, ".") {
		return time.Time{}, bad
	}
	moment, err := time.ParseInLocation(layout, digits, m.zone)
	if err != nil || strings.Contains(seconds, ".") {
		return time.Time{}, bad
	}
	return moment, nil
}
