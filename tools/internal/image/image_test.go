package image

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vole-linux/vole/initramfs"
	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/tools/internal/distro"
	"github.com/vole-linux/vole/tools/internal/userland"
)

var update = flag.Bool("update", false, "write the golden list anew")

// TestGoldenList: a new file on the device is a visible diff of
// testdata/default.files (go test -update writes it).
func TestGoldenList(t *testing.T) {
	repo := filepath.Join("..", "..", "..")
	template, err := distro.LoadTemplate(repo, "default")
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string][]byte{"bb": nil, "busybox": nil, "manual.zip": nil, "os-release": nil}
	var p parts
	for _, path := range template.ImportPaths() {
		p.userland.Programs = append(p.userland.Programs, userland.Program{Name: filepath.Base(path)})
	}
	entries, err := initramfs.List(initramfs.Inputs{Outputs: outputs, Programs: p.names()})
	if err != nil {
		t.Fatal(err)
	}
	got := initramfs.Format(entries)
	golden := filepath.Join("testdata", "default.files")
	if *update {
		os.MkdirAll("testdata", 0o777)
		os.WriteFile(golden, []byte(got), 0o666)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the files on the device have changed:\n%s", difference(string(want), got))
	}
}

// difference lists the lines that only one text has.
func difference(old, new string) string {
	var b strings.Builder
	for _, side := range []struct{ mark, text, other string }{{"-", old, new}, {"+", new, old}} {
		for line := range strings.Lines(side.text) {
			if !strings.Contains("\n"+side.other, "\n"+line) {
				b.WriteString(side.mark + line)
			}
		}
	}
	return b.String()
}

func TestOSRelease(t *testing.T) {
	c := Config{Distro: distro.Distro{Name: "vole", Version: "0.1.0"}}
	want := "NAME=\"Vole\"\nID=vole\nVERSION_ID=0.1.0\nPRETTY_NAME=\"Vole 0.1.0\"\n"
	if got := c.osRelease(); got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	os.WriteFile(from, []byte("new"), 0o755)
	os.WriteFile(to, []byte("old"), 0o600)
	if err := replace(to, from); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(to)
	info, _ := os.Stat(to)
	if string(data) != "new" || info.Mode().Perm() != 0o755 {
		t.Errorf("%q, mode %v", data, info.Mode())
	}
	if err := replace(to, filepath.Join(dir, "gone")); err == nil {
		t.Error("no error for a source that is not there")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

// The error is the cause, whatever those that it stopped say, and in whatever
// order they stand.
func TestTogether(t *testing.T) {
	cause := errors.New("disk full")
	stopped := func(ctx context.Context) error { <-ctx.Done(); return errors.New("signal: killed") }
	fails := func(context.Context) error { return cause }
	works := func(context.Context) error { return nil }
	for _, jobs := range [][]func(context.Context) error{{stopped, fails}, {fails, works, stopped}} {
		if err := together(t.Context(), jobs); err != cause {
			t.Errorf("err = %v; want %v", err, cause)
		}
	}
	if err := together(t.Context(), []func(context.Context) error{works, works}); err != nil {
		t.Errorf("err = %v", err)
	}
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if err := together(interrupted, []func(context.Context) error{stopped}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// Where nothing can be put nothing is built.
func TestNoOutputFolder(t *testing.T) {
	_, err := Build(t.Context(), Config{Out: filepath.Join(os.DevNull, "x86_64"), Cache: cache.Dir(t.TempDir())})
	if err == nil || !strings.Contains(err.Error(), "cannot make the output folder") {
		t.Errorf("err = %v", err)
	}
}

// An image over its budget does not appear in the output folder.
func TestBudget(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string {
		path := filepath.Join(dir, name)
		os.WriteFile(path, []byte(name), 0o666)
		return path
	}
	p := parts{busybox: file("busybox")}
	p.kernel.Image, p.kernel.ConfigFile, p.userland.Path = file("kernel"), file("kernel.config"), file("bb")
	c := Config{Out: filepath.Join(dir, "out"), Cache: cache.Dir(filepath.Join(dir, "cache")), Distro: distro.Distro{Name: "vole"}}
	os.Mkdir(c.Out, 0o777)
	if _, _, err := c.join(t.Context(), p); err == nil || !strings.Contains(err.Error(), "the template's budget is 0") {
		t.Errorf("err = %v", err)
	}
	if left, _ := os.ReadDir(c.Out); len(left) > 0 {
		t.Errorf("placed: %v", left)
	}
	c.Template.Budget = 1 << 20
	if r, _, err := c.join(t.Context(), p); err != nil || r.Initramfs == "" {
		t.Errorf("within the budget: %+v, %v", r, err)
	}
	if placed, _ := os.ReadDir(c.Out); len(placed) != 4 {
		t.Errorf("placed: %v", placed)
	}
}
