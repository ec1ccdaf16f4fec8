package httpunix

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// started serves s at a socket, until the test ends or stop is called; stop
// returns when Serve has.
func started(t *testing.T, s Server) (socket string, stop func()) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Serve does not end")
		}
	})
	t.Cleanup(stop)
	return socket, stop
}

// echo tells what it was asked.
func echo(w *Response, r *Request) {
	fmt.Fprintf(w, "%s %s %q %q", r.Method, r.Path, r.query, r.Body)
}

func dial(t *testing.T, socket string) *net.UnixConn {
	t.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second)) // no test hangs
	return conn.(*net.UnixConn)
}

// exchange sends text and returns all that comes back.
func exchange(t *testing.T, socket, text string) string {
	t.Helper()
	conn := dial(t, socket)
	io.WriteString(conn, text)
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("%.60q: %v", text, err)
	}
	return string(answer)
}

const get = "GET /a HTTP/1.1\r\nHost: init\r\n\r\n"
const getLast = "GET /b HTTP/1.1\r\nHost: init\r\nConnection: close\r\n\r\n"

func TestExact(t *testing.T) {
	socket, _ := started(t, Server{Handler: func(w *Response, r *Request) {
		switch r.Path {
		case "/none":
			w.Status(204)
		case "/stream":
			w.Header("X-Name", "a\r\nInjected: yes")
			w.WriteString("one\n")
			w.Flush()
			w.Flush()
			w.WriteString("two\n")
		default:
			w.WriteString("{}\n")
		}
	}})
	const ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\n"
	tests := []struct{ send, want string }{
		{getLast, ok + "Content-Length: 3\r\nConnection: close\r\n\r\n{}\n"},
		{get + getLast, ok + "Content-Length: 3\r\n\r\n{}\n" + ok + "Content-Length: 3\r\nConnection: close\r\n\r\n{}\n"},
		{"GET /none HTTP/1.1\r\nHost: init\r\nConnection: close\r\n\r\n", "HTTP/1.1 204 No Content\r\nDate: D\r\nConnection: close\r\n\r\n"},
		{"GET /stream HTTP/1.1\r\nHost: init\r\n\r\n", ok + "Transfer-Encoding: chunked\r\nX-Name: a  Injected: yes\r\nConnection: close\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n"},
		{"GET /stream HTTP/1.0\r\n\r\n", ok + "X-Name: a  Injected: yes\r\nConnection: close\r\n\r\none\ntwo\n"},
		{"GET / HTTP/1.0\r\n\r\n", ok + "Content-Length: 3\r\nConnection: close\r\n\r\n{}\n"},
		{"PUT / HTTP/1.1\r\nHost: init\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 45\r\nConnection: close\r\n\r\n{\"error\":\"methods are GET, POST and DELETE\"}\n"},
	}
	for _, tt := range tests {
		got := exchange(t, socket, tt.send)
		var lines []string
		for _, line := range strings.Split(got, "\r\n") {
			if strings.HasPrefix(line, "Date: ") {
				if _, err := time.Parse(time.RFC1123, line[6:]); err != nil {
					t.Error(err)
				}
				line = "Date: D"
			}
			lines = append(lines, line)
		}
		if got := strings.Join(lines, "\r\n"); got != tt.want {
			t.Errorf("%q:\ngot  %q\nwant %q", tt.send, got, tt.want)
		}
	}
}

// One request after the other, in whatever pieces they come.
func TestPieces(t *testing.T) {
	socket, _ := started(t, Server{Handler: echo})
	text := get + "POST /p HTTP/1.1\r\nHost: init\r\nContent-Length: 5\r\n\r\nhello\r\n" + getLast
	for _, size := range []int{1, 2, 3, 7, 50, 1000} {
		conn := dial(t, socket)
		for piece := range slices.Chunk([]byte(text), size) {
			conn.Write(piece)
		}
		answer, _ := io.ReadAll(conn)
		for _, want := range []string{"GET /a", `POST /p [] "hello"`, "GET /b"} {
			if strings.Count(string(answer), want) != 1 {
				t.Errorf("in pieces of %d: %q is not in %q", size, want, answer)
			}
		}
	}
}

func TestExpect(t *testing.T) {
	socket, _ := started(t, Server{Handler: echo})
	conn := dial(t, socket)
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: init\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	in := bufio.NewReader(conn)
	if line, _ := in.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q", line)
	}
	io.WriteString(conn, "hi")
	if rest, _ := io.ReadAll(in); !strings.HasSuffix(string(rest), `POST / [] "hi"`) {
		t.Errorf("got %q", rest)
	}
}

func TestPeer(t *testing.T) {
	socket, _ := started(t, Server{Handler: func(w *Response, r *Request) { fmt.Fprint(w, r.Peer) }})
	groups, _ := os.Getgroups()
	want := fmt.Sprint(Peer{os.Getpid(), os.Getuid(), os.Getgid(), groups})
	if got := exchange(t, socket, getLast); !strings.HasSuffix(got, want) {
		t.Errorf("got %q; want %s", got, want)
	}
	p := Peer{GID: 3, Groups: []int{5}}
	if !p.In(3) || !p.In(5) || p.In(0) {
		t.Error("In is wrong")
	}
}

func TestPanic(t *testing.T) {
	var told atomic.Int32
	socket, _ := started(t, Server{
		Panicked: func(value any, stack []byte) {
			if value == "oh" && bytes.Contains(stack, []byte("TestPanic")) {
				told.Add(1)
			}
		},
		Handler: func(w *Response, r *Request) {
			w.WriteString("half an answer")
			if r.Path == "/b" {
				w.Flush()
			}
			panic("oh")
		}})
	answer := exchange(t, socket, get+get)
	if !strings.HasPrefix(answer, "HTTP/1.1 500 ") || strings.Contains(answer, "half") || strings.Count(answer, "HTTP/1.1") != 1 {
		t.Errorf("got %q", answer)
	}
	got, err := Do(context.Background(), socket, "GET", "/b", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if body, err := io.ReadAll(got.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "half an answer" {
		t.Errorf("a stream that panics ends with %v after %q", err, body)
	}
	if told.Load() != 2 {
		t.Errorf("%d panics were told; want 2", told.Load())
	}
}

// A gigabyte of garbage costs neither memory nor time.
func TestGarbage(t *testing.T) {
	socket, _ := started(t, Server{Handler: echo})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, garbage := range []string{"\x00", "x", "\n", "GET / HTTP/1.1\r\n", "X: y\r\n"} {
		conn := dial(t, socket)
		block := []byte(strings.Repeat(garbage, 1<<16/len(garbage)))
		sent, start := 0, time.Now()
		for sent < 1<<30 {
			n, err := conn.Write(block)
			sent += n
			if err != nil {
				break
			}
		}
		if sent > 1<<20 || time.Since(start) > 5*time.Second {
			t.Errorf("%q: %d bytes were taken in %v", garbage, sent, time.Since(start))
		}
		head := make([]byte, 13)
		if io.ReadFull(conn, head); !strings.HasPrefix(string(head), "HTTP/1.1 4") {
			t.Errorf("%q: answered with %q", garbage, head)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}

// Clients that are slow, each in its own way, are cut off.
func TestSlow(t *testing.T) {
	const limit = 100 * time.Millisecond
	var cut atomic.Bool
	socket, _ := started(t, Server{
		IdleTimeout: limit, HeadTimeout: limit, WriteTimeout: limit,
		Handler: func(w *Response, r *Request) {
			for r.Path == "/flood" {
				if w.WriteString(strings.Repeat("x", 1<<16)); w.Flush() != nil {
					cut.Store(r.Context().Err() != nil)
					return
				}
			}
		}})
	tests := []struct{ name, send, want string }{
		{"silent", "", ""},
		{"silent after one", get, "HTTP/1.1 200"},
		{"half a line", "GET /", "HTTP/1.1 408"},
		{"half a head", "GET / HTTP/1.1\r\n", "HTTP/1.1 408"},
		{"half a body", "POST / HTTP/1.1\r\nHost: init\r\nContent-Length: 9\r\n\r\nhalf", "HTTP/1.1 408"},
	}
	for _, tt := range tests {
		start := time.Now()
		answer := exchange(t, socket, tt.send)
		if !strings.HasPrefix(answer, tt.want) || tt.want == "" && answer != "" {
			t.Errorf("%s: %q", tt.name, answer)
		}
		if took := time.Since(start); took > 3*time.Second || took < limit/2 {
			t.Errorf("%s: took %v", tt.name, took)
		}
	}

	drips := dial(t, socket)
	start := time.Now()
	for time.Since(start) < 5*time.Second {
		if _, err := drips.Write([]byte("G")); err != nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("a client that drips is kept for %v", took)
	}

	deaf := dial(t, socket)
	io.WriteString(deaf, "GET /flood HTTP/1.1\r\nHost: init\r\n\r\n")
	for start := time.Now(); !cut.Load() && time.Since(start) < 5*time.Second; {
		time.Sleep(5 * time.Millisecond)
	}
	if !cut.Load() {
		t.Error("a client that does not read is kept")
	}
}

// A thousand idle clients keep nobody out (case 25 of the faults that init
// must stand).
func TestThousandIdle(t *testing.T) {
	socket, _ := started(t, Server{Handler: echo})
	for i := range 1000 {
		conn := dial(t, socket)
		if i%2 == 0 {
			io.WriteString(conn, "GET / HT") // stuck half-way
		}
	}
	least := time.Hour // the machine may be busy with something else, but not always
	for range 20 {
		start := time.Now()
		if answer := exchange(t, socket, getLast); !strings.HasPrefix(answer, "HTTP/1.1 200") {
			t.Fatalf("got %q", answer)
		}
		least = min(least, time.Since(start))
	}
	if least > 50*time.Millisecond {
		t.Errorf("the fastest answer took %v", least)
	}
}

// Who is being answered keeps its place.
func TestFull(t *testing.T) {
	release := make(chan bool)
	entered := make(chan bool)
	socket, _ := started(t, Server{MaxConns: 4, Handler: func(w *Response, r *Request) {
		entered <- true
		<-release
	}})
	var busy []*net.UnixConn
	for range 4 {
		if os.Getuid() != 0 && len(busy) > 0 {
			break // a quarter
		}
		conn := dial(t, socket)
		io.WriteString(conn, getLast)
		<-entered
		busy = append(busy, conn)
	}
	if answer := exchange(t, socket, ""); !strings.HasPrefix(answer, "HTTP/1.1 503") {
		t.Errorf("one too many got %q", answer)
	}
	close(release)
	for _, conn := range busy {
		if answer, _ := io.ReadAll(conn); !strings.HasPrefix(string(answer), "HTTP/1.1 200") {
			t.Errorf("who was served got %q", answer)
		}
	}
}

func TestPlaces(t *testing.T) {
	type guest struct {
		uid  int
		idle bool
	}
	many := func(n int, g guest) []guest { return slices.Repeat([]guest{g}, n) }
	tests := []struct {
		name   string
		inside []guest
		uid    int
		evicts int // the uid of who is put out; -1: nobody
		in     bool
	}{
		{"empty", nil, 1, -1, true},
		{"a quarter", many(2, guest{1, true}), 1, 1, true},
		{"a quarter, all busy", many(2, guest{1, false}), 1, -1, false},
		{"a quarter of another", many(2, guest{1, false}), 2, -1, true},
		{"three quarters", slices.Concat(many(2, guest{1, false}), many(2, guest{2, false}), many(2, guest{3, true})), 4, 3, true},
		{"three quarters, all busy", slices.Concat(many(2, guest{1, false}), many(2, guest{2, false}), many(2, guest{3, false})), 4, -1, false},
		{"root has the rest", slices.Concat(many(2, guest{1, false}), many(2, guest{2, false}), many(2, guest{3, false})), 0, -1, true},
		{"root is full", many(8, guest{0, true}), 0, 0, true},
		{"root is not put out", many(8, guest{0, true}), 1, -1, false},
		{"root is full and busy", many(8, guest{0, false}), 0, -1, false},
	}
	for _, tt := range tests {
		p := &places{max: 8, conns: map[*conn]bool{}}
		var oldest *conn
		for i, g := range tt.inside {
			c := &conn{peer: Peer{UID: g.uid}, socket: &net.UnixConn{}}
			if g.idle {
				c.idle = time.Unix(int64(1000-i), 0)
				oldest = c // the later, the longer
			}
			p.conns[c] = true
		}
		before := len(p.conns)
		got := p.admit(&conn{peer: Peer{UID: tt.uid}})
		if got != tt.in {
			t.Errorf("%s: admitted: %v", tt.name, got)
		}
		want := before
		if tt.in {
			want++
		}
		if tt.evicts >= 0 {
			want--
			if p.conns[oldest] || oldest.peer.UID != tt.evicts {
				t.Errorf("%s: the longest idle one stays", tt.name)
			}
		}
		if len(p.conns) != want {
			t.Errorf("%s: %d connections; want %d", tt.name, len(p.conns), want)
		}
	}
}

// A stream ends with its client, with the server, and leaves nothing behind.
func TestStreamsEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	var running atomic.Int32
	socket, stop := started(t, Server{Handler: func(w *Response, r *Request) {
		running.Add(1)
		defer running.Add(-1)
		w.WriteString("hello\n")
		w.Flush()
		<-r.Context().Done()
	}})
	wait := func(want int32) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); running.Load() != want; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d streams; want %d", running.Load(), want)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	answer, err := Do(ctx, socket, "GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(answer.Body).ReadString('\n')
	if line != "hello\n" { // flushed, though the handler goes on
		t.Errorf("got %q", line)
	}
	wait(1)
	cancel()
	wait(0)
	if _, err := answer.Body.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("a body after its context: %v", err)
	}
	answer.Body.Close()

	other, err := Do(context.Background(), socket, "GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Body.Close()
	idle := dial(t, socket)
	stop()
	if body, err := io.ReadAll(other.Body); string(body) != "hello\n" || err != nil {
		t.Errorf("a stream ends with %v after %q", err, body)
	}
	if n, err := idle.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
		t.Errorf("an idle connection: %v", err)
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines; %d before", runtime.NumGoroutine(), before)
		}
	}
}

// A listener that fails in passing is asked again; one that fails for good
// ends Serve.
type failing struct {
	net.Listener
	errs []error
}

func (f *failing) Accept() (net.Conn, error) {
	if len(f.errs) == 0 {
		one, two := net.Pipe() // not a socket: turned away
		two.Close()
		f.errs = []error{net.ErrClosed}
		return one, nil
	}
	err := f.errs[0]
	f.errs = f.errs[1:]
	return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
}
func (f *failing) Close() error { return nil }

func TestAcceptFails(t *testing.T) {
	s := Server{Handler: echo}
	l := &failing{errs: []error{unix.EMFILE, unix.ENFILE, unix.ECONNABORTED}}
	if err := s.Serve(context.Background(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
	if len(l.errs) != 0 {
		t.Errorf("%v were not asked for", l.errs)
	}
}
