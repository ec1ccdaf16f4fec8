package httpunix

import (
	"errors"
	"net"
	"unsafe"

	"golang.org/x/sys/unix"
)

// peerOf asks the kernel who connected.
func peerOf(socket *net.UnixConn) (peer Peer, err error) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return peer, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		var cred *unix.Ucred
		if cred, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); failed != nil {
			return
		}
		peer = Peer{Pid: int(cred.Pid), UID: int(cred.Uid), GID: int(cred.Gid)}
		peer.Groups, failed = peerGroups(fd)
	})
	return peer, errors.Join(err, failed)
}

// peerGroups returns the supplementary groups of the other end. Package unix
// has no call for an option that is a list.
func peerGroups(fd uintptr) ([]int, error) {
	list := make([]uint32, 64)
	for {
		size := uint32(len(list) * 4)
		_, _, e := unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_PEERGROUPS,
			uintptr(unsafe.Pointer(&list[0])), uintptr(unsafe.Pointer(&size)), 0)
		if e == unix.ERANGE && int(size) > len(list)*4 { // size is what it needs
			list = make([]uint32, size/4)
			continue
		}
		if e != 0 {
			return nil, e
		}
		var groups []int
		for _, gid := range list[:size/4] {
			groups = append(groups, int(gid))
		}
		return groups, nil
	}
}
