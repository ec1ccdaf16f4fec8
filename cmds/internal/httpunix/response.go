package httpunix

import (
	"strconv"
	"strings"
	"time"
)

// A Response is the answer to a request. Only the handler's goroutine may use
// it, and only until the handler returns.
type Response struct {
	c       *conn
	minor   int    // of the request's version
	gone    func() // called when the client doesn't take the answer
	status  int
	header  []Field
	body    []byte // what is not sent yet
	started bool   // the head is sent
	chunked bool
	closing bool // the connection ends with this answer
	err     error
}

// Status sets the status; it is 200 otherwise. It has no effect once a part
// of the answer is sent.
func (w *Response) Status(status int) { w.status = status }

// Header adds a header field, likewise. Content-Type is application/json
// unless it is set; lengths and codings are not for a handler to set.
func (w *Response) Header(name, value string) {
	clean := func(r rune) rune { // a line break would start another header
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}
	w.header = append(w.header, Field{strings.Map(clean, name), strings.Map(clean, value)})
}

// Write adds to the body.
func (w *Response) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	if len(w.body) > maxBuffer {
		w.send()
	}
	return len(p), w.err
}

// WriteString is Write.
func (w *Response) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// Flush sends what there is. An answer that was flushed is a stream, and the
// last on its connection.
func (w *Response) Flush() error {
	w.closing = w.closing || !w.started
	w.send()
	return w.err
}

// fail makes the answer an error.
func (w *Response) fail(status int, text string) {
	w.status = status
	w.body = []byte(asJSON(text))
}

// send sends what there is, in a chunk (RFC 9112, section 7.1). A client of
// HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
func (w *Response) send() {
	var out []byte
	if !w.started {
		w.started = true
		w.chunked = w.minor > 0
		w.closing = w.closing || !w.chunked
		out = w.head(-1)
	}
	if len(w.body) > 0 && w.hasBody() {
		if w.chunked {
			out = strconv.AppendInt(out, int64(len(w.body)), 16)
			out = append(out, "\r\n"...)
		}
		out = append(out, w.body...)
		if w.chunked {
			out = append(out, "\r\n"...)
		}
	}
	w.body = w.body[:0]
	w.write(out)
}

// finish sends the rest.
func (w *Response) finish() error {
	switch {
	case !w.started:
		w.started = true
		out := w.head(len(w.body))
		if w.hasBody() {
			out = append(out, w.body...)
		}
		w.write(out)
	default:
		if len(w.body) > 0 {
			w.send()
		}
		if w.chunked && w.hasBody() {
			w.write([]byte("0\r\n\r\n"))
		}
	}
	return w.err
}

func (w *Response) write(p []byte) {
	if w.err != nil || len(p) == 0 {
		return
	}
	if w.err = w.c.write(p); w.err != nil && w.gone != nil {
		w.gone()
	}
}

// hasBody is about statuses that never have one (RFC 9112, section 6.3).
func (w *Response) hasBody() bool { return w.status != 204 && w.status != 304 }

// head returns the head of an answer with a body of so many bytes; of unknown
// length if that is negative.
func (w *Response) head(length int) []byte {
	if w.status == 0 {
		w.status = 200
	}
	out := []byte("HTTP/1.1 " + strconv.Itoa(w.status) + " " + statusText(w.status) + "\r\n")
	add := func(name, value string) {
		out = append(out, name+": "+value+"\r\n"...)
	}
	add("Date", time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")) // RFC 9110, section 6.6.1
	if w.hasBody() {
		if Header(w.header).Get("Content-Type") == "" {
			add("Content-Type", "application/json")
		}
		switch {
		case length >= 0:
			add("Content-Length", strconv.Itoa(length))
		case w.chunked:
			add("Transfer-Encoding", "chunked")
		}
	}
	for _, f := range w.header {
		add(f.Name, f.Value)
	}
	if w.closing {
		add("Connection", "close")
	}
	return append(out, "\r\n"...)
}
