package main

import (
	"io"
	"math"
	"regexp"
	"strconv"

	"github.com/vole-linux/vole/cmds/internal/posixre"
)

// A pager is what less shows and how. Only one goroutine uses it.
type pager struct {
	options
	files         []file
	texts         []*text // of the files that were shown
	current       int     // which file
	width, height int     // of the terminal
	top           position
	shift         int // with -S, the first column shown
	laidOut       map[int][][]cell
	kept          int // cells in laidOut

	prompt  rune   // what is being typed: / or ? or : or 0 for nothing
	typed   string // after the prompt
	number  string // before a key
	message string // shown until the next key

	match   *regexp.Regexp // what is searched for
	upwards bool
	found   int // the line of the last match, -1 after moving away
	// pending is what waits for more text; it says whether it is done.
	pending func() bool
}

// allLines is more lines than any text has, with room for a screen on top.
const allLines = math.MaxInt / 2

func newPager(o options, files []file) *pager {
	p := &pager{options: o, files: files, texts: make([]*text, len(files)), found: -1}
	p.open(0)
	return p
}

func (p *pager) text() *text { return p.texts[p.current] }

// ask asks for n lines of the text.
func (p *pager) ask(n int) { p.text().want(n) }

func (p *pager) open(i int) {
	p.current = i
	if p.texts[i] == nil {
		p.texts[i] = readText(p.files[i].in)
	}
	p.top, p.shift, p.found, p.laidOut, p.pending = position{}, 0, -1, nil, nil
	p.ask(p.height)
}

func (p *pager) resize(width, height int) {
	p.width, p.height, p.laidOut = width, height, nil
	p.top.row = 0
	p.ask(p.top.line + height)
}

// more is called when there is more text.
func (p *pager) more() {
	if p.pending != nil && p.pending() {
		p.pending = nil
	}
}

// ready says whether there are n lines, or all of them if there are fewer. If
// not, it asks for them.
func (p *pager) ready(n int) bool {
	have, ended, _ := p.text().state()
	p.ask(n)
	return ended || have >= n
}

// await tries ready now, and again whenever there is more text.
func (p *pager) await(ready func() bool) {
	p.pending = ready
	p.more()
}

// press does what a key asks for; false is to leave.
func (p *pager) press(k key) bool {
	p.message = ""
	switch {
	case p.prompt != 0:
		return p.edit(k)
	case k == ctrlC:
		p.pending, p.number = nil, ""
		return true
	case k >= '0' && k <= '9' && len(p.number) < 9:
		p.number += string(rune(k))
		return true
	}
	count, given := 1, p.number != ""
	if given {
		count, _ = strconv.Atoi(p.number)
	}
	p.number = ""
	return p.command(k, count, given)
}

func (p *pager) command(k key, count int, given bool) bool {
	page := p.height - 1
	switch k {
	case 'q', 'Q':
		return false
	case ' ', 'f', ctrlF, keyPageDown:
		p.forward(count * page)
	case 'b', ctrlB, keyPageUp:
		p.back(count * page)
	case '\r', '\n', 'j', 'e', keyDown:
		p.forward(count)
	case 'k', 'y', keyUp:
		p.back(count)
	case 'd', ctrlD:
		p.forward(count * page / 2)
	case 'u', ctrlU:
		p.back(count * page / 2)
	case 'g', '<', keyHome:
		p.goTo(count)
	case 'G', '>', keyEnd:
		if given {
			p.goTo(count)
		} else {
			p.goTo(allLines)
		}
	case '/', '?', ':':
		p.prompt, p.typed = rune(k), ""
	case 'n':
		p.search(p.upwards, count)
	case 'N':
		p.search(!p.upwards, count)
	case keyLeft:
		p.shift, p.laidOut = max(0, p.shift-p.width/2), nil
	case keyRight:
		if p.chop {
			p.shift, p.laidOut = p.shift+p.width/2, nil
		}
	case 'h', 'H':
		p.message = "space b: screens  j k: lines  g G: ends  /TEXT n N: search  :n :p: files  q: leave"
	}
	return true
}

// goTo shows line number n, from 1, or the end if there are fewer.
func (p *pager) goTo(n int) {
	p.found = -1
	p.await(func() bool {
		if !p.ready(n + p.height) {
			return false
		}
		if have, _, _ := p.text().state(); n > have {
			p.end()
		} else {
			p.show(max(0, n-1))
		}
		return true
	})
}

// edit adds a key to what is typed after a prompt.
func (p *pager) edit(k key) bool {
	switch {
	case k == ctrlC || k == escape || (k == backspace || k == ctrlH) && p.typed == "":
		p.prompt = 0
	case k == backspace || k == ctrlH:
		runes := []rune(p.typed)
		p.typed = string(runes[:len(runes)-1])
	case k == '\r' || k == '\n':
		prompt := p.prompt
		p.prompt = 0
		return p.enter(prompt)
	case k >= ' ' && k < keyUp:
		p.typed += string(rune(k))
	}
	return true
}

// enter does what was typed after a prompt.
func (p *pager) enter(prompt rune) bool {
	if prompt != ':' {
		p.searchFor(p.typed, prompt == '?')
		return true
	}
	switch next := p.current + 1; {
	case p.typed == "q":
		return false
	case p.typed == "n" && next < len(p.files):
		p.open(next)
	case p.typed == "p" && p.current > 0:
		p.open(p.current - 1)
	case p.typed == "n" || p.typed == "p":
		p.message = "there is no such file"
	default:
		p.message = "known are :n, :p and :q"
	}
	return true
}

// searchFor starts a search; an empty expression repeats the last one.
func (p *pager) searchFor(expression string, upwards bool) {
	if expression != "" {
		flags := ""
		if p.ignoreCase {
			flags = "i"
		}
		match, err := posixre.Compile(expression, posixre.Extended, flags)
		if err != nil {
			p.message = err.Error()
			return
		}
		p.match = match
	}
	p.upwards = upwards
	p.search(upwards, 1)
}

// search shows the count-th line that matches, after or before the last one.
func (p *pager) search(upwards bool, count int) {
	if p.match == nil {
		p.message = "nothing has been searched for"
		return
	}
	step, at := 1, p.top.line
	if upwards {
		step, at = -1, p.top.line-1
	}
	if p.found >= 0 {
		at = p.found + step
	}
	p.await(func() bool {
		have, ended, _ := p.text().state()
		for ; at >= 0 && at < have; at += step {
			if !p.match.MatchString(p.text().line(at)) {
				continue
			}
			if count > 1 {
				count--
				continue
			}
			if !p.ready(at + p.height) {
				return false
			}
			p.show(at)
			p.found = at
			return true
		}
		if at >= 0 && !ended {
			p.ask(allLines)
			return false
		}
		p.message = "not found"
		return true
	})
}

// fits says whether all of the text fits on the screen; it waits for the end
// or for enough to know.
func (p *pager) fits() bool {
	if len(p.files) > 1 {
		return false
	}
	p.ask(p.height + 1)
	for {
		count, ended, _ := p.text().state()
		if ended || count >= p.height {
			return ended && count < p.height && p.atEnd()
		}
		<-p.text().changed
	}
}

// writeAll prints the text as it is.
func (p *pager) writeAll(out io.Writer) error {
	count, _, err := p.text().state()
	for i := range count {
		if _, err := io.WriteString(out, p.text().raw(i)); err != nil {
			return err
		}
	}
	return err
}
