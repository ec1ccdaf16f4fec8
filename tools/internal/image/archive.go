package image

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vole-linux/vole/initramfs"
	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/tools/internal/manual"
)

// archiveVersion changes whenever the code below, or that of package
// initramfs, makes another archive of the same parts.
const archiveVersion = "1"

// archive returns the path of the finished initramfs in the cache.
func (c Config) archive(ctx context.Context, p parts) (string, error) {
	outputs, err := c.outputs(ctx, p)
	if err != nil {
		return "", err
	}
	entries, err := initramfs.List(initramfs.Inputs{Outputs: outputs, Programs: p.names()})
	if err != nil {
		return "", err
	}
	var plain bytes.Buffer
	if err := initramfs.Write(&plain, entries); err != nil {
		return "", err
	}
	key := cache.NewKey("initramfs", archiveVersion).Add(plain.String()).Sum()
	dir, err := c.Cache.Build(ctx, c.Progress, "initramfs", key, func(tmp string) error {
		return writeFile(filepath.Join(tmp, "initramfs"), func(w *bufio.Writer) error { return initramfs.Compress(w, &plain) })
	})
	return filepath.Join(dir, "initramfs"), err
}

func (p parts) names() []string {
	var names []string
	for _, program := range p.userland.Programs {
		names = append(names, program.Name)
	}
	return names
}

// outputs makes what files.txt names with an @: output name, content. The
// manual is made anew each time, which takes less than a second: it shows
// files of every architecture, so no key of a binary speaks for it.
func (c Config) outputs(ctx context.Context, p parts) (map[string][]byte, error) {
	outputs := map[string][]byte{"os-release": []byte(c.osRelease())}
	var programs []manual.Program
	for _, program := range p.userland.Programs {
		programs = append(programs, manual.Program(program))
	}
	var pages bytes.Buffer
	if err := manual.Archive(ctx, programs, &pages); err != nil {
		return nil, err
	}
	outputs["manual.zip"] = pages.Bytes()
	for name, path := range map[string]string{"bb": p.userland.Path, "busybox": p.busybox} {
		if path == "" {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		outputs[name] = data
	}
	return outputs, nil
}

// osRelease is the content of /etc/os-release (os-release(5)).
func (c Config) osRelease() string {
	name := strings.ToUpper(c.Distro.Name[:1]) + c.Distro.Name[1:]
	return fmt.Sprintf("NAME=%q\nID=%s\nVERSION_ID=%s\nPRETTY_NAME=%q\n", name, c.Distro.Name, c.Distro.Version, name+" "+c.Distro.Version)
}

func writeFile(path string, fill func(*bufio.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(fill(w), w.Flush(), f.Close())
}
