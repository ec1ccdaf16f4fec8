package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/vole-linux/vole/internal/atomicfile"
	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/tools/internal/image"
)

const releaseUsage = `usage: go-builder release

Builds the image of every architecture of distro.json, with exactly the pinned
kernel: where no origin has it the release fails, it never falls back. Writes
SHA256SUMS beside each image, in the form of sha256sum(1).

Example:
  go-builder release && cd out/arm64 && sha256sum -c SHA256SUMS`

func buildRelease(ctx context.Context, a *app, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	if err := a.parse(flags, args, releaseUsage); err != nil {
		return err
	}
	for _, arch := range a.distro.Architectures {
		r, err := a.image(ctx, imageFlags{arch, a.distro.Template, a.distro.Kernel}, false)
		if err != nil {
			return err
		}
		sums, err := writeSums(r)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, sums)
	}
	return nil
}

// writeSums writes SHA256SUMS beside the image and returns its path.
func writeSums(r image.Result) (string, error) {
	var b strings.Builder
	for _, file := range []string{r.Kernel, r.KernelConfig, r.BB, r.Initramfs} {
		sum, err := cache.FileDigest(file)
		if err != nil {
			return "", fmt.Errorf("cannot compute a checksum: %w", err)
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, filepath.Base(file))
	}
	path := filepath.Join(filepath.Dir(r.Kernel), "SHA256SUMS")
	if err := atomicfile.Write(path, []byte(b.String()), 0o666); err != nil {
		return "", fmt.Errorf("cannot write the checksums: %w", err)
	}
	return path, nil
}
