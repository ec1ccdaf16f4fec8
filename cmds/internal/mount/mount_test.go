package mount

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, table string
		want        []Mounted
		err         string
	}{
		{name: "empty"},
		{name: "no optional field", table: "1 1 0:2 / / rw - rootfs none rw\n",
			want: []Mounted{{"/", "rootfs", "none"}}},
		{name: "two optional fields", table: "36 35 98:0 /a /mnt rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue\n",
			want: []Mounted{{"/mnt", "ext3", "/dev/root"}}},
		{name: "space, backslash and newline in a name", table: `9 1 8:1 / /a\040b\134c\012 rw - vfat /dev/sd\040a rw` + "\n",
			want: []Mounted{{"/a b\\c\n", "vfat", "/dev/sd a"}}},
		{name: "an empty source", table: "9 1 0:9 / /x rw - tmpfs  rw\n", want: []Mounted{{"/x", "tmpfs", ""}}},
		{name: "cut line", table: "9 1 0:9 / /x rw\n", err: "cannot understand"},
		{name: "nothing after the hyphen", table: "9 1 0:9 / /x rw - \n", err: "cannot understand"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(tt.table)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error = %v; want one with %q", err, tt.err)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("parse = %q; want %q", got, tt.want)
			}
		})
	}
}

// The kernel's own table of this machine must be understood, whatever is in it.
func TestTable(t *testing.T) {
	mounts, err := Table()
	if err != nil {
		t.Fatal(err)
	}
	isRoot := func(m Mounted) bool { return m.Target == "/" }
	if !slices.ContainsFunc(mounts, isRoot) {
		t.Errorf("no / among the %d mounts", len(mounts))
	}
}

func TestInMemory(t *testing.T) {
	for fs, want := range map[string]bool{"tmpfs": true, "proc": true, "ext4": false, "vfat": false, "fuse": false, "": false} {
		if got := (Mounted{Type: fs}).InMemory(); got != want {
			t.Errorf("InMemory of %q = %v; want %v", fs, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("36 35 98:0 /a /mnt rw,noatime shared:1 - ext3 /dev/root rw\n")
	f.Add(`1 1 0:2 / /\04 \ rw - a b`)
	f.Fuzz(func(t *testing.T, table string) {
		mounts, err := parse(table)
		if lines := slices.Collect(strings.Lines(table)); err == nil && len(mounts) != len(lines) {
			t.Errorf("%d mounts of %d lines", len(mounts), len(lines))
		}
	})
}
