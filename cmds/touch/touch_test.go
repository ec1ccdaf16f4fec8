package main

import (
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func clock() machine {
	return machine{now: func() time.Time { return time.Date(2026, 7, 31, 12, 30, 0, 0, time.UTC) }, zone: time.UTC}
}

func prepare(t *testing.T) {
	cmdtest.Make(t, "a=A", "b=B", "link->a", "lost->nowhere", "d/")
}

func TestTouch(t *testing.T) {
	const old = " @981173106.123456789"
	row := func(args, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args}, Tree: tree}
	}
	bad := func(args, stderr, tree string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 1, Stderr: stderr}, Tree: tree}
	}
	usage := func(args, stderr string) cmdtest.Change {
		return cmdtest.Change{Case: cmdtest.Case{Args: args, Status: 2, Stderr: stderr, Differs: "GNU ends with 1"}}
	}
	m := clock()
	m.now = time.Now
	cmdtest.Changes(t, "touch", m.run, prepare, []cmdtest.Change{
		row("new", `new -rw-r--r-- ""`),
		row("a d", `a -rw-r--r-- "A", d drwxr-xr-x`),
		row("-c new", `no new`),
		row("-d @5 a new", `a -rw-r--r-- "A" @5.000000000, new -rw-r--r-- "" @5.000000000`),
		row("-t 197001010001 a", `a -rw-r--r-- "A" @60.000000000`),
		row("-t 7001010001.05 a", `a -rw-r--r-- "A" @65.000000000`),
		row("-d 1970-01-02 a", `a -rw-r--r-- "A" @86400.000000000`),
		row("-d 1970-01-01T00:01:02.5Z a", `a -rw-r--r-- "A" @62.500000000`),
		row("-r a new", `new -rw-r--r-- ""`+old),
		row("-a a", `a -rw-r--r-- "A"`+old),
		row("-a -d @5 a", `a -rw-r--r-- "A"`+old),
		row("-m -d @5 a", `a -rw-r--r-- "A" @5.000000000`),
		row("-am -d @5 a", `a -rw-r--r-- "A" @5.000000000`),
		row("-d @5 link", `a -rw-r--r-- "A" @5.000000000, link lrwxrwxrwx -> a`+old),
		row("-h -d @5 link", `a -rw-r--r-- "A"`+old+`, link lrwxrwxrwx -> a @5.000000000`),
		row("-d @5 lost", `nowhere -rw-r--r-- "" @5.000000000`),
		row("-d @5 d", `d drwxr-xr-x @5.000000000`),
		bad("missing/a b", "cannot touch missing/a: no such file or directory", ""),
		bad("new/", "cannot touch new/: ", "no new"),
		bad("-r missing a", "cannot look at missing", ""),
		bad("-h missing", "cannot touch missing: no such file", "no missing"),
		usage("", "a file is missing"),
		usage("-d x a", `"x" is no date`),
		usage("-t 9 a", `"9" is not [[CC]YY]MMDDhhmm`),
		usage("-d @0 -t 7001010001 a", "only one of"),
	})
}

func TestDates(t *testing.T) {
	zone := time.FixedZone("CEST", 2*60*60)
	m := clock()
	m.zone = zone
	for text, want := range map[string]string{
		"2026-07-31":                      "2026-07-31T00:00:00+02:00",
		"20260731":                        "2026-07-31T00:00:00+02:00",
		"2026-07-31 12:30":                "2026-07-31T12:30:00+02:00",
		"2026-07-31 12:30:05.25":          "2026-07-31T12:30:05.25+02:00",
		"2026-07-31T12:30:05,25":          "2026-07-31T12:30:05.25+02:00",
		"2026-07-31T12:30:05Z":            "2026-07-31T12:30:05Z",
		"2026-07-31 12:30:05 UTC":         "2026-07-31T12:30:05Z",
		"2026-07-31 12:30:05 +0300":       "2026-07-31T12:30:05+03:00",
		"2026-07-31T12:30:05+03:00":       "2026-07-31T12:30:05+03:00",
		"2026-07-31 12:30:05.000 -0700":   "2026-07-31T12:30:05-07:00",
		"2026-07-31T12Z":                  "",
		"Fri, 31 Jul 2026 12:30:05 +0200": "2026-07-31T12:30:05+02:00",
		"Fri Jul 31 12:30:05 UTC 2026":    "2026-07-31T12:30:05Z",
		"31 Jul 2026":                     "2026-07-31T00:00:00+02:00",
		"23:05":                           "2026-07-31T23:05:00+02:00",
		"now":                             "2026-07-31T14:30:00+02:00",
		"yesterday":                       "2026-07-30T14:30:00+02:00",
		"@1.5":                            "1970-01-01T02:00:01.5+02:00",
		"@-1":                             "1970-01-01T01:59:59+02:00",
		"@-1.5":                           "1970-01-01T01:59:58.5+02:00",
		"2026-02-30":                      "",
		"2026-07-31 12:30 XYZ":            "",
		"@":                               "",
		"@1x":                             "",
		"soon":                            "",
	} {
		moment, err := m.parseDate(text)
		got := ""
		if err == nil {
			if moment.Location() == time.Local {
				moment = moment.In(zone)
			}
			got = moment.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"07311230":        "2026-07-31T12:30:00+02:00",
		"2607311230":      "2026-07-31T12:30:00+02:00",
		"6907311230":      "1969-07-31T12:30:00+02:00",
		"6807311230":      "2068-07-31T12:30:00+02:00",
		"202607311230.05": "2026-07-31T12:30:05+02:00",
		"202607311230.5":  "",
		"202613311230":    "",
		"0731123":         "",
		"x7311230":        "",
		"07311230.0.0":    "",
	} {
		moment, err := m.parseStamp(text)
		got := ""
		if err == nil {
			got = moment.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("-t %q is %q, %v; want %q", text, got, err, want)
		}
	}
}

// FuzzDates: whatever is read as a date can be written and read again.
func FuzzDates(f *testing.F) {
	for _, text := range []string{"2026-07-31 12:30:05.25 +0200", "@-1.5", "23:05", "07311230"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := clock()
		for _, parse := range []func(string) (time.Time, error){m.parseDate, m.parseStamp} {
			moment, err := parse(text)
			if err != nil || moment.UTC().Year() < 0 || moment.UTC().Year() > 9999 {
				continue
			}
			again, err := m.parseDate(moment.UTC().Format("2006-01-02T15:04:05.999999999Z07:00"))
			if err != nil || !again.Equal(moment) {
				t.Errorf("%q is %v, then %v, %v", text, moment, again, err)
			}
		}
	})
}
