package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/filemode"
	"github.com/vole-linux/vole/cmds/internal/stdio"
)

// read lists or extracts an archive. Its error is one of the archive; those of
// files are told.
func (m machine) read(o *options, s *stdio.Streams, stdin io.Reader) error {
	in := s.Prompt(stdin)
	if o.archive != "-" {
		f, err := os.Open(o.archive)
		if err != nil {
			return stdio.Cannot("open", o.archive, err)
		}
		defer f.Close()
		in = s.Prompt(f)
	}
	in, err := decompress(in, o.gzip)
	if err != nil {
		return stdio.Cannot("read", o.archive, err)
	}
	do := func(h *tar.Header, _ io.Reader) error {
		fmt.Fprintln(s.Out, m.line(h, o.verbose > 0))
		return nil
	}
	if o.action == 'x' {
		x, err := m.extractor(o, s)
		if err != nil {
			return err
		}
		defer x.close()
		do = x.member
	}
	tail := &zeroTail{in: in}
	found, err := o.each(tar.NewReader(tail), s, do)
	if err == nil && tail.read && tail.zeros < block && !s.OutputFailed() {
		err = io.ErrUnexpectedEOF // blocks of zeros end an archive, so it was cut short
	}
	if err == nil {
		// The rest has the checksum, and who writes to us should not fail.
		if _, err = io.Copy(io.Discard, in); errors.Is(err, gzip.ErrHeader) {
			err = nil // something follows that is not ours
		}
	}
	if err != nil {
		return stdio.Cannot("read", o.archive, err)
	}
	for i, m := range o.members {
		if !found[i] {
			s.Complain(fmt.Errorf("cannot find %s in the archive", stdio.Quote(m.name)))
		}
	}
	return nil
}

const block = 512

// zeroTail counts the zeros at the end of what was read.
type zeroTail struct {
	in    io.Reader
	read  bool
	zeros int
}

func (z *zeroTail) Read(b []byte) (int, error) {
	n, err := z.in.Read(b)
	zeros := n - len(bytes.TrimRight(b[:n], "\x00"))
	if zeros == n {
		zeros += z.zeros
	}
	z.zeros, z.read = zeros, z.read || n > 0
	return n, err
}

// decompress looks at the first bytes.
func decompress(in io.Reader, mustBe bool) (io.Reader, error) {
	const size = 64 << 10
	buffer := bufio.NewReaderSize(in, size)
	begin, err := buffer.Peek(6)
	if err != nil && err != io.EOF {
		return nil, err
	}
	for name, magic := range map[string]string{"xz": "\xfd7zXZ\x00", "zstd": "\x28\xb5\x2f\xfd", "bzip2": "BZh"} {
		if bytes.HasPrefix(begin, []byte(magic)) {
			return nil, errors.New("it is compressed by " + name + ", which is not known here")
		}
	}
	if bytes.HasPrefix(begin, []byte("\x1f\x8b")) || mustBe {
		return gzip.NewReader(buffer)
	}
	return buffer, nil
}

// each calls do with the files of the archive that are wanted, and tells which
// of the names on the command line were found.
func (o *options) each(in *tar.Reader, s *stdio.Streams, do func(*tar.Header, io.Reader) error) (found map[int]bool, err error) {
	found = map[int]bool{}
	for {
		h, err := in.Next()
		switch {
		case err == io.EOF:
			return found, nil
		case err != nil:
			return found, err
		case h.Typeflag == tar.TypeXGlobalHeader:
			continue
		}
		index, wanted := o.wanted(h.Name)
		if !wanted {
			continue
		}
		found[index] = true
		if o.excluded(h.Name) || o.excludedAbove(h.Name) {
			continue
		}
		err = do(h, in)
		var broken archiveError
		if errors.As(err, &broken) {
			return found, broken.error
		}
		s.Complain(err)
		if s.OutputFailed() {
			return found, nil
		}
	}
}

// archiveError is an error of reading the archive, not of writing a file.
type archiveError struct{ error }

// excludedAbove says whether a folder that the file is in is left out.
func (o *options) excludedAbove(name string) bool {
	if len(o.exclude) == 0 {
		return false
	}
	for i := range name {
		if name[i] == '/' && i > 0 && o.excluded(name[:i]) {
			return true
		}
	}
	return false
}

// line is what -t and -v say of a file.
func (m machine) line(h *tar.Header, long bool) string {
	if !long {
		return shown(h.Name)
	}
	user, group := h.Uname, h.Gname
	if user == "" {
		user = strconv.Itoa(h.Uid)
	}
	if group == "" {
		group = strconv.Itoa(h.Gid)
	}
	size := strconv.FormatInt(h.Size, 10)
	letter, after := filemode.Type(kind(h.Typeflag)), ""
	switch h.Typeflag {
	case tar.TypeSymlink:
		after = " -> " + shown(h.Linkname)
	case tar.TypeLink:
		letter, after = 'h', " link to "+shown(h.Linkname)
	case tar.TypeChar, tar.TypeBlock:
		size = fmt.Sprintf("%d,%d", h.Devmajor, h.Devminor)
	}
	const column = 19 // as everybody's tar
	name := user + "/" + group
	return fmt.Sprintf("%c%s %s %*s %s %s%s", letter, filemode.String(uint32(h.Mode))[1:], name, max(len(size), column-len(name)-1),
		size, h.ModTime.In(m.zone).Format("2006-01-02 15:04"), shown(h.Name), after)
}

// kind is the type of a file as the kernel tells it.
func kind(flag byte) uint32 {
	switch flag {
	case tar.TypeDir:
		return unix.S_IFDIR
	case tar.TypeSymlink:
		return unix.S_IFLNK
	case tar.TypeChar:
		return unix.S_IFCHR
	case tar.TypeBlock:
		return unix.S_IFBLK
	case tar.TypeFifo:
		return unix.S_IFIFO
	}
	return unix.S_IFREG
}

// shown is a name for a list: what would disturb a terminal is escaped.
func shown(name string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if !strings.ContainsFunc(name, odd) {
		return name
	}
	quoted := strconv.Quote(name)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
