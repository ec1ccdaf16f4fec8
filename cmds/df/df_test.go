package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/cmds/internal/mount"
)

func fake() machine {
	return machine{
		mounts: func() ([]mount.Mounted, error) {
			return []mount.Mounted{
				{Target: "/", Type: "rootfs", Source: "none"},
				{Target: "/", Type: "ext4", Source: "/dev/vda"},
				{Target: "/proc", Type: "proc", Source: "proc"},
				{Target: "/tmp", Type: "tmpfs", Source: "odd\nname"},
				{Target: "/closed", Type: "ext4", Source: "/dev/vdb"},
			}, nil
		},
		statfs: func(path string, stat *unix.Statfs_t) error {
			switch path {
			case "/":
				*stat = unix.Statfs_t{Blocks: 1000, Bfree: 500, Bavail: 400, Frsize: 4096, Files: 100, Ffree: 99}
			case "/tmp":
				*stat = unix.Statfs_t{Blocks: 1 << 40, Bfree: 1 << 40, Bavail: 1 << 40, Bsize: 4096}
			case "/closed":
				return unix.EACCES
			}
			return nil
		},
	}
}

func TestDf(t *testing.T) {
	const other = "another machine"
	cmdtest.Run(t, "df", fake().run, []cmdtest.Case{
		{Args: "", Differs: other, Stdout: "" +
			"Filesystem      1K-blocks Used     Available Use% Mounted on\n" +
			"/dev/vda             4000 2000          1600  56% /\n" +
			"\"odd\\nname\" 4398046511104    0 4398046511104   0% /tmp\n"},
		{Args: "-hT", Differs: other, Stdout: "" +
			"Filesystem  Type  Size Used Avail Use% Mounted on\n" +
			"/dev/vda    ext4  4.0M 2.0M  1.6M  56% /\n" +
			"\"odd\\nname\" tmpfs 4.0P    0  4.0P   0% /tmp\n"},
		{Args: "-m /", Differs: other, Stdout: "" +
			"Filesystem 1M-blocks Used Available Use% Mounted on\n" +
			"/dev/vda           4    2         2  56% /\n"},
		{Args: "-i /", Differs: other, Stdout: "" +
			"Filesystem Inodes IUsed IFree IUse% Mounted on\n" +
			"/dev/vda      100     1    99    1% /\n"},
		{Args: "/proc/self/status", Differs: other, Stdout: "" +
			"Filesystem 1K-blocks Used Available Use% Mounted on\n" +
			"proc               0    0         0    - /proc\n"},
		{Args: "-a", Differs: other, Stdout: "" +
			"Filesystem      1K-blocks Used     Available Use% Mounted on\n" +
			"/dev/vda             4000 2000          1600  56% /\n" +
			"proc                    0    0             0    - /proc\n" +
			"\"odd\\nname\" 4398046511104    0 4398046511104   0% /tmp\n"},
		{Args: "/no/such", Status: 1, Stderr: "cannot look at /no/such: no such file or directory"},
		{Args: "-Z", Status: 2, Stderr: "unknown option -Z", Differs: "GNU ends with 1"},
	})
}

// Of a disk the file system on it is told, not that of /dev.
func TestDisk(t *testing.T) {
	m := fake()
	m.mounts = func() ([]mount.Mounted, error) {
		return []mount.Mounted{{Target: "/", Source: "/dev/full"}, {Target: "/dev", Source: "devtmpfs"}}, nil
	}
	cmdtest.Run(t, "df", m.run, []cmdtest.Case{
		{Args: "/dev/full", Differs: "another machine", Stdout: "" +
			"Filesystem 1K-blocks Used Available Use% Mounted on\n" +
			"/dev/full       4000 2000      1600  56% /\n"},
	})
}

func TestNoTable(t *testing.T) {
	m := fake()
	m.mounts = func() ([]mount.Mounted, error) { return nil, errors.New("gone") }
	if err := m.run(nil, nil, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "cannot read the mount table: gone") {
		t.Errorf("error %v", err)
	}
}
