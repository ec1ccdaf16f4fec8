package filecopy

import (
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// regular copies the bytes of a file.
func (c *Copier) regular(i item) error {
	flags := unix.O_RDONLY | unix.O_CLOEXEC
	if !i.follow {
		flags |= unix.O_NOFOLLOW
	}
	if c.Recursive {
		flags |= unix.O_NONBLOCK // should it have become a pipe
	}
	fd, err := unix.Openat(i.fromDir, i.from, flags, 0)
	if err != nil {
		return stdio.Cannot("open", i.fromPath, err)
	}
	from := os.NewFile(uintptr(fd), i.fromPath)
	defer from.Close()
	var opened unix.Stat_t
	if err := unix.Fstat(fd, &opened); err != nil {
		return stdio.Cannot("look at", i.fromPath, err)
	}
	if c.Recursive && kind(&opened) != unix.S_IFREG {
		return stdio.Cannot("copy", i.fromPath, errSwapped)
	}
	i.stat = opened
	to, err := c.open(i)
	if err != nil {
		return stdio.Cannot("create", i.toPath, err)
	}
	defer to.Close()
	var made unix.Stat_t
	if err := unix.Fstat(int(to.Fd()), &made); err != nil {
		return stdio.Cannot("look at", i.toPath, err)
	}
	isFile := kind(&made) == unix.S_IFREG
	if err := c.data(i, from, to, isFile); err != nil {
		return err
	}
	if isFile { // "cp -p x /dev/null" is not about the rights of /dev/null
		if err := c.keep(i, int(to.Fd())); err != nil {
			return err
		}
	}
	if err := to.Close(); err != nil {
		return stdio.Cannot("write", i.toPath, err)
	}
	return nil
}

// open opens the target, empty. It never gets more rights than the source.
func (c *Copier) open(i item) (to *os.File, err error) {
	mode := i.stat.Mode & 0o777
	if c.Keep.Mode {
		mode &= 0o700
	}
	const create = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := unix.Openat(i.toDir, i.to, create, mode)
	if err != unix.EEXIST {
		return os.NewFile(uintptr(fd), i.toPath), err
	}
	there := unix.O_WRONLY | unix.O_CLOEXEC | unix.O_NOCTTY
	if !i.named {
		there |= unix.O_NOFOLLOW
	}
	fd, err = unix.Openat(i.toDir, i.to, there, 0)
	if err != nil && c.Force {
		if err := unix.Unlinkat(i.toDir, i.to, 0); err != nil {
			return nil, err
		}
		fd, err = unix.Openat(i.toDir, i.to, create, mode)
		return os.NewFile(uintptr(fd), i.toPath), err
	}
	if err != nil {
		return nil, err
	}
	var stat unix.Stat_t
	if err = unix.Fstat(fd, &stat); err == nil && kind(&stat) == unix.S_IFREG {
		if c.Keep.Mode {
			// If this is refused, so is the change of mode that follows the copy.
			unix.Fchmod(fd, stat.Mode&i.stat.Mode&0o700)
		}
		err = unix.Ftruncate(fd, 0)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), i.toPath), nil
}

// data copies the bytes, and leaves out holes.
func (c *Copier) data(i item, from, to *os.File, isFile bool) error {
	const block = 512 // of st_blocks
	var err error
	if isFile && i.stat.Size > 0 && i.stat.Blocks*block < i.stat.Size && kind(&i.stat) == unix.S_IFREG {
		err = sparse(from, to, i.stat.Size)
	} else {
		_, err = io.Copy(to, from)
	}
	if err != nil {
		return stdio.Cannot("copy to "+stdio.Quote(i.toPath)+" from", i.fromPath, err)
	}
	return nil
}

// sparse copies the parts of a file that are no holes.
func sparse(from, to *os.File, size int64) error {
	for at := int64(0); ; {
		begin, err := from.Seek(at, unix.SEEK_DATA)
		if isErrno(err, unix.ENXIO) { // only a hole is left
			return to.Truncate(size)
		}
		if isErrno(err, unix.EINVAL) || isErrno(err, unix.EOPNOTSUPP) { // the file system can't tell
			begin, err = at, nil
		}
		if err != nil {
			return err
		}
		end, err := from.Seek(begin, unix.SEEK_HOLE)
		if err != nil {
			end = size
		}
		if _, err := from.Seek(begin, io.SeekStart); err != nil {
			return err
		}
		if _, err := to.Seek(begin, io.SeekStart); err != nil {
			return err
		}
		n, err := io.Copy(to, io.LimitReader(from, end-begin))
		if err != nil {
			return err
		}
		at = begin + n
		if n < end-begin || n == 0 || at >= size { // it shrank, or this is the end
			return to.Truncate(max(at, min(size, end)))
		}
	}
}

func isErrno(err error, errno unix.Errno) bool { return err != nil && stdio.Cause(err) == errno }
