package manifest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Whatever Parse accepts it accepts again as written by encoding/json, as the
// same manifest. What it refuses it refuses without a crash, with places.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/examples/*.json")
	for _, file := range files {
		data, _ := os.ReadFile(file)
		f.Add("me.json", data)
	}
	for _, text := range []string{`{}`, `{"exec": ["x"], "sandbox": {"read_only": []}}`, `{"kind": "oneshot", "exec": ["x"], "health": {}}`,
		`{"exec": ["x"], "restart": {"limit": 1000000, "delay": "1ns", "window": "2562047h"}}`, `{"exec": ["x"], "watchdog": ".5s"}`} {
		f.Add("me.json", []byte(text))
	}
	f.Fuzz(func(t *testing.T, file string, data []byte) {
		m, err := Parse(file, data)
		if err != nil {
			if err.Error() == "" || m != nil {
				t.Fatalf("%+v, %v", m, err)
			}
			return
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(file, written)
		if err != nil {
			t.Fatalf("%s\nbecomes %s\n%v", data, written, err)
		}
		if changes := Diff(m, again); len(changes) > 0 || m.Name != again.Name {
			t.Fatalf("%s\nbecomes %s\n%+v", data, written, changes)
		}
		m.Restart.Wait(3, 0.7)
		NewSet(m).Boot()
	})
}
