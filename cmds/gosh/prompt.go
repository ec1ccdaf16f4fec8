package main

import (
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// prompt is what the user sees when the shell is ready.
func (sh *shell) prompt() string {
	if ps1, ok := sh.variable("PS1"); ok {
		return sh.expandPrompt(ps1)
	}
	return "vole" + sh.sign() + " "
}

// sign is # for root and $ for everybody else.
func (sh *shell) sign() string {
	if sh.uid == 0 {
		return "#"
	}
	return "$"
}

// expandPrompt replaces the escapes that bash knows in PS1.
func (sh *shell) expandPrompt(format string) string {
	var prompt strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '\\' || i+1 == len(format) {
			prompt.WriteByte(format[i])
			continue
		}
		i++
		prompt.WriteString(sh.promptEscape(format[i]))
	}
	return prompt.String()
}

func (sh *shell) promptEscape(letter byte) string {
	switch letter {
	case '$':
		return sh.sign()
	case 'w':
		return sh.folder()
	case 'W':
		return filepath.Base(sh.folder())
	case 'u':
		return sh.userName()
	case 'h', 'H':
		name, err := sh.hostname()
		if err != nil {
			return "localhost"
		}
		if letter == 'h' {
			name, _, _ = strings.Cut(name, ".")
		}
		return name
	case 't':
		return time.Now().Format("15:04:05")
	case 'j':
		return strconv.Itoa(len(sh.jobs.List()))
	case 's':
		return sh.name
	case 'e':
		return "\x1b"
	case 'a':
		return "\a"
	case 'n':
		return "\n"
	case '\\':
		return `\`
	case '[', ']': // they mark what has no width; the editor knows by itself
		return ""
	}
	return `\` + string(letter)
}

// folder is the current folder, with ~ for the home.
func (sh *shell) folder() string {
	home, _ := sh.variable("HOME")
	if home == "" || home == "/" {
		return sh.runner.Dir
	}
	rest, ok := strings.CutPrefix(sh.runner.Dir, home)
	if ok && (rest == "" || rest[0] == '/') {
		return "~" + rest
	}
	return sh.runner.Dir
}

func (sh *shell) userName() string {
	if name, _ := sh.variable("USER"); name != "" {
		return name
	}
	if u, err := user.LookupId(strconv.Itoa(sh.uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(sh.uid)
}
