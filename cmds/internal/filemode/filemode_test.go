package filemode

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestString(t *testing.T) {
	for mode, want := range map[uint32]string{
		unix.S_IFREG | 0o644:  "-rw-r--r--",
		unix.S_IFDIR | 0o755:  "drwxr-xr-x",
		unix.S_IFDIR | 0o1777: "drwxrwxrwt",
		unix.S_IFDIR | 0o1776: "drwxrwxrwT",
		unix.S_IFREG | 0o4755: "-rwsr-xr-x",
		unix.S_IFREG | 0o6644: "-rwSr-Sr--",
		unix.S_IFLNK | 0o777:  "lrwxrwxrwx",
		unix.S_IFCHR:          "c---------",
		unix.S_IFBLK:          "b---------",
		unix.S_IFIFO:          "p---------",
		unix.S_IFSOCK:         "s---------",
		0:                     "?---------",
	} {
		if got := String(mode); got != want {
			t.Errorf("String(%o) = %s; want %s", mode, got, want)
		}
	}
}

func TestChange(t *testing.T) {
	const folder = unix.S_IFDIR
	tests := []struct {
		change     string
		mode, want uint32
	}{
		{"644", 0o777, 0o644},
		{"0", 0o777, 0},
		{"4755", 0, 0o4755},
		{"755", 0o6777, 0o755},
		{"755", folder | 0o2777, 0o2755},
		{"00755", folder | 0o2777, 0o755},
		{"u+x", 0o644, 0o744},
		{"+x", 0o644, 0o755},
		{"+w", 0o444, 0o644}, // the umask is 022
		{"a+w", 0o444, 0o666},
		{"-w", 0o666, 0o466},
		{"=r", 0o777, 0o444},
		{"=", 0o777, 0},
		{"a-w,u+w", 0o666, 0o644},
		{"go=", 0o777, 0o700},
		{"u=rwx,g=rx,o=", 0o666, 0o750},
		{"g=u", 0o640, 0o660},
		{"o=g-w", 0o664, 0o664},
		{"o=g", 0o664, 0o666},
		{"u+rw-x", 0o111, 0o611},
		{"a+X", 0o644, 0o644},
		{"a+X", 0o744, 0o755},
		{"a+X", folder | 0o644, 0o755},
		{"a-x+X", 0o755, 0o644},
		{"u+s", 0o755, 0o4755},
		{"g+s", 0o755, 0o2755},
		{"+s", 0o755, 0o6755},
		{"u-s", 0o6755, 0o2755},
		{"o+t", 0o777, 0o1777},
		{"+t", 0o777, 0o1777},
		{"u+t", 0o777, 0o777},
		{"u=rw", 0o4755, 0o655},
		{"g=rx", folder | 0o2770, 0o2750},
		{"g-s", folder | 0o2770, 0o770},
	}
	for _, tt := range tests {
		change, err := Parse(tt.change)
		if got := change.Apply(tt.mode, 0o22); err != nil || got != tt.want {
			t.Errorf("%s of %o is %o, %v; want %o", tt.change, tt.mode, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "8", "77777", "u", "x", "u+q", "z+x", "u+x,", "+ru", "u+g,x", "-1", "u+x g+x"} {
		if change, err := Parse(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, change)
		}
	}
}

// FuzzChange: no change touches other bits than those of a mode.
func FuzzChange(f *testing.F) {
	f.Add("u+x,g=o,+X-t", uint32(0o644))
	f.Fuzz(func(t *testing.T, text string, mode uint32) {
		if change, err := Parse(text); err == nil && change.Apply(mode, 0o22)&^Bits != 0 {
			t.Errorf("%q of %o is %o", text, mode, change.Apply(mode, 0o22))
		}
	})
}
