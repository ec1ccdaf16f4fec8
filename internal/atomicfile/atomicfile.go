// Package atomicfile replaces files so that everybody sees the old content or
// the new one and never a part: not after an interrupt, on a full disk, or
// after a power cut.
//
// The content is written beside the file, as .NAME.new, and put on the disk
// (fsync(2)) before it gets the name (rename(2)). Writers into one folder take
// turns by flock(2), so the name beside can be the same each time and what a
// killed writer leaves is overwritten by the next one.
//
// # Bugs
//
// A symbolic link is replaced, not followed.
//
// Next in the tour: none
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Write makes data the content of the file at path, with the permissions perm
// (before the umask). The folder must be there.
func Write(path string, data []byte, perm os.FileMode) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close() // ends the lock
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return &os.PathError{Op: "lock", Path: dir.Name(), Err: err}
	}
	beside := filepath.Join(dir.Name(), "."+filepath.Base(path)+".new")
	os.Remove(beside) // of a killed writer; it may have other permissions
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	defer os.Remove(beside) // fails when all went well
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	return dir.Sync()
}
