package main

import "strings"

// A word is where the cursor stands in a command line that is being typed, and
// so may be incomplete.
type word struct {
	start    int      // where it starts in the line, in bytes; after = and $ too
	text     string   // its value so far, without quotes
	quote    byte     // the quote that is open at its end: ', " or 0
	command  bool     // it is the name of a command
	variable bool     // it is the name of a variable, after $
	before   []string // the words of the same command before it
}

// lastWord finds the word at the end of head, the line up to the cursor.
func lastWord(head string) word {
	s := scanner{line: head}
	s.newCommand()
	for s.pos < len(head) {
		s.step()
	}
	w := s.word
	if s.dollar >= 0 && isVariableName(head[s.dollar:]) {
		return word{start: s.dollar, text: head[s.dollar:], quote: w.quote, variable: true}
	}
	return w
}

// A scanner goes through a line from the left, the way the shell's lexer does
// as far as completion needs it.
type scanner struct {
	line   string
	pos    int
	word   word
	inWord bool
	target bool // a redirection: the next word is a file
	dollar int  // where the name after the latest $ starts, or -1
}

func (s *scanner) newCommand() {
	s.word = word{start: s.pos, command: true}
	s.inWord, s.target, s.dollar = false, false, -1
}

// step takes one character, or two that belong together.
func (s *scanner) step() {
	c := s.line[s.pos]
	s.pos++
	switch {
	case s.word.quote == '\'':
		s.quoted(c)
	case c == '$':
		s.afterDollar()
	case c == '`' || s.word.quote == 0 && strings.IndexByte(";|&(\n", c) >= 0:
		s.newCommand()
	case s.word.quote == '"':
		s.quoted(c)
	case c == ' ' || c == '\t':
		s.endWord()
	case c == ')':
		s.endWord()
		s.word.command = false
	case c == '<' || c == '>':
		s.endWord()
		s.target, s.word.command = true, false
	case c == '\'' || c == '"':
		s.word.quote, s.inWord = c, true
	case c == '\\':
		s.escaped()
	default:
		s.add(c)
		if c == '=' {
			s.restart()
		}
	}
}

func (s *scanner) add(c byte) {
	s.inWord = true
	s.word.text += string([]byte{c})
}

func (s *scanner) quoted(c byte) {
	switch {
	case c == s.word.quote:
		s.word.quote, s.dollar = 0, -1
	case c == '\\' && s.word.quote == '"':
		s.escaped()
	default:
		s.add(c)
	}
}

func (s *scanner) escaped() {
	s.inWord = true
	if s.pos < len(s.line) {
		s.add(s.line[s.pos])
		s.pos++
	}
}

func (s *scanner) afterDollar() {
	if s.pos < len(s.line) && s.line[s.pos] == '(' {
		s.pos++
		s.newCommand()
		return
	}
	s.add('$')
	if s.pos < len(s.line) && s.line[s.pos] == '{' {
		s.add('{')
		s.pos++
	}
	s.dollar = s.pos
}

// restart begins the word anew after the = of NAME=VALUE and --name=value.
func (s *scanner) restart() {
	s.word.start = s.pos
	s.word.text = ""
	s.word.command = false
	s.target = true // if the word was an assignment, a command still follows
	if len(s.word.before) > 0 {
		s.target = false
	}
}

// endWord ends the word that was being read, if one was.
func (s *scanner) endWord() {
	s.dollar = -1
	opener := len(s.word.before) == 0 && takesCommand(s.word.text)
	if s.inWord && !s.target && !opener {
		s.word.before = append(s.word.before, s.word.text)
	}
	if s.inWord {
		s.target = false
	}
	s.inWord = false
	s.word.start, s.word.text = s.pos, ""
	s.word.command = len(s.word.before) == 0
}

// takesCommand says whether another command follows name on the line.
func takesCommand(name string) bool {
	switch name {
	case "if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "exec", "command", "sudo", "nohup":
		return true
	}
	return false
}

func isVariableName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i], i > 0) {
			return false
		}
	}
	return true
}

func isNameByte(c byte, digits bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digits && c >= '0' && c <= '9'
}

// requote writes text such that the shell reads it as one word, inside the
// quote that is already open, if one is. A ~ at the start of an unquoted word
// keeps its meaning.
func requote(text string, quote byte) string {
	switch quote {
	case '\'':
		return "'" + strings.ReplaceAll(text, "'", `'\''`)
	case '"':
		return `"` + escapeEach(text, "\"$`\\")
	}
	if rest, ok := strings.CutPrefix(text, "~/"); ok {
		return "~/" + requote(rest, 0)
	}
	return escapeEach(text, " \t\n'\"\\$`&|;<>()*?[]{}#~!=")
}

func escapeEach(text, special string) string {
	var escaped strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			escaped.WriteByte('\\')
		}
		escaped.WriteByte(text[i])
	}
	return escaped.String()
}
