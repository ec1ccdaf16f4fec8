package signame

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]syscall.Signal{
		"9": 9, "0": 0, "64": 64, "KILL": 9, "SIGTERM": 15, "hup": 1, "sigusr1": syscall.SIGUSR1,
		"RTMIN": 34, "RTMIN+2": 36, "RTMAX": 64, "rtmax-1": 63, "SIGRTMIN+30": 64,
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "65", "-1", "+9", "NOPE", "SIG", "RTMIN+31", "RTMIN-1", "RTMAX+1", "RTMIN+x", "RTMIN+-1", "9x"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %d; want an error", text, got)
		}
	}
}

// Each name leads back to its number.
func TestAll(t *testing.T) {
	all := All()
	if len(all) != 62 { // 1 to 64 without the two that C libraries keep
		t.Errorf("%d signals; want 62", len(all))
	}
	for _, sig := range all {
		if back, err := Parse(Name(sig)); err != nil || back != sig {
			t.Errorf("%d is %s is %d, %v", sig, Name(sig), back, err)
		}
	}
	if Name(33) != "33" || Name(0) != "0" {
		t.Errorf("Name(33) = %s, Name(0) = %s", Name(33), Name(0))
	}
}

func TestTakeArg(t *testing.T) {
	for arg, want := range map[string]syscall.Signal{"-9": 9, "-KILL": 9, "-SIGHUP": 1, "-0": 0, "-hup": 1, "-sigint": 2} {
		if sig, rest, found := TakeArg([]string{arg, "x"}); !found || sig != want || len(rest) != 1 {
			t.Errorf("TakeArg(%s) = %d, %q, %v", arg, sig, rest, found)
		}
	}
	for _, arg := range []string{"-", "-x", "-l", "-io", "-hups", "9", "-99", "--", "-s"} {
		if _, rest, found := TakeArg([]string{arg, "x"}); found || len(rest) != 2 {
			t.Errorf("TakeArg(%s) finds a signal", arg)
		}
	}
}

func TestTakeArgAnywhere(t *testing.T) {
	for args, want := range map[string]string{
		"-9 x":       "9 x",
		"-q -KILL x": "9 -q x",
		"x -u y -1":  "1 x -u y",
		"-q -- -9":   "0 -q -- -9",
		"x":          "0 x",
		"":           "0 ",
	} {
		sig, rest, found := TakeArgAnywhere(strings.Fields(args))
		if got := fmt.Sprintf("%d %s", sig, strings.Join(rest, " ")); got != want || found != (sig != 0) {
			t.Errorf("%q: %q, %v; want %q", args, got, found, want)
		}
	}
}
