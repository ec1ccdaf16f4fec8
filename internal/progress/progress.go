// Package progress shows a person what takes longer than a second.
//
// On a terminal a running step is one line that is rewritten in place with its
// latest news and its age, the latest of those that run side by side; elsewhere (a log file, CI) a step prints one line
// when it starts and one when it ends, so that logs stay readable. Colour is
// used only on a terminal and never when NO_COLOR is set (https://no-color.org).
//
// # Bugs
//
// Lines are cut at 79 columns; the terminal's real width is not asked.
//
// Next in the tour: none
package progress

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

const width = 79

// A Printer shows steps on one writer. A nil Printer shows nothing.
// mu guards the writer and running.
type Printer struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	colour   bool
	running  []*Step // on a terminal; the last one is on the rewritten line
}

// New returns a Printer on f, usually os.Stderr.
func New(f *os.File) *Printer {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	return &Printer{w: f, terminal: terminal, colour: terminal && os.Getenv("NO_COLOR") == ""}
}

// NewWriter returns a Printer for anything that is no terminal.
func NewWriter(w io.Writer) *Printer { return &Printer{w: w} }

// Say prints a line of its own.
func (p *Printer) Say(format string, args ...any) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// Warn prints a line that must not be overlooked.
func (p *Printer) Warn(format string, args ...any) {
	if p == nil {
		return
	}
	p.Say("%s", p.paint("33;1", "WARNING: "+fmt.Sprintf(format, args...)))
}

func (p *Printer) paint(code, s string) string {
	if !p.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// clear wipes the rewritten line. The caller holds mu.
func (p *Printer) clear() {
	if len(p.running) > 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// A Step is something that takes a while. Its methods may be called from any
// goroutine, and on a nil Step.
type Step struct {
	p     *Printer
	name  string
	news  string
	start time.Time
	stop  chan struct{}
}

// Step starts a step; the caller ends it with Done or Fail.
func (p *Printer) Step(format string, args ...any) *Step {
	if p == nil {
		return nil
	}
	s := &Step{p: p, name: fmt.Sprintf(format, args...), start: time.Now(), stop: make(chan struct{})}
	if !p.terminal {
		p.Say("%s ...", s.name)
		return s
	}
	p.mu.Lock()
	p.running = append(p.running, s)
	p.mu.Unlock()
	go s.redraw()
	return s
}

func (s *Step) redraw() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		s.p.mu.Lock()
		if n := len(s.p.running); n > 0 && s.p.running[n-1] == s {
			line := fmt.Sprintf("%s ... %.0f s %s", s.name, time.Since(s.start).Seconds(), s.news)
			fmt.Fprintf(s.p.w, "\r\x1b[K%.*s", width, line)
		}
		s.p.mu.Unlock()
	}
}

// Update changes the news shown beside a running step on a terminal.
func (s *Step) Update(format string, args ...any) {
	if s == nil {
		return
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.news = fmt.Sprintf(format, args...)
}

// Done ends the step with a closing remark.
func (s *Step) Done(format string, args ...any) { s.end("", format, args...) }

// Fail ends the step; the error itself is reported by the caller.
func (s *Step) Fail() { s.end("31", "failed") }

func (s *Step) end(colour, format string, args ...any) {
	if s == nil {
		return
	}
	close(s.stop)
	s.p.mu.Lock()
	s.p.clear()
	s.p.running = slices.DeleteFunc(s.p.running, func(r *Step) bool { return r == s })
	s.p.mu.Unlock()
	remark := fmt.Sprintf(format, args...)
	if colour != "" {
		remark = s.p.paint(colour, remark)
	}
	s.p.Say("%s: %s (%.1f s)", s.name, remark, time.Since(s.start).Seconds())
}
