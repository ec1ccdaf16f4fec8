package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/vole-linux/vole/cmds/internal/chart"
	"github.com/vole-linux/vole/cmds/internal/control"
)

// graph draws what needs what.
func (r *request) graph() error {
	var services []control.Service
	var edges []control.Edge
	if err := r.ask("GET", "/services", &services); err != nil {
		return err
	}
	if err := r.ask("GET", "/edges", &edges); err != nil {
		return err
	}
	if r.json {
		return r.print(edges)
	}
	var g chart.Graph
	for _, s := range services {
		g.Nodes = append(g.Nodes, chart.Node{Name: s.Name, State: drawn(s.State)})
	}
	for _, e := range edges {
		g.Edges = append(g.Edges, chart.Edge{From: e.From, To: e.To, Need: map[string]chart.Need{"requires": chart.Requires, "wants": chart.Wants}[e.Strength]})
	}
	if len(r.names) > 0 {
		g = g.Only(r.names...)
	}
	if r.svg {
		_, err := r.out.Write(g.SVG())
		return err
	}
	_, err := fmt.Fprint(r.out, g.Tree(r.options()))
	return err
}

// drawn is a state in the words of package chart.
func drawn(state string) string {
	switch state {
	case "up":
		return "ready"
	case "off", "skipped":
		return "stopped"
	case "refused":
		return "failed"
	}
	return state
}

func (r *request) options() chart.Options { return chart.Options{Width: r.width, Color: r.color} }

// timeline draws where the time of the boot went.
func (r *request) timeline() error {
	spans, err := r.spans()
	if err != nil {
		return err
	}
	t := chart.Timeline{Spans: spans}
	switch {
	case r.json:
		return r.print(spans)
	case r.svg:
		_, err = r.out.Write(t.SVG())
	case r.trace:
		_, err = r.out.Write(t.Trace())
	default:
		_, err = fmt.Fprint(r.out, t.Text(r.options()))
		for _, gap := range chart.Gaps(spans, 50*time.Millisecond) {
			fmt.Fprintf(r.out, "nothing was on its way from %s to %s\n", seconds(gap.Start), seconds(gap.End))
		}
	}
	return err
}

// spans are the parts of the boot, from the kernel to the shell.
func (r *request) spans() ([]chart.Span, error) {
	var services []control.Service
	if err := r.ask("GET", "/services", &services); err != nil {
		return nil, err
	}
	began, supervisor, complete, err := r.marks()
	if err != nil {
		return nil, err
	}
	spans := []chart.Span{
		{Name: "kernel", Kind: chart.Kernel, Start: 0, Ready: began, End: began},
		{Name: "init stage 1", Kind: chart.Stage, Start: began, Ready: supervisor, End: supervisor},
	}
	for _, s := range services {
		if s.Began == 0 || s.Began > complete {
			continue
		}
		span := chart.Span{Name: s.Name, Kind: chart.Service, Start: s.Began, Ready: s.Ready, Failed: s.State == "failed"}
		if s.Last != nil && s.Pid == 0 {
			span.End = s.Last.When
		}
		if s.State == "done" && span.Ready == 0 {
			span.Ready = span.End
		}
		spans = append(spans, span)
	}
	return append(spans, chart.Span{Name: "shell", Kind: chart.Shell, Start: complete, Ready: complete}), nil
}

// marks are when process 1 and the supervisor began, and when the boot was
// complete, since the start of the kernel.
func (r *request) marks() (began, supervisor, complete time.Duration, err error) {
	answer, err := r.do(context.Background(), "GET", "/events")
	if err != nil {
		return 0, 0, 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		var e control.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return 0, 0, 0, fmt.Errorf("cannot understand init: %w", err)
		}
		switch e.What {
		case "init began":
			began = e.When
		case "supervisor began":
			supervisor = e.When
		case "boot complete":
			complete = e.When
		}
	}
	return began, supervisor, complete, lines.Err()
}
