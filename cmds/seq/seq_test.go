package main

import (
	"math/big"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
)

func TestSeq(t *testing.T) {
	const fails = "GNU ends with 1"
	lines := func(text string) string { return strings.ReplaceAll(text, " ", "\n") + "\n" }
	nines := strings.Repeat("9", 30)
	cmdtest.Run(t, "seq", run, []cmdtest.Case{
		{Args: "3", Stdout: lines("1 2 3")},
		{Args: "1", Stdout: lines("1")},
		{Args: "0"},
		{Args: "2 5", Stdout: lines("2 3 4 5")},
		{Args: "5 2"},
		{Args: "1 3 2", Stdout: lines("1")},
		{Args: "5 -2 0", Stdout: lines("5 3 1")},
		{Args: "1 -1 -1", Stdout: lines("1 0 -1")},
		{Args: "-3 -1", Stdout: lines("-3 -2 -1")},
		{Args: "-- -1 0", Stdout: lines("-1 0")},
		{Args: "+1 2", Stdout: lines("1 2")},
		{Args: "999999 1000001", Stdout: lines("999999 1000000 1000001")},
		{Args: nines + "8 1" + strings.Repeat("0", 31), Stdout: lines(nines + "8 " + nines + "9 1" + strings.Repeat("0", 31))},
		{Args: "-1" + strings.Repeat("0", 30) + " 1 -" + nines, Stdout: lines("-1" + strings.Repeat("0", 30) + " -" + nines), Differs: "GNU adds floats, and never ends"},
		{Args: "0.1 0.1 0.3", Stdout: lines("0.1 0.2 0.3")},
		{Args: "1 .5 3", Stdout: lines("1.0 1.5 2.0 2.5 3.0")},
		{Args: "-.5 .25 .5", Stdout: lines("-0.50 -0.25 0.00 0.25 0.50")},
		{Args: "1.0 3", Stdout: lines("1.0 2.0 3.0")},
		{Args: "1 2.50", Stdout: lines("1 2")},
		{Args: "1 1 2.99", Stdout: lines("1 2")},
		{Args: "1. 2", Stdout: lines("1 2")},
		{Args: "1e3 1e3 3e3", Stdout: lines("1000 2000 3000")},
		{Args: "1e-2 1e-2 2e-2", Stdout: lines("0.01 0.02")},
		{Args: "1.5e1 16", Stdout: lines("15 16")},
		{Args: "0.000001 0.000001 0.000002", Stdout: lines("0.000001 0.000002")},

		{Args: "-w 8 11", Stdout: lines("08 09 10 11")},
		{Args: "-w -1 1", Stdout: lines("-1 00 01")},
		{Args: "-w 10 -55 -100", Stdout: lines("0010 -045 -100")},
		{Args: "-w .5 1.25 3", Stdout: lines("0.50 1.75 3.00")},
		{Args: "-w 1.0 4 10", Stdout: lines("01.0 05.0 09.0")},
		{Args: "-w 1 2.5", Stdout: lines("1 2")},
		{Args: "-w 008 2 10", Stdout: lines("008 010")},
		{Args: "-w -- -5 5 5", Stdout: lines("-5 00 05")},
		{Args: "-s, 3", Stdout: "1,2,3\n"},
		{Args: "-ws -1 9 10", Stdout: "09-110\n"},
		{Args: "-s -- 2", Stdout: "1--2\n"},
		{Args: "--separator=: 2", Stdout: "1:2\n"},
		{Args: "-f %03.1f 1 2", Stdout: lines("1.0 2.0")},
		{Args: "-f %g 999999 1000001", Stdout: lines("999999 1e+06 1e+06")},
		{Args: "-f %.2e 10 11", Stdout: lines("1.00e+01 1.10e+01")},
		{Args: "-f <%5.2f|%%> 1.5", Stdout: "< 1.00|%>\n"},
		{Args: "-f %-5g| 2", Stdout: "1    |\n2    |\n"},
		{Args: "-f %f 1", Stdout: "1.000000\n"},

		{Args: "", Status: 2, Stderr: "the last number is missing", Differs: fails},
		{Args: "1 2 3 4", Status: 2, Stderr: "so 4 is too much", Differs: fails},
		{Args: "1 0 3", Status: 2, Stderr: "a step of 0", Differs: fails},
		{Args: "a", Status: 2, Stderr: `"a" is no number`, Differs: fails},
		{Args: "1 2x", Status: 2, Stderr: `"2x" is no number`, Differs: fails},
		{Args: ".", Status: 2, Stderr: `"." is no number`, Differs: fails},
		{Args: "+-1", Status: 2, Stderr: `"+-1" is no number`, Differs: fails},
		{Args: "1e99999", Status: 2, Stderr: "is no number", Differs: "GNU goes on for ever"},
		{Args: "-f %d 3", Status: 2, Stderr: "one of %f, %e and %g", Differs: fails},
		{Args: "-f %f%f 3", Status: 2, Stderr: "one of %f", Differs: fails},
		{Args: "-f % 3", Status: 2, Stderr: "one of %f", Differs: fails},
		{Args: "-f x 3", Status: 2, Stderr: "is missing in it", Differs: fails},
		{Args: "-w -f %f 3", Status: 2, Stderr: "-w makes no sense", Differs: fails},
		{Args: "-x 3", Status: 2, Stderr: "unknown option -x", Differs: fails},
	})
}

// FuzzDecimal: sums and orders are those of package math/big.
func FuzzDecimal(f *testing.F) {
	f.Add("-0.5", "12e3")
	f.Add("999", "-1000.25")
	f.Fuzz(func(t *testing.T, first, second string) {
		a, err := parseOperand(first)
		if err != nil {
			return
		}
		b, err := parseOperand(second)
		if err != nil || a.places > 500 || b.places > 500 || len(a.digits)+len(b.digits) > 1000 {
			return
		}
		x, okX := new(big.Rat).SetString(first)
		y, okY := new(big.Rat).SetString(second)
		if !okX || !okY {
			t.Fatalf("%q, %q are no numbers to math/big", first, second)
		}
		scale := max(a.places, b.places)
		d, e := a.scaled(scale), b.scaled(scale)
		sum, ok := new(big.Rat).SetString(d.add(e).text(scale))
		if !ok || sum.Cmp(new(big.Rat).Add(x, y)) != 0 {
			t.Errorf("%s + %s = %s", first, second, d.add(e).text(scale))
		}
		if d.compare(e) != x.Cmp(y) {
			t.Errorf("%s against %s is %d", first, second, d.compare(e))
		}
	})
}

func FuzzFormat(f *testing.F) {
	f.Add("%05.1f")
	f.Fuzz(func(t *testing.T, format string) {
		if _, err := goFormat(format); err != nil {
			return
		}
		q := sequence{format: format}
		if text := q.text(decimal{}); strings.Contains(text, "%!") && !strings.Contains(format, "!") {
			t.Errorf("%q gives %q", format, text)
		}
	})
}
