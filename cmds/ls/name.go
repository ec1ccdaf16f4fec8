package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// shown is name as it is written: as it is, or on a terminal with ? for what
// would control it.
func (l *lister) shown(name string) string {
	if !l.hideControl {
		return name
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return '?'
	}, name)
}

// label is what is written for a name: the text, and how many columns it takes.
func (l *lister) label(e entry) (text string, width int) {
	name := l.shown(e.name)
	mark := l.markOf(e.stat.Mode)
	if l.long && e.kind() == unix.S_IFLNK {
		mark = "" // the target has one
	}
	text = l.paint(e, name) + mark
	return text, utf8.RuneCountInString(name + mark)
}

// markOf is the mark that -F and -p put after a name.
func (l *lister) markOf(mode uint32) string {
	kind := mode & unix.S_IFMT
	switch {
	case kind == unix.S_IFDIR && (l.mark || l.markFolders):
		return "/"
	case !l.mark:
		return ""
	case kind == unix.S_IFLNK:
		return "@"
	case kind == unix.S_IFIFO:
		return "|"
	case kind == unix.S_IFSOCK:
		return "="
	case kind == unix.S_IFREG && mode&0o111 != 0:
		return "*"
	}
	return ""
}

// paint gives text the colour of e.
func (l *lister) paint(e entry, text string) string {
	color := colorOf(e)
	if !l.color || color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[m"
}

// colorOf is a parameter of the escape sequence SGR (console_codes(4)).
func colorOf(e entry) string {
	mode := e.stat.Mode
	switch e.kind() {
	case unix.S_IFDIR:
		if mode&unix.S_ISVTX != 0 && mode&0o002 != 0 {
			return "30;42" // everyone may write: black on green
		}
		return "1;34"
	case unix.S_IFLNK:
		if e.targetMode == 0 {
			return "1;31"
		}
		return "1;36"
	case unix.S_IFCHR, unix.S_IFBLK:
		return "1;33"
	case unix.S_IFIFO:
		return "33"
	case unix.S_IFSOCK:
		return "1;35"
	}
	switch {
	case mode&(unix.S_ISUID|unix.S_ISGID) != 0:
		return "37;41" // runs with the rights of its owner: white on red
	case mode&0o111 != 0:
		return "1;32"
	}
	return ""
}
