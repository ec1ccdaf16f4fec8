// Package notify is how a service tells init that it is ready, and how init
// hears it.
//
// A service that has been started is not yet one that can be used. init gives
// it the name of a datagram socket in NOTIFY_SOCKET, and the service sends
// lines KEY=VALUE there when its state changes. The protocol is that of
// sd_notify(3), so daemons written for systemd work unchanged:
//
//	READY=1                     it can be used now
//	RELOADING=1                 it reads its configuration; READY=1 follows
//	MONOTONIC_USEC=N            since when it does, to tell two reloads apart
//	STOPPING=1                  it is about to end
//	STATUS=TEXT                 one line for people
//	WATCHDOG=1                  it is alive
//	WATCHDOG=trigger            it found itself to be sick
//	WATCHDOG_USEC=N             how often it will say so from now on
//	EXTEND_TIMEOUT_USEC=N       it needs that much longer than the time-out
//	MAINPID=N                   its process is now another one
//	ERRNO=N                     why it failed
//	BARRIER=1                   see below
//
// Other keys are ignored, as others are to come. A known key with a value
// that makes no sense spoils its whole message.
//
// # Who is speaking
//
// Anyone may write to the socket. The kernel adds the sender's process, user
// and group (SCM_CREDENTIALS, unix(7)); init looks up the cgroup of that
// process and so finds the service, or nobody, whatever the text says. The
// text is shown to people, so it comes out without control characters.
//
// # What a sender can do to us
//
// A message has at most 4096 bytes; longer ones are refused whole. The queue
// is the kernel's and short (net.unix.max_dgram_qlen): when init is slow,
// senders wait and nothing is lost. Descriptors sent along are never
// installed: the buffer for control data has no room for them, so the kernel
// closes them. That closing is also what sd_notify_barrier(3) waits for.
//
// # Bugs
//
// A process that sends and ends at once may be gone, and its number used
// again, when init looks up its cgroup. To close the gap a service can be
// given a socket of its own.
//
// Next in the tour: none
package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/listen"
)

// MaxMessage is the size of the longest message, in bytes.
const MaxMessage = 4096

// sendTimeout bounds how long a daemon waits for an init that does not read.
const sendTimeout = 10 * time.Second

// A Server hears services. One goroutine may call Receive; any may call Close.
type Server struct {
	conn *net.UnixConn
	data [MaxMessage + 1]byte // only Receive uses it, and control
	// Room for the credentials and for nothing else.
	control []byte
}

// Listen opens the socket at an absolute path, in place of one that nobody
// uses any more. Every user may write to it.
func Listen(path string) (*Server, error) {
	fd, err := listen.BindUnix(unix.SOCK_DGRAM, path, 0o666)
	if err != nil {
		return nil, fmt.Errorf("cannot hear services at %s: %w", path, err)
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	return Adopt(file)
}

// Adopt hears services on a socket that is open already, such as one that
// outlived its reader: messages sent meanwhile wait in it. It duplicates the
// file, which stays the caller's.
func Adopt(file *os.File) (*Server, error) {
	conn, err := adopt(file)
	if err != nil {
		return nil, fmt.Errorf("cannot hear services at %s: %w", file.Name(), err)
	}
	return &Server{conn: conn, control: make([]byte, unix.CmsgSpace(unix.SizeofUcred))}, nil
}

func adopt(file *os.File) (*net.UnixConn, error) {
	packets, err := net.FilePacketConn(file)
	if err != nil {
		return nil, err
	}
	conn, ok := packets.(*net.UnixConn)
	if !ok {
		packets.Close()
		return nil, errors.New("it is no datagram socket of this machine")
	}
	if err := control(conn, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
	}); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func control(conn syscall.Conn, f func(fd int) error) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = f(int(fd)) })
	return errors.Join(err, failed)
}

// File returns a duplicate of the socket, to hand it to a successor.
func (s *Server) File() (*os.File, error) { return s.conn.File() }

// Close makes Receive return net.ErrClosed. The file of the socket stays, as
// a successor may already own it.
func (s *Server) Close() error { return s.conn.Close() }

// Receive waits for a message. A message that is refused comes with its
// sender and says why; the error is that of the socket, which is unusable.
func (s *Server) Receive() (Message, error) {
	for {
		n, oobn, flags, _, err := s.conn.ReadMsgUnix(s.data[:], s.control)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM) {
			continue // the next one may fit
		}
		if err != nil {
			return Message{}, fmt.Errorf("cannot hear services: %w", err)
		}
		sender, err := credentials(s.control[:oobn])
		if err != nil {
			return Message{Refused: err}, nil
		}
		var m Message
		if n > MaxMessage || flags&unix.MSG_TRUNC != 0 {
			m.Refused = fmt.Errorf("it is longer than %d bytes", MaxMessage)
		} else {
			m = Parse(s.data[:n])
		}
		m.Sender = sender
		return m, nil
	}
}

// credentials finds who sent a message, and closes any descriptors. There
// should be none, but one that got through would be a leak per message.
func credentials(oob []byte) (sender Sender, err error) {
	err = errors.New("the kernel did not say who sent it")
	messages, bad := unix.ParseSocketControlMessage(oob)
	if bad != nil {
		return sender, err
	}
	for i := range messages {
		if fds, e := unix.ParseUnixRights(&messages[i]); e == nil {
			for _, fd := range fds {
				unix.Close(fd)
			}
		}
		if cred, e := unix.ParseUnixCredentials(&messages[i]); e == nil {
			sender, err = Sender{Pid: int(cred.Pid), UID: int(cred.Uid), GID: int(cred.Gid)}, nil
		}
	}
	return sender, err
}

// Send tells init what lines say, such as "READY=1", from within a daemon:
// notify.Send(os.Getenv, "READY=1"). It does nothing if nobody wants to know,
// that is without NOTIFY_SOCKET.
func Send(getenv func(string) string, lines ...string) error {
	socket := getenv("NOTIFY_SOCKET")
	if socket == "" {
		return nil
	}
	if err := send(socket, lines); err != nil {
		return fmt.Errorf("cannot notify %s: %w", socket, err)
	}
	return nil
}

func send(socket string, lines []string) error {
	message := strings.Join(lines, "\n")
	switch {
	case socket[0] != '/' && socket[0] != '@': // package net takes @ for an abstract name
		return errors.New("it begins neither with / nor with @")
	case strings.Count(message, "\n") != len(lines)-1:
		return errors.New("a line has a line break in it")
	case len(message) > MaxMessage:
		return fmt.Errorf("the message is longer than %d bytes", MaxMessage)
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unixgram", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(sendTimeout))
	_, err = conn.Write([]byte(message))
	return err
}
