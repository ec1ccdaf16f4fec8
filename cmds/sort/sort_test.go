package main

import (
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/vole-linux/vole/cmds/internal/cmdtest"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/missing"
)

// lines is the words of text, each a line.
func lines(text string) string { return strings.ReplaceAll(text, " ", "\n") + "\n" }

func TestSort(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("f", []byte("b\na\n"), 0o644)
	os.WriteFile("g", []byte("c\na"), 0o644)
	const table = "x:10:b\ny:9:a\nx:2:c\ny:10:B\n"
	const blanks = "b  2 x\na 10 y\nc   1 z\n"
	cmdtest.Run(t, "sort", run, []cmdtest.Case{
		{Args: ""},
		{Args: "", Stdin: lines("b a C"), Stdout: lines("C a b")},
		{Args: "", Stdin: "b\n\na", Stdout: "\na\nb\n"},
		{Args: "-f", Stdin: lines("b a C A"), Stdout: lines("A a b C")},
		{Args: "-fs", Stdin: lines("b a C A"), Stdout: lines("a A b C")},
		{Args: "-fu", Stdin: lines("b a B A"), Stdout: lines("a b")},
		{Args: "-r", Stdin: lines("b a c"), Stdout: lines("c b a")},
		{Args: "-u", Stdin: lines("b a b"), Stdout: lines("a b")},
		{Args: "-n", Stdin: lines("10 9 -1 2.50 2.5 x 010 .5 -.5 -0 0 99999999999999999999 99999999999999999998"),
			Stdout: lines("-1 -.5 -0 0 x .5 2.5 2.50 9 010 10 99999999999999999998 99999999999999999999")},
		{Args: "-nr", Stdin: lines("10 x9 9 a"), Stdout: lines("10 9 x9 a")},
		{Args: "-n", Stdin: " 3\n  2\n+1\n1e3\n", Stdout: "+1\n1e3\n  2\n 3\n"},
		{Args: "-n -u", Stdin: lines("1 01 2 1.0"), Stdout: lines("1 2")},
		{Args: "-h", Stdin: lines("2G 900 1K 4.0M 1.5M 0 -1M -2K 900K 3k"), Stdout: lines("-1M -2K 0 900 1K 3k 900K 1.5M 4.0M 2G")},
		{Args: "-rh", Stdin: "4.0K\ta\n12M\tb\n512\tc\n", Stdout: "12M\tb\n4.0K\ta\n512\tc\n"},
		{Args: "-g", Stdin: lines("1e3 nan 12 -inf x 0x10 1e-2 inf 1e999 -5e-1"), Stdout: lines("x nan -inf -5e-1 1e-2 12 0x10 1e3 1e999 inf")},
		{Args: "-M", Stdin: lines("dec JAN x feb May maY"), Stdout: lines("x JAN feb May maY dec")},
		{Args: "-V", Stdin: lines("a10 a9 a1.10 a1.9 a1.9.tar.gz a1.10.tar a .b . .. 1.0~rc1 1.0 1.0-2 a01"),
			Stdout: lines(". .. .b 1.0~rc1 1.0 1.0-2 a a01 a1.9 a1.9.tar.gz a1.10 a1.10.tar a9 a10")},
		{Args: "-d", Stdin: lines("a-c ab -b a.a"), Stdout: lines("a.a ab a-c -b")},
		{Args: "-i", Stdin: "a\x01c\nab\n", Stdout: "ab\na\x01c\n"},
		{Args: "-b", Stdin: "  b\n a\nc\n", Stdout: " a\n  b\nc\n"},
		{Args: "-z", Stdin: "b\x00a\nx", Stdout: "a\nx\x00b\x00"},

		{Args: "-t: -k2", Stdin: table, Stdout: "y:10:B\nx:10:b\nx:2:c\ny:9:a\n"},
		{Args: "-t: -k2n", Stdin: table, Stdout: "x:2:c\ny:9:a\nx:10:b\ny:10:B\n"},
		{Args: "-t : -k 2,2n -k 3,3r", Stdin: table, Stdout: "x:2:c\ny:9:a\nx:10:b\ny:10:B\n"},
		{Args: "-t: -k1,1r -k2,2n", Stdin: table, Stdout: "y:9:a\ny:10:B\nx:2:c\nx:10:b\n"},
		{Args: "-t: -k1,1 -s", Stdin: table, Stdout: "x:10:b\nx:2:c\ny:9:a\ny:10:B\n"},
		{Args: "-t: -k1,1 -u", Stdin: table, Stdout: "x:10:b\ny:9:a\n"},
		{Args: "-t: -k1,1 -r", Stdin: table, Stdout: "y:9:a\ny:10:B\nx:2:c\nx:10:b\n"},
		{Args: "-t: -nrk2 -k3f", Stdin: table, Stdout: "y:10:B\nx:10:b\ny:9:a\nx:2:c\n"},
		{Args: "-t: -k9 -k3.2", Stdin: table, Stdout: "x:10:b\nx:2:c\ny:10:B\ny:9:a\n"},
		{Args: "-k2", Stdin: blanks, Stdout: "c   1 z\nb  2 x\na 10 y\n"},
		{Args: "-k2n", Stdin: blanks, Stdout: "c   1 z\nb  2 x\na 10 y\n"},
		{Args: "-k2b", Stdin: blanks, Stdout: "c   1 z\na 10 y\nb  2 x\n"},
		{Args: "-bk2,2", Stdin: blanks, Stdout: "c   1 z\na 10 y\nb  2 x\n"},
		{Args: "-k2.2b,2.2", Stdin: "a x2\nb   x1\n", Stdout: "a x2\nb   x1\n"},
		{Args: "-k2.2b,2.2b", Stdin: "a x2\nb   x1\n", Stdout: "b   x1\na x2\n"},
		{Args: "-k1.2,1.3", Stdin: lines("xbb yab zba"), Stdout: lines("yab zba xbb")},
		{Args: "-k1.9", Stdin: lines("b a"), Stdout: lines("a b")},
		{Args: "-k2,1", Stdin: "b x\na y\n", Stdout: "a y\nb x\n"},
		{Args: "--key=2 --field-separator=, --reverse --numeric-sort", Stdin: "a,1\nb,2\n", Stdout: "b,2\na,1\n"},
		{Args: "--sort=numeric", Stdin: lines("10 9"), Stdout: lines("9 10")},
		{Args: `-t \0 -k2`, Stdin: "a\x00y\nb\x00x\n", Stdout: "b\x00x\na\x00y\n"},
		{Args: "-t é -k2", Stdin: "aéy\nbéx\n", Stdout: "béx\naéy\n", Differs: "GNU takes bytes only"},

		{Args: "f g", Stdout: lines("a a b c")},
		{Args: "-m f - g", Stdin: "aa\n", Stdout: lines("a a aa b c"), Differs: "the files are not in order"},
		{Args: "-S 1M -T /tmp f", Stdout: lines("a b")},
		{Args: "f /no/such", Status: 2, Stderr: "sort: cannot open /no/such: no such file or directory"},
		{Args: ".", Status: 2, Stderr: "cannot read .: is a directory"},

		{Args: "-c", Stdin: lines("a b b")},
		{Args: "-c", Stdin: lines("b a"), Status: 1, Stderr: "sort: -:2: not in order: a"},
		{Args: "-cu", Stdin: lines("a b b"), Status: 1, Stderr: "sort: -:3: not in order: b"},
		{Args: "-C f", Status: 1},
		{Args: "-cn", Stdin: lines("9 10")},
		{Args: "--check=silent f", Status: 1},
		{Args: "-ck1,1 -", Stdin: "a 2\na 1\n", Status: 1, Stderr: "not in order: a 1"},
		{Args: "-csk1,1 -", Stdin: "a 2\na 1\n"},

		{Args: "-c f g", Status: 2, Stderr: "only one file"},
		{Args: "-co x f", Status: 2, Stderr: "in vain"},
		{Args: "-nM", Status: 2, Stderr: "only one of"},
		{Args: "-dn", Status: 2, Stderr: "only one of"},
		{Args: "-k0", Status: 2, Stderr: "fields are counted from 1"},
		{Args: "-k1.0", Status: 2, Stderr: "characters are counted from 1"},
		{Args: "-kx", Status: 2, Stderr: `"x" is no key`},
		{Args: "-k2x", Status: 2, Stderr: `'x' in a key is not known`},
		{Args: "-k1,", Status: 2, Stderr: `"" is no key`},
		{Args: "-t ab", Status: 2, Stderr: "single character"},
		{Args: "-ta -tb", Status: 2, Stderr: "only one separator"},
		{Args: "--check=x", Status: 2, Stderr: "diagnose-first", Differs: "GNU ends with 1"},
		{Args: "--sort=x", Status: 2, Stderr: "month or version", Differs: "GNU ends with 1"},
	})
}

// Any input is put in the same order as the host's sort puts it.
func TestAsHost(t *testing.T) {
	tool, err := exec.LookPath("sort")
	if err != nil {
		missing.Skip(t, "the host has no sort to compare with")
	}
	random := rand.New(rand.NewSource(1))
	const letters = "aAbBzZ019.-~ \t:KMx\x01\xff"
	for _, args := range []string{"", "-n", "-h", "-g", "-V", "-f", "-d", "-di", "-fdr", "-k2", "-k2,2n -k1r", "-k1.2,2.1", "-k2b,3", "-bk2.1,2.2f",
		"-k2.2b,2.3b", "-t: -k2", "-t: -k2,2", "-t: -k1.3,2.1 -s", "-nu", "-Vu", "-hk2 -u", "-nk3 -r", "-k2,2g", "-k1,1V -k2,2h"} {
		var in strings.Builder
		for range 300 {
			for range random.Intn(9) {
				in.WriteByte(letters[random.Intn(len(letters))])
			}
			in.WriteByte('\n')
		}
		var stdout, stderr strings.Builder
		if status := cli.Report("sort", run(strings.Fields(args), strings.NewReader(in.String()), &stdout, &stderr), &stdout, &stderr); status != 0 {
			t.Fatalf("%s: %s", args, stderr.String())
		}
		cmd := exec.Command(tool, strings.Fields(args)...)
		cmd.Env = []string{"LC_ALL=C"}
		cmd.Stdin = strings.NewReader(in.String())
		want, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if stdout.String() != string(want) {
			ours, theirs := strings.Split(stdout.String(), "\n"), strings.Split(string(want), "\n")
			for i := range ours {
				if i < len(theirs) && ours[i] != theirs[i] {
					t.Errorf("sort %s: line %d is %q; the host has %q", args, i+1, ours[i], theirs[i])
					break
				}
			}
		}
	}
}

func TestOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.WriteFile("f", []byte("b\na\n"), 0o640),
		os.WriteFile("two", []byte("b\na\n"), 0o600), os.Link("two", "names"),
		os.WriteFile("kept", []byte("b\na\n"), 0o600), os.Symlink("kept", "link"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{"-o f f", "f -o new", "-o two two", "-olink link", "-o /dev/null f"} {
		if err := run(strings.Fields(args), nil, nil, nil); err != nil {
			t.Errorf("sort %s: %v", args, err)
		}
	}
	for _, name := range []string{"f", "new", "two", "names", "link", "kept"} {
		if text, _ := os.ReadFile(name); string(text) != "a\nb\n" {
			t.Errorf("%s holds %q", name, text)
		}
	}
	if info, _ := os.Lstat("f"); info.Mode() != 0o640 {
		t.Errorf("f has mode %v", info.Mode())
	}
	if info, _ := os.Lstat("link"); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	for args, want := range map[string]string{
		"-o no/such f":   "cannot open no/such: no such file or directory",
		"-o . f":         "cannot open .: is a directory",
		"-o /dev/full f": "cannot write /dev/full: no space left on device",
	} {
		if err := run(strings.Fields(args), nil, nil, nil); err == nil || err.Error() != want || cli.Report("", err, nil, &strings.Builder{}) != 2 {
			t.Errorf("sort %s: %v; want %s", args, err, want)
		}
	}
	if left, _ := os.ReadDir("."); len(left) != 6 {
		t.Errorf("left behind: %v", left)
	}
}

// FuzzKey: a key that is accepted finds a part of any line, and what it says
// of two lines is the opposite of what it says of them the other way round.
func FuzzKey(f *testing.F) {
	f.Add("2,2n", ":", "a:10", "b:9")
	f.Add("1.2b,3.1bV", "", " a  1~2 c", "x")
	f.Add("1g", "", "1e", "nan")
	f.Fuzz(func(t *testing.T, text, separator, first, second string) {
		k, err := parseKey(text)
		if err != nil {
			return
		}
		r := rules{keys: []key{k}}
		if separator != "" {
			r.separator = []byte(separator)
		}
		if r.finish() != nil {
			return
		}
		a, b := line{text: []byte(first)}, line{text: []byte(second)}
		a.key, b.key = r.firstKey(a.text), r.firstKey(b.text)
		if ab, ba := r.compareKeys(a, b), r.compareKeys(b, a); ab*ba > 0 || (ab == 0) != (ba == 0) {
			t.Errorf("-t %q -k %q: %q against %q is %d, and %d", separator, text, first, second, ab, ba)
		}
	})
}
