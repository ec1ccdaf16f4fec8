// Tr translates, squeezes or deletes bytes between standard input and output.
//
// Usage:
//
//	tr [-c] [-s] [-t] SET1 SET2    each byte of SET1 becomes that of SET2 at its place
//	tr -d [-c] SET1                delete the bytes of SET1
//	tr -s [-c] SET1                of equal bytes of SET1 in a row, keep one
//	tr -ds [-c] SET1 SET2          delete SET1, then squeeze SET2
//
//	-c  SET1 is every byte that is not in it
//	-t  a longer SET1 is cut to the length of SET2 (else the last byte of SET2
//	    is repeated)
//
// In a set:
//
//	a-z          a range            [:lower:]  a class: alnum alpha blank cntrl digit
//	\n \t \\     as in Go                      graph lower print punct space upper xdigit
//	\101         octal              [=a=]      the byte a
//	[x*5] [x*]   x five times, x as often as SET1 is long (in SET2)
//
// Examples:
//
//	tr a-z A-Z <file             capitals
//	tr -d '\r' <dos >unix        line ends
//	tr -s ' ' <table             one blank between words
//	tr -cd '[:print:]\n' <file   only what can be printed
//
// # Exit status
//
// 0 done, 1 a failure to read or write, 2 usage.
//
// Links: POSIX.1-2024 tr.
//
// # Bugs
//
// It works on bytes: characters beyond ASCII pass unchanged, but a set can't
// hold them.
//
// Next in the tour: none
package main

import (
	"io"
	"os"

	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/stdio"
	"github.com/vole-linux/vole/internal/cli"
)

const usage = `usage: tr [-cdst] SET1 [SET2]

  tr a-z A-Z             capitals
  tr -d '\r'             delete
  tr -s ' '              one of many in a row
  tr -cd '[:print:]\n'   delete all the others

  -c the others than SET1  -d delete  -s squeeze  -t cut SET1 to the length of SET2`

func main() {
	cli.Exit("tr", run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A translation says what becomes of each byte.
type translation struct {
	to      [256]byte
	deleted [256]bool
	squeeze [256]bool // in the result
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	t, err := parse(args)
	if err != nil {
		return err
	}
	s := stdio.New("tr", stdin, stdout, stderr)
	s.Each(nil, func(_ string, in io.Reader) error {
		return t.copy(s.Out, in)
	})
	return s.End()
}

func parse(args []string) (*translation, error) {
	var complement, remove, squeeze, truncate bool
	set := getopt.New(usage)
	set.StopAtOperand() // SET2 may begin with a hyphen
	set.Flag(&complement, "c", "C", "complement")
	set.Flag(&remove, "d", "delete")
	set.Flag(&squeeze, "s", "squeeze-repeats")
	set.Flag(&truncate, "t", "truncate-set1")
	operands, err := set.Parse(args)
	if err != nil {
		return nil, err
	}
	translate := !remove && (len(operands) == 2 || !squeeze)
	switch {
	case len(operands) == 0:
		return nil, set.Usagef("a set is missing")
	case len(operands) == 1 && (translate || remove && squeeze):
		return nil, set.Usagef("the second set is missing")
	case len(operands) > 2 || len(operands) == 2 && remove && !squeeze:
		return nil, set.Usagef("%s is one set too many", stdio.Quote(operands[len(operands)-1]))
	}
	from, err := expand(operands[0], -1)
	if err != nil {
		return nil, set.Usagef("set %s: %v", stdio.Quote(operands[0]), err)
	}
	if complement {
		from = others(from)
	}
	to := from
	if len(operands) == 2 {
		to, err = expand(operands[1], len(from))
		if err != nil {
			return nil, set.Usagef("set %s: %v", stdio.Quote(operands[1]), err)
		}
	}
	t := newTranslation()
	if remove {
		mark(&t.deleted, from)
	}
	if squeeze {
		mark(&t.squeeze, to)
	}
	if translate {
		if len(to) == 0 {
			return nil, set.Usagef("the second set is empty")
		}
		if truncate {
			from = from[:min(len(from), len(to))]
		}
		for i, b := range from {
			t.to[b] = to[min(i, len(to)-1)]
		}
	}
	return t, nil
}

func newTranslation() *translation {
	t := &translation{}
	for i := range t.to {
		t.to[i] = byte(i)
	}
	return t
}

func mark(table *[256]bool, set []byte) {
	for _, b := range set {
		table[b] = true
	}
}

// others is every byte that is not in set, in order.
func others(set []byte) []byte {
	var in [256]bool
	mark(&in, set)
	var rest []byte
	for i, there := range in {
		if !there {
			rest = append(rest, byte(i))
		}
	}
	return rest
}

// copy translates r into w, a block at a time.
func (t *translation) copy(w io.Writer, r io.Reader) error {
	block := make([]byte, 32<<10)
	last := -1 // the byte written last, if it is squeezed
	for {
		n, err := r.Read(block)
		kept := block[:0]
		for _, b := range block[:n] {
			if t.deleted[b] {
				continue
			}
			b = t.to[b]
			if t.squeeze[b] {
				if int(b) == last {
					continue
				}
				last = int(b)
			} else {
				last = -1
			}
			kept = append(kept, b)
		}
		if _, err := w.Write(kept); err != nil {
			return nil // End tells
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
