// Package manual makes the manuals: the archive that help, man and src read on
// the device, and the pages of docs/reference.
//
// Nobody writes a manual. It is the comment at the top of the program's
// package, where whoever changes the program sees it; this package only
// renders it (go.dev/doc/comment describes the markup). The archive's form is
// described at its reader, cmds/internal/manual.
//
// The same programs give the same bytes, whenever and wherever.
//
// # Bugs
//
// A program's embedded files other than Go source are left out.
//
// Next in the tour: none
package manual

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Program is one that the image has. A library can be listed the same way,
// under its path, to make its source readable on the device.
type Program struct {
	Name       string // "ls", or "cmds/internal/reaper"
	ImportPath string
	Dir        string // of its source on this computer
}

// Archive writes the archive of the programs to out.
func Archive(ctx context.Context, programs []Program, out io.Writer) error {
	pages := make([]page, 0, len(programs))
	for _, program := range programs {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := read(program)
		if err != nil {
			return fmt.Errorf("cannot read the source of %s: %w", program.Name, err)
		}
		pages = append(pages, p)
	}
	slices.SortFunc(pages, inIndexOrder)
	w := zip.NewWriter(out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	if err := write(w, "index.txt", index(pages)); err != nil {
		return err
	}
	for _, p := range pages {
		if err := write(w, "help/"+p.Name+".txt", p.text()); err != nil {
			return err
		}
		for _, f := range p.files {
			if err := write(w, "src/"+p.Name+"/"+f.name, f.text); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// write adds a file without time, owner or mode.
func write(w *zip.Writer, name string, text []byte) error {
	part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = part.Write(text)
	return err
}

func index(pages []page) []byte {
	var b bytes.Buffer
	for _, p := range pages {
		fmt.Fprintf(&b, "%s\t%s\t%s\n", p.Name, groups()[p.group].title, p.synopsis())
	}
	return b.Bytes()
}

func inIndexOrder(a, b page) int {
	if a.group != b.group {
		return a.group - b.group
	}
	return strings.Compare(a.Name, b.Name)
}
