// Gosh is the shell: what a person meets at the prompt, and what runs scripts.
//
// Usage:
//
//	gosh                         read commands from the terminal
//	gosh FILE [ARG...]           run a script; $0 is FILE, $1 the first ARG
//	gosh -c CMD [NAME [ARG...]]  run CMD; $0 is NAME
//	gosh -s [ARG...]             run what comes on standard input
//
// Options: -l is a login shell, which first runs /etc/profile and ~/.profile
// (so does a first argument zero that starts with a hyphen); -i shows prompts
// even where standard input is no terminal; -e -u -x -f -n -a, "-o pipefail"
// and their +forms are those of the builtin set. Called sh, it is the same.
//
// # The language
//
// It is that of bash, as far as mvdan.cc/sh goes: functions, arrays,
// arithmetic, [[ ]], here-documents, command and process substitution,
// set -e and pipefail. The builtins that a person at a prompt needs beside
// those are ours: bg, disown, exec, fg, help, history, jobs, kill, printf, read, time,
// trap, ulimit, umask, wait.
//
// # At the prompt
//
// The line editor has the keys of emacs: Ctrl-A and Ctrl-E go to the ends of
// the line, Ctrl-W and Ctrl-U cut, Ctrl-Y brings back, the arrows go through
// the line and the history, Ctrl-R searches the history, Tab completes, and
// pressed twice lists. cmds/internal/lineedit has them all. PS1 sets the prompt; it may hold \u
// user, \h host, \w folder, \W its last part, \$ (# for root), \t time, \j
// number of jobs, \e Escape, \n. Without PS1 the prompt is "vole# " for root
// and "vole$ " for others. PS2 is shown while a command is incomplete.
//
// Each command runs in a process group of its own. Ctrl-C ends it, also if it
// is a loop; Ctrl-Z stops it; fg and bg let it go on, in front or behind; a
// command that ends in & starts behind. jobs lists them, kill %1 ends one. The
// state of the terminal is restored after a command that failed or was ended,
// and kept after one that succeeded, so that stty works.
//
// # Files
//
//	/etc/profile, ~/.profile   run by a login shell; errors there are shown, never fatal
//	$HISTFILE, ~/.gosh_history what was typed: 1000 commands, mode 0600
//
// # Exit status
//
// That of the last command; 128 and the number of the signal that ended it;
// 126 found but can't be run, 127 not found, 2 syntax error.
//
// # How it is made
//
// The interpreter runs statements inside this process and asks us to run
// programs (exec.go). What it can't do itself is rewritten before it runs
// (rewrite.go): CMD & becomes a call of our builtin, so that each job is known
// by name. Subshells and background statements are goroutines and not
// processes; only programs are processes. Packages: cmds/internal/job holds
// the jobs, cmds/internal/lineedit the keyboard.
//
// Links: POSIX.1-2024 chapter 2, Shell Command Language; credentials(7),
// termios(3), waitid(2).
//
// # Bugs
//
//   - Redirections know the descriptors 0, 1 and 2 only: no exec 3>FILE.
//   - umask and ulimit inside ( ) change the whole shell, since it is one
//     process; $$ is the same everywhere, BASHPID is missing.
//   - Ctrl-Z in a loop or a list stops the running program and drops the rest.
//   - The last part of a pipeline runs in the shell itself, as in ksh and zsh:
//     what it sets stays, and its exit leaves the shell.
//   - A background list or loop lives inside the shell. A script waits for it
//     at its end; an interactive shell that is left takes it along.
//   - A script is parsed as a whole before its first command runs.
//   - trap knows EXIT, ERR and signals; a trap runs between two commands.
//   - One of our builtins is hidden by a function of its name as soon as the
//     shell has read the function, not only when it is defined.
//   - ulimit -n shows the hard limit until it has been set.
//   - select and mapfile don't see Ctrl-C before the end of a line.
//   - pushd after cd, and popd, go by the folder the shell was started in.
//   - PIPESTATUS, FUNCNAME, SECONDS and declare -i are missing; return and local
//     fail in a subshell of a function.
//   - In a condition set -e still ends a subshell. ${#MAP[@]} is always 1.
//   - Missing: coproc, fc, !! history expansion, programmable completion,
//     set -m, read -u, wait -n, the i in $-.
//
// Next in the tour: cmds/poweroff
package main

import (
	"io"
	"os"
	"syscall"

	"github.com/vole-linux/vole/internal/cli"
)

// program is the name in messages, however the shell is called.
const program = "gosh"

const usage = `usage: gosh [-il] [-efnuxa] [-o OPTION] [FILE [ARG...] | -c CMD [NAME [ARG...]] | -s [ARG...]]

  gosh                              a shell at this terminal
  gosh backup.sh /var /mnt          run a script; $1 is /var
  gosh -c 'echo $0 $1' me you       run one command
  gosh -e <install.sh               run what comes in, stop at the first failure

  -c CMD  run CMD             -l  run /etc/profile and ~/.profile first
  -s      read standard input -i  show prompts
  -e -f -n -u -x -a, -o NAME  as the builtin set`

// A machine is what the shell needs to know of the process it is.
type machine struct {
	arg0      string // how it was called
	uid       int
	environ   []string
	hostname  func() (string, error)
	manifests string                                      // the folder of services, for completion
	exec      func(path string, argv, env []string) error // replaces the process
	leave     func(status int)                            // ends the process
	die       func(sig syscall.Signal)                    // ends the process by a signal
}

func main() {
	linux := machine{
		arg0:      os.Args[0],
		uid:       os.Getuid(),
		environ:   os.Environ(),
		hostname:  os.Hostname,
		manifests: "/etc/services",
		exec:      syscall.Exec,
		leave:     os.Exit,
		die:       die,
	}
	cli.Exit(program, linux.run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole shell. Its error is a cli.Status unless the shell itself
// could not do what it was asked for.
func (m machine) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parseOptions(args, m.arg0)
	if err != nil {
		return err
	}
	in, err := asFile(stdin)
	if err != nil {
		return err
	}
	sh, err := newShell(m, o, in, stdout, stderr)
	if err != nil {
		return err
	}
	defer sh.stopListening()
	status := 0
	atPrompt := !o.hasCommand && o.file == "" && (o.interactive || isTerminal(in))
	if o.login && !atPrompt {
		sh.readProfiles()
	}
	switch {
	case atPrompt:
		status = sh.interact(o)
	case o.hasCommand:
		status, err = sh.runScript(o.command, o.name)
	case o.file != "":
		status, err = sh.runFile(o.file)
	default:
		status, err = sh.runInput(o.name)
	}
	if err == nil && status != 0 {
		err = cli.Status(status)
	}
	return err
}

// asFile makes a file of any reader, since a process can inherit only files.
func asFile(r io.Reader) (*os.File, error) {
	if f, ok := r.(*os.File); ok {
		return f, nil
	}
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	go func() {
		io.Copy(out, r)
		out.Close()
	}()
	return in, nil
}
