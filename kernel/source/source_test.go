package source

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/missing"
	"github.com/vole-linux/vole/internal/progress"
)

type member struct {
	name, content, link string
	mode                int64
}

// tarball packs members below one folder, as projects do.
func tarball(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: m.mode, Size: int64(len(m.content)), Typeflag: tar.TypeReg}
		if m.link != "" {
			h.Typeflag, h.Linkname = tar.TypeSymlink, m.link
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(m.content))
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func good(t *testing.T) []byte {
	return tarball(t, member{name: "p-1/README", content: "hello", mode: 0o644},
		member{name: "p-1/bin/run", content: "#!/bin/sh\n", mode: 0o755}, member{name: "p-1/link", link: "README"})
}

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// pinned returns a Source whose one archive has the content data.
func pinned(t *testing.T, data []byte, without ...string) Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p-1.tar.gz")
	os.WriteFile(path, data, 0o666)
	tree := filepath.Join(t.TempDir(), "tree")
	if err := unpack(t.Context(), path, "", tree); err != nil {
		t.Fatal(err)
	}
	digest, err := Digest(t.Context(), tree, without)
	if err != nil {
		t.Fatal(err)
	}
	return Source{Name: "p", Version: "1", Tree: digest, Without: without, Archives: []Archive{{File: "p-1.tar.gz", SHA256: sha(data)}}}
}

func folder(t *testing.T, data []byte) string {
	dir := filepath.Join(t.TempDir(), "my sources")
	os.Mkdir(dir, 0o777)
	os.WriteFile(filepath.Join(dir, "p-1.tar.gz"), data, 0o666)
	return dir
}

func TestFetchFromFolder(t *testing.T) {
	s := pinned(t, good(t))
	o := Options{Cache: cache.Dir(t.TempDir()), Folder: folder(t, good(t))}
	tree, err := Fetch(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(tree, "link")); string(text) != "hello" {
		t.Errorf("through the link: %q", text)
	}
	if info, _ := os.Stat(filepath.Join(tree, "bin", "run")); info.Mode()&0o100 == 0 {
		t.Error("a program lost its executable bit")
	}
	// The second time no origin is asked.
	o.Folder = ""
	if again, err := Fetch(t.Context(), s, o); err != nil || again != tree {
		t.Errorf("from the cache: %s, %v", again, err)
	}
}

// Two origins whose archives differ in a stripped file verify against one pin.
func TestStrippedFiles(t *testing.T) {
	full := tarball(t, member{name: "p-1/README", content: "hello", mode: 0o644}, member{name: "p-1/nonfree/blob", content: "x", mode: 0o644})
	stripped := tarball(t, member{name: "p-1/README", content: "hello", mode: 0o644})
	s := pinned(t, full, "nonfree")
	s.Archives[0].SHA256 = ""
	for _, data := range [][]byte{full, stripped} {
		if _, err := Fetch(t.Context(), s, Options{Cache: cache.Dir(t.TempDir()), Folder: folder(t, data)}); err != nil {
			t.Error(err)
		}
	}
}

// A tampered archive is quarantined with both digests named, and the next
// origin is tried.
func TestTampered(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(good(t)) }))
	defer server.Close()
	s := pinned(t, good(t))
	s.Archives[0].URL = server.URL + "/p-1.tar.gz"
	bad := tarball(t, member{name: "p-1/README", content: "hacked", mode: 0o644})
	for _, known := range []bool{true, false} { // caught by the archive's digest, or by the tree's
		if !known {
			s.Archives[0].SHA256 = ""
		}
		var log strings.Builder
		store := cache.Dir(t.TempDir())
		tree, err := Fetch(t.Context(), s, Options{Cache: store, Folder: folder(t, bad), Progress: progress.NewWriter(&log)})
		if err != nil {
			t.Fatalf("the second origin was not used: %v", err)
		}
		if text, _ := os.ReadFile(filepath.Join(tree, "README")); string(text) != "hello" {
			t.Errorf("got %q", text)
		}
		if kept, _ := filepath.Glob(filepath.Join(string(store), "quarantine", "*p-1.tar.gz")); len(kept) != 1 {
			t.Errorf("quarantined: %v", kept)
		}
		want := s.Tree
		if known {
			want = s.Archives[0].SHA256
		}
		if !strings.Contains(log.String(), want) || !strings.Contains(log.String(), "VOLE_SOURCES") {
			t.Errorf("the log names not both digests and the origin:\n%s", log.String())
		}
	}
}

func TestNoOrigin(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	s := pinned(t, good(t))
	s.Archives[0].URL = server.URL + "/p-1.tar.gz"
	store := cache.Dir(t.TempDir())
	_, err := Fetch(t.Context(), s, Options{Cache: store, Folder: t.TempDir()})
	if err == nil {
		t.Fatal("got a source from nowhere")
	}
	if !errors.Is(err, ErrNoOrigin) {
		t.Errorf("%v is not known as the lack of an origin", err)
	}
	for _, want := range []string{"cannot get the source of p 1", "VOLE_SOURCES", "404"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one with %q", err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(string(store), "source", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// On a full disk no other origin helps: it says so at once.
func TestFullDisk(t *testing.T) {
	dir := os.Getenv("VOLE_TEST_FULL")
	if dir == "" {
		onSmallDisk(t)
		return
	}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	data := tarball(t, member{name: "p-1/zeros", content: strings.Repeat("\x00", 1<<20), mode: 0o644})
	s := pinned(t, data)
	s.Archives[0].URL = server.URL + "/p-1.tar.gz"
	_, err := Fetch(t.Context(), s, Options{Cache: cache.Dir(dir), Folder: folder(t, data)})
	if !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrNoOrigin) || asked > 0 {
		t.Errorf("error %v after asking the server %d times", err, asked)
	}
	for _, kind := range []string{"source", "tmp"} {
		if left, _ := os.ReadDir(filepath.Join(dir, kind)); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// onSmallDisk runs the test again in a namespace where VOLE_TEST_FULL is a
// file system of 64 KiB.
func onSmallDisk(t *testing.T) {
	t.Helper()
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=64k small "$VOLE_TEST_FULL" && exec "$0" -test.run "^$1\$"`, os.Args[0], t.Name())
	cmd.Env = append(os.Environ(), "VOLE_TEST_FULL="+t.TempDir())
	text, err := cmd.CombinedOutput()
	if err != nil && (strings.Contains(string(text), "unshare: ") || strings.Contains(string(text), "mount: ")) {
		missing.Skip(t, "no user namespaces on this host: %s", text)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(good(t)[:20])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	s := pinned(t, good(t))
	s.Archives[0].URL = server.URL + "/p-1.tar.gz"
	store := cache.Dir(t.TempDir())
	if _, err := Fetch(ctx, s, Options{Cache: store}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(string(store), "*", "*"))
	for _, path := range left {
		if !strings.Contains(path, "/lock/") {
			t.Errorf("left behind: %s", path)
		}
	}
}

func TestEscapes(t *testing.T) {
	tests := []struct {
		name    string
		members []member
	}{
		{"parent", []member{{name: "p/../../evil", content: "x"}}},
		{"absolute link", []member{{name: "p/l", link: "/etc/passwd"}}},
		{"through a link", []member{{name: "p/l", link: "../.."}, {name: "p/l/evil", content: "x"}}},
		{"twice", []member{{name: "p/a", content: "x"}, {name: "p/a", content: "y"}}},
		{"empty", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.tar.gz")
			os.WriteFile(path, tarball(t, tt.members...), 0o666)
			if err := unpack(t.Context(), path, "", filepath.Join(dir, "sub", "tree")); err == nil {
				t.Error("unpacked without a complaint")
			}
			filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
				if filepath.Base(path) == "evil" {
					t.Errorf("escaped to %s", path)
				}
				return nil
			})
		})
	}
}

func TestDigest(t *testing.T) {
	digest := func(change func(dir string)) string {
		dir := t.TempDir()
		os.Mkdir(filepath.Join(dir, "d"), 0o777)
		os.WriteFile(filepath.Join(dir, "d", "f"), []byte("1"), 0o600)
		change(dir)
		sum, err := Digest(t.Context(), dir, []string{"out"})
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	same := digest(func(string) {})
	if digest(func(d string) { os.Chmod(filepath.Join(d, "d", "f"), 0o644); os.Mkdir(filepath.Join(d, "out"), 0o777) }) != same {
		t.Error("what does not matter changes the digest")
	}
	for name, change := range map[string]func(string){
		"content":    func(d string) { os.WriteFile(filepath.Join(d, "d", "f"), []byte("2"), 0o600) },
		"executable": func(d string) { os.Chmod(filepath.Join(d, "d", "f"), 0o700) },
		"new file":   func(d string) { os.WriteFile(filepath.Join(d, "outer"), nil, 0o600) },
		"link":       func(d string) { os.Symlink("x", filepath.Join(d, "l")) },
	} {
		if digest(change) == same {
			t.Errorf("a change of %s does not change the digest", name)
		}
	}
}

func TestPickMirrors(t *testing.T) {
	got, err := pickMirrors("http://mirror.example/debian\nhttp://mirror.example/debian\nhttp://mirror.example/debian-security\nhttps://other.example/apt\n")
	if err != nil || len(got) != 1 || got[0] != "http://mirror.example/debian" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := pickMirrors("https://other.example/ubuntu\n"); err == nil {
		t.Error("found a Debian mirror on a host without one")
	}
}

func TestFirstLine(t *testing.T) {
	const said = "Hit:1 x\nW: Failed to fetch x\nE: Unable to locate package p\nE: more\n"
	for kind, want := range map[string]string{"E: ": "E: Unable to locate package p", "W: ": "W: Failed to fetch x", "N: ": strings.TrimSpace(said)} {
		if got := firstLine(said, kind); got != want {
			t.Errorf("%s: got %q; want %q", kind, got, want)
		}
	}
}

func TestAptConfig(t *testing.T) {
	dir := t.TempDir()
	path, err := aptConfig(dir, []string{"http://mirror.example/debian"}, Apt{Suite: "trixie", Source: "musl"})
	if err != nil {
		t.Fatal(err)
	}
	config, _ := os.ReadFile(path)
	list, _ := os.ReadFile(filepath.Join(dir, "sources.list"))
	if !strings.Contains(string(config), dir) || !strings.HasPrefix(string(list), "deb-src [signed-by=") || !strings.Contains(string(list), "http://mirror.example/debian trixie main") {
		t.Errorf("configuration\n%s\nlist\n%s", config, list)
	}
	if (Apt{Version: "1-2"}).exact("p") != "p=1-2" || (Apt{}).exact("p") != "p" {
		t.Error("versions are not passed on")
	}
}

// Whatever a tarball holds, nothing lands outside of the tree.
func FuzzUntar(f *testing.F) {
	f.Add("p/a", "x", "")
	f.Add("p/../../b", "x", "")
	f.Add("p/l", "", "../..")
	f.Fuzz(func(t *testing.T, name, content, link string) {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		h := &tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, Typeflag: tar.TypeReg}
		if link != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, link, 0
		}
		if w.WriteHeader(h) != nil {
			return
		}
		w.Write([]byte(content))
		w.Close()
		outer := t.TempDir()
		untar(&b, filepath.Join(outer, "tree"))
		entries, _ := os.ReadDir(outer)
		if len(entries) > 1 {
			t.Errorf("escaped: %v", entries)
		}
	})
}

func TestWorkplace(t *testing.T) {
	for _, name := range []string{"plain", "with spaces: and colons", "50%", "a,b=c", "tilde~"} {
		tmp := filepath.Join(t.TempDir(), name)
		tree := filepath.Join(tmp, "tree")
		os.MkdirAll(tree, 0o777)
		os.WriteFile(filepath.Join(tree, "configure"), []byte("x"), 0o755)
		w, err := NewWorkplace(tmp)
		if err != nil {
			t.Fatal(err)
		}
		readable, err := w.Readable(t.Context(), tree)
		if err != nil || strings.ContainsAny(w.Dir+readable, " :%,=~") {
			t.Errorf("%s: workplace %s, tree %s, %v", name, w.Dir, readable, err)
		}
		if (readable == tree) != (name == "plain") {
			t.Errorf("%s: the tree is read as %s", name, readable)
		}
		if info, err := os.Stat(filepath.Join(readable, "configure")); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("%s: a program is no program in the copy (%v)", name, err)
		}
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.Copy(interrupted, tree, "half"); !errors.Is(err, context.Canceled) {
			t.Errorf("an interrupted copy: %v", err)
		}
		os.WriteFile(filepath.Join(w.Dir, "result"), []byte("r"), 0o644)
		if err := w.Keep("result", filepath.Join(tmp, "kept")); err != nil {
			t.Error(err)
		}
		w.Remove()
		if _, err := os.Stat(w.Dir); !os.IsNotExist(err) {
			t.Error("the workplace is still there")
		}
	}
}
