package stdio

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/vole-linux/vole/internal/cli"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	tests := []struct {
		in   string
		want []string
	}{
		{in: ""},
		{in: "\n", want: []string{"\n"}},
		{in: "a\nb", want: []string{"a\n", "b"}},
		{in: long + "\ny\n" + long, want: []string{long + "\n", "y\n", long}},
		{in: strings.Repeat("z", 32<<10) + "\nq\n", want: []string{strings.Repeat("z", 32<<10) + "\n", "q\n"}},
	}
	for _, tt := range tests {
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(tt.in), "bytes": iotest.OneByteReader(strings.NewReader(tt.in)),
			"data with error": iotest.DataErrReader(strings.NewReader(tt.in)),
		} {
			var got []string
			for line, err := range Lines(r, '\n') {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(line))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: %d lines; want %d", name, len(got), len(tt.want))
			}
		}
	}
	broken := errors.New("broken")
	var text string
	var failure error
	for line, err := range Lines(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), '\n') {
		text += string(line)
		failure = err
	}
	if text != "a\nb" || failure != broken {
		t.Errorf("%q, %v; want what was read, then the error", text, failure)
	}
}

// Each goes on after a file that is not there, complains in order with the
// output, and the status stays.
func TestEach(t *testing.T) {
	there := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(there, []byte("file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var both strings.Builder
	s := New("demo", strings.NewReader("in\n"), &both, &both)
	s.Out.WriteString("head\n") // what is in the buffer while io.Copy reads
	s.Each([]string{"-", "/no/such", "/", there}, func(name string, in io.Reader) error {
		_, err := io.Copy(s.Out, in)
		return err
	})
	err := s.End()
	want := "head\nin\ndemo: cannot open /no/such: no such file or directory\ndemo: cannot read /: is a directory\nfile\n"
	if both.String() != want {
		t.Errorf("got  %q\nwant %q", both.String(), want)
	}
	if err != cli.Status(1) {
		t.Errorf("End = %v; want status 1", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "out", Err: syscall.ENOSPC}
}

// A full disk ends the work, even with endless input, and is told once.
func TestOutputLost(t *testing.T) {
	var stderr strings.Builder
	s := New("demo", strings.NewReader("never read to its end"), full{}, &stderr)
	s.Each([]string{"/dev/zero", "-"}, func(name string, in io.Reader) error {
		_, err := io.Copy(s.Out, in)
		return err
	})
	err := s.End()
	if err == nil || err.Error() != "cannot write: no space left on device" || stderr.String() != "" {
		t.Errorf("End = %v, stderr %q", err, stderr.String())
	}
}

// What was written is out before the command waits for more.
func TestPrompt(t *testing.T) {
	var stdout strings.Builder
	s := New("demo", readerFunc(func([]byte) (int, error) {
		if stdout.String() != "first" {
			t.Errorf("read while only %q is out", stdout.String())
		}
		return 0, io.EOF
	}), &stdout, io.Discard)
	s.Out.WriteString("first")
	io.ReadAll(s.In)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"plain name": "plain name", "grün": "grün", "": `""`, "a\nb": `"a\nb"`, "\x1b[2J": `"\x1b[2J"`, "\xff": `"\xff"`,
	} {
		if got := Quote(name); got != want {
			t.Errorf("Quote(%q) = %s; want %s", name, got, want)
		}
	}
}

func TestAsk(t *testing.T) {
	var out, err strings.Builder
	s := New("demo", strings.NewReader("y\nno\nYes\n\nrest"), &out, &err)
	got := fmt.Sprint(s.Ask("a"), s.Ask("b"), s.Ask("c"), s.Ask("d"))
	rest, _ := io.ReadAll(s.In)
	if got != "true false true false" || string(rest) != "rest" || err.String() != "demo: a? demo: b? demo: c? demo: d? " {
		t.Errorf("answers %s, rest %q, asked %q", got, rest, err.String())
	}
	if s.Ask("at the end") {
		t.Error("the end of input means yes")
	}
}
