package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/vole-linux/vole/cmds/internal/job"
	"github.com/vole-linux/vole/cmds/internal/lineedit"
)

// A shell is one run of gosh. The runner is used by the main goroutine only;
// handlers are called by the goroutines of pipelines and background jobs too.
type shell struct {
	machine
	name        string
	runner      *interp.Runner
	jobs        *job.Table
	stdin       *os.File
	stdout      io.Writer
	stderr      io.Writer
	interactive bool
	history     *lineedit.History
	traps       traps
	functions   names // functions seen so far; they hide our builtins

	mu        sync.Mutex
	current   *job.Job                // guarded by mu: what Ctrl-C ends, or nil
	cancel    context.CancelCauseFunc // guarded by mu: the same for a script
	prompting string                  // guarded by mu: the prompt a plain reader waits at
	warned    bool                    // that jobs are stopped; main goroutine
	lastJobs  []*detachable           // guarded by mu: what a script waits for at its end
	sources   int                     // guarded by mu: how many files were sourced
	sourced   map[string]string       // guarded by mu: their texts, until they are read
}

// names is a set that goroutines share.
type names struct {
	mu  sync.Mutex
	set map[string]bool // guarded by mu
}

func (n *names) add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.set == nil {
		n.set = map[string]bool{}
	}
	n.set[name] = true
}

func (n *names) has(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.set[name]
}

func newShell(m machine, o options, stdin *os.File, stdout, stderr io.Writer) (*shell, error) {
	sh := &shell{
		machine: m, name: o.name,
		stdin: stdin, stdout: stdout, stderr: stderr,
		jobs:    job.NewTable(nil),
		history: lineedit.OpenHistory("", historySize),
	}
	runner, err := interp.New(
		interp.Env(expand.ListEnviron(withDefaults(m.environ)...)),
		interp.Dir(workingDirectory()),
		interp.StdIO(stdin, stdout, stderr),
		interp.Params(append(o.set, append([]string{"--"}, o.params...)...)...),
		interp.CallHandler(sh.call),
		interp.OpenHandler(sh.openFile),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return sh.exec }),
	)
	if err != nil {
		return nil, err
	}
	runner.Reset()
	sh.runner = runner
	return sh, nil
}

const defaultPath = "/bin:/sbin:/usr/bin:/usr/sbin"

// withDefaults adds what no shell can do without. A PATH that is unset would
// mean the current folder.
func withDefaults(environ []string) []string {
	for _, kv := range environ {
		if strings.HasPrefix(kv, "PATH=") {
			return environ
		}
	}
	return append([]string{"PATH=" + defaultPath}, environ...)
}

// workingDirectory is the root if the real one was removed: the shell must
// start anyway.
func workingDirectory() string {
	dir, err := os.Getwd()
	if err != nil {
		return "/"
	}
	return dir
}

// parse reads a program. name is what errors call it, and what $0 will be.
func (sh *shell) parse(text, name string) (*syntax.File, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(text), name)
	if err != nil {
		return nil, syntaxError{err}
	}
	return file, nil
}

// A syntaxError says FILE:LINE:COL: problem, and ends a script with status 2.
type syntaxError struct{ error }

func (syntaxError) ExitStatus() int { return 2 }

// problem is the error without the place, which at the prompt is clear.
func (e syntaxError) problem() string {
	var parse syntax.ParseError
	if errors.As(e.error, &parse) {
		return parse.Text
	}
	return e.Error()
}

// An outcome is how a statement in the foreground came out.
type outcome struct {
	status int
	signal syscall.Signal // that ended its last process, or 0
	state  job.State
	number int  // of the job, if it was stopped
	left   bool // the shell is to be left
}

// run runs node in the foreground, as a job called text.
func (sh *shell) run(node syntax.Node, text string) outcome {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	j := sh.jobs.Foreground(text, cancel)
	sh.setCurrent(j, cancel)
	defer sh.setCurrent(nil, nil)

	from := fromScript
	if sh.interactive {
		from = fromPrompt
	}
	rewrite(node, &sh.functions, from)
	err := sh.runSafely(job.With(ctx, j), node)
	o := outcome{status: sh.statusOf(err, context.Cause(ctx)), left: sh.runner.Exited() && ctx.Err() == nil}
	o.state = j.Finish(o.status)
	o.status, o.signal = j.Status()
	o.number = j.Number()
	if ctx.Err() != nil {
		sh.setStatus(o.status)
	}
	return o
}

// runSafely turns a panic of the interpreter into an error: a bug there must
// not close the console.
func (sh *shell) runSafely(ctx context.Context, node syntax.Node) (err error) {
	defer func() {
		if problem := recover(); problem != nil && sh.interactive {
			err = fmt.Errorf("internal error: %v", problem)
		} else if problem != nil {
			panic(problem)
		}
	}()
	return sh.runner.Run(ctx, node)
}

func (sh *shell) setCurrent(j *job.Job, cancel context.CancelCauseFunc) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.current, sh.cancel = j, cancel
}

// statusOf is the exit status that an error of the runner stands for.
func (sh *shell) statusOf(err, cause error) int {
	var status interp.ExitStatus
	var sig signalled
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.As(cause, &sig):
		return 128 + int(sig)
	case cause != nil:
		return job.CancelStatus(cause)
	}
	fmt.Fprintf(sh.stderr, "%s: %v\n", program, err)
	return 1
}

// setStatus sets $? where the interpreter lost it, since it was cancelled.
func (sh *shell) setStatus(status int) {
	sh.runText(fmt.Sprintf("%sstatus %d", ours, status))
}

// runText runs a program of our own making, or the action of a trap.
func (sh *shell) runText(line string) {
	file, err := sh.parse(line, "")
	if err != nil {
		return
	}
	for _, stmt := range file.Stmts {
		sh.run(stmt, line)
	}
}

// variable returns the value of a variable of the shell. Main goroutine only.
func (sh *shell) variable(name string) (string, bool) {
	v, ok := sh.runner.Vars[name]
	if !ok {
		v = sh.runner.Env.Get(name)
	}
	return v.String(), v.IsSet()
}
