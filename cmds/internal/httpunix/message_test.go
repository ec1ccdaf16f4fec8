package httpunix

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// parse reads one request from text.
func parse(text string) (*Request, error) {
	head, err := readHead(bufio.NewReaderSize(strings.NewReader(text), maxHead))
	if err != nil {
		return nil, err
	}
	return parseRequest(head)
}

func TestParseRequest(t *testing.T) {
	const host = "Host: init\r\n"
	tests := []struct {
		text string
		want Request // without its Header
	}{
		{"GET / HTTP/1.1\r\n" + host, Request{Method: "GET", Path: "/", minor: 1}},
		{"\r\nGET / HTTP/1.1\r\nhOST:init\t\r\n", Request{Method: "GET", Path: "/", minor: 1}},
		{"GET / HTTP/1.9\r\n" + host, Request{Method: "GET", Path: "/", minor: 1}},
		{"DELETE /a HTTP/1.0\r\n", Request{Method: "DELETE", Path: "/a", closing: true}},
		{"GET /a%20b/%c3%a4?q=1%2B1&x+y=%26&&n&q=2 HTTP/1.1\r\n" + host,
			Request{Method: "GET", Path: "/a b/ä", minor: 1, query: []Field{{"q", "1+1"}, {"x y", "&"}, {"n", ""}, {"q", "2"}}}},
		{"GET http://init:80/a?b=c HTTP/1.1\r\n" + host, Request{Method: "GET", Path: "/a", minor: 1, query: []Field{{"b", "c"}}}},
		{"POST /a HTTP/1.1\r\n" + host + "Content-Length: 65536\r\nConnection: x , CLOSE\r\n",
			Request{Method: "POST", Path: "/a", minor: 1, length: 65536, closing: true}},
		{"POST /a HTTP/1.1\r\n" + host + "Content-Length: 000\r\nExpect: 100-Continue\r\n", Request{Method: "POST", Path: "/a", minor: 1}},
	}
	for _, tt := range tests {
		got, err := parse(tt.text + "\r\n")
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		got.Header = nil
		if !reflect.DeepEqual(*got, tt.want) {
			t.Errorf("%q:\ngot  %+v\nwant %+v", tt.text, *got, tt.want)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	const get = "GET / HTTP/1.1\r\n"
	const start = get + "Host: init\r\n"
	tests := []struct {
		text string
		want int
	}{
		{"GET / HTTP/1.1\nHost: init\n\n", 400},
		{start + "X: a\n\r\n", 400},
		{"\r\n\r\n" + start + "\r\n", 400},
		{get + "\r\n", 400},
		{start + "Host: init\r\n\r\n", 400},
		{get + "Host: a b\r\n\r\n", 400},
		{get + "Host: root@init\r\n\r\n", 400},
		{"GET /\r\nHost: init\r\n\r\n", 400},
		{"GET  / HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET / HTTP/1.1 \r\nHost: init\r\n\r\n", 400},
		{"GET\t/\tHTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{" GET / HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET / HTTP/11\r\nHost: init\r\n\r\n", 400},
		{"GET / http/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET / HTTP/2.0\r\nHost: init\r\n\r\n", 505},
		{"HEAD / HTTP/1.1\r\nHost: init\r\n\r\n", 501},
		{"get / HTTP/1.1\r\nHost: init\r\n\r\n", 501},
		{"G(T / HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"OPTIONS * HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET services HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET http://init HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET http:///x HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET http://#/ HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET http://init:/ HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET http://init:70000/ HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET http://a@init/ HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET https://init/ HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /#x HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /ä HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /%2 HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /%+1 HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /%00 HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /%0a HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /a%2fb HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /%ff HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{"GET /?a=%zz HTTP/1.1\r\nHost: init\r\n\r\n", 400},
		{start + "X : a\r\n\r\n", 400},
		{start + "X: a\r\n folded\r\n\r\n", 400},
		{get + " Host: init\r\n\r\n", 400},
		{start + "no colon\r\n\r\n", 400},
		{start + ": no name\r\n\r\n", 400},
		{start + "X: a\rb\r\n\r\n", 400},
		{start + "X: a\x00b\r\n\r\n", 400},
		{start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
		{start + "Content-Length: 5, 5\r\n\r\n", 400},
		{start + "Content-Length: +5\r\n\r\n", 400},
		{start + "Content-Length: -5\r\n\r\n", 400},
		{start + "Content-Length:\r\n\r\n", 400},
		{start + "Content-Length: 0x5\r\n\r\n", 400},
		{start + "Content-Length: 65537\r\n\r\n", 413},
		{start + "Content-Length: 99999999999999999999\r\n\r\n", 413},
		{start + "Transfer-Encoding: chunked\r\n\r\n", 411},
		{start + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
		{start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
		{start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
		{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{start + "Expect: a miracle\r\n\r\n", 417},
		{"GET /" + strings.Repeat("x", maxHead) + " HTTP/1.1\r\n", 414},
		{start + "X: " + strings.Repeat("x", maxHead) + "\r\n\r\n", 431},
		{start + strings.Repeat("X: y\r\n", maxHead/6) + "\r\n", 431},
	}
	for _, tt := range tests {
		_, err := parse(tt.text)
		var why refusal
		if !errors.As(err, &why) || why.status != tt.want {
			t.Errorf("%.80q: %d %v; want %d", tt.text, why.status, err, tt.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for _, text := range []string{"", "getty@tty1", "a b", "a/b?c&d=e#f%+", "ä\xff\x00"} {
		back, err := url.PathUnescape(Escape(text))
		if err != nil || back != text || !isVisible("/"+Escape(text)) {
			t.Errorf("%q becomes %q, and that %q (%v)", text, Escape(text), back, err)
		}
	}
}

// What we accept, net/http accepts too, and understands alike.
func FuzzRequest(f *testing.F) {
	f.Add([]byte("GET /a%20b?c=d HTTP/1.1\r\nHost: init\r\n\r\n"))
	f.Add([]byte("\r\nPOST http://init/a HTTP/1.1\r\nHost: init\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"))
	f.Add([]byte("GET http://#/ HTTP/1.0\r\n\r\n"))
	f.Add([]byte("DELETE / HTTP/1.0\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(data)), maxHead)
		head, err := readHead(in)
		if err != nil {
			return
		}
		r, err := parseRequest(head)
		if err != nil {
			var why refusal
			if !errors.As(err, &why) || statusText(why.status) == "" || strings.ContainsAny(why.text, "\"\\\r\n") {
				t.Errorf("%q is refused with %#v", head, err)
			}
			return
		}
		if len(head) > maxHead || r.length > maxBody || r.Path[0] != '/' {
			t.Errorf("%q: %+v", head, r)
		}
		other, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(append(head, "\r\n"...))))
		if err != nil {
			t.Fatalf("net/http refuses %q: %v", head, err)
		}
		if other.Method != r.Method || other.URL.Path != r.Path || other.ContentLength != int64(r.length) || other.Close != r.closing && r.minor > 0 {
			t.Errorf("%q:\nwe have   %+v\nthey have %+v", head, r, other)
		}
	})
}

// Whatever answers, the client comes to an end, and reads what net/http reads.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
	f.Add([]byte("HTTP/1.1 103 \r\n\r\nHTTP/1.0 404 Not Found\r\n\r\nuntil the end"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x=y\r\n123\r\n0\r\nT: x\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 204 \r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		answer, err := readAnswer(bytes.NewReader(data))
		if err != nil {
			return
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return
		}
		in := bufio.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\r\n"))))
		other, err := http.ReadResponse(in, nil)
		for err == nil && other.StatusCode < 200 {
			other, err = http.ReadResponse(in, nil)
		}
		if err != nil {
			t.Skip("net/http is stricter in places that don't matter here")
		}
		theirs, err := io.ReadAll(other.Body)
		if err == nil && (other.StatusCode != answer.Status || !bytes.Equal(theirs, body)) {
			t.Errorf("%q:\nwe have   %d %q\nthey have %d %q", data, answer.Status, body, other.StatusCode, theirs)
		}
	})
}
