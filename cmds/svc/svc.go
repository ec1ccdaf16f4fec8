// Svc shows the services of the machine, starts and stops them, and says why
// one is not up.
//
// Usage:
//
//	svc [list]                  all services and their states
//	svc status NAME             one of them, with the last lines it has printed
//	svc why NAME                why it is not up: what it waits for, or how it ended
//	svc start|stop|restart NAME...
//	svc reload NAME...          make it read its configuration again
//	svc reload [-n]             read all manifests again; -n only shows what would change
//	svc enable|disable NAME...  whether it starts at boot, from the next boot on
//	svc signal SIGNAL NAME...   send a signal to its program
//	svc graph [-svg] [NAME...]  what needs what, as a tree or a drawing
//	svc timeline [-svg|-trace]  where the time of the boot went
//	svc events [-f]             what has happened; -f goes on listening
//	svc check FILE...           whether manifests are right; no init is needed
//
// Every command that shows something takes -json for programs. start, stop and
// restart wait until it has come about, 90 seconds at most; -q does not wait.
//
// Examples:
//
//	svc why web
//	svc graph -svg >services.svg
//	svc timeline -trace >boot.json      for https://ui.perfetto.dev
//	svc list -json | grep failed
//
// # States
//
// off, waiting, starting, up, stopping, backoff (has failed and starts again),
// done (has ended well), failed, skipped (a condition is not met). They are
// explained in cmds/internal/supervisor/state.go.
//
// # Files
//
//	/run/init.sock          where init listens: HTTP and JSON, so curl works, too
//	/etc/services/NAME.json manifests; docs/reference/manifest.md has every key
//
// # Exit status
//
// 0 done, 1 it could not be done or the service is not up, 2 usage or a
// manifest that is wrong.
//
// # Bugs
//
// Who may act: root, and members of the group svc.
//
// Next in the tour: none
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/getopt"
	"github.com/vole-linux/vole/cmds/internal/httpunix"
	"github.com/vole-linux/vole/cmds/internal/lineedit"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/nearest"
)

const usage = `usage: svc [COMMAND] [NAME...]

  svc                            all services
  svc status web                 one of them
  svc why web                    why it is not up
  svc start|stop|restart web     and wait for it; -q does not wait
  svc reload [-n]                read manifests again; -n only shows what would change
  svc reload web                 make it read its configuration again
  svc enable|disable web         at boot
  svc signal HUP web
  svc graph [-svg] [web]         svc timeline [-svg|-trace]
  svc events [-f]                svc check FILE...

  -json for programs`

// A machine is what svc asks.
type machine struct {
	do       func(ctx context.Context, method, path string) (*httpunix.Answer, error)
	readFile func(path string) ([]byte, error)
	terminal bool // standard output is one
	color    bool
	width    int
}

func main() {
	m := machine{
		do:       askInit,
		readFile: os.ReadFile,
		terminal: lineedit.IsTerminal(int(os.Stdout.Fd())),
		width:    80,
	}
	if m.terminal {
		if columns, _ := lineedit.Terminal(os.Stdout.Fd()).Size(); columns > 20 {
			m.width = columns
		}
		m.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	cli.Exit("svc", m.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// askInit asks the supervisor. Between two supervisors, and in the first moment
// of a boot, there is none for a while.
func askInit(ctx context.Context, method, path string) (*httpunix.Answer, error) {
	for tries := 0; ; tries++ {
		answer, err := httpunix.Do(ctx, control.Socket, method, path, nil)
		away := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
		if !away || tries == 100 || ctx.Err() != nil {
			return answer, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A request is one call of svc.
type request struct {
	machine
	out    io.Writer
	names  []string
	json   bool
	dry    bool
	quick  bool
	follow bool
	svg    bool
	trace  bool
}

// A command is one of svc's. least is how many names it wants.
type command struct {
	name  string
	least int
	run   func(*request) error
}

func commands() []command {
	act := func(verb string) func(*request) error { return func(r *request) error { return r.act(verb) } }
	return []command{
		{"list", 0, (*request).list}, {"status", 1, (*request).status}, {"why", 1, (*request).why},
		{"start", 1, act("start")}, {"stop", 1, act("stop")}, {"restart", 1, act("restart")},
		{"reload", 0, (*request).reload}, {"enable", 1, act("enable")}, {"disable", 1, act("disable")},
		{"signal", 2, (*request).signal}, {"graph", 0, (*request).graph}, {"timeline", 0, (*request).timeline},
		{"events", 0, (*request).events}, {"check", 1, (*request).check},
	}
}

func (m machine) run(args []string, _ io.Reader, stdout, _ io.Writer) error {
	r := &request{machine: m, out: stdout}
	set := getopt.New(usage)
	set.Flag(&r.json, "json")
	set.Flag(&r.dry, "n")
	set.Flag(&r.quick, "q")
	set.Flag(&r.follow, "f")
	set.Flag(&r.svg, "svg")
	set.Flag(&r.trace, "trace")
	operands, err := set.Parse(longForms(args))
	if err != nil {
		return err
	}
	if len(operands) == 0 {
		operands = []string{"list"}
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == operands[0] })
	if i < 0 {
		return unknown(operands[0], all)
	}
	r.names = operands[1:]
	if len(r.names) < all[i].least {
		return set.Usagef("%s wants a name", operands[0])
	}
	return all[i].run(r)
}

// longForms lets -json and its kin be written with one hyphen, as in all of
// Vole's programs, though short options can be merged here.
func longForms(args []string) []string {
	var all []string
	for _, arg := range args {
		if arg == "-json" || arg == "-svg" || arg == "-trace" {
			arg = "-" + arg
		}
		all = append(all, arg)
	}
	return all
}

func unknown(name string, all []command) error {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	err := cli.Usagef("unknown command %q: valid are %s", name, strings.Join(names, ", "))
	if near := nearest.Of(name, names); near != "" {
		return cli.Hint(err, fmt.Sprintf("did you mean %q?", near))
	}
	return err
}

// patience is how long svc waits for what it has asked for.
const patience = 90 * time.Second

// ask asks init for a page and reads the answer into v.
func (r *request) ask(method, path string, v any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience+10*time.Second)
	defer cancel()
	answer, err := r.do(ctx, method, path)
	if err != nil {
		return cli.Hint(err, "init answers there; in a rescue shell it does not run services")
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("cannot hear init: %w", err)
	}
	if answer.Status >= 300 {
		var why control.Error
		if json.Unmarshal(data, &why) != nil || why.Error == "" {
			why.Error = fmt.Sprintf("init answers with status %d", answer.Status)
		}
		if why.Hint != "" {
			return cli.Hint(errors.New(why.Error), why.Hint)
		}
		return errors.New(why.Error)
	}
	if raw, ok := v.(*[]byte); ok {
		*raw = data
		return nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("cannot understand init: %w", err)
	}
	return nil
}

// print writes v as JSON.
func (r *request) print(v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(r.out, "%s\n", data)
	}
	return err
}

func page(name, verb string) string {
	path := "/services/" + httpunix.Escape(name)
	if verb != "" {
		path += "/" + verb
	}
	return path
}
