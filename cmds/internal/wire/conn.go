package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Conn is one end of the pair. Any goroutine may send; one may receive.
type Conn struct{ file *os.File }

// bufferSize lets thousands of packets wait while the other half is busy.
const bufferSize = 4 << 20

// Pair makes the two ends. The second one is given to the supervisor as an
// open file, and is not closed by exec(2) there.
func Pair() (*Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a pair of sockets: %w", err)
	}
	for _, fd := range fds { // without the privilege it stays as small as it is
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, bufferSize)
	}
	return &Conn{os.NewFile(uintptr(fds[0]), "supervisor")}, os.NewFile(uintptr(fds[1]), "process 1"), nil
}

// Open makes a Conn of the descriptor that the supervisor was started with.
func Open(fd int) (*Conn, error) {
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("cannot talk to process 1: %w", err)
	}
	return &Conn{os.NewFile(uintptr(fd), "process 1")}, nil
}

// Close ends the conversation.
func (c *Conn) Close() error { return c.file.Close() }

// TrySend sends p if the other half has room for it, and never waits. The
// error is EAGAIN if there is none.
func (c *Conn) TrySend(p Packet) error {
	return c.send(p, func(send func(fd uintptr) bool) error {
		raw, err := c.file.SyscallConn()
		if err != nil {
			return err
		}
		return raw.Control(func(fd uintptr) { send(fd) })
	})
}

// Send sends p, and waits until the other half has room for it.
func (c *Conn) Send(p Packet) error {
	return c.send(p, func(send func(fd uintptr) bool) error {
		raw, err := c.file.SyscallConn()
		if err != nil {
			return err
		}
		return raw.Write(send)
	})
}

func (c *Conn) send(p Packet, with func(func(fd uintptr) bool) error) error {
	data, err := p.encode()
	if err != nil {
		return fmt.Errorf("cannot send a packet: %w", err)
	}
	var rights []byte
	if len(p.Files) > 0 {
		rights = unix.UnixRights(p.Files...)
	}
	var sendErr error
	err = with(func(fd uintptr) bool {
		for {
			sendErr = unix.Sendmsg(int(fd), data, rights, nil, unix.MSG_NOSIGNAL)
			if sendErr != unix.EINTR {
				return sendErr != unix.EAGAIN
			}
		}
	})
	return errors.Join(err, sendErr)
}

// Receive waits for a packet. The error is io.EOF when the other half has
// ended. Files that come along are closed by exec(2).
func (c *Conn) Receive() (Packet, error) {
	data := make([]byte, MaxPacket)
	rights := make([]byte, unix.CmsgSpace(4*MaxFiles))
	raw, err := c.file.SyscallConn()
	if err != nil {
		return Packet{}, err
	}
	var n, nRights, flags int
	var receiveErr error
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, nRights, flags, _, receiveErr = unix.Recvmsg(int(fd), data, rights, unix.MSG_CMSG_CLOEXEC)
			if receiveErr != unix.EINTR {
				return receiveErr != unix.EAGAIN
			}
		}
	})
	if err := errors.Join(err, receiveErr); err != nil {
		return Packet{}, err
	}
	files := descriptors(rights[:nRights])
	if n == 0 {
		CloseAll(files)
		return Packet{}, io.EOF
	}
	p, err := decode(data[:n])
	if err == nil && flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		err = errBroken
	}
	if err != nil {
		CloseAll(files)
		return Packet{}, err
	}
	p.Files = files
	return p, nil
}

// descriptors reads SCM_RIGHTS.
func descriptors(rights []byte) []int {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil
	}
	var all []int
	for _, m := range messages {
		if fds, err := unix.ParseUnixRights(&m); err == nil {
			all = append(all, fds...)
		}
	}
	return all
}

// CloseAll closes descriptors that came with a packet.
func CloseAll(files []int) {
	for _, fd := range files {
		syscall.Close(fd)
	}
}
