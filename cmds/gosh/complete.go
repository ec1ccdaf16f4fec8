package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"

	"github.com/vole-linux/vole/cmds/internal/lineedit"
)

// complete is what the Tab key offers. It runs in the main goroutine, while
// nothing else uses the runner.
func (sh *shell) complete(head string) (start int, candidates []lineedit.Candidate) {
	w := lastWord(head)
	switch {
	case w.variable:
		return w.start, plainCandidates(sh.variables(), w.text, "")
	case w.command && !strings.Contains(w.text, "/"):
		candidates = plainCandidates(sh.commands(), w.text, closing(w.quote))
	case len(w.before) > 0 && wantsCommand(w.before[0]) && !strings.Contains(w.text, "/"):
		candidates = plainCandidates(sh.commands(), w.text, closing(w.quote))
	case len(w.before) == 1 && w.before[0] == "svc":
		candidates = plainCandidates(strings.Fields(svcWords), w.text, closing(w.quote))
	case len(w.before) > 1 && w.before[0] == "svc" && w.before[1] != "check":
		candidates = plainCandidates(sh.services(), w.text, closing(w.quote))
	case len(w.before) > 0 && (w.before[0] == "cd" || w.before[0] == "rmdir" || w.before[0] == "pushd"):
		return w.start, sh.files(w, true)
	default:
		return w.start, sh.files(w, false)
	}
	for i, c := range candidates {
		candidates[i].Text = requote(c.Text, w.quote)
	}
	return w.start, candidates
}

// wantsCommand says whether the arguments of a command are names of commands.
func wantsCommand(name string) bool {
	switch name {
	case "help", "src", "man", "type", "which":
		return true
	}
	return false
}

// closing is what ends a word that is complete.
func closing(quote byte) string {
	if quote == 0 {
		return " "
	}
	return string(quote) + " "
}

func plainCandidates(names []string, prefix, end string) []lineedit.Candidate {
	slices.Sort(names)
	var candidates []lineedit.Candidate
	for _, name := range slices.Compact(names) {
		if strings.HasPrefix(name, prefix) {
			candidates = append(candidates, lineedit.Candidate{Text: name, Show: name, End: end})
		}
	}
	return candidates
}

// keywords and builtins that are worth a completion. The interpreter has no
// list of its own.
const shellWords = "alias bg break builtin case cd command continue declare dirs disown do done echo elif " +
	"else esac eval exec exit export false fg fi for function getopts help history if in jobs kill let " +
	"local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt " +
	"source test then time trap true type ulimit umask unalias unset until wait while"

// svcWords are the commands of svc. After one of them comes a service, other
// than after check, which wants a file.
const svcWords = "check disable enable events graph list reload restart signal start status stop timeline why"

// services returns the names of all services.
func (sh *shell) services() []string {
	var names []string
	entries, _ := os.ReadDir(sh.manifests) // no folder, no names
	for _, entry := range entries {
		if name, found := strings.CutSuffix(entry.Name(), ".json"); found {
			names = append(names, name)
		}
	}
	return names
}

// commands returns the names of all commands: words of the shell, functions,
// aliases, programs in PATH.
func (sh *shell) commands() []string {
	names := append(strings.Fields(shellWords), sh.aliases()...)
	for name := range sh.runner.Funcs {
		names = append(names, name)
	}
	path, _ := sh.variable("PATH")
	for _, folder := range filepath.SplitList(path) {
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			if !entry.IsDir() && unix.Access(filepath.Join(folder, entry.Name()), unix.X_OK) == nil {
				names = append(names, entry.Name())
			}
		}
	}
	return names
}

// aliases asks the interpreter, which keeps them to itself.
func (sh *shell) aliases() []string {
	var out bytes.Buffer
	asked := sh.runner.Subshell()
	file, err := sh.parse("builtin alias", "")
	if err != nil || interp.StdIO(nil, &out, &out)(asked) != nil {
		return nil
	}
	asked.Run(context.Background(), file.Stmts[0])
	var names []string
	for line := range strings.Lines(out.String()) {
		if name, _, ok := strings.Cut(strings.TrimPrefix(line, "alias "), "="); ok {
			names = append(names, name)
		}
	}
	return names
}

func (sh *shell) variables() []string {
	var names []string
	for name := range sh.runner.Env.Each {
		names = append(names, name)
	}
	for name, v := range sh.runner.Vars {
		if v.IsSet() && name != lastJob {
			names = append(names, name)
		}
	}
	return names
}

// files returns the files that the word may become.
func (sh *shell) files(w word, foldersOnly bool) []lineedit.Candidate {
	typed, prefix := filepath.Split(w.text)
	folder := typed
	if rest, ok := strings.CutPrefix(typed, "~/"); ok && w.quote == 0 {
		home, _ := sh.variable("HOME")
		folder = filepath.Join(home, rest)
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(sh.runner.Dir, folder)
	}
	entries, _ := os.ReadDir(folder) // sorted
	var candidates []lineedit.Candidate
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, prefix) || name[0] == '.' && prefix == "" {
			continue
		}
		info, err := os.Stat(filepath.Join(folder, name))
		isFolder := err == nil && info.IsDir()
		if foldersOnly && !isFolder {
			continue
		}
		c := lineedit.Candidate{Text: requote(typed+name, w.quote), Show: name, End: closing(w.quote)}
		if isFolder {
			c.Text, c.Show, c.End = c.Text+"/", c.Show+"/", ""
		}
		candidates = append(candidates, c)
	}
	return candidates
}
