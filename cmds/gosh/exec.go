package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/cmds/internal/job"
)

// exec is called by the interpreter for every command that is neither a
// function nor one of its builtins: one of ours, or a program.
func (sh *shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	if name, ok := strings.CutPrefix(args[0], ours); ok {
		return sh.runOurs(ctx, hc, name, args[1:])
	}
	return sh.runProgram(ctx, hc, args)
}

// runProgram runs a program as a process of the job in ctx, and waits for it.
func (sh *shell) runProgram(ctx context.Context, hc interp.HandlerContext, args []string) error {
	path, err := lookPath(hc.Dir, hc.Env, args[0])
	if err != nil {
		return sh.cannotRun(hc, args[0], err)
	}
	files, err := openFiles(hc)
	if err != nil {
		return sh.cannotRun(hc, args[0], err)
	}
	attr := &syscall.ProcAttr{Dir: hc.Dir, Env: exported(hc), Files: files.descriptors()}
	j := job.From(ctx)
	p, err := j.Start(path, args, attr)
	if errors.Is(err, unix.ENOEXEC) && isScript(path) {
		p, err = j.Start("/proc/self/exe", append([]string{program, path}, args[1:]...), attr)
	}
	files.closeChildEnds()
	if err != nil {
		files.wait()
		if j.Cancelled() {
			return interp.ExitStatus(uint8(job.CancelStatus(err)))
		}
		return sh.cannotRun(hc, args[0], startError{bare(err), 126})
	}
	status, ended := p.Wait(ctx)
	if ended {
		files.wait()
	}
	if status == 0 {
		return nil
	}
	return interp.ExitStatus(uint8(status))
}

func (sh *shell) cannotRun(hc interp.HandlerContext, name string, err error) error {
	fmt.Fprintf(hc.Stderr, "%s: %s: %v\n", program, name, err)
	var start startError
	if errors.As(err, &start) {
		return interp.ExitStatus(uint8(start.status))
	}
	return interp.ExitStatus(1)
}

// lookPath finds the program called name; a relative path is one from dir. An error is a startError with 127
// if there is none, and 126 if there is one that can't be run.
func lookPath(dir string, env expand.Environ, name string) (string, error) {
	if strings.Contains(name, "/") {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return name, checkProgram(path)
	}
	missing := error(startError{errors.New("not found"), 127})
	for _, folder := range filepath.SplitList(env.Get("PATH").String()) {
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(dir, folder)
		}
		path := filepath.Join(folder, name)
		info, err := os.Stat(path)
		switch {
		case err != nil || info.IsDir(): // a folder of PATH that can't be read has nothing for us
		case unix.Access(path, unix.X_OK) != nil:
			missing = startError{unix.EACCES, 126}
		default:
			return path, nil
		}
	}
	return "", missing
}

func checkProgram(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return startError{bare(err), 127}
	case err != nil:
		return startError{bare(err), 126}
	case info.IsDir():
		return startError{errors.New("is a directory"), 126}
	case unix.Access(path, unix.X_OK) != nil:
		return startError{unix.EACCES, 126}
	}
	return nil
}

// isScript says whether a file that the kernel doesn't know how to run looks
// like text.
func isScript(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 256)
	n, _ := f.Read(start)
	firstLine, _, _ := strings.Cut(string(start[:n]), "\n")
	return !strings.Contains(firstLine, "\x00")
}

// exported lists the variables a program gets. PWD is always the folder it
// runs in.
func exported(hc interp.HandlerContext) []string {
	latest := map[string]string{}
	for name, v := range hc.Env.Each {
		if v.IsSet() && v.Exported && v.Kind == expand.String {
			latest[name] = v.String()
		} else {
			delete(latest, name)
		}
	}
	latest["PWD"] = hc.Dir
	list := make([]string, 0, len(latest))
	for name, value := range latest {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// childFiles is what a process gets as its descriptors 0, 1 and 2.
type childFiles struct {
	files  [3]*os.File
	opened []*os.File // the child's ends, of no use to us once it runs
	copies sync.WaitGroup
}

// openFiles makes files of what the interpreter has as standard input, output
// and error. What isn't a file already, as the output of $(CMD), is fed
// through a pipe.
func openFiles(hc interp.HandlerContext) (*childFiles, error) {
	c := &childFiles{}
	var err error
	if in, ok := hc.Stdin.(*os.File); ok {
		c.files[0] = in
	} else if c.files[0], err = c.null(); err != nil {
		return nil, err
	}
	if c.files[1], err = c.writer(hc.Stdout); err != nil {
		return nil, err
	}
	if same(hc.Stdout, hc.Stderr) {
		c.files[2] = c.files[1]
	} else if c.files[2], err = c.writer(hc.Stderr); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *childFiles) null() (*os.File, error) {
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err == nil {
		c.opened = append(c.opened, f)
	}
	return f, err
}

func (c *childFiles) writer(w io.Writer) (*os.File, error) {
	switch f := w.(type) {
	case *os.File:
		return f, nil
	case nil:
		return c.null()
	}
	if same(w, io.Discard) {
		return c.null()
	}
	in, out, err := os.Pipe()
	if err != nil {
		c.closeChildEnds()
		return nil, err
	}
	c.opened = append(c.opened, out)
	c.copies.Go(func() {
		io.Copy(struct{ io.Writer }{w}, in) // one write at a time: others write to w too
		in.Close()
	})
	return out, nil
}

// same says whether two writers are one. Writers that can't be compared are
// not.
func same(a, b io.Writer) bool {
	defer func() { recover() }()
	return a == b
}

func (c *childFiles) descriptors() []uintptr {
	return []uintptr{c.files[0].Fd(), c.files[1].Fd(), c.files[2].Fd()}
}

func (c *childFiles) closeChildEnds() {
	for _, f := range c.opened {
		f.Close()
	}
	c.opened = nil
}

// wait waits until all that the process has written has arrived.
func (c *childFiles) wait() { c.copies.Wait() }
