package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
)

func TestLastWord(t *testing.T) {
	tests := []struct {
		head   string
		start  int
		text   string
		kind   string // c command, v variable, f file
		before string
	}{
		{"", 0, "", "c", ""},
		{"ls", 0, "ls", "c", ""},
		{"ls ", 3, "", "f", "ls"},
		{"ls a b", 5, "b", "f", "ls a"},
		{"a; b", 3, "b", "c", ""},
		{"a|b", 2, "b", "c", ""},
		{"a && b c", 7, "c", "f", "b"},
		{"if tr", 3, "tr", "c", ""},
		{"sudo ls x", 8, "x", "f", "ls"},
		{"A=1 b", 4, "b", "c", ""},
		{"A=b", 2, "b", "f", ""},
		{"x --file=b", 9, "b", "f", "x"},
		{"cat <b", 5, "b", "f", "cat"},
		{">b c", 3, "c", "c", ""},
		{"cat >b c", 7, "c", "f", "cat"},
		{`cat a\ b`, 4, "a b", "f", "cat"},
		{`cat "a b`, 4, "a b", "f", "cat"},
		{`cat 'a b`, 4, "a b", "f", "cat"},
		{`cat 'a b' c`, 10, "c", "f", "cat a b"},
		{"echo $HO", 6, "HO", "v", ""},
		{"echo ${HO", 7, "HO", "v", ""},
		{`echo "x $HO`, 9, "HO", "v", ""},
		{"echo '$HO", 5, "$HO", "f", "echo"},
		{"echo $HO/x", 5, "$HO/x", "f", "echo"},
		{"echo $(ls x", 10, "x", "f", "ls"},
		{"echo `ls", 6, "ls", "c", ""},
		{"(cd", 1, "cd", "c", ""},
		{"cat a\\", 4, "a", "f", "cat"},
		{"cat über/ä", 4, "über/ä", "f", "cat"},
	}
	for _, tt := range tests {
		w := lastWord(tt.head)
		kind := "f"
		if w.variable {
			kind = "v"
		} else if w.command {
			kind = "c"
		}
		if w.start != tt.start || w.text != tt.text || kind != tt.kind || strings.Join(w.before, " ") != tt.before {
			t.Errorf("%q: %+v; want %+v", tt.head, w, tt)
		}
	}
}

// What requote writes, the shell must read back as the same word.
func FuzzRequote(f *testing.F) {
	for _, seed := range []string{"a b", "it's", `q"$x\`, "*?[", "~", "#x", "a=b", "ü", "!"} {
		f.Add(seed, byte(0))
		f.Add(seed, byte('\''))
		f.Add(seed, byte('"'))
	}
	f.Fuzz(func(t *testing.T, text string, quote byte) {
		if text == "" || strings.ContainsAny(text, "\x00\r\n") || !isText(text) || strings.HasPrefix(text, "~/") ||
			quote != '\'' && quote != '"' && quote != 0 {
			t.Skip()
		}
		line := "x " + requote(text, quote) + strings.TrimSpace(closing(quote))
		file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		stdout, _, _ := runGosh(t, "", "-c", "printf '%s|' "+requote(text, quote)+closing(quote))
		if stdout != text+"|" {
			t.Errorf("%q became %q (%d statements)", text, stdout, len(file.Stmts))
		}
		if w := lastWord(line + " "); len(w.before) != 2 || w.before[1] != text {
			t.Errorf("lastWord(%q) sees %q", line, w.before)
		}
	})
}

func isText(s string) bool {
	for _, r := range s {
		if r == '\uFFFD' {
			return false
		}
	}
	return true
}

func FuzzLastWord(f *testing.F) {
	for _, seed := range []string{"a", `"$(`, "a=$", `\`, "${", "`'", "é\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, head string) {
		if w := lastWord(head); w.start < 0 || w.start > len(head) {
			t.Errorf("%q: starts at %d", head, w.start)
		}
	})
}

func TestComplete(t *testing.T) {
	home, bin := t.TempDir(), t.TempDir()
	for _, name := range []string{"notes.txt", "two words", ".hidden", "it's", "src/main.go", "src/map.go", "snap/x"} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]os.FileMode{"frobnicate": 0o700, "frodata": 0o600} {
		if err := os.WriteFile(filepath.Join(bin, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	m := testMachine(t)
	m.manifests = t.TempDir()
	for _, name := range []string{"web.json", "webcam.json", "notes.txt"} {
		os.WriteFile(filepath.Join(m.manifests, name), nil, 0o600)
	}
	m.environ = []string{"PATH=" + bin + ":/nosuch", "HOME=" + home, "FROZEN=1"}
	sh, err := newShell(m, options{name: "gosh"}, os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	sh.runText("frolic() { :; }\nalias froth=x\nfroggy=1\nunset nothing")

	tests := []struct{ head, want string }{
		{"fro", "frobnicate ,frolic ,froth "},
		{"help frob", "frobnicate "},
		{"src frob", "frobnicate "},
		{"jo", "jobs "},
		{"cat no", "notes.txt "},
		{"cat tw", `two\ words `},
		{`cat "tw`, `"two words" `},
		{"cat 'tw", "'two words' "},
		{"cat it", `it\'s `},
		{"cat 'it", `'it'\''s' `},
		{"cat .h", ".hidden "},
		{"cat s", "snap/,src/"},
		{"cat src/ma", "src/main.go ,src/map.go "},
		{"cat ~/src/mai", "~/src/main.go "},
		{"cat $HOME/no", ""},
		{"cd n", ""},
		{"cd s", "snap/,src/"},
		{"cat <no", "notes.txt "},
		{"./no", "./notes.txt "},
		{"echo $FRO", "FROZEN"},
		{"echo ${frog", "froggy"},
		{"x=no", "notes.txt "},
		{"cat nosuch", ""},
		{"svc st", "start ,status ,stop "},
		{"svc status w", "web ,webcam "},
		{"svc restart web w", "web ,webcam "},
		{"svc check no", "notes.txt "},
	}
	for _, tt := range tests {
		_, candidates := sh.complete(tt.head)
		var got []string
		for _, c := range candidates {
			got = append(got, c.Text+c.End)
		}
		if strings.Join(got, ",") != tt.want {
			t.Errorf("%q: %q; want %q", tt.head, got, tt.want)
		}
	}
}
