// Package probe asks a service from outside whether it works.
//
// Readiness and health of a manifest are such questions:
//
//	tcp     "127.0.0.1:80"            a connection is accepted
//	unix    "/run/x.sock"             likewise; "@name" is an abstract socket
//	http    "http://127.0.0.1:80/up"  GET is answered with status 200 to 399
//	file    "/run/x.ready"            it exists
//
// Every probe is one attempt: nil if the service works, and if not, why. It
// ends when its context does, and leaves nothing behind: no goroutine, no
// descriptor. When to ask again is for the caller to know.
//
// Addresses are numbers, or localhost, which means 127.0.0.1 here: a resolver
// that hangs must not make a healthy service look sick.
//
// # Why an HTTP client of our own
//
// net/http costs every program on the device 5 MB and a start-up time, for one
// line that is read here. The request is HTTP/1.0, so that servers answer
// without chunks and without interim responses (RFC 9110, section 15.2), and
// close the connection themselves.
//
// See connect(2), RFC 1945, RFC 9112.
//
// # Bugs
//
// The page behind the status line is not read; a server may log a broken pipe
// if it is long. A file in a network file system that hangs keeps the probe
// waiting after its context has ended. There is no https.
//
// Next in the tour: none
package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
)

// maxLine bounds the status line that a server can make us keep.
const maxLine = 1024

// TCP asks whether anyone accepts connections at ADDRESS:PORT.
func TCP(ctx context.Context, address string) error {
	conn, err := dialTCP(ctx, address)
	if err == nil {
		conn.Close()
	}
	return wrap(ctx, "cannot connect to "+address, err)
}

// Unix asks whether anyone accepts connections at a stream socket.
func Unix(ctx context.Context, path string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err == nil {
		conn.Close()
	}
	return wrap(ctx, "cannot connect to "+path, err)
}

// HTTP asks whether GET of url is answered well.
func HTTP(ctx context.Context, url string) error {
	status, err := get(ctx, url)
	if err == nil && (status < 200 || status > 399) {
		err = fmt.Errorf("the answer is status %d", status)
	}
	return wrap(ctx, "cannot get "+url, err)
}

// File asks whether something exists at path.
func File(ctx context.Context, path string) error {
	err := ctx.Err()
	if err == nil {
		_, err = os.Stat(path)
	}
	return wrap(ctx, "cannot find "+path, err)
}

// wrap adds what was tried to err, in few words: it is shown in one line of a
// table. An end of the context is the cause, whatever it led to.
func wrap(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	var op *net.OpError
	var path *os.PathError
	switch {
	case os.IsTimeout(err) || errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = noAnswer{context.DeadlineExceeded} // which net may notice before ctx does
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.As(err, &op): // its text repeats the address
		err = op.Err
		var call *os.SyscallError
		if errors.As(err, &call) {
			err = call.Err
		}
	case errors.As(err, &path):
		err = path.Err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// noAnswer says what a time-out means to a person.
type noAnswer struct{ error }

func (noAnswer) Error() string   { return "no answer in time" }
func (n noAnswer) Unwrap() error { return n.error }

// dialTCP connects to an address in numbers.
func dialTCP(ctx context.Context, address string) (net.Conn, error) {
	number := address
	if port, found := strings.CutPrefix(address, "localhost:"); found {
		number = "127.0.0.1:" + port
	}
	at, err := netip.ParseAddrPort(number)
	if err != nil || at.Port() == 0 {
		return nil, errors.New("it is not ADDRESS:PORT with an address in numbers")
	}
	return new(net.Dialer).DialContext(ctx, "tcp", at.String())
}

// get returns the status that the server answers with.
func get(ctx context.Context, url string) (status int, err error) {
	address, path, err := split(url)
	if err != nil {
		return 0, err
	}
	conn, err := dialTCP(ctx, address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	// A deadline in the past wakes up whoever reads or writes.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	request := "GET " + path + " HTTP/1.0\r\nHost: " + address + "\r\nAccept: */*\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		return 0, err
	}
	line, err := bufio.NewReaderSize(conn, maxLine).ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) { // what is there tells enough
		return 0, fmt.Errorf("there is no answer: %w", err)
	}
	return parseStatus(string(line))
}

// split parts http://ADDRESS:PORT/PATH. Without a port it is 80.
func split(url string) (address, path string, err error) {
	rest, found := strings.CutPrefix(url, "http://")
	if !found {
		return "", "", errors.New("it does not begin with http://")
	}
	for i := range len(rest) {
		// Such a byte would end the request line, and let the rest of the
		// URL be another request.
		if c := rest[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return "", "", fmt.Errorf("%q cannot be in it as it is", c)
		}
	}
	address, path = rest, "/"
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		address, path = rest[:i], rest[i:]
		if path[0] == '?' {
			path = "/" + path
		}
	}
	if !strings.Contains(address[strings.LastIndexByte(address, ']')+1:], ":") {
		address += ":80"
	}
	return address, path, nil
}

// parseStatus reads "HTTP/1.1 200 OK" (RFC 9112, section 4).
func parseStatus(line string) (int, error) {
	version, rest, _ := strings.Cut(line, " ")
	digits, _, _ := strings.Cut(strings.TrimRight(rest, "\r\n"), " ")
	status, err := strconv.Atoi(digits)
	if !strings.HasPrefix(version, "HTTP/") || err != nil || len(digits) != 3 || status < 100 {
		return 0, fmt.Errorf("the answer is no HTTP: %.40q", line)
	}
	return status, nil
}
