package human

import "testing"

func TestBytes(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 1: "1", 1023: "1023", 1024: "1.0K", 1025: "1.1K", 1536: "1.5K", 10138: "10K", 10137: "9.9K", 10240: "10K", 10241: "11K",
		1048575: "1.0M", 1 << 20: "1.0M", 1023 << 10: "1023K", 1<<20 + 1: "1.1M", 5 << 30: "5.0G",
		1<<64 - 1: "16E", 1 << 60: "1.0E",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %s; want %s", n, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "512": 512, "4K": 4096, "4k": 4096, "2G": 2 << 30, "15E": 15 << 60} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%s) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "K", "-1", "1.5K", "1KB", "16E", "x"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %d; want an error", text, got)
		}
	}
}

// FuzzBytes: what is shown is never less than n, and at most a tenth more.
func FuzzBytes(f *testing.F) {
	f.Add(uint64(1048575))
	f.Fuzz(func(t *testing.T, n uint64) {
		text := Bytes(n)
		if len(text) > 5 || n >= 1024 && len(text) > 5 {
			t.Errorf("Bytes(%d) = %s is long", n, text)
		}
		if n < 1024 {
			return
		}
		var value float64
		for _, c := range text[:len(text)-1] {
			if c != '.' {
				value = value*10 + float64(c-'0')
			}
		}
		if text[1] == '.' {
			value /= 10
		}
		for i := 0; units[i] != text[len(text)-1]; i++ {
			value *= 1024
		}
		value *= 1024
		if value < float64(n)*0.9999999 || value > float64(n)*1.11 {
			t.Errorf("Bytes(%d) = %s", n, text)
		}
	})
}
