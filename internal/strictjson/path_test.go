package strictjson

import "testing"

func TestAtPath(t *testing.T) {
	const text = "{\n \"a\": {\"b\": [\n  1, {\"c\": \"x\"}, [2]]},\n \"b\": 3\n}"
	tests := []struct {
		path []string
		want string
	}{
		{nil, "f:1:1: no"},
		{[]string{"a"}, "f:2:2: no"},
		{[]string{"a", "b"}, "f:2:8: no"},
		{[]string{"a", "b", "0"}, "f:3:3: no"},
		{[]string{"a", "b", "1", "c"}, "f:3:7: no"},
		{[]string{"a", "b", "2", "0"}, "f:3:19: no"},
		{[]string{"b"}, "f:4:2: no"},
		{[]string{"gone"}, "f:1:1: no"},
		{[]string{"a", "gone"}, "f:2:2: no"},
		{[]string{"a", "gone", "b"}, "f:2:2: no"},
		{[]string{"a", "b", "9"}, "f:2:8: no"},
		{[]string{"b", "deeper"}, "f:4:2: no"},
	}
	for _, tt := range tests {
		if got := AtPath("f", []byte(text), tt.path, "no").Error(); got != tt.want {
			t.Errorf("%q: %s; want %s", tt.path, got, tt.want)
		}
	}
	for _, flawed := range []string{"", "{", `{"a"`, `{"a":}`, `{"a": [1`, `{x`, "\n"} {
		AtPath("f", []byte(flawed), []string{"a", "1"}, "no") // no panic, whatever the text
	}
}
