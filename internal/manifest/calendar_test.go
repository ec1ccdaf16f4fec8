package manifest

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that every machine knows Vienna
)

const stamp = "2006-01-02 15:04:05"

func when(t *testing.T, s string, zone *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(stamp, s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCalendarNext(t *testing.T) {
	tests := []struct{ text, after, want string }{
		{"hourly", "2024-05-01 10:00:00", "2024-05-01 11:00:00"},
		{"hourly", "2024-12-31 23:59:59", "2025-01-01 00:00:00"},
		{"daily", "2024-02-28 00:00:00", "2024-02-29 00:00:00"},
		{"daily", "2023-02-28 12:00:00", "2023-03-01 00:00:00"},
		{"weekly", "2024-05-01 10:00:00", "2024-05-06 00:00:00"},
		{"weekly", "2024-05-06 00:00:00", "2024-05-13 00:00:00"},
		{"weekly", "2024-05-05 23:59:59", "2024-05-06 00:00:00"},
		{"monthly", "2024-01-31 23:59:59", "2024-02-01 00:00:00"},
		{"monthly", "2024-01-01 00:00:00", "2024-02-01 00:00:00"},
		{"yearly", "2024-01-01 00:00:00", "2025-01-01 00:00:00"},
		{"Mon..Fri 03:15", "2024-05-03 03:15:00", "2024-05-06 03:15:00"}, // Friday to Monday
		{"Mon..Fri 03:15", "2024-05-03 03:14:59", "2024-05-03 03:15:00"},
		{"Sat,Sun 10:00", "2024-05-04 10:00:00", "2024-05-05 10:00:00"},
		{"Sat,Sun 10:00", "2024-05-05 10:00:00", "2024-05-11 10:00:00"},
		{"Fri..Mon 10:00", "2024-05-06 10:00:00", "2024-05-10 10:00:00"},
		{"Wednesday", "2024-05-01 00:00:00", "2024-05-08 00:00:00"},
		{"*-*-01 00:00:00", "2024-12-01 00:00:00", "2025-01-01 00:00:00"},
		{"*-*-31", "2024-01-31 00:00:00", "2024-03-31 00:00:00"}, // no 31 February
		{"*-*-31", "2024-03-31 00:00:00", "2024-05-31 00:00:00"},
		{"*:0/15", "2024-05-01 10:07:30", "2024-05-01 10:15:00"},
		{"*:0/15", "2024-05-01 10:45:00", "2024-05-01 11:00:00"},
		{"*:*:0/20", "2024-05-01 23:59:40", "2024-05-02 00:00:00"},
		{"*:*:59", "2024-05-01 23:58:59", "2024-05-01 23:59:59"},
		{"02-29", "2024-02-29 00:00:00", "2028-02-29 00:00:00"},
		{"02-29", "2096-03-01 00:00:00", "2104-02-29 00:00:00"}, // 2100 has none
		{"02-29", "1999-03-01 00:00:00", "2000-02-29 00:00:00"},
		{"Mon 02-29", "2024-03-01 00:00:00", "2044-02-29 00:00:00"},
		{"Mon 02-29", "2072-02-29 00:00:00", "2112-02-29 00:00:00"}, // the longest wait there is
		{"2030-06-15 12:00", "2024-05-01 10:00:00", "2030-06-15 12:00:00"},
		{"2030-06-15 12:00", "2030-06-15 12:00:00", ""},
		{"2024..2026/2-*-1", "2024-12-01 00:00:00", "2026-01-01 00:00:00"},
		{"2024/4-02-29", "2024-02-29 00:00:00", "2028-02-29 00:00:00"},
		{"*-1,7-1 9..17/4:30", "2024-07-01 13:30:00", "2024-07-01 17:30:00"},
		{"*-1,7-1 9..17/4:30", "2024-07-01 17:30:00", "2025-01-01 09:30:00"},
		{"Fri *-*-13", "2024-05-01 10:00:00", "2024-09-13 00:00:00"},
		{"*/6:00", "2024-05-01 06:00:00", "2024-05-01 12:00:00"},
		{"23:59:59", "2024-12-31 23:59:59", "2025-01-01 23:59:59"},
		{"*-02-30", "2024-05-01 10:00:00", ""},
		{"*-4,6,9,11-31", "2024-05-01 10:00:00", ""},
		{"2023-02-29", "2020-05-01 10:00:00", ""},
		{"daily", "9999-12-31 00:00:00", ""},
		{"daily", "0001-01-01 00:00:00", "1970-01-01 00:00:00"}, // before there were calendars
	}
	for _, tt := range tests {
		t.Run(tt.text+" "+tt.after, func(t *testing.T) {
			c, err := ParseCalendar(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got := c.Next(when(t, tt.after, time.UTC))
			if tt.want == "" && !got.IsZero() || tt.want != "" && got.Format(stamp) != tt.want {
				t.Errorf("next %s; want %s", got.Format(stamp), tt.want)
			}
		})
	}
}

// Fractions of a second are past the point.
func TestCalendarFraction(t *testing.T) {
	c, _ := ParseCalendar("hourly")
	after := time.Date(2024, 5, 1, 9, 59, 59, 999_999_999, time.UTC)
	if got := c.Next(after); !got.Equal(time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
	if got := c.Next(after.Add(2)); !got.Equal(time.Date(2024, 5, 1, 11, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
}

// A zone that changes its clocks may cost an hour, but time goes on.
func TestCalendarZone(t *testing.T) {
	zone := time.FixedZone("India", 5*3600+1800)
	c, _ := ParseCalendar("03:15")
	if got := c.Next(when(t, "2024-05-01 03:15:00", zone)); got.Format(stamp) != "2024-05-02 03:15:00" || got.Location() != zone {
		t.Error(got)
	}
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"02:30", "*:*", "*:0/7:13", "hourly"} {
		c, _ := ParseCalendar(text)
		for _, start := range []string{"2024-03-30 22:00:00", "2024-10-26 22:00:00"} {
			last := when(t, start, vienna)
			for end := last.Add(48 * time.Hour); last.Before(end); {
				next := c.Next(last)
				if !next.After(last) || next.Sub(last) > 26*time.Hour {
					t.Fatalf("%s after %v: %v", text, last, next)
				}
				last = next
			}
		}
	}
}

func TestCalendarErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", `"" is no calendar time`},
		{"   ", `"   " is no calendar time`},
		{"Daily", `weekdays are Mon, Tue, Wed, Thu, Fri, Sat and Sun, not "Daily"`},
		{"mon", `not "mon"`},
		{"Mon..", `not "Mon.."`},
		{"Mon,,Tue", `not ""`},
		{"24:00", `the hour is from 0 to 23, not "24"`},
		{"10:60", `the minute is from 0 to 59, not "60"`},
		{"10:00:60", `the second is from 0 to 59, not "60"`},
		{"10", `what is "10"?`},
		{"10:00 2024-01-01", `what is "2024-01-01"?`},
		{"2024-01-01 10:00 Mon", `what is "Mon"?`},
		{"Mon 2024-01-01 10:00 UTC", `is no calendar time`},
		{"*-13-01", `the month is from 1 to 12, not "13"`},
		{"*-00-01", `the month is from 1 to 12, not "00"`},
		{"*-*-32", `the day is from 1 to 31, not "32"`},
		{"1969-01-01", `the year is from 1970 to 9999, not "1969"`},
		{"24-01-01-01", `a date is YEAR-MONTH-DAY`},
		{"*:5..3", `not "5..3"`},
		{"*:0/0", `not "0/0"`},
		{"*:0/99", `not "0/99"`},
		{"0:0/-1", `not "0:0/"`},
		{"*:0/+1", `not "0/+1"`},
		{"*:1/2/3", `not "1/2/3"`},
		{"1:2:3:4", `a time is HOUR:MINUTE or HOUR:MINUTE:SECOND`},
		{"*:00000", `not "00000"`},
		{strings.Repeat("1,", 200) + "1:00", `is no calendar time`},
	}
	for _, tt := range tests {
		if c, err := ParseCalendar(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %+v, %v; want %s", tt.text, c, err, tt.want)
		}
	}
}

// has asks the question the other way round: is this a point of the set?
func (c Calendar) has(at time.Time) bool {
	bit := func(set uint64, n int) bool { return set>>n&1 == 1 }
	return c.hasYear(at.Year()) && bit(c.months, int(at.Month())) && bit(c.days, at.Day()) && bit(c.weekdays, int(at.Weekday())) &&
		bit(c.hours, at.Hour()) && bit(c.minutes, at.Minute()) && bit(c.seconds, at.Second())
}

// Next always ends, is later, is in the set, and leaves out nothing.
func FuzzCalendar(f *testing.F) {
	for _, text := range []string{"hourly", "Mon..Fri 03:15", "*-*-01 00:00:00", "*:0/15", "02-29", "*-2-30", "2024/3-*-31 */5:1,2:3..9/2"} {
		f.Add(text, int64(1714557600), int16(0))
		f.Add(text, int64(-1), int16(-500))
	}
	f.Add("daily", int64(1)<<62, int16(0))
	f.Add("daily", -int64(1)<<62, int16(0))
	f.Fuzz(func(t *testing.T, text string, seconds int64, offset int16) {
		c, err := ParseCalendar(text)
		if err != nil {
			return
		}
		after := time.Unix(seconds, 0).In(time.FixedZone("", int(offset)*60))
		next := c.Next(after)
		if next.IsZero() {
			if at := after; at.Year() >= firstYear && at.Year() < lastYear {
				for range 1000 {
					if at = at.Add(time.Second); c.has(at) {
						t.Fatalf("%q has %v but no next after %v", text, at, after)
					}
				}
			}
			return
		}
		if !next.After(after) || !c.has(next) {
			t.Fatalf("%q: next after %v is %v", text, after, next)
		}
		for at, n := next.Add(-time.Second), 0; n < 1000 && at.After(after); at, n = at.Add(-time.Second), n+1 {
			if at.Year() >= firstYear && c.has(at) {
				t.Fatalf("%q: next after %v is %v, not %v", text, after, next, at)
			}
		}
		var again Calendar
		written, _ := c.MarshalText()
		if err := again.UnmarshalText(written); err != nil || again.Next(after) != next {
			t.Fatalf("%q does not survive writing: %v", text, err)
		}
	})
}

func BenchmarkCalendarImpossible(b *testing.B) {
	c, _ := ParseCalendar("*-4,6,9,11-31")
	for b.Loop() {
		c.Next(time.Unix(0, 0))
	}
}
