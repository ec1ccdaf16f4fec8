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
	dir, err := c.Cache.Build(ctx, "initramfs", key, func(tmp string) error {
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

// outputs makes what files.txt names with an @: output name, path on the host.
func (c Config) outputs(ctx context.Context, p parts) (map[string]string, error) {
	var programs []manual.Program
	key := cache.NewKey("files", archiveVersion).Add(c.Distro.Name, c.Distro.Version)
	for _, program := range p.userland.Programs {
		programs = append(programs, manual.Program(program))
	}
	key.Add(p.userland.Path) // its name is the digest of all sources in it
	dir, err := c.Cache.Build(ctx, "files", key.Sum(), func(tmp string) error {
		return errors.Join(
			writeFile(filepath.Join(tmp, "manual.zip"), func(w *bufio.Writer) error { return manual.Archive(ctx, programs, w) }),
			writeFile(filepath.Join(tmp, "os-release"), func(w *bufio.Writer) error {
				_, err := w.WriteString(c.osRelease())
				return err
			}))
	})
	if err != nil {
		return nil, err
	}
	outputs := map[string]string{
		"bb":         p.userland.Path,
		"manual.zip": filepath.Join(dir, "manual.zip"),
		"os-release": filepath.Join(dir, "os-release"),
	}
	if p.busybox != "" {
		outputs["busybox"] = p.busybox
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
