package nearest

import "testing"

func TestOf(t *testing.T) {
	keys := []string{"name", "version", "architectures", "template", "busybox"}
	tests := []struct{ word, want string }{
		{"nmae", "name"},          // swapped
		{"Name", "name"},          // case
		{"templates", "template"}, // one too many
		{"architecture", "architectures"},
		{"busibox", "busybox"},
		{"zzz", ""},
		{"", ""},
		{"kernel", ""},
	}
	for _, tt := range tests {
		if got := Of(tt.word, keys); got != tt.want {
			t.Errorf("Of(%q) = %q; want %q", tt.word, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"abc", "abc", 0}}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d; want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
