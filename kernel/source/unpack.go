package source

import (
	"archive/tar"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// unpack unpacks the tarball at path, or the tarball inside of the .deb at
// path, into a new folder called tree. The first component of every name is
// dropped. Names and links that lead out of the tree are refused.
func unpack(ctx context.Context, path, inside, tree string) error {
	ctx, cancel := context.WithCancel(ctx) // ends the helpers when we return early
	defer cancel()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var packed io.Reader = f
	name := path
	if inside != "" {
		if packed, err = fromDeb(ctx, path, inside); err != nil {
			return fmt.Errorf("cannot open %s: %w", filepath.Base(path), err)
		}
		name = inside
	}
	plain, err := decompress(ctx, name, packed)
	if err != nil {
		return fmt.Errorf("cannot decompress %s: %w", filepath.Base(name), err)
	}
	if err := untar(plain, tree); err != nil {
		return fmt.Errorf("cannot unpack %s: %w", filepath.Base(name), err)
	}
	return nil
}

// decompress chooses by the ending of the name. xz has no decoder in the
// standard library, and the program is several times faster than those outside
// of it.
func decompress(ctx context.Context, name string, r io.Reader) (io.Reader, error) {
	switch filepath.Ext(name) {
	case ".xz":
		return pipe(ctx, r, "xz", "-dc")
	case ".gz":
		return gzip.NewReader(r)
	case ".bz2":
		return bzip2.NewReader(r), nil
	}
	return nil, errors.New("its ending is none of .xz, .gz, .bz2")
}

// pipe runs a program between r and the returned reader, whose end is an error
// if the program failed.
func pipe(ctx context.Context, r io.Reader, program string, args ...string) (io.Reader, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var complaint strings.Builder
	cmd.Stdin, cmd.Stderr = r, &complaint
	out, in := io.Pipe()
	cmd.Stdout = in
	context.AfterFunc(ctx, func() { out.CloseWithError(ctx.Err()) }) // else a program that nobody reads from is never waited for
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		err := cmd.Wait()
		if err != nil {
			err = fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(complaint.String()))
		}
		in.CloseWithError(err) // nil is an ordinary end of file
	}()
	return out, nil
}

// fromDeb returns the content of the file called inside of a .deb.
func fromDeb(ctx context.Context, path, inside string) (io.Reader, error) {
	data, err := pipe(ctx, nil, "dpkg-deb", "--fsys-tarfile", path)
	if err != nil {
		return nil, err
	}
	files := tar.NewReader(data)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("it holds no %s", inside)
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimPrefix(h.Name, "./") == inside {
			return files, nil
		}
	}
}

// untar makes the folder tree and writes into it through an os.Root, so that
// nothing, by whatever name or link, lands outside.
func untar(r io.Reader, tree string) error {
	if err := os.MkdirAll(tree, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(tree)
	if err != nil {
		return err
	}
	defer root.Close()
	files := tar.NewReader(r)
	count := 0
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) && count > 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errors.New("it is empty")
		}
		if err != nil {
			return err
		}
		_, name, _ := strings.Cut(strings.TrimPrefix(h.Name, "./"), "/")
		if name = strings.TrimSuffix(name, "/"); name == "" {
			continue // the folder that wraps all
		}
		count++
		if err := writeMember(root, h, name, files); err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

func writeMember(root *os.Root, h *tar.Header, name string, content io.Reader) error {
	if !filepath.IsLocal(name) {
		return errors.New("it leads out of the tree")
	}
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil
	case tar.TypeDir:
		return root.MkdirAll(name, 0o777)
	case tar.TypeSymlink:
		if filepath.IsAbs(h.Linkname) {
			return errors.New("it is a link that leads out of the tree")
		}
		if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		return root.Symlink(h.Linkname, name)
	case tar.TypeReg:
		return writeFile(root, h, name, content)
	}
	return fmt.Errorf("it is of type %q, which no source needs", h.Typeflag)
}

func writeFile(root *os.Root, h *tar.Header, name string, content io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	mode := os.FileMode(0o666)
	if h.Mode&0o100 != 0 {
		mode = 0o777
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
