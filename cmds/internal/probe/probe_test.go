package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// limit is a context that soon ends, if that is what the test waits for. A
// machine that is busy must not make the others fail.
func limit(t *testing.T, want string) context.Context {
	t.Helper()
	after := 10 * time.Second
	if strings.Contains(want, "no answer in time") {
		after = 50 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), after)
	t.Cleanup(cancel)
	return ctx
}

// serve answers every connection with f.
func serve(t *testing.T, network, address string, f func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				f(conn)
			}()
		}
	}()
	return l
}

// hang keeps the connection until the client goes away.
func hang(conn net.Conn) {
	for {
		if _, err := conn.Read(make([]byte, 1024)); err != nil {
			return
		}
	}
}

// saying answers a request with text.
func saying(text string) func(net.Conn) {
	return func(conn net.Conn) {
		http.ReadRequest(bufio.NewReader(conn))
		conn.Write([]byte(text))
	}
}

// closed returns an address at which nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// blackHole returns an address that answers to nothing: its queue is full, so
// the kernel drops whoever knocks.
func blackHole(t *testing.T) string {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	unix.Listen(fd, 0)
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*unix.SockaddrInet4).Port)
	for range 10 {
		conn, err := net.DialTimeout("tcp", address, 50*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Fatal("ten connections fit into a queue for none")
	return ""
}

func check(t *testing.T, what string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
		t.Errorf("%s: %v\nwant %q", what, err, want)
	}
}

func TestTCP(t *testing.T) {
	good := serve(t, "tcp", "127.0.0.1:0", hang).Addr().String()
	_, port, _ := net.SplitHostPort(good)
	none, hole := closed(t), blackHole(t)
	tests := []struct{ address, want string }{
		{good, ""},
		{"localhost:" + port, ""},
		{none, "cannot connect to " + none + ": connection refused"},
		{hole, "cannot connect to " + hole + ": no answer in time"},
		{"example.org:80", "cannot connect to example.org:80: it is not ADDRESS:PORT with an address in numbers"},
		{"127.0.0.1", "cannot connect to 127.0.0.1: it is not ADDRESS:PORT with an address in numbers"},
		{"127.0.0.1:0", "cannot connect to 127.0.0.1:0: it is not ADDRESS:PORT with an address in numbers"},
	}
	for _, tt := range tests {
		check(t, tt.address, TCP(limit(t, tt.want), tt.address), tt.want)
	}
	if err := TCP(limit(t, "no answer in time"), hole); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is no DeadlineExceeded", err)
	}
}

func TestUnix(t *testing.T) {
	dir := t.TempDir()
	good, dead, plain := dir+"/good", dir+"/dead", dir+"/plain"
	serve(t, "unix", good, hang)
	abstract := fmt.Sprintf("@vole-probe-%d", os.Getpid())
	serve(t, "unix", abstract, hang)
	l, _ := net.ListenUnix("unix", &net.UnixAddr{Name: dead})
	l.SetUnlinkOnClose(false)
	l.Close()
	os.WriteFile(plain, nil, 0o600)
	tests := []struct{ path, want string }{
		{good, ""},
		{abstract, ""},
		{dead, "cannot connect to " + dead + ": connection refused"},
		{plain, "cannot connect to " + plain + ": connection refused"},
		{dir + "/no", "cannot connect to " + dir + "/no: no such file or directory"},
	}
	for _, tt := range tests {
		check(t, tt.path, Unix(limit(t, tt.want), tt.path), tt.want)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	os.Symlink("nowhere", dir+"/dangling")
	check(t, "a folder", File(limit(t, ""), dir), "")
	check(t, "nothing", File(limit(t, ""), dir+"/no"), "cannot find "+dir+"/no: no such file or directory")
	check(t, "a link to nothing", File(limit(t, ""), dir+"/dangling"), "cannot find "+dir+"/dangling: no such file or directory")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	check(t, "too late", File(ended, dir), "cannot find "+dir+": context canceled")
}

func TestHTTPStatus(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/query" && r.URL.RawQuery != "a=b&c" || r.Host != r.Context().Value(http.LocalAddrContextKey).(net.Addr).String() {
			w.WriteHeader(500)
		}
		var status int
		if n, _ := fmt.Sscanf(r.URL.Path, "/%d", &status); n == 1 {
			w.WriteHeader(status)
		}
		fmt.Fprint(w, strings.Repeat("a long page ", 10_000))
	}))
	defer server.Close()
	tests := []struct{ path, want string }{
		{"", ""}, {"/", ""}, {"/query?a=b&c", ""}, {"?x", ""}, {"/204", ""}, {"/302", ""},
		{"/404", "the answer is status 404"}, {"/503", "the answer is status 503"},
	}
	for _, tt := range tests {
		url := server.URL + tt.path
		if tt.want != "" {
			tt.want = "cannot get " + url + ": " + tt.want
		}
		check(t, url, HTTP(context.Background(), url), tt.want)
	}
}

// Servers that are broken, each in its own way.
func TestHTTPBroken(t *testing.T) {
	tests := []struct {
		name   string
		answer func(net.Conn)
		want   string
	}{
		{"old", saying("HTTP/1.0 200\r\n"), ""},
		{"no headers yet", func(c net.Conn) { saying("HTTP/1.1 200 OK\r\n")(c); hang(c) }, ""},
		{"silent", hang, "no answer in time"},
		{"closes", saying(""), "there is no answer: EOF"},
		{"half a line", func(c net.Conn) { saying("HTTP/1.1 200")(c); hang(c) }, "no answer in time"},
		{"another protocol", saying("220 mail ESMTP\r\n"), `the answer is no HTTP: "220 mail ESMTP\r\n"`},
		{"status 99", saying("HTTP/1.1 099 x\r\n"), `the answer is no HTTP: "HTTP/1.1 099 x\r\n"`},
		{"status 2000", saying("HTTP/1.1 2000 x\r\n"), `the answer is no HTTP: "HTTP/1.1 2000 x\r\n"`},
		{"an endless line", saying(strings.Repeat("x", 1<<20)), `the answer is no HTTP: "` + strings.Repeat("x", 40) + `"`},
		{"drips", func(c net.Conn) {
			for {
				if _, err := c.Write([]byte("H")); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}, "no answer in time"},
	}
	for _, tt := range tests {
		url := "http://" + serve(t, "tcp", "127.0.0.1:0", tt.answer).Addr().String() + "/"
		if tt.want != "" {
			tt.want = "cannot get " + url + ": " + tt.want
		}
		check(t, tt.name, HTTP(limit(t, tt.want), url), tt.want)
	}
}

func TestSplit(t *testing.T) {
	tests := []struct{ url, address, path, want string }{
		{"http://127.0.0.1:80/a?b", "127.0.0.1:80", "/a?b", ""},
		{"http://127.0.0.1", "127.0.0.1:80", "/", ""},
		{"http://[::1]", "[::1]:80", "/", ""},
		{"http://[::1]:8080?x", "[::1]:8080", "/?x", ""},
		{"https://127.0.0.1/", "", "", "it does not begin with http://"},
		{"127.0.0.1/", "", "", "it does not begin with http://"},
		{"http://127.0.0.1/a b", "", "", "' ' cannot be in it as it is"},
		{"http://127.0.0.1/\r\nX: y", "", "", `'\r' cannot be in it as it is`},
		{"http://127.0.0.1/#top", "", "", "'#' cannot be in it as it is"},
	}
	for _, tt := range tests {
		address, path, err := split(tt.url)
		check(t, tt.url, err, tt.want)
		if err == nil && (address != tt.address || path != tt.path) {
			t.Errorf("%s: %s and %s", tt.url, address, path)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("http://127.0.0.1:80/x", "HTTP/1.1 200 OK\r\n")
	f.Fuzz(func(t *testing.T, url, line string) {
		if address, path, err := split(url); err == nil && (strings.ContainsAny(address+path, " \r\n") || path[0] != '/') {
			t.Errorf("%q becomes %q and %q", url, address, path)
		}
		if status, err := parseStatus(line); err == nil && (status < 100 || status > 999) {
			t.Errorf("%q is status %d", line, status)
		}
	})
}

// Nothing is left of 10,000 probes, whether they went well or not (case 26 of
// the faults that init must stand).
func TestNoGrowth(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	serve(t, "unix", path, func(net.Conn) {})
	tcp := serve(t, "tcp", "127.0.0.1:0", func(net.Conn) {}).Addr().String()
	web := "http://" + serve(t, "tcp", "127.0.0.1:0", saying("HTTP/1.1 200 OK\r\n\r\n")).Addr().String() + "/"
	deaf := "http://" + serve(t, "tcp", "127.0.0.1:0", hang).Addr().String() + "/"
	none := closed(t)
	round := func() {
		background := context.Background()
		fails := []error{TCP(background, tcp), Unix(background, path), HTTP(background, web), File(background, dir)}
		if err := errors.Join(fails...); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(background, time.Millisecond)
		defer cancel()
		for _, err := range []error{HTTP(ctx, deaf), TCP(background, none), Unix(background, dir+"/no"), File(background, dir+"/no")} {
			if err == nil {
				t.Error("a probe of what is broken went well")
			}
		}
	}
	round()
	files, routines := settled()
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for range 10_000 / 8 / 10 {
				round()
			}
		})
	}
	group.Wait()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		nowFiles, nowRoutines := settled()
		if nowFiles <= files && nowRoutines <= routines {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d files and %d goroutines; %d and %d before", nowFiles, nowRoutines, files, routines)
		}
	}
}

// settled counts what is open and what runs.
func settled() (files, routines int) {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries), runtime.NumGoroutine()
}
