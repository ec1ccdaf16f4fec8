package progress

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestLog(t *testing.T) {
	var out strings.Builder
	p := NewWriter(&out)
	s := p.Step("kernel %s", "x86_64")
	s.Update("CC main.o")
	s.Done("%d files", 3)
	p.Step("bad").Fail()
	p.Warn("falling back")
	want := regexp.MustCompile(`^kernel x86_64 \.\.\.
kernel x86_64: 3 files \(\d\.\d s\)
bad \.\.\.
bad: failed \(\d\.\d s\)
WARNING: falling back
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("printed %q", out.String())
	}
}

func TestTerminal(t *testing.T) {
	var out strings.Builder
	p := &Printer{w: &out, terminal: true}
	s := p.Step("fetch")
	s.Update("%s", strings.Repeat("x", 200))
	time.Sleep(500 * time.Millisecond)
	s.Done("done")
	lines := strings.Split(out.String(), "\r\x1b[K")
	if len(lines) < 3 {
		t.Fatalf("not redrawn: %q", out.String())
	}
	if len(lines[1]) > width {
		t.Errorf("line of %d columns", len(lines[1]))
	}
	if strings.Contains(out.String(), "\x1b[3") {
		t.Error("colour without asking")
	}
	if !strings.HasPrefix(lines[len(lines)-1], "fetch: done") {
		t.Errorf("last line %q", lines[len(lines)-1])
	}
}

// Of steps side by side the one that goes on is shown again when another ends.
func TestSideBySide(t *testing.T) {
	var out strings.Builder
	p := &Printer{w: &out, terminal: true}
	long := p.Step("kernel")
	p.Step("unpacking").Done("verified")
	time.Sleep(500 * time.Millisecond)
	long.Done("built")
	if _, after, _ := strings.Cut(out.String(), "unpacking: verified"); !strings.Contains(after, "\r\x1b[Kkernel ... 0 s") {
		t.Errorf("the step that went on is not shown: %q", out.String())
	}
}

func TestNil(t *testing.T) {
	var p *Printer
	p.Say("x")
	p.Warn("x")
	s := p.Step("x")
	s.Update("x")
	s.Done("x")
}
