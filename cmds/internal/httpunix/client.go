package httpunix

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// An Answer is what a server said. Body must be closed.
type Answer struct {
	Status int
	Header Header
	Body   io.ReadCloser
}

// Do asks the server at a stream socket: one request on a connection of its
// own. path may have a query; see Escape. A body that breaks off ends with
// io.ErrUnexpectedEOF. The end of ctx ends everything, the body too.
func Do(ctx context.Context, socket, method, path string, body []byte) (*Answer, error) {
	answer, err := do(ctx, socket, method, path, body)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("cannot ask %s: %w", socket, err)
	}
	return answer, nil
}

func do(ctx context.Context, socket, method, path string, body []byte) (*Answer, error) {
	if !isToken(method) || !isVisible(path) || path[0] != '/' {
		return nil, fmt.Errorf("%q is no request", method+" "+path)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err // its text repeats the name of the socket
		}
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // wakes up whoever reads or writes
	release := func() error {
		stop()
		conn.Close()
		return nil
	}
	request := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	if len(body) > 0 {
		request += "Content-Type: application/json\r\n"
	}
	if len(body) > 0 || method == "POST" {
		request += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	_, sent := conn.Write(append([]byte(request+"\r\n"), body...))
	// A server that refuses does so before it has read everything: an answer
	// is worth more than the error of sending.
	answer, err := readAnswer(conn)
	if err != nil {
		release()
		if sent != nil {
			err = sent
		}
		return nil, err
	}
	answer.Body = &owned{answer.Body, ctx, release}
	return answer, nil
}

// owned is the body of an answer, and the connection it comes over.
type owned struct {
	io.Reader
	ctx     context.Context
	release func() error
}

func (o *owned) Read(p []byte) (int, error) {
	n, err := o.Reader.Read(p)
	if err != nil && err != io.EOF && o.ctx.Err() != nil {
		err = context.Cause(o.ctx)
	}
	return n, err
}

func (o *owned) Close() error { return o.release() }

// readAnswer reads the head of an answer and finds its body (RFC 9112,
// sections 4 and 6.3).
func readAnswer(conn io.Reader) (*Answer, error) {
	in := bufio.NewReaderSize(conn, maxHead)
	for range 8 { // interim answers may come first (RFC 9110, section 15.2)
		head, err := readHead(in)
		if err == io.EOF {
			err = errors.New("the connection was closed without an answer")
		}
		if err != nil {
			return nil, err
		}
		line, rest, _ := strings.Cut(string(head), "\r\n")
		answer := &Answer{}
		if answer.Status, err = parseStatus(line); err != nil {
			return nil, err
		}
		if answer.Header, err = parseFields(rest); err != nil {
			return nil, err
		}
		if answer.Status == 101 {
			return nil, errors.New("the server changes the protocol")
		}
		if answer.Status >= 200 {
			body, err := answer.frame(in, strings.HasPrefix(line, "HTTP/1.0"))
			answer.Body = io.NopCloser(body)
			return answer, err
		}
	}
	return nil, errors.New("the server only gives interim answers")
}

// frame returns the body in what follows the head.
func (a *Answer) frame(in *bufio.Reader, old bool) (io.Reader, error) {
	codings, lengths := a.Header.values("Transfer-Encoding"), a.Header.values("Content-Length")
	switch {
	case a.Status == 204 || a.Status == 304:
		return strings.NewReader(""), nil
	case len(codings) > 0 && (len(lengths) > 0 || old) || len(lengths) > 1: // faulty, by section 6.1
		return nil, errors.New("the length of the answer is ambiguous")
	case len(codings) == 1 && strings.EqualFold(codings[0], "chunked"):
		return &chunks{in: in}, nil
	case len(codings) > 0:
		return nil, errors.New("the answer has a coding that is not known")
	case len(lengths) == 1:
		n, err := parseLength(lengths[0])
		return &exactly{in, n}, err
	}
	return in, nil // until the server closes
}

func parseStatus(line string) (int, error) {
	version, rest, _ := strings.Cut(line, " ")
	digits, _, _ := strings.Cut(rest, " ")
	status, err := strconv.ParseUint(digits, 10, 16)
	if (version != "HTTP/1.1" && version != "HTTP/1.0") || err != nil || len(digits) != 3 || status < 100 {
		return 0, errors.New("the answer is no HTTP/1.1")
	}
	return int(status), nil
}

// exactly reads so many bytes, no fewer.
type exactly struct {
	in   io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.in.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// chunks reads a body in chunks (RFC 9112, section 7.1).
type chunks struct {
	in   *bufio.Reader
	left int64 // of the chunk under way
	some bool  // a chunk was under way
	err  error
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.err == nil && c.left == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	c.err = err
	return n, err
}

// next reads up to the data of the next chunk. It returns io.EOF after the
// last one.
func (c *chunks) next() error {
	if c.some {
		line, err := c.line()
		if err == nil && line != "" {
			err = errors.New("a chunk is longer than its size")
		}
		if err != nil {
			return err
		}
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	digits, _, _ := strings.Cut(line, ";") // extensions mean nothing to us
	size, err := strconv.ParseUint(strings.TrimRight(digits, " \t"), 16, 63)
	if err != nil {
		return errors.New("a chunk has no size")
	}
	c.left, c.some = int64(size), true
	if size > 0 {
		return nil
	}
	for total := 0; total < maxHead; { // trailers, which mean nothing either
		line, err := c.line()
		if err != nil {
			return err
		}
		if line == "" {
			return io.EOF
		}
		total += len(line)
	}
	return errors.New("the trailers are too long")
}

// line returns a line without its CR LF.
func (c *chunks) line() (string, error) {
	line, err := c.in.ReadSlice('\n')
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	text, found := strings.CutSuffix(string(line), "\r\n")
	if err == nil && !found {
		err = errors.New("a line does not end in CR LF")
	}
	return text, err
}
