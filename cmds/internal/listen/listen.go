// Package listen opens the sockets that a service is started with.
//
// A manifest lists sockets, init opens them before the service runs and hands
// them down: clients can connect from the first moment and wait in the queue
// of the kernel, ports below 1024 need no root in the service, and a restart
// loses no connection, since the socket lives on in init.
//
//	sockets := []listen.Socket{{Name: "http", Listen: "tcp::80"}}
//	files, err := listen.Open(sockets)
//	... start the service with files as descriptors 3, 4, ... and listen.Env(sockets)
//
// The service finds them as sd_listen_fds(3) describes, so daemons written for
// systemd work unchanged: descriptors from 3 on, their number in LISTEN_FDS,
// their names in LISTEN_FDNAMES. It also wants LISTEN_PID to be its own
// number, which only the process itself knows: the shim that becomes the
// service sets it.
//
// What can be written:
//
//	tcp:127.0.0.1:80     one address
//	tcp::80              every address, IPv4 and IPv6
//	tcp:[::]:80          every address, IPv6 only
//	udp:...              likewise
//	unix:/run/x.sock     a stream socket in the file system
//
// Addresses are numbers: asking for a name would need the network that the
// service may be there to provide.
//
// # Descriptors
//
// The files are close-on-exec, so that no other process that is started in
// the meantime gets them. dup2 clears that mark, and os.StartProcess calls it
// for each of ProcAttr.Files, so they need no care. They block, which is what
// a daemon expects that didn't open them itself.
//
// # Sockets in the file system
//
// A socket that nobody listens on any more stays behind as a file, and stops
// the next bind(2). Such a file is removed, but only if it is a socket and
// connecting to it is refused. The mode is set before listen(2), so there is
// no moment at which the wrong user can connect.
//
// See unix(7), ip(7), ipv6(7), sd_listen_fds(3).
//
// # Bugs
//
// Another process that has bound a socket but not yet called listen(2) looks
// as if it were gone. Scoped addresses such as fe80::1%eth0 are refused.
//
// Next in the tour: none
package listen

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	defaultMode = 0o666 // as SocketMode= of systemd.socket(5)
	backlog     = 4096  // the kernel lowers it to net.core.somaxconn
	maxPath     = 107   // sun_path less its NUL
)

// A Socket is one socket of a manifest.
type Socket struct {
	Name   string      // for LISTEN_FDNAMES; without colons and control characters
	Listen string      // "tcp:ADDRESS:PORT", "udp:ADDRESS:PORT" or "unix:/PATH"
	Mode   fs.FileMode // of a socket in the file system; 0 means 0666
}

// Open opens all sockets, or none and says why.
func Open(sockets []Socket) (files []*os.File, err error) {
	defer func() {
		if err != nil {
			undo(files, sockets)
			files = nil
		}
	}()
	for _, s := range sockets {
		if err := checkName(s.Name); err != nil {
			return files, fmt.Errorf("cannot listen on %s: %w", s.Listen, err)
		}
		file, err := open(s)
		if err != nil {
			return files, fmt.Errorf("cannot listen on %s: %w", s.Listen, err)
		}
		files = append(files, file)
	}
	return files, nil
}

// undo closes what was opened before a failure.
func undo(files []*os.File, sockets []Socket) {
	for i, file := range files {
		file.Close()
		if path, found := strings.CutPrefix(sockets[i].Listen, "unix:"); found {
			os.Remove(path)
		}
	}
}

// Env returns the environment that tells a service of its sockets, apart from
// LISTEN_PID. It is empty if there are none.
func Env(sockets []Socket) []string {
	if len(sockets) == 0 {
		return nil
	}
	var names []string
	for _, s := range sockets {
		if s.Name == "" {
			s.Name = "unknown" // as sd_listen_fds_with_names(3) calls it
		}
		names = append(names, s.Name)
	}
	return []string{"LISTEN_FDS=" + strconv.Itoa(len(sockets)), "LISTEN_FDNAMES=" + strings.Join(names, ":")}
}

func checkName(name string) error {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= 0x7f || c == ':' {
			return fmt.Errorf("the name %q has a character that LISTEN_FDNAMES cannot hold", name)
		}
	}
	if len(name) > 255 {
		return errors.New("its name is longer than 255 bytes")
	}
	return nil
}

func open(s Socket) (*os.File, error) {
	kind, address, _ := strings.Cut(s.Listen, ":")
	var fd int
	var err error
	switch kind {
	case "tcp":
		fd, err = openIP(unix.SOCK_STREAM, address)
	case "udp":
		fd, err = openIP(unix.SOCK_DGRAM, address)
	case "unix":
		fd, err = openUnix(address, s.Mode)
	default:
		return nil, errors.New("it begins neither with tcp: nor with udp: nor with unix:")
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), s.Listen), nil
}

// openIP opens an Internet socket. Without a host it listens on IPv6 and IPv4
// alike, or on IPv4 alone where the kernel lacks IPv6.
func openIP(kind int, address string) (int, error) {
	if !strings.HasPrefix(address, ":") {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return -1, errors.New("it is not ADDRESS:PORT with an address in numbers")
		}
		return bindIP(kind, at, true)
	}
	port, err := strconv.ParseUint(address[1:], 10, 16)
	if err != nil {
		return -1, errors.New("the port is no number up to 65535")
	}
	fd, err := bindIP(kind, netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(port)), false)
	if errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL) {
		fd, err = bindIP(kind, netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port)), false)
	}
	return fd, err
}

func bindIP(kind int, at netip.AddrPort, only6 bool) (int, error) {
	if at.Addr().Zone() != "" {
		return -1, errors.New("scoped addresses are not supported")
	}
	family, where := unix.AF_INET, unix.Sockaddr(nil)
	if addr := at.Addr().Unmap(); addr.Is4() {
		where = &unix.SockaddrInet4{Port: int(at.Port()), Addr: addr.As4()}
	} else {
		family, where = unix.AF_INET6, &unix.SockaddrInet6{Port: int(at.Port()), Addr: addr.As16()}
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var errs []error
	if family == unix.AF_INET6 {
		value := 0
		if only6 {
			value = 1
		}
		errs = append(errs, unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, value))
	}
	if kind == unix.SOCK_STREAM {
		// A restarted machine must not wait for connections in TIME_WAIT.
		errs = append(errs, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
	}
	err = errors.Join(errs...)
	if err == nil {
		err = unix.Bind(fd, where)
	}
	if err == nil && kind == unix.SOCK_STREAM {
		err = unix.Listen(fd, backlog)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
