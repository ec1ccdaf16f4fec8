package httpunix

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A Server answers requests. Its fields are not to be changed while it serves.
type Server struct {
	Handler  func(*Response, *Request) // called from many goroutines at once
	MaxConns int                       // connections at a time; 0 means 128

	IdleTimeout  time.Duration // between two requests; 0 means a minute
	HeadTimeout  time.Duration // for a request to arrive, and again for its body; 0 means 5 s
	WriteTimeout time.Duration // for one write; 0 means 10 s

	Panicked func(value any, stack []byte) // told of each panic in Handler; may be nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// Serve answers whoever connects to a listener on a stream socket, until ctx
// ends. It then closes the listener and the idle connections, ends the
// contexts of requests under way, and returns when all handlers have.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	p := &places{max: s.MaxConns, conns: map[*conn]bool{}}
	if p.max <= 0 {
		p.max = 128
	}
	var group sync.WaitGroup
	defer group.Wait()
	defer p.close()
	defer cancel()
	defer listener.Close()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	for delay := time.Millisecond; ; {
		accepted, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				accepted.Close()
			}
			return nil
		case isPassing(err):
			// Descriptors or memory are short; others must be able to
			// return some.
			select {
			case <-time.After(delay):
			case <-ctx.Done():
			}
			delay = min(2*delay, time.Second)
			continue
		case err != nil:
			return err
		}
		delay = time.Millisecond
		if c := s.take(ctx, accepted, p); c != nil {
			group.Go(c.serve)
		}
	}
}

func isPassing(err error) bool {
	for _, passing := range []error{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM, unix.ECONNABORTED, unix.EINTR, unix.EAGAIN} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// take gives a new connection a place, or turns it away.
func (s *Server) take(ctx context.Context, accepted net.Conn, p *places) *conn {
	socket, ok := accepted.(*net.UnixConn)
	if !ok {
		accepted.Close() // without a peer we could trust
		return nil
	}
	peer, err := peerOf(socket)
	if err != nil {
		socket.Close()
		return nil
	}
	c := &conn{Server: s, ctx: ctx, places: p, socket: socket, peer: peer}
	if !p.admit(c) {
		c.refuse(refusal{503, "too many connections"})
		socket.Close()
		return nil
	}
	c.in = bufio.NewReaderSize(socket, maxHead)
	return c
}

// A conn is one connection. Its goroutine owns all fields but those of places.
type conn struct {
	*Server
	ctx    context.Context // of the server
	places *places
	socket *net.UnixConn
	in     *bufio.Reader
	peer   Peer

	idle time.Time // since when it waits for a request, or zero; places.mu guards it
}

// serve answers requests until one of both sides has had enough.
func (c *conn) serve() {
	defer c.places.leave(c)
	defer c.socket.Close()
	for {
		r, err := c.next()
		if err != nil {
			c.giveUp(err)
			return
		}
		if !c.places.busy(c) || !c.answer(r) || !c.places.idle(c) {
			return
		}
	}
}

// next reads a request.
func (c *conn) next() (*Request, error) {
	c.socket.SetReadDeadline(time.Now().Add(orElse(c.IdleTimeout, time.Minute)))
	if _, err := c.in.Peek(1); err != nil {
		return nil, io.EOF // whatever happened, nobody asked for anything
	}
	c.socket.SetReadDeadline(time.Now().Add(orElse(c.HeadTimeout, 5*time.Second)))
	head, err := readHead(c.in)
	if err != nil {
		return nil, err
	}
	r, err := parseRequest(head)
	if err != nil {
		return nil, err
	}
	r.Peer = c.peer
	if r.length == 0 {
		return r, nil
	}
	c.socket.SetReadDeadline(time.Now().Add(orElse(c.HeadTimeout, 5*time.Second)))
	if r.minor > 0 && r.Header.Get("Expect") != "" { // 100-continue, as parseRequest saw to
		if err := c.write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
			return nil, err
		}
	}
	r.Body = make([]byte, r.length)
	_, err = io.ReadFull(c.in, r.Body)
	return r, err
}

// giveUp says what was wrong with a request, if it was one.
func (c *conn) giveUp(err error) {
	var why refusal
	switch {
	case errors.As(err, &why):
	case errors.Is(err, os.ErrDeadlineExceeded):
		why = refusal{408, "the request did not arrive in time"}
	default:
		return
	}
	c.refuse(why)
	// A client that is still sending would get an error for that, and might
	// never read the answer (section 9.6). So listen on, but not for long.
	c.socket.CloseWrite()
	c.socket.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	io.CopyN(io.Discard, c.in, 4*maxBody)
}

func (c *conn) refuse(why refusal) {
	w := &Response{c: c, closing: true}
	w.fail(why.status, why.text)
	w.finish()
}

// answer lets the handler answer and reports whether the connection can take
// another request.
func (c *conn) answer(r *Request) bool {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	r.ctx = ctx
	w := &Response{c: c, minor: r.minor, closing: r.closing, gone: cancel}
	watched := c.watch(cancel)
	panicked := c.handle(w, r)
	c.socket.SetReadDeadline(time.Unix(1, 0)) // ends watch
	<-watched
	if panicked {
		if w.started {
			return false // without the last chunk
		}
		w.body, w.header, w.closing = nil, nil, true
		w.fail(500, "a fault in the server; see its log")
	}
	return w.finish() == nil && !w.closing && c.ctx.Err() == nil
}

// watch calls gone when the client closes its end while it is being answered.
// It ends with the read deadline, and closes the channel.
func (c *conn) watch(gone func()) <-chan struct{} {
	ended := make(chan struct{})
	c.socket.SetReadDeadline(time.Time{})
	go func() {
		defer close(ended)
		// What is read ahead stays in the buffer: it is the next request.
		if _, err := c.in.Peek(1); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			gone()
		}
	}()
	return ended
}

// handle calls the handler and reports whether it panicked.
func (c *conn) handle(w *Response, r *Request) (panicked bool) {
	defer func() {
		if value := recover(); value != nil {
			panicked = true
			if c.Panicked != nil {
				c.Panicked(value, debug.Stack())
			}
		}
	}()
	c.Handler(w, r)
	return false
}

// write sends all of p, or gives up on a client that doesn't read.
func (c *conn) write(p []byte) error {
	c.socket.SetWriteDeadline(time.Now().Add(orElse(c.WriteTimeout, 10*time.Second)))
	_, err := c.socket.Write(p)
	return err
}

// asJSON is the body of an error.
func asJSON(text string) string {
	return `{"error":"` + strings.ReplaceAll(text, `"`, "'") + "\"}\n"
}
