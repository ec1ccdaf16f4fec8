package manifest

import (
	"encoding"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUnits(t *testing.T) {
	var d Duration
	var z Size
	var m Mode
	tests := []struct {
		to interface {
			encoding.TextUnmarshaler
			encoding.TextMarshaler
		}
		text, want string // want is "" for an error
	}{
		{&d, "0", "0s"}, {&d, "1.5s", "1.5s"}, {&d, "90s", "1m30s"}, {&d, "24h", "24h"}, {&d, "1h30m", "1h30m"}, {&d, "60m", "1h"}, {&d, "10m", "10m"},
		{&d, "100us", "100µs"}, {&d, "100µs", "100µs"}, {&d, "2562047h47m16.854775807s", "2562047h47m16.854775807s"}, {&d, "1h0m5s", "1h0m5s"},
		{&d, "", ""}, {&d, "5", ""}, {&d, "-5s", ""}, {&d, "+5s", ""}, {&d, "5 s", ""}, {&d, "1d", ""}, {&d, "9999999h", ""},
		{&z, "0", "0"}, {&z, "4096", "4K"}, {&z, "1000", "1000"}, {&z, "64M", "64M"}, {&z, "1024M", "1G"}, {&z, "1536M", "1536M"}, {&z, "3G", "3G"}, {&z, "007K", "7K"},
		{&z, "9223372036854775807", "9223372036854775807"}, {&z, "8589934591G", "8589934591G"},
		{&z, "", ""}, {&z, "M", ""}, {&z, "-1", ""}, {&z, "+1", ""}, {&z, "1.5G", ""}, {&z, "1MB", ""}, {&z, "1m", ""}, {&z, "1 M", ""}, {&z, "8589934592G", ""}, {&z, "9223372036854775808", ""},
		{&m, "022", "0022"}, {&m, "0660", "0660"}, {&m, "0777", "0777"}, {&m, "000", "0000"},
		{&m, "", ""}, {&m, "22", ""}, {&m, "1777", ""}, {&m, "0800", ""}, {&m, "00022", ""}, {&m, "0o22", ""}, {&m, "rwx", ""},
	}
	for _, tt := range tests {
		err := tt.to.UnmarshalText([]byte(tt.text))
		got, _ := tt.to.MarshalText()
		if tt.want == "" && err == nil || tt.want != "" && (err != nil || string(got) != tt.want) {
			t.Errorf("%T %q: %s, %v; want %q", tt.to, tt.text, got, err, tt.want)
		}
	}
}

func TestSignal(t *testing.T) {
	for text, want := range map[string]int{"TERM": 15, "SIGHUP": 1, "RTMIN+3": 37, "SIGRTMAX": 64, "USR1": 10} {
		var s Signal
		if err := s.UnmarshalText([]byte(text)); err != nil || s.Number() != want || strings.HasPrefix(string(s), "SIG") {
			t.Errorf("%s: %s %d, %v; want %d", text, s, s.Number(), err, want)
		}
	}
	for _, text := range []string{"", "0", "15", "hup", "SIG", "SIG15", "RTMIN+99"} {
		var s Signal
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %s", text, s)
		}
	}
}

func TestCapabilities(t *testing.T) {
	if all := capabilities(); len(all) != 41 || all[10] != "CAP_NET_BIND_SERVICE" || all[21] != "CAP_SYS_ADMIN" || all[40] != "CAP_CHECKPOINT_RESTORE" {
		t.Errorf("%d capabilities", len(all))
	}
	for _, tt := range []struct {
		names []string
		want  uint64
	}{{nil, 0}, {[]string{"CAP_CHOWN", "CAP_NET_BIND_SERVICE"}, 1 | 1<<10}, {[]string{"all"}, 1<<41 - 1}} {
		if got := (Sandbox{Capabilities: tt.names}).CapabilityMask(); got != tt.want {
			t.Errorf("%q: %b", tt.names, got)
		}
	}
}

func TestWait(t *testing.T) {
	r := Restart{Delay: Duration(500 * time.Millisecond), MaxDelay: Duration(30 * time.Second), Jitter: 0.1}
	for n, want := range []time.Duration{500e6, 1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9} {
		if got := r.Wait(n, 0.5); got != want {
			t.Errorf("wait %d is %v; want %v", n, got, want)
		}
		if low, high := r.Wait(n, 0), r.Wait(n, 0.999999); low != want*9/10 || high <= want || high > want*11/10 {
			t.Errorf("wait %d is from %v to %v", n, low, high)
		}
	}
	huge := Restart{Delay: math.MaxInt64 / 3, MaxDelay: math.MaxInt64, Jitter: 1}
	for n := range 100 {
		for _, random := range []float64{0, 0.3, 0.5, 0.9999999} {
			if got := huge.Wait(n, random); got < 0 {
				t.Errorf("wait %d with %v is %v", n, random, got)
			}
		}
	}
	if got := (Restart{MaxDelay: 5}).Wait(1<<40, 0.5); got != 0 {
		t.Errorf("no delay is %v", got)
	}
}

// What the functions accept the patterns of Formats must match: patterns may be
// wider, not narrower.
func TestFormats(t *testing.T) {
	textual := func(to encoding.TextUnmarshaler) func(string) error {
		return func(s string) error { return to.UnmarshalText([]byte(s)) }
	}
	name := func(s string) error {
		if !ValidName(s) {
			return badName("", s)
		}
		return nil
	}
	tests := []struct {
		format    string
		check     func(string) error
		good, bad []string
	}{
		{"name", name, []string{"a", "getty@tty1", "0.x_y-z"}, []string{"", "A", "-a", "a b", strings.Repeat("a", 65), "a\n"}},
		{"user", checkUser, []string{"root", "_ntp", "a-b", "0", "4294967294"}, []string{"", "Root", "-a", "1a", strings.Repeat("a", 33), "12345678901"}},
		{"path", checkPath, []string{"/", "/a", "/a b/ü"}, []string{"", "a", "/a/", "/a\x00", "/a\n"}},
		{"address", checkAddress, []string{"1.2.3.4:5", "[::1]:80", "[fe80::1%eth0]:80"}, []string{"", ":80", "a:80", "1.2.3.4", "::1:x"}},
		{"http", checkHTTP, []string{"http://1.2.3.4:5", "http://[::1]:80/x?y=z"}, []string{"", "http://a:80/", "https://1.2.3.4:5/", "http://1.2.3.4:5/ "}},
		{"listen", checkListen, []string{"tcp:1.2.3.4:5", "udp:[::]:53", "unix:/x"}, []string{"", "tcp:80", "unix:x", "1.2.3.4:5"}},
		{"capability", checkCapability, []string{"all", "CAP_KILL"}, []string{"", "kill", "CAP_kill"}},
		{"profile", checkProfile, []string{"default", "none", "a-1"}, []string{"", "A", "-a", "a.b", "../a"}},
		{"socket_name", checkSocketName, []string{"http", "A_1.x-y"}, []string{"", "a:b", "a b"}},
		{"argument", checkArgument, []string{"rescue", "a=b,c"}, []string{"", "a b", `a="b`, "ü"}},
		{"Duration", textual(new(Duration)), []string{"0", "1.5s", "1h30m", ".5s", "1.s", "5µs", "5μs", "5us"}, []string{"", "5", "-5s", "+5s", "1d", "1 s", ".s"}},
		{"Size", textual(new(Size)), []string{"0", "64M", "1G", "12K"}, []string{"", "M", "1.5G", "-1", "1MB"}},
		{"Mode", textual(new(Mode)), []string{"022", "0660"}, []string{"", "22", "0o22", "888"}},
		{"Signal", textual(new(Signal)), []string{"TERM", "SIGHUP", "RTMIN+3", "USR1", "RTMAX-1"}, []string{"", "15", "term", "TERM "}},
		{"Calendar", textual(new(Calendar)), []string{"daily", "Mon..Fri 03:15", "*-*-01 00:00:00", "*:0/15"}, []string{"", "10:00!", "*;*"}},
	}
	formats := Formats()
	for _, tt := range tests {
		pattern := regexp.MustCompile(formats[tt.format])
		delete(formats, tt.format)
		for _, s := range slices.Concat(tt.good, tt.bad) {
			accepted, matched := tt.check(s) == nil, pattern.MatchString(s)
			if good := slices.Contains(tt.good, s); accepted != good || !matched && good || matched && s == "" {
				t.Errorf("%s %q: accepted is %v, matched is %v; want %v", tt.format, s, accepted, matched, good)
			}
		}
	}
	if len(formats) > 0 {
		t.Errorf("not tested: %v", formats)
	}
}
