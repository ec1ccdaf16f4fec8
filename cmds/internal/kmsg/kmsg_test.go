package kmsg

import (
	"slices"
	"strings"
	"testing"
)

func TestRecords(t *testing.T) {
	long := strings.Repeat("x", maxRecord)
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"ready", []string{"<30>init: ready\n"}},
		{"a\n\nb\n", []string{"<30>init: a\n", "<30>init: \n", "<30>init: b\n"}},
		{long, []string{"<30>init: " + long + "\n"}},
		{long + "yz", []string{"<30>init: " + long + "\n", "<30>init: yz\n"}},
	}
	for _, tt := range tests {
		if got := records(Info, "init", tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("records of %.20q = %q; want %q", tt.text, got, tt.want)
		}
	}
}
