package getopt

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/cli"
)

// parse runs one command line through a Set with every kind of option and
// says what was set.
func parse(args []string, stopAtOperand bool) (string, error) {
	var all, long bool
	var max int
	var file, color, number string
	set := New("usage: demo [-al] FILE\n\nmore")
	set.Flag(&all, "a", "all")
	set.Flag(&long, "l")
	set.Int(&max, "m", "max")
	set.Text(&file, "f", "file")
	set.Optional(func(v string) error { color = "<" + v + ">"; return nil }, "c", "color")
	set.Number(func(v string) error {
		if v == "0" {
			return errors.New("must not be 0")
		}
		number = v
		return nil
	})
	if stopAtOperand {
		set.StopAtOperand()
	}
	operands, err := set.Parse(args)
	return fmt.Sprintf("%v %v %v %s %s %s %v", all, long, max, file, color, number, operands), err
}

func TestParse(t *testing.T) {
	tests := []struct {
		args string
		stop bool
		want string
		err  string
	}{
		{args: "", want: "false false 0    []"},
		{args: "-al x", want: "true true 0    [x]"},
		{args: "-la -m 3 x y", want: "true true 3    [x y]"},
		{args: "-lm3 x", want: "false true 3    [x]"},
		{args: "-lfa x", want: "false true 0 a   [x]"},
		{args: "x -l y -a", want: "true true 0    [x y]"},
		{args: "x -l y -a", stop: true, want: "false false 0    [x -l y -a]"},
		{args: "-a -- -l", want: "true false 0    [-l]"},
		{args: "- -a -", want: "true false 0    [- -]"},
		{args: "--all --max=4 --file b c", want: "true false 4 b   [c]"},
		{args: "--file=", want: "false false 0    []"},
		{args: "-f -- x", want: "false false 0 --   [x]"},
		{args: "-c x", want: "false false 0  <>  [x]"},
		{args: "-cx --color=y", want: "false false 0  <y>  []"},
		{args: "--color z", want: "false false 0  <>  [z]"},
		{args: "-15 x", want: "false false 0   15 [x]"},
		{args: "-a15l x", want: "true true 0   15 [x]"},

		{args: "-lx", err: "unknown option -x"},
		{args: "-lé", err: "unknown option -é"},
		{args: "--nope=1", err: "unknown option --nope"},
		{args: "--a", err: "unknown option --a"},
		{args: "--all=1", err: "option --all takes no value"},
		{args: "-m", err: "option -m needs a value"},
		{args: "--file", err: "option --file needs a value"},
		{args: "-m x", err: `option -m: "x" is no number of zero or above`},
		{args: "-m -3", err: `option -m: "-3" is no number`},
		{args: "--max=9999999999999999999", err: "option --max: "},
		{args: "-0", err: "option -0: must not be 0"},
		{args: "-h", err: "usage: demo [-al] FILE\n\nmore"},
		{args: "-ah", err: "usage: demo"},
		{args: "--help", err: "usage: demo"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			got, err := parse(strings.Fields(tt.args), tt.stop)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error %v; want %q", err, tt.err)
			}
			if err == nil && got != tt.want {
				t.Errorf("got %q; want %q", got, tt.want)
			}
			var help cli.Help
			if err != nil && !errors.As(err, &help) {
				var stderr strings.Builder
				if status := cli.Report("demo", err, nil, &stderr); status != cli.StatusUsage {
					t.Errorf("status %d; want %d", status, cli.StatusUsage)
				}
				if want := "\n  hint: usage: demo [-al] FILE\n"; !strings.HasSuffix(stderr.String(), want) {
					t.Errorf("stderr %q; want it to end in %q", stderr.String(), want)
				}
			}
		})
	}
}

// FuzzParse: no word is lost and nothing panics.
func FuzzParse(f *testing.F) {
	f.Add("-al x")
	f.Add("--max=3 -- -c")
	f.Add("-f")
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Split(line, " ")
		_, err := parse(words, false)
		if err != nil && err.Error() == "" {
			t.Errorf("%q: error without text", words)
		}
		if got, err := parse(append([]string{"--"}, words...), false); err != nil || !strings.HasSuffix(got, fmt.Sprint(words)) {
			t.Errorf("after --: %q, %v; want the operands %q", got, err, words)
		}
	})
}
