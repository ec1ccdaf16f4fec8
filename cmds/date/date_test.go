package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
)

// A Monday.
func fake(zone *time.Location) machine {
	return machine{
		now:  func() time.Time { return time.Date(2026, 1, 5, 3, 4, 5, 67_000_000, time.UTC) },
		set:  func(time.Time) error { return syscall.EPERM },
		zone: zone,
	}
}

func TestFormat(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("f", nil, 0o644)
	os.Chtimes("f", time.Time{}, time.Date(2020, 2, 29, 23, 59, 58, 123_000_000, time.UTC))
	var cases []cmdtest.Case
	for format, want := range map[string]string{
		"%F %T|%D %R|%c|%x|%X|%r": "2026-01-05 03:04:05|01/05/26 03:04|Mon Jan  5 03:04:05 2026|01/05/26|03:04:05|03:04:05 AM",
		"%Y|%C|%y|%m|%b|%h|%B":    "2026|20|26|01|Jan|Jan|January",
		"%d|%e|%j|%a|%A|%u|%w|%q": "05| 5|005|Mon|Monday|1|1|1",
		"%H|%k|%I|%l|%M|%S|%p|%P": "03| 3|03| 3|04|05|AM|am",
		"%U|%V|%W|%G|%g":          "01|02|01|2026|26",
		"%s|%N|%n|%t|%%":          "1767582245|067000000|\n|\t|%",
		"%z|%:z|%::z|%:::z|%Z":    "+0000|+00:00|+00:00:00|+00|UTC",
		"%-d|%_d|%-e|%0e|%-j|%_H": "5| 5|5|05|5| 3",
		"%5d|%_5d|%-5d|%6Y|%012s": "00005|    5|5|002026|001767582245",
		"%5a|%-5a|%12T|%^a|%#a":   "  Mon|Mon|    03:04:05|MON|MON",
		"%^B|%#Z|%#p|%^c|%#B":     "JANUARY|utc|am|MON JAN  5 03:04:05 2026|JANUARY",
		"%3N|%-N|%_N|%12N|%6N":    "067|067000000|067      |067000000000|067000",
		"%Ey|%Od|x":               "26|05|x",
		"":                        "",
	} {
		cases = append(cases, cmdtest.Case{Argv: []string{"-d", "2026-01-05 03:04:05.067", "+" + format}, Stdout: want + "\n"})
	}
	const day = "2026-01-05 03:04:05.067"
	cmdtest.Run(t, "date", fake(time.UTC).run, append(cases, []cmdtest.Case{
		{Args: "-r f", Stdout: "Sat Feb 29 23:59:58 UTC 2020\n"},
		{Args: "-ur f +%N", Stdout: "123000000\n"},
		{Argv: []string{"-d", day}, Stdout: "Mon Jan  5 03:04:05 UTC 2026\n"},
		{Argv: []string{"-Rd", day}, Stdout: "Mon, 05 Jan 2026 03:04:05 +0000\n"},
		{Argv: []string{"-I", "-d", day}, Stdout: "2026-01-05\n"},
		{Argv: []string{"-Idate", "-d", day}, Stdout: "2026-01-05\n"},
		{Argv: []string{"-Ihours", "-d", day}, Stdout: "2026-01-05T03+00:00\n"},
		{Argv: []string{"-Iminutes", "-d", day}, Stdout: "2026-01-05T03:04+00:00\n"},
		{Argv: []string{"-Iseconds", "-d", day}, Stdout: "2026-01-05T03:04:05+00:00\n"},
		{Argv: []string{"--iso-8601=ns", "-d", day}, Stdout: "2026-01-05T03:04:05,067000000+00:00\n"},
		{Argv: []string{"--rfc-3339=seconds", "-d", day}, Stdout: "2026-01-05 03:04:05+00:00\n"},
		{Argv: []string{"--rfc-3339", "ns", "-d", day}, Stdout: "2026-01-05 03:04:05.067000000+00:00\n"},
		{Args: "", Stdout: "Mon Jan  5 03:04:05 UTC 2026\n", Differs: "the clock"},
		{Args: "+%F", Stdout: "2026-01-05\n", Differs: "the clock"},

		{Args: "-r missing", Status: 1, Stderr: "cannot look at missing: no such file or directory"},
		{Args: "+%Q", Status: 2, Stderr: "+%Q: %Q is not known", Differs: "GNU prints it"},
		{Args: "+%:d", Status: 2, Stderr: "%d is not known", Differs: "GNU prints it"},
		{Args: "+%", Status: 2, Stderr: "a letter is missing", Differs: "GNU prints it"},
		{Args: "+%9999999d", Status: 2, Stderr: "at most 1000", Differs: "GNU prints them"},
		{Args: "-Iweeks", Status: 2, Stderr: "the unit is date, hours", Differs: "GNU ends with 1"},
		{Args: "-R +%F", Status: 2, Stderr: "only one format", Differs: "GNU ends with 1"},
		{Args: "-d now -r f", Status: 2, Stderr: "only one time", Differs: "GNU ends with 1"},
		{Args: "-d 2026-02-30", Status: 2, Stderr: "2026-02-30 is no time\n  hint: ", Differs: "GNU ends with 1"},
	}...))
}

// Weeks and days of years that begin on each day, as the host counts them.
func TestAsHost(t *testing.T) {
	var lines []string
	for year := 2018; year < 2030; year++ {
		for _, day := range []string{"01-01", "01-03", "01-07", "12-28", "12-31"} {
			lines = append(lines, "-d "+time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006-")+day+" +%U|%V|%W|%G|%g|%j|%u|%w|%s")
		}
	}
	cmdtest.Compare(t, "date", fake(time.UTC).run, lines...)
}

// Times that don't depend on the clock, so that the host can say the same.
func TestAbsolute(t *testing.T) {
	var cases []cmdtest.Case
	for text, want := range map[string]string{
		"@0": "1970-01-01 00:00:00.0", "@1767582245.5": "2026-01-05 03:04:05.5", "@-1": "1969-12-31 23:59:59.0", "@-1.5": "1969-12-31 23:59:58.5",
		"2026-1-5": "2026-01-05 00:00:00.0", "20260105": "2026-01-05 00:00:00.0", "2026/01/05": "2026-01-05 00:00:00.0",
		"1/5/2026": "2026-01-05 00:00:00.0", "1/5/26": "2026-01-05 00:00:00.0", "70-01-02": "1970-01-02 00:00:00.0",
		"5 Jan 2026": "2026-01-05 00:00:00.0", "5-Jan-2026": "2026-01-05 00:00:00.0", "January 5, 2026": "2026-01-05 00:00:00.0",
		"Jan 5 10:00 2026": "2026-01-05 10:00:00.0", "5 jan 26": "2026-01-05 00:00:00.0", "sept 5, 2026": "2026-09-05 00:00:00.0",
		"2026-01-05T10:20:30Z":            "2026-01-05 10:20:30.0",
		"2026-01-05T10:20:30.25+02:00":    "2026-01-05 08:20:30.2",
		"2026-01-05 10:20 -0530":          "2026-01-05 15:50:00.0",
		"2026-01-05 10:20 UTC":            "2026-01-05 10:20:00.0",
		"10:20:30 2026-01-05":             "2026-01-05 10:20:30.0",
		"2026-01-05 3pm":                  "2026-01-05 15:00:00.0",
		"2026-01-05 12:30 a.m.":           "2026-01-05 00:30:00.0",
		"20260105 1030":                   "2026-01-05 10:30:00.0",
		"Mon, 05 Jan 2026 10:00:00 +0200": "2026-01-05 08:00:00.0",
		"Mon Jan  5 03:04:05 UTC 2026":    "2026-01-05 03:04:05.0",
		"2026-01-05 +1 day":               "2026-01-06 00:00:00.0",
		"2026-01-05 + 2 weeks":            "2026-01-19 00:00:00.0",
		"2026-01-31 1 month":              "2026-03-03 00:00:00.0",
		"2026-03-01 -1 day":               "2026-02-28 00:00:00.0",
		"2026-03-01 yesterday":            "2026-02-28 00:00:00.0",
		"2026-01-05 next month":           "2026-02-05 00:00:00.0",
		"2026-01-05 2 years ago":          "2024-01-05 00:00:00.0",
		"2026-01-05 1 hour 30 min ago":    "2026-01-05 00:30:00.0",
		"2026-01-05 fortnight":            "2026-01-19 00:00:00.0",
		"2024-02-29 1 year":               "2025-03-01 00:00:00.0",
		"1 sec 2026-01-05 3:04:05":        "2026-01-05 03:04:06.0",
	} {
		cases = append(cases, cmdtest.Case{Argv: []string{"-d", text, "+%F %T.%1N"}, Stdout: want + "\n"})
	}
	cases = append(cases, cmdtest.Case{Argv: []string{"-d", "2026-01-05 10:00 + 2 weeks", "+%F %T"}, Stdout: "2026-01-19 10:00:00\n",
		Differs: "GNU takes +2 for a zone"})
	cmdtest.Run(t, "date", fake(time.UTC).run, cases)
}

// Times as seen from the clock, and in a zone with a summer.
func TestRelative(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"now": "2026-01-05T04:04:05+01:00", "today": "2026-01-05T04:04:05+01:00", "": "2026-01-05T00:00:00+01:00",
		"yesterday": "2026-01-04T04:04:05+01:00", "Tomorrow 10:00": "2026-01-06T10:00:00+01:00", "10:00 today": "2026-01-05T10:00:00+01:00",
		"2 days ago": "2026-01-03T04:04:05+01:00", "+1 hour": "2026-01-05T05:04:05+01:00", "-90 minutes": "2026-01-05T02:34:05+01:00",
		"next week": "2026-01-12T04:04:05+01:00", "last year": "2025-01-05T04:04:05+01:00", "this month": "2026-01-05T04:04:05+01:00",
		"6 months": "2026-07-05T04:04:05+02:00", "month ago": "2025-12-05T04:04:05+01:00",
		"monday": "2026-01-05T00:00:00+01:00", "next monday": "2026-01-12T00:00:00+01:00", "last monday": "2025-12-29T00:00:00+01:00",
		"friday": "2026-01-09T00:00:00+01:00", "next fri 3pm": "2026-01-09T15:00:00+01:00", "last sunday": "2026-01-04T00:00:00+01:00",
		"10:00": "2026-01-05T10:00:00+01:00", "10:00 UTC": "2026-01-05T11:00:00+01:00", "10:00+5": "2026-01-05T06:00:00+01:00",
		"10:00 +2 hours": "2026-01-05T12:00:00+01:00", "1 Jul": "2026-07-01T00:00:00+02:00", "7/1": "2026-07-01T00:00:00+02:00",
		"2026-07-01 10:00 CEST": "2026-07-01T10:00:00+02:00", "2026-07-01 10:00 CET": "2026-07-01T11:00:00+02:00",
		"@0": "1970-01-01T01:00:00+01:00", "jul 1, 10pm": "2026-07-01T22:00:00+02:00", "5 jan 10pm": "2026-01-05T22:00:00+01:00", "8": "2026-01-05T08:00:00+01:00",
		"9999999999 seconds": "", "1000000 hours ago": "1911-12-08T12:04:05+01:00",

		"x": "", "2026-13-01": "", "2026-02-30": "", "24:00": "", "10:60": "", "10:00:60": "", "13pm": "", "0am": "", "1 2 3": "", "12345": "",
		"monday friday": "", "2026-01-05 2026-01-06": "", "10:00 11:00": "", "@": "", "@1 day": "", "@x": "", "+": "", "-": "", "+1": "", "5 parsecs": "",
		"next": "", "next x": "", "10:00 UTC UTC": "", "10:00 +0200 UTC": "", "10:00 +2599": "", "10:00+02:99": "", "ago": "", "2026-": "", "T10:00": "",
	} {
		got, err := parseTime(text, fake(nil).now().In(berlin))
		switch {
		case err != nil && want != "":
			t.Errorf("%q: %v", text, err)
		case err == nil && got.Format(time.RFC3339) != want:
			t.Errorf("%q is %s; want %s", text, got.Format(time.RFC3339), want)
		}
	}
}

func TestSet(t *testing.T) {
	tests := []struct {
		args        string
		set, stdout string
		stderr      string
		status      int
	}{
		{args: "-s 10:00", set: "2026-01-05T10:00:00Z", stdout: "Mon Jan  5 10:00:00 UTC 2026\n"},
		{args: "--set=2026-02-03 +%F", set: "2026-02-03T00:00:00Z", stdout: "2026-02-03\n"},
		{args: "02031004", set: "2026-02-03T10:04:00Z", stdout: "Tue Feb  3 10:04:00 UTC 2026\n"},
		{args: "0203100427", set: "2027-02-03T10:04:00Z", stdout: "Wed Feb  3 10:04:00 UTC 2027\n"},
		{args: "020310041999.05 +%T", set: "1999-02-03T10:04:05Z", stdout: "10:04:05\n"},
		{args: "-u 0203100469 +%Y", set: "1969-02-03T10:04:00Z", stdout: "1969\n"},
		{args: "020310", status: 2, stderr: "020310 is no time"},
		{args: "13031004", status: 2, stderr: "13031004 is no time"},
		{args: "02301004", status: 2, stderr: "02301004 is no time"},
		{args: "02032460", status: 2, stderr: "is no time"},
		{args: "02031004.5", status: 2, stderr: "is no time"},
		{args: "020310045", status: 2, stderr: "is no time"},
		{args: "yesterday", status: 2, stderr: "yesterday is no time"},
		{args: "-s x", status: 2, stderr: "x is no time"},
		{args: "02031004 02031004", status: 2, stderr: "only one time"},
		{args: "-s 1:00 -d 2:00", status: 2, stderr: "only one time"},
	}
	for _, tt := range tests {
		set := ""
		m := fake(time.UTC)
		m.set = func(t time.Time) error { set += t.Format(time.RFC3339); return nil }
		var stdout, stderr strings.Builder
		status := cli.Report("date", m.run(strings.Fields(tt.args), nil, &stdout, &stderr), &stdout, &stderr)
		if set != tt.set || stdout.String() != tt.stdout || status != tt.status || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("date %s: set %q, status %d, output %q, %q", tt.args, set, status, stdout.String(), stderr.String())
		}
	}
	err := fake(time.UTC).run([]string{"-s", "10:00"}, nil, nil, nil)
	if err == nil || err.Error() != "cannot set the clock: operation not permitted" {
		t.Errorf("without the right: %v", err)
	}
}

// FuzzTime: every text is a time or an error, and a time that is written in
// full is read as itself.
func FuzzTime(f *testing.F) {
	f.Add("next monday 3pm +2 hours", int64(1767582245))
	f.Add("5 Jan 2026 10:20:30.5 -0100 1 month ago", int64(-1))
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		now := time.Unix(seconds%(1<<36), 0).UTC()
		parseTime(text, now)
		parsePOSIX(text, now)
		if now.Year() < 100 || now.Year() > 9999 {
			return
		}
		for _, format := range []string{time.RFC3339, time.RFC1123Z, "2006-01-02 15:04:05", "Mon Jan _2 15:04:05 MST 2006"} {
			if got, err := parseTime(now.Format(format), time.Unix(0, 0).UTC()); err != nil || !got.Equal(now) {
				t.Errorf("%s is %v, %v", now.Format(format), got, err)
			}
		}
	})
}

func FuzzFormat(f *testing.F) {
	f.Add("%F %-d%_5S%3N %::z%%")
	f.Fuzz(func(t *testing.T, format string) {
		if text, err := expand(format, fake(nil).now()); err == nil && !strings.Contains(format, "%") && text != format {
			t.Errorf("%q is %q", format, text)
		}
	})
}
