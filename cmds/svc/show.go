package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/human"
	"github.com/vole-linux/vole/internal/cli"
)

func (r *request) list() error {
	var all []control.Service
	if err := r.ask("GET", "/services", &all); err != nil {
		return err
	}
	if r.json {
		return r.print(all)
	}
	if len(all) == 0 {
		fmt.Fprintln(r.out, "there are no services: /etc/services has no manifest")
		return nil
	}
	wide := len("SERVICE")
	for _, s := range all {
		wide = max(wide, len(s.Name))
	}
	fmt.Fprintf(r.out, "%-*s  %-9s %6s %7s  %s\n", wide, "SERVICE", "STATE", "PID", "MEMORY", "ABOUT")
	for _, s := range all {
		pid, memory := "", ""
		if s.Pid != 0 {
			pid = fmt.Sprint(s.Pid)
		}
		if s.Memory != 0 {
			memory = human.Bytes(s.Memory)
		}
		line := fmt.Sprintf("%-*s  %s %6s %7s  %s", wide, s.Name, r.paint(s.State, fmt.Sprintf("%-9s", s.State)), pid, memory, about(s))
		fmt.Fprintln(r.out, strings.TrimRight(line, " "))
	}
	return nil
}

// about is what matters most in one line.
func about(s control.Service) string {
	switch {
	case s.Reason != "" && s.State != "off":
		return s.Reason
	case s.Status != "":
		return s.Status
	case s.Next != nil:
		return "runs next at " + s.Next.Format("2006-01-02 15:04:05")
	case !s.Enabled && s.State == "off":
		return "disabled"
	}
	return s.Description
}

// paint gives a state its colour.
func (r *request) paint(state, text string) string {
	color := map[string]string{"up": "32", "done": "32", "failed": "1;31", "refused": "1;31", "backoff": "33", "waiting": "36", "starting": "36", "stopping": "36", "off": "90", "skipped": "90"}[state]
	if !r.color || color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (r *request) status() error {
	up := true
	for i, name := range r.names {
		var s control.Service
		if err := r.ask("GET", page(name, ""), &s); err != nil {
			return err
		}
		if r.json {
			if err := r.print(s); err != nil {
				return err
			}
		} else {
			if i > 0 {
				fmt.Fprintln(r.out)
			}
			r.show(s)
		}
		up = up && (s.State == "up" || s.State == "done")
	}
	if !up {
		return cli.Status(cli.StatusFailed)
	}
	return nil
}

// show prints all about one service.
func (r *request) show(s control.Service) {
	fmt.Fprintf(r.out, "%s  %s\n", s.Name, s.Description)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(r.out, "  %-9s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("state", "%s, since %s after the start of the machine", r.paint(s.State, s.State), seconds(s.Since))
	if s.Reason != "" {
		row("why", "%s", s.Reason)
	}
	if s.Status != "" {
		row("says", "%s", s.Status)
	}
	if s.Pid != 0 {
		row("process", "%d, ready %s after its start", s.Pid, seconds(max(0, s.Ready-s.Began)))
	}
	if s.Pids != 0 {
		row("uses", "%s of memory, %s of processor, %d processes", human.Bytes(s.Memory), seconds(s.CPU), s.Pids)
	}
	if s.Next != nil {
		row("next", "%s", s.Next.Format(time.RFC3339))
	}
	if s.Restarts > 0 {
		row("restarts", "%d", s.Restarts)
	}
	if s.Last != nil {
		row("last end", "%s, after %s", s.Last.Cause, seconds(s.Last.Ran))
	}
	row("at boot", "%s", map[bool]string{true: "starts", false: "does not start"}[s.Enabled])
	for _, line := range s.Lines {
		row("|", "%s", line)
	}
}

// seconds is a duration as people read it.
func seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func (r *request) why() error {
	for _, name := range r.names {
		var w control.Why
		if err := r.ask("GET", page(name, "why"), &w); err != nil {
			return err
		}
		if r.json {
			if err := r.print(w); err != nil {
				return err
			}
			continue
		}
		r.explain(w)
	}
	return nil
}

// explain prints the reasons, the service's own first, then each chain down to
// where somebody can act.
func (r *request) explain(w control.Why) {
	s := w.Service
	if s.State == "up" || s.State == "done" {
		fmt.Fprintf(r.out, "%s is %s\n", s.Name, s.State)
		return
	}
	fmt.Fprintf(r.out, "%s is %s: %s\n", s.Name, r.paint(s.State, s.State), s.Reason)
	for _, chain := range w.Chains {
		for i, c := range chain {
			fmt.Fprintf(r.out, "%s%s %s %s, which is %s: %s\n", strings.Repeat("  ", i+1), c.Edge.From, c.Edge.Strength, c.Edge.To, r.paint(c.State, c.State), c.Reason)
		}
	}
	if s.Last != nil && s.State != "waiting" {
		fmt.Fprintf(r.out, "  its program ended %s after the start of the machine: %s\n", seconds(s.Last.When), s.Last.Cause)
	}
	for _, line := range s.Lines {
		fmt.Fprintf(r.out, "  | %s\n", line)
	}
}

func (r *request) events() error {
	path := "/events"
	if r.follow {
		path += "?follow=1"
	}
	answer, err := r.do(context.Background(), "GET", path)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if r.json {
			fmt.Fprintln(r.out, lines.Text())
			continue
		}
		var e control.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("cannot understand init: %w", err)
		}
		fmt.Fprintln(r.out, strings.TrimRight(fmt.Sprintf("%10.3f  %-20s %-10s %s", e.When.Seconds(), e.Service, r.paint(e.What, e.What), e.Why), " "))
	}
	if err := lines.Err(); err != nil && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("cannot hear init: %w", err)
	}
	return nil
}
