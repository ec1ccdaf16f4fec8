// Package filemode writes the st_mode of a file as ls -l does, drwxr-xr-x, and
// reads how chmod and mkdir change one: 644, u+x, go=rX.
//
// It works on the kernel's bits, since fs.FileMode of package io/fs has bits
// and letters of its own.
//
// A folder keeps its set-user-ID and set-group-ID bits unless the change names
// them (u-s, or five digits), as with everybody's chmod: "chmod -R 755" should
// not break folders that a group shares.
//
// Links: inode(7), POSIX.1-2024 ls, chmod.
//
// # Bugs
//
// None known.
//
// Next in the tour: none
package filemode

import "golang.org/x/sys/unix"

// Type is the letter of the file's type: - d l c b p s, or ? for a new one.
func Type(mode uint32) byte {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return '-'
	case unix.S_IFDIR:
		return 'd'
	case unix.S_IFLNK:
		return 'l'
	case unix.S_IFCHR:
		return 'c'
	case unix.S_IFBLK:
		return 'b'
	case unix.S_IFIFO:
		return 'p'
	case unix.S_IFSOCK:
		return 's'
	}
	return '?'
}

// String is the ten letters of mode.
func String(mode uint32) string {
	letters := []byte("?rwxrwxrwx")
	letters[0] = Type(mode)
	for i := range 9 {
		if mode&(0o400>>i) == 0 {
			letters[1+i] = '-'
		}
	}
	special := func(bit uint32, at int, withX, withoutX byte) {
		switch {
		case mode&bit == 0:
		case letters[at] == 'x':
			letters[at] = withX
		default:
			letters[at] = withoutX
		}
	}
	special(unix.S_ISUID, 3, 's', 'S')
	special(unix.S_ISGID, 6, 's', 'S')
	special(unix.S_ISVTX, 9, 't', 'T')
	return string(letters)
}
