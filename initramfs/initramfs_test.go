package initramfs

import (
	"bytes"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/vole-linux/vole/internal/missing"
)

func sample() []Entry {
	return []Entry{
		{Path: "/dev", Mode: typeDir | 0o755},
		{Path: "/dev/null", Mode: typeChar | 0o666, Major: 1, Minor: 3},
		{Path: "/init", Mode: typeLink | 0o777, Data: []byte("bin/init")},
		{Path: "/readme", Mode: typeFile | 0o644, UID: 7, GID: 8, Data: []byte("hello")},
	}
}

// The bytes of an archive, by hand from the kernel's description.
func TestWriteBytes(t *testing.T) {
	var got bytes.Buffer
	if err := Write(&got, []Entry{{Path: "/a", Mode: typeFile | 0o600, Data: []byte("hi\n")}}); err != nil {
		t.Fatal(err)
	}
	want := "070701" + "00000001" + "00008180" + "00000000" + "00000000" + "00000001" + "00000000" + "00000003" +
		"00000000" + "00000000" + "00000000" + "00000000" + "00000002" + "00000000" + "a\x00" + "hi\n\x00" +
		"070701" + "00000000" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000" +
		"00000000" + "00000000" + "00000000" + "00000000" + "0000000b" + "00000000" + "TRAILER!!!\x00" + "\x00\x00\x00"
	if got.String() != want {
		t.Errorf("got  %q\nwant %q", got.String(), want)
	}
}

// unpack is a reader of newc archives that shares no code with the writer.
func unpack(t *testing.T, data []byte) []Entry {
	t.Helper()
	field := func(at int) uint32 {
		v, err := strconv.ParseUint(string(data[at:at+8]), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		return uint32(v)
	}
	align := func(n int) int { return (n + 3) &^ 3 }
	var all []Entry
	for at := 0; ; {
		if string(data[at:at+6]) != "070701" {
			t.Fatalf("no magic at %d", at)
		}
		nameLen, size := int(field(at+94)), int(field(at+54))
		name := string(data[at+110 : at+110+nameLen-1])
		body := align(at + 110 + nameLen)
		if links, dir := field(at+38), field(at+14)&0o170000 == typeDir; dir != (links == 2) {
			t.Errorf("%s has %d links", name, links)
		}
		if name == "TRAILER!!!" {
			return all
		}
		all = append(all, Entry{Path: "/" + name, Mode: field(at + 14), UID: field(at + 22), GID: field(at + 30),
			Major: field(at + 78), Minor: field(at + 86), Data: data[body : body+size]})
		at = align(body + size)
	}
}

func TestRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, sample()); err != nil {
		t.Fatal(err)
	}
	if got, want := Format(unpack(t, b.Bytes())), Format(sample()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := unpack(t, b.Bytes())[3]; string(got.Data) != "hello" {
		t.Errorf("content %q", got.Data)
	}
}

// cpio(1) is the independent reader.
func TestCpioReadsIt(t *testing.T) {
	if _, err := exec.LookPath("cpio"); err != nil {
		missing.Skip(t, "cpio is not installed")
	}
	var b bytes.Buffer
	Write(&b, sample())
	cmd := exec.Command("cpio", "--quiet", "-itv", "--numeric-uid-gid")
	cmd.Stdin = &b
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, want := range []string{"drwxr-xr-x", "crw-rw-rw-", "1,   3", "init -> bin/init", "-rw-r--r--   1 7        8               5"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestCompress(t *testing.T) {
	text := strings.Repeat("the same bytes everywhere\n", 1000)
	var a, b bytes.Buffer
	if err := errors.Join(Compress(&a, strings.NewReader(text)), Compress(&b, strings.NewReader(text))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two runs differ")
	}
	z, err := zstd.NewReader(&a)
	if err != nil {
		t.Fatal(err)
	}
	var back bytes.Buffer
	back.ReadFrom(z)
	if back.String() != text {
		t.Error("does not unpack to what was packed")
	}
}

func inputs() Inputs {
	outputs := map[string][]byte{}
	for _, name := range []string{"bb", "manual.zip", "os-release"} {
		outputs[name] = []byte(name)
	}
	return Inputs{Outputs: outputs, Programs: []string{"gosh", "init"}}
}

func TestList(t *testing.T) {
	in := inputs()
	entries, err := List(in)
	if err != nil {
		t.Fatal(err)
	}
	text := Format(entries)
	for _, want := range []string{
		"-0755 0:0 /bin/bb\n", "l0777 0:0 /bin/init -> bb\n", "l0777 0:0 /init -> bin/init\n",
		"c0600 0:0 /dev/console 5:1\n", "c0666 0:0 /dev/null 1:3\n", "d1777 0:0 /tmp\n", "-0644 0:0 /etc/passwd\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the list", want)
		}
	}
	if strings.Contains(text, "busybox") {
		t.Error("an optional file is listed without its output")
	}
	in.Outputs["busybox"] = in.Outputs["bb"]
	if entries, err = List(in); err != nil || !strings.Contains(Format(entries), "-0755 0:0 /bin/busybox\n") {
		t.Errorf("busybox is not listed (%v)", err)
	}
	delete(in.Outputs, "bb")
	if _, err := List(in); err == nil || !strings.Contains(err.Error(), "nothing was built for @bb") {
		t.Errorf("err = %v", err)
	}
	in = inputs()
	in.Programs = []string{"ls", "ls"}
	if _, err := List(in); err == nil || !strings.Contains(err.Error(), "/bin/ls is there twice") {
		t.Errorf("err = %v", err)
	}
}

// Nothing on the device can be written by others, temporary folders apart,
// and all of it is root's.
func TestModes(t *testing.T) {
	entries, err := List(inputs())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		open := e.Mode&0o022 != 0 && e.Mode&0o170000 != typeLink && e.Mode&0o1000 == 0
		if open && e.Path != "/dev/null" || e.Mode&0o6000 != 0 || e.UID != 0 || e.GID != 0 {
			t.Errorf("%s has mode %o, owner %d:%d", e.Path, e.Mode, e.UID, e.GID)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ line, want string }{
		{"fifo /x", `f:2:1: unknown type "fifo": valid are dir`},
		{"link? /x y", `f:2:1: unknown type "link?"`},
		{"dir /x 0755", "f:2:1: dir takes 4 words, found 3"},
		{"dir  x 0755 0:0", `f:2:6: path "x" is not absolute and clean`},
		{"dir /a/../b 0755 0:0", `f:2:5: path "/a/../b" is not absolute and clean`},
		{"dir / 0755 0:0", `path "/" is not`},
		{"dir /x 0999 0:0", `f:2:8: mode "0999" is not four octal digits`},
		{"dir /x 0755 root", `f:2:13: owner "root" is not UID:GID`},
		{"node /x 0600 0:0 c1", `device "c1" is not MAJOR:MINOR`},
		{"file? /x 0600 0:0 root/x", "only an @OUTPUT can be optional"},
	}
	for _, tt := range tests {
		_, err := parse("f", []byte("# comment\n"+tt.line+"\n"))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v; want %s", tt.line, err, tt.want)
		}
		var status interface{ ExitStatus() int }
		if !errors.As(err, &status) || status.ExitStatus() != 2 {
			t.Errorf("%q does not end with status 2", tt.line)
		}
	}
}

func TestCheck(t *testing.T) {
	err := check([]Entry{{Path: "/a/b", Mode: typeFile}, {Path: "/a", Mode: typeFile}})
	if err == nil || !strings.Contains(err.Error(), "/a/b is in a folder that is not listed") {
		t.Errorf("err = %v", err)
	}
}

// Whatever is accepted has only clean absolute paths.
func FuzzParse(f *testing.F) {
	f.Add(files)
	f.Add([]byte("node /dev/x 0600 0:0 1:2\nlink /a b # c\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := parse("f", text)
		if err != nil {
			return
		}
		for _, l := range lines {
			if !strings.HasPrefix(l.path, "/") || strings.Contains(l.path, "/../") || strings.HasSuffix(l.path, "/..") {
				t.Errorf("accepted path %q", l.path)
			}
		}
	})
}
