package filemode

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestString(t *testing.T) {
	for mode, want := range map[uint32]string{
		unix.S_IFREG | 0o644:  "-rw-r--r--",
		unix.S_IFDIR | 0o755:  "drwxr-xr-x",
		unix.S_IFDIR | 0o1777: "drwxrwxrwt",
		unix.S_IFDIR | 0o1776: "drwxrwxrwT",
		unix.S_IFREG | 0o4755: "-rwsr-xr-x",
		unix.S_IFREG | 0o6644: "-rwSr-Sr--",
		unix.S_IFLNK | 0o777:  "lrwxrwxrwx",
		unix.S_IFCHR:          "c---------",
		unix.S_IFBLK:          "b---------",
		unix.S_IFIFO:          "p---------",
		unix.S_IFSOCK:         "s---------",
		0:                     "?---------",
	} {
		if got := String(mode); got != want {
			t.Errorf("String(%o) = %s; want %s", mode, got, want)
		}
	}
}
