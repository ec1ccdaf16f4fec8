package nearest

import (
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
)

func TestUnknown(t *testing.T) {
	for word, want := range map[string]string{
		"virt": "demo: unknown machine \"virt\": valid are pc, q35\n",
		"q36":  "demo: unknown machine \"q36\": valid are pc, q35\n  hint: did you mean \"q35\"?\n",
	} {
		var stderr strings.Builder
		status := cli.Report("demo", Unknown("machine", word, []string{"pc", "q35"}), &strings.Builder{}, &stderr)
		if status != 2 || stderr.String() != want {
			t.Errorf("%s: status %d, %q; want 2, %q", word, status, stderr.String(), want)
		}
	}
}

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
