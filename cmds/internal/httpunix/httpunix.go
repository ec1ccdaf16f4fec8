// Package httpunix speaks HTTP/1.1 over a socket of this machine: as much of
// it as the control socket of init needs, and no more.
//
// init is asked and told in HTTP and JSON, because everybody knows how:
//
//	curl --unix-socket /run/init.sock http://init/services
//
// A server is a function that answers, and a limit on everything:
//
//	server := httpunix.Server{Handler: func(w *httpunix.Response, r *httpunix.Request) {
//		if r.Peer.UID != 0 {
//			w.Status(403)
//		}
//		...
//	}}
//	err := server.Serve(ctx, listener)
//
// and a client is one call, Do.
//
// # Why not net/http
//
// net/http is for the Internet: TLS, HTTP/2, proxies, cookies. It is 5 MB of
// the binary and part of the start-up time of every command on the device,
// be it ls. What is here is a page of RFC 9112.
//
// # What is understood
//
// Methods GET, POST and DELETE; others are answered 501. A request with its
// headers has at most 8 KiB (414, 431). A body has at most 64 KiB (413) and a
// Content-Length; one that is chunked is answered 411. Connections are kept,
// and requests may be sent ahead. What is ambiguous is refused, not guessed:
// lines that end in a bare LF, folded headers, two lengths (RFC 9112,
// sections 2.2, 5.2, 6.3): ambiguity is how one request becomes two.
//
// An answer up to 32 KiB is sent whole, with its length; a longer one, and one
// that is flushed, in chunks. An answer that breaks off has no last chunk, so
// a client knows.
//
// # Who is asking
//
// The kernel tells the process, user and group of the other end, and all its
// groups, as they were when it connected (SO_PEERCRED, SO_PEERGROUPS in
// unix(7)). Peer holds them; they are the only proof of identity here.
//
// # What a client can do to us
//
// A server holds MaxConns connections, each with a buffer of 8 KiB and at most
// one body. Whoever connects when they are used up takes the place of the
// connection that has been idle for longest, so a thousand silent clients keep
// nobody out. One user other than root has a quarter of the places and all of
// them three quarters: root always gets through. A request must arrive within
// HeadTimeout from its first byte; a reader that stands still for WriteTimeout
// is cut off. A handler that panics is answered 500.
//
// # Bugs
//
// HEAD, which RFC 9110 asks of general servers, is missing. A client that
// closes its writing half after the request counts as gone.
//
// Next in the tour: none
package httpunix

import (
	"context"
	"slices"
	"strings"
)

const (
	maxHead   = 8 << 10  // a request line with its headers
	maxBody   = 64 << 10 // of a request
	maxBuffer = 32 << 10 // of an answer that is sent whole
)

// A Field is one header field.
type Field struct{ Name, Value string }

// A Header is all fields, in their order.
type Header []Field

// Get returns the first value of a name, in whatever case, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// values returns every value of a name.
func (h Header) values(name string) (all []string) {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// has reports whether a list such as that of Connection has a word in it.
func (h Header) has(name, word string) bool {
	for _, list := range h.values(name) {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.Trim(item, " \t"), word) {
				return true
			}
		}
	}
	return false
}

// A Peer is who is at the other end of a connection.
type Peer struct {
	Pid, UID, GID int
	Groups        []int // the supplementary ones
}

// In reports whether the peer is a member of a group.
func (p Peer) In(gid int) bool { return p.GID == gid || slices.Contains(p.Groups, gid) }

// A Request is what a client asks.
type Request struct {
	Method string
	Path   string // decoded; begins with /
	Header Header
	Body   []byte
	Peer   Peer

	ctx     context.Context
	query   []Field
	minor   int // of the version: 0 or 1
	length  int // of the body
	closing bool
}

// Context ends when the client goes away or the server does.
func (r *Request) Context() context.Context { return r.ctx }

// Query returns the first value of a name behind the question mark, or "".
func (r *Request) Query(name string) string {
	value, _ := r.Lookup(name)
	return value
}

// Lookup is Query, and reports whether the name was there at all.
func (r *Request) Lookup(name string) (value string, found bool) {
	for _, f := range r.query {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// statusText is the reason phrase of a status (RFC 9110, section 15).
func statusText(status int) string {
	switch status {
	case 200:
		return "OK"
	case 201:
		return "Created"
	case 202:
		return "Accepted"
	case 204:
		return "No Content"
	case 400:
		return "Bad Request"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 408:
		return "Request Timeout"
	case 409:
		return "Conflict"
	case 411:
		return "Length Required"
	case 413:
		return "Content Too Large"
	case 414:
		return "URI Too Long"
	case 417:
		return "Expectation Failed"
	case 422:
		return "Unprocessable Content"
	case 431:
		return "Request Header Fields Too Large"
	case 500:
		return "Internal Server Error"
	case 501:
		return "Not Implemented"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	case 505:
		return "HTTP Version Not Supported"
	}
	return "" // the phrase is optional (RFC 9112, section 4)
}
