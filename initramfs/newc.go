package initramfs

import (
	"bufio"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// The header of an entry in a newc archive: 110 characters, every number eight
// hexadecimal digits, then the name with a NUL, padded to four bytes, then the
// data, padded likewise.
//
//	magic   ino     mode    uid     gid     nlink   mtime   size
//	070701  ......  ......  ......  ......  ......  0       ......
//	devmajor devminor rdevmajor rdevminor namesize check
//	0        0        ......    ......    ......   0
const header = "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"

const headerLen = 110

// trailer is the name of the entry that ends an archive.
const trailer = "TRAILER!!!"

// Write writes the entries as one archive, in their order. Inode numbers count
// from 1; all times are 0.
func Write(w io.Writer, entries []Entry) error {
	b := bufio.NewWriter(w)
	for i, e := range entries {
		links := 1
		if e.Mode&0o170000 == typeDir {
			links = 2
		}
		writeEntry(b, e.Path[1:], e, i+1, links)
	}
	writeEntry(b, trailer, Entry{}, 0, 1)
	if err := b.Flush(); err != nil { // a bufio.Writer keeps its first error
		return fmt.Errorf("cannot write the archive: %w", err)
	}
	return nil
}

func writeEntry(b *bufio.Writer, name string, e Entry, inode, links int) {
	fmt.Fprintf(b, header, inode, e.Mode, e.UID, e.GID, links, 0, len(e.Data), 0, 0, e.Major, e.Minor, len(name)+1, 0)
	b.WriteString(name)
	b.WriteByte(0)
	pad(b, headerLen+len(name)+1)
	b.Write(e.Data)
	pad(b, len(e.Data))
}

// pad fills up to the next multiple of four.
func pad(b *bufio.Writer, length int) {
	for range -length & 3 {
		b.WriteByte(0)
	}
}

// Compress writes what r gives to w in zstd's format (RFC 8878), the same
// bytes on every machine: the encoder's version is pinned in go.mod and it
// runs on one processor. The window stays within what the kernel accepts
// (lib/decompress_unzstd.c).
func Compress(w io.Writer, r io.Reader) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(8<<20), zstd.WithEncoderCRC(true))
	if err != nil {
		return fmt.Errorf("cannot start the compressor: %w", err)
	}
	if _, err := io.Copy(z, r); err != nil {
		return fmt.Errorf("cannot compress the archive: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("cannot compress the archive: %w", err)
	}
	return nil
}
