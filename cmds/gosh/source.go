package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// The builtins eval and source parse their text inside the interpreter, where
// rewrite would never see it. So the text is rewritten before it gets there.

// rewrittenText is text after rewrite. It stays as it is if it isn't a
// program; the interpreter then says why.
func (sh *shell) rewrittenText(text, name string) (string, bool) {
	file, err := sh.parse(text, name)
	if err != nil {
		return "", false
	}
	rewrite(file, &sh.functions, fromInside)
	var changed strings.Builder
	err = syntax.NewPrinter().Print(&changed, file)
	return changed.String(), err == nil
}

// evalArgs is what eval gets instead of args.
func (sh *shell) evalArgs(args []string) []string {
	text, ok := sh.rewrittenText(strings.Join(args[1:], " "), "eval")
	if !ok {
		return args
	}
	return []string{"eval", text}
}

// sourceArgs is what source gets instead of args: the name of a file that
// exists only for openFile.
func (sh *shell) sourceArgs(hc interp.HandlerContext, args []string) []string {
	if len(args) < 2 {
		return args
	}
	path, ok := sourcePath(hc, args[1])
	if !ok {
		return args
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return args
	}
	changed, ok := sh.rewrittenText(string(text), args[1])
	if !ok {
		return args
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.sources++
	name := sourcePrefix + strconv.Itoa(sh.sources)
	if sh.sourced == nil {
		sh.sourced = map[string]string{}
	}
	sh.sourced[name] = changed
	return append([]string{"source", name}, args[2:]...)
}

// sourcePrefix starts the names that sourceArgs invents. No file has them.
const sourcePrefix = "/" + ours + "source/"

// sourcePath finds the file that source means: in PATH first, if its name has
// no slash. What is no regular file, such as a pipe, can be read only once,
// and is left to the interpreter.
func sourcePath(hc interp.HandlerContext, name string) (path string, ok bool) {
	folders := []string{hc.Dir}
	switch {
	case filepath.IsAbs(name):
		folders = []string{"/"}
	case !strings.Contains(name, "/"):
		folders = append(filepath.SplitList(hc.Env.Get("PATH").String()), hc.Dir)
	}
	for _, folder := range folders {
		path = filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, true
		}
	}
	return "", false
}

// openFile opens files for the interpreter.
func (sh *shell) openFile(ctx context.Context, path string, flag int, mode os.FileMode) (io.ReadWriteCloser, error) {
	if strings.HasPrefix(path, sourcePrefix) {
		sh.mu.Lock()
		defer sh.mu.Unlock()
		text, ok := sh.sourced[path]
		delete(sh.sourced, path)
		if ok {
			return textFile{strings.NewReader(text)}, nil
		}
	}
	if flag&os.O_CREATE != 0 {
		mode = 0o666 // what is left of it is for umask to say
	}
	return interp.DefaultOpenHandler()(ctx, path, flag, mode)
}

// A textFile is a file whose text is in memory.
type textFile struct{ *strings.Reader }

func (textFile) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }
func (textFile) Close() error              { return nil }
