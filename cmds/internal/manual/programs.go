package manual

import (
	"flag"
	"fmt"
	"io"

	"github.com/vole-linux/vole/internal/cli"
)

// A Machine is what the programs touch; tests bring their own.
type Machine struct {
	Path   string // of the archive
	Height int    // of the terminal, in lines
}

const helpUsage = `usage: %[1]s [-p] [NAME]

%[1]s shows what the program NAME does, or lists all programs.

  -p    stop after every screenful

  %[1]s          list all programs
  %[1]s ls       the manual of ls
  %[1]s -p init  by the screenful
`

// Help is the programs help and man; program is the one of the two names.
func (m Machine) Help(program string, args []string, stdin io.Reader, stdout, _ io.Writer) error {
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	pages := flags.Bool("p", false, "")
	if err := cli.Parse(flags, args, fmt.Sprintf(helpUsage, program)); err != nil {
		return err
	}
	if flags.NArg() > 1 {
		return cli.Usagef("unexpected argument %q", flags.Arg(1))
	}
	manual, err := Open(m.Path)
	if err != nil {
		return err
	}
	defer manual.Close()
	out := m.pager(*pages, stdin, stdout)
	if flags.NArg() == 0 {
		return writeIndex(out, manual)
	}
	text, err := manual.Help(flags.Arg(0))
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return done(err)
}

func writeIndex(out io.Writer, manual *Manual) error {
	entries, err := manual.Index()
	if err != nil {
		return err
	}
	group := ""
	for _, e := range entries {
		if e.Group != group {
			if group != "" {
				fmt.Fprintln(out)
			}
			group = e.Group
			fmt.Fprintf(out, "%s\n", group)
		}
		if _, err := fmt.Fprintf(out, "  %-12s %.64s\n", e.Name, e.Synopsis); err != nil {
			return done(err)
		}
	}
	_, err = fmt.Fprintf(out, "\nhelp NAME explains one of them, src NAME shows how it is made.\n")
	return done(err)
}

const sourceUsage = `usage: src [-l] [-p] NAME [FILE]

src shows the source code of the program NAME.

  -l    list its files instead
  -p    stop after every screenful

  src ls               all of ls
  src -l init          the files of init
  src init cmdline.go  one of them
`

// Source is the program src.
func (m Machine) Source(args []string, stdin io.Reader, stdout, _ io.Writer) error {
	flags := flag.NewFlagSet("src", flag.ContinueOnError)
	list := flags.Bool("l", false, "")
	pages := flags.Bool("p", false, "")
	if err := cli.Parse(flags, args, sourceUsage); err != nil {
		return err
	}
	switch flags.NArg() {
	case 0:
		return cli.Hint(cli.Usage("the name of a program is missing"), "help lists all")
	case 1, 2:
	default:
		return cli.Usagef("unexpected argument %q", flags.Arg(2))
	}
	manual, err := Open(m.Path)
	if err != nil {
		return err
	}
	defer manual.Close()
	out := m.pager(*pages, stdin, stdout)
	name, file := flags.Arg(0), flags.Arg(1)
	if file != "" && !*list {
		text, err := manual.Source(name, file)
		if err != nil {
			return err
		}
		_, err = out.Write(text)
		return done(err)
	}
	return done(writeFiles(out, manual, name, *list))
}

// writeFiles writes the names of a program's files, or the files themselves
// under headings as head(1) has them.
func writeFiles(out io.Writer, manual *Manual, name string, list bool) error {
	files, err := manual.Files(name)
	if err != nil {
		return err
	}
	for i, file := range files {
		if list {
			if _, err := fmt.Fprintln(out, file); err != nil {
				return err
			}
			continue
		}
		text, err := manual.Source(name, file)
		if err != nil {
			return err
		}
		heading := "==> " + file + " <==\n"
		if i > 0 {
			heading = "\n" + heading
		}
		if _, err := fmt.Fprintf(out, "%s%s", heading, text); err != nil {
			return err
		}
	}
	return nil
}
