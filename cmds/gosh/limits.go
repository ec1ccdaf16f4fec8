package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/internal/cli"
)

// umask is umask [-S] [MODE]: the permissions that new files don't get.
func umask(_ context.Context, hc interp.HandlerContext, args []string) error {
	mask := unix.Umask(0o077) // the call that reads it also sets it
	unix.Umask(mask)
	symbolic := len(args) > 0 && args[0] == "-S"
	if symbolic {
		args = args[1:]
	}
	switch len(args) {
	case 0:
	case 1:
		if octal, err := strconv.ParseUint(args[0], 8, 32); err == nil && octal <= 0o777 {
			unix.Umask(int(octal))
			return nil
		}
		symbolic, ok := symbolicMask(args[0], mask)
		if !ok {
			return cli.Usagef("%s is no mode such as 022 or u=rwx,g=rx,o=", args[0])
		}
		unix.Umask(symbolic)
		return nil
	default:
		return cli.Usage("usage: umask [-S] [MODE]")
	}
	if !symbolic {
		fmt.Fprintf(hc.Stdout, "%04o\n", mask)
		return nil
	}
	fmt.Fprintf(hc.Stdout, "u=%s,g=%s,o=%s\n", letters(^mask>>6), letters(^mask>>3), letters(^mask))
	return nil
}

// symbolicMask is mask after text, which names what is allowed as chmod(1)
// does: u=rwx,g-w.
func symbolicMask(text string, mask int) (int, bool) {
	allowed := ^mask & 0o777
	for clause := range strings.SplitSeq(text, ",") {
		i := strings.IndexAny(clause, "+-=")
		if i < 0 {
			return 0, false
		}
		who, bits := 0, 0
		for _, letter := range clause[:i] {
			switch letter {
			case 'u':
				who |= 0o700
			case 'g':
				who |= 0o070
			case 'o':
				who |= 0o007
			case 'a':
				who |= 0o777
			default:
				return 0, false
			}
		}
		if i == 0 {
			who = 0o777
		}
		for _, letter := range clause[i+1:] {
			place := strings.IndexRune("xwr", letter)
			if place < 0 {
				return 0, false
			}
			bits |= 0o111 << place & who
		}
		switch clause[i] {
		case '+':
			allowed |= bits
		case '-':
			allowed &^= bits
		default:
			allowed = allowed&^who | bits
		}
	}
	return ^allowed & 0o777, true
}

func letters(bits int) string {
	var s strings.Builder
	for i, letter := range "rwx" {
		if bits>>(2-i)&1 == 1 {
			s.WriteRune(letter)
		}
	}
	return s.String()
}

// A limit is one that setrlimit(2) knows.
type limit struct {
	letter   rune
	resource int
	unit     uint64 // bytes, or whatever the kernel counts, in one of ours
	text     string
}

func limits() []limit {
	return []limit{
		{'c', unix.RLIMIT_CORE, 512, "core file size (blocks of 512 bytes)"},
		{'d', unix.RLIMIT_DATA, 1024, "data segment (KiB)"},
		{'f', unix.RLIMIT_FSIZE, 512, "file size (blocks of 512 bytes)"},
		{'l', unix.RLIMIT_MEMLOCK, 1024, "locked memory (KiB)"},
		{'n', unix.RLIMIT_NOFILE, 1, "open files"},
		{'s', unix.RLIMIT_STACK, 1024, "stack (KiB)"},
		{'t', unix.RLIMIT_CPU, 1, "processor time (seconds)"},
		{'u', unix.RLIMIT_NPROC, 1, "processes of the user"},
		{'v', unix.RLIMIT_AS, 1024, "address space (KiB)"},
	}
}

// ulimit is ulimit [-HS] [-a | -LETTER] [N | unlimited].
func ulimit(_ context.Context, hc interp.HandlerContext, args []string) error {
	letter, hard, soft, all := 'f', false, false, false
	for ; len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-'; args = args[1:] {
		for _, r := range args[0][1:] {
			switch r {
			case 'H':
				hard = true
			case 'S':
				soft = true
			case 'a':
				all = true
			default:
				letter = r
			}
		}
	}
	for _, l := range limits() {
		if all {
			fmt.Fprintf(hc.Stdout, "-%c: %-40s %s\n", l.letter, l.text, l.show(hard))
		} else if l.letter == letter && len(args) == 0 {
			fmt.Fprintln(hc.Stdout, l.show(hard))
			return nil
		} else if l.letter == letter && len(args) == 1 {
			return l.set(args[0], hard || !soft, soft || !hard)
		}
	}
	if all && len(args) == 0 {
		return nil
	}
	return cli.Hint(cli.Usage("usage: ulimit [-HS] [-a | -LETTER] [N | unlimited]"), "ulimit -a shows the letters")
}

func (l limit) show(hard bool) string {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(l.resource, &now); err != nil {
		return err.Error()
	}
	value := now.Cur
	if hard {
		value = now.Max
	}
	if value == math.MaxUint64 {
		return "unlimited"
	}
	return strconv.FormatUint(value/l.unit, 10)
}

// set goes through package syscall and not x/sys/unix: it must know that the
// user has chosen the number of open files, or children would get the old one.
func (l limit) set(text string, hard, soft bool) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(l.resource, &now); err != nil {
		return err
	}
	value := uint64(math.MaxUint64)
	switch n, err := strconv.ParseUint(text, 10, 64); {
	case text == "hard":
		value = now.Max
	case text == "soft":
		value = now.Cur
	case text == "unlimited":
	case err != nil || n > math.MaxUint64/l.unit:
		return cli.Usagef("%s is not a number", text)
	default:
		value = n * l.unit
	}
	if hard {
		now.Max = value
	}
	if soft {
		now.Cur = value
	}
	if err := syscall.Setrlimit(l.resource, &now); err != nil {
		return fmt.Errorf("cannot set the limit to %s: %w", text, err)
	}
	return nil
}
