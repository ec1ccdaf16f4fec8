package listen

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

func openUnix(path string, mode fs.FileMode) (int, error) {
	if mode == 0 {
		mode = defaultMode
	}
	fd, err := BindUnix(unix.SOCK_STREAM, path, mode)
	if err != nil {
		return -1, err
	}
	if err := unix.Listen(fd, backlog); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// BindUnix makes a socket of a kind (SOCK_STREAM, SOCK_DGRAM) at an absolute
// path, in place of one that nobody uses any more. It is close-on-exec, and
// the caller's to listen on.
func BindUnix(kind int, path string, mode fs.FileMode) (int, error) {
	switch {
	case path == "" || path[0] != '/':
		return -1, errors.New("the path does not begin with /")
	case len(path) > maxPath:
		return -1, fmt.Errorf("the path is longer than %d bytes", maxPath)
	}
	if err := removeStale(kind, path); err != nil {
		return -1, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	// bind takes the mode of the unbound socket, less the umask: it is never
	// wider than asked for, and setMode adds what the umask took away.
	err = unix.Fchmod(fd, uint32(mode.Perm()))
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrUnix{Name: path})
	}
	if err == nil {
		err = setMode(path, mode)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// setMode sets the mode of the socket at path. In a folder where others may
// write, a link to another file may stand there by now: it is not followed.
func setMode(path string, mode fs.FileMode) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return errors.New("somebody put another file in its place")
	}
	if stat.Mode&0o777 == uint32(mode.Perm()) {
		return nil
	}
	// fchmod(2) refuses O_PATH; the name in /proc leads to the same file.
	return os.Chmod("/proc/self/fd/"+strconv.Itoa(fd), mode.Perm())
}

// removeStale removes the socket at path if nobody is behind it.
func removeStale(kind int, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("a file that is no socket is in its place")
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	// A living one accepts, or says EAGAIN (its queue is full) or EPROTOTYPE
	// (it is of another kind).
	err = unix.Connect(fd, &unix.SockaddrUnix{Name: path})
	if err != unix.ECONNREFUSED {
		return errors.New("it is in use")
	}
	return os.Remove(path)
}
