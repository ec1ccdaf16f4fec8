package httpunix

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/missing"
)

// Our server and the client of net/http.
func TestTheirClient(t *testing.T) {
	socket, _ := started(t, Server{Handler: func(w *Response, r *Request) {
		switch r.Path {
		case "/long":
			for range 1000 {
				w.WriteString(strings.Repeat("y", 1000))
			}
		case "/events":
			for i := 0; r.Context().Err() == nil; i++ {
				fmt.Fprintf(w, "event %d\n", i)
				w.Flush()
				time.Sleep(5 * time.Millisecond)
			}
		case "/gone":
			w.Status(404)
			w.Header("Content-Type", "text/plain")
			w.WriteString("gone")
		default:
			echo(w, r)
		}
	}})
	var dials atomic.Int32
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	tests := []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/a%20b?c=d%26", "", 200, `GET /a b [{"c" "d&"}] ""`},
		{"POST", "/services/x", `{"a":1}`, 200, `POST /services/x [] "{\"a\":1}"`},
		{"DELETE", "/x", "", 200, `DELETE /x [] ""`},
		{"GET", "/gone", "", 404, "gone"},
		{"GET", "/long", "", 200, strings.Repeat("y", 1_000_000)},
	}
	for _, tt := range tests {
		request, _ := http.NewRequest(tt.method, "http://init"+tt.path, strings.NewReader(tt.body))
		answer, err := client.Do(request)
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != tt.status || string(body) != tt.want || err != nil {
			t.Errorf("%s %s: %d %.100q %v", tt.method, tt.path, answer.StatusCode, body, err)
		}
	}
	if dials.Load() != 1 {
		t.Errorf("%d connections; want one that is kept", dials.Load())
	}

	stream, err := client.Get("http://init/events")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stream.Body)
	for i := range 3 {
		if lines.Scan(); lines.Text() != fmt.Sprintf("event %d", i) {
			t.Errorf("got %q", lines.Text())
		}
	}
	stream.Body.Close()

	for _, long := range []int{maxBody + 1, 10 << 20} {
		answer, err := client.Post("http://init/", "application/json", strings.NewReader(strings.Repeat("x", long)))
		if err != nil {
			t.Errorf("a body of %d bytes: %v", long, err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != 413 {
			t.Errorf("a body of %d bytes: status %d", long, answer.StatusCode)
		}
	}
}

// Our client and the server of net/http, and servers that break off.
func TestOurClient(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(204)
		case "/chunks":
			w.WriteHeader(103)
			for range 100 {
				io.WriteString(w, strings.Repeat("z", 1000))
				w.(http.Flusher).Flush()
			}
		case "/cut":
			io.WriteString(w, "part")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/short":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "part")
		case "/hang":
			<-r.Context().Done()
		case "/type":
			fmt.Fprint(w, r.Header.Get("Content-Type"), r.ContentLength)
		default:
			fmt.Fprintf(w, "%s %s %s", r.Method, r.URL, body)
		}
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	tests := []struct {
		method, path, body string
		status             int
		want               string
		err                error
	}{
		{"GET", "/a?b=" + Escape("c d"), "", 200, "GET /a?b=c%20d ", nil},
		{"POST", "/a", "hello", 200, "POST /a hello", nil},
		{"POST", "/type", "", 200, "0", nil},
		{"POST", "/type", "{}", 200, "application/json2", nil},
		{"DELETE", "/a", "", 200, "DELETE /a ", nil},
		{"GET", "/none", "", 204, "", nil},
		{"GET", "/chunks", "", 200, strings.Repeat("z", 100_000), nil},
		{"GET", "/cut", "", 200, "part", io.ErrUnexpectedEOF},
		{"GET", "/short", "", 200, "part", io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		answer, err := Do(context.Background(), socket, tt.method, tt.path, []byte(tt.body))
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.Status != tt.status || string(body) != tt.want || err != tt.err {
			t.Errorf("%s %s: %d %.100q %v", tt.method, tt.path, answer.Status, body, err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := Do(ctx, socket, "GET", "/hang", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that hangs: %v", err)
	}
}

func TestDoFails(t *testing.T) {
	no := filepath.Join(t.TempDir(), "no")
	tests := []struct{ path, answer, want string }{
		{"a", "", `"GET a" is no request`},
		{"", "", `"GET " is no request`},
		{"/a b", "", `"GET /a b" is no request`},
		{"/a\r\nX: y", "", "is no request"},
		{"/", "", "closed without an answer"},
		{"/", "SSH-2.0\r\n\r\n", "no HTTP/1.1"},
		{"/", "HTTP/1.1 20 OK\r\n\r\n", "no HTTP/1.1"},
		{"/", "HTTP/1.1 200", "unexpected EOF"},
		{"/", "HTTP/1.1 200 OK\n\n", "a line does not end in CR LF"},
		{"/", "HTTP/1.1 101 Switching\r\n\r\n", "changes the protocol"},
		{"/", strings.Repeat("HTTP/1.1 103 \r\n\r\n", 9), "only gives interim"},
		{"/", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", maxHead) + "\r\n\r\n", "the headers are too long"},
		{"/", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "ambiguous"},
		{"/", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "ambiguous"},
		{"/", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "a coding that is not known"},
		{"/", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "the Content-Length is no number"},
	}
	for _, tt := range tests {
		socket := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(conn).ReadString('\n')
			io.WriteString(conn, tt.answer)
			conn.(*net.UnixConn).CloseWrite()
			io.Copy(io.Discard, conn)
			conn.Close()
		}()
		_, err = Do(context.Background(), socket, "GET", tt.path, nil)
		if err == nil || !strings.HasPrefix(err.Error(), "cannot ask "+socket+": ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v; want %q", tt.answer, err, tt.want)
		}
		l.Close()
	}
	if _, err := Do(context.Background(), no, "GET", "/", nil); err == nil || err.Error() != "cannot ask "+no+": connect: no such file or directory" {
		t.Errorf("err = %v", err)
	}
}

func TestChunkErrors(t *testing.T) {
	tests := []struct {
		text, want string
		err        string
	}{
		{"2 ; x=\"y\"\r\nhi\r\n0\r\n\r\n", "hi", ""},
		{"2\r\nhi!\r\n0\r\n\r\n", "hi", "a chunk is longer than its size"},
		{"2\r\nhi\n0\r\n\r\n", "hi", "a line does not end in CR LF"},
		{"x\r\n", "", "a chunk has no size"},
		{"-1\r\n", "", "a chunk has no size"},
		{"fffffffffffffffff\r\n", "", "a chunk has no size"},
		{"2\r\nhi\r\n", "hi", "unexpected EOF"},
		{"5\r\nhi", "hi", "unexpected EOF"},
		{"0\r\n", "", "unexpected EOF"},
		{"0\r\n" + strings.Repeat("T: x\r\n", maxHead), "", "the trailers are too long"},
		{"1;" + strings.Repeat("x", maxHead) + "\r\n", "", "bufio: buffer full"},
	}
	for _, tt := range tests {
		got, err := io.ReadAll(&chunks{in: bufio.NewReaderSize(strings.NewReader(tt.text), maxHead)})
		text := ""
		if err != nil {
			text = err.Error()
		}
		if string(got) != tt.want || text != tt.err {
			t.Errorf("%.40q: %q, %q; want %q, %q", tt.text, got, text, tt.want, tt.err)
		}
	}
}

// What the manual promises.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		missing.Skip(t, "curl is missing")
	}
	socket, _ := started(t, Server{Handler: echo})
	long := strings.Repeat("x", maxBody)
	tests := []struct {
		args  []string
		stdin string
		want  string
	}{
		{[]string{"http://init/services?state=failed"}, "", `GET /services [{"state" "failed"}] ""200`},
		{[]string{"-d", `{"a": 1}`, "http://init/services/x/start"}, "", `POST /services/x/start [] "{\"a\": 1}"200`},
		{[]string{"-X", "DELETE", "http://init/x"}, "", `DELETE /x [] ""200`},
		{[]string{"-0", "http://init/old"}, "", `GET /old [] ""200`},
		{[]string{"-d", "@-", "http://init/"}, long, `POST / [] "` + long + `"200`},
		{[]string{"-H", "Expect: 100-continue", "-d", "x", "http://init/"}, "", `POST / [] "x"200`},
		{[]string{"-d", "@-", "http://init/"}, long + "x", "{\"error\":\"the body is longer than 64 KiB\"}\n413"},
		{[]string{"-d", "@-", "http://init/"}, strings.Repeat(long, 30), "{\"error\":\"the body is longer than 64 KiB\"}\n413"},
		{[]string{"-H", "Transfer-Encoding: chunked", "-d", "x", "http://init/"}, "", "{\"error\":\"chunks are not accepted: send a Content-Length\"}\n411"},
		{[]string{"-I", "http://init/"}, "", "501"},
	}
	for _, tt := range tests {
		cmd := exec.Command(curl, append([]string{"-s", "-m", "10", "-w", "%{http_code}", "--unix-socket", socket}, tt.args...)...)
		cmd.Stdin = strings.NewReader(tt.stdin)
		out, err := cmd.Output()
		if !strings.HasSuffix(string(out), tt.want) {
			t.Errorf("curl %q: %v, %.200q", tt.args, err, out)
		}
	}
}
