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
	outputs := map[string]string{}
	for _, name := range []string{"bb", "busybox", "manual.zip", "os-release"} {
		outputs[name] = filepath.Join(t.TempDir(), name)
		os.WriteFile(outputs[name], nil, 0o666)
	}
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

func TestFirstCause(t *testing.T) {
	cause := errors.New("disk full")
	if err := firstCause([]error{context.Canceled, nil, cause}); err != cause {
		t.Errorf("got %v", err)
	}
	if err := firstCause([]error{nil, nil}); err != nil {
		t.Errorf("got %v", err)
	}
}
