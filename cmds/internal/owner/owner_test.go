package owner

import (
	"errors"
	"testing"
)

func TestNames(t *testing.T) {
	asked := 0
	n := &Names{
		Name: func(id string) (string, error) {
			asked++
			if id == "7" {
				return "seven", nil
			}
			return "", errors.New("none")
		},
		ID: func(name string) (string, error) {
			if name == "99" { // a name made of digits wins
				return "7", nil
			}
			return "", errors.New("none")
		},
	}
	for range 2 {
		if a, b := n.Of(7), n.Of(8); a != "seven" || b != "8" {
			t.Errorf("Of = %s, %s", a, b)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times; want once for each", asked)
	}
	for name, want := range map[string]uint32{"99": 7, "12": 12, "0": 0} {
		if got, err := n.Find(name); err != nil || got != want {
			t.Errorf("Find(%s) = %d, %v", name, got, err)
		}
	}
	for _, name := range []string{"x", "", "-1", "4294967295", "4294967296"} {
		if got, err := n.Find(name); err == nil {
			t.Errorf("Find(%q) = %d; want an error", name, got)
		}
	}
}

func TestRoot(t *testing.T) {
	if id, err := Users().Find("root"); err != nil || id != 0 {
		t.Errorf("root is %d, %v", id, err)
	}
	if name := Groups().Of(0); name != "root" {
		t.Errorf("group 0 is %s", name)
	}
}
