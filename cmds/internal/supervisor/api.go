package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/httpunix"
	"github.com/vole-linux/vole/internal/manifest"
	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/signame"
)

// The control socket: package control has the pages. Handlers are called by
// many goroutines; what they ask and want is done by Run, through ask.

// A refusal is an answer that is no success.
type refusal struct {
	status int
	text   string
	hint   string
}

func (r refusal) Error() string { return r.text }

// Handler answers on the control socket. group is the gid whose members may
// act, beside root; -1 where there is none.
func (s *Supervisor) Handler(group int) func(*httpunix.Response, *httpunix.Request) {
	return func(w *httpunix.Response, r *httpunix.Request) {
		if r.Method != "GET" && r.Peer.UID != 0 && (group < 0 || !r.Peer.In(group)) {
			answer(w, nil, refusal{403, "only root and members of the group svc may do this", ""})
			return
		}
		switch r.Path {
		case "/events":
			s.serveEvents(w, r)
			return
		case "/metrics":
			w.Header("Content-Type", "text/plain; version=0.0.4")
			var text string
			if err := s.ask(r.Context(), func() error { text = s.metrics(); return nil }); err != nil {
				answer(w, nil, err)
				return
			}
			w.Write([]byte(text))
			return
		}
		value, err := s.page(r)
		answer(w, value, err)
	}
}

// answer writes a value, or an error, as JSON.
func answer(w *httpunix.Response, value any, err error) {
	if err != nil {
		why := refusal{status: 500, text: err.Error()}
		errors.As(err, &why)
		w.Status(why.status)
		value = control.Error{Error: why.text, Hint: why.hint}
	}
	data, err := json.Marshal(value)
	if err != nil {
		w.Status(500)
		return
	}
	w.Write(append(data, '\n'))
}

// ask makes Run call f and waits for it.
func (s *Supervisor) ask(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	select {
	case s.posts <- func() { done <- f() }:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// page answers all but streams.
func (s *Supervisor) page(r *httpunix.Request) (value any, err error) {
	part := strings.Split(strings.Trim(r.Path, "/"), "/")
	key := r.Method + " " + part[0] + strconv.Itoa(len(part))
	err = s.ask(r.Context(), func() (err error) {
		switch key {
		case "GET services1":
			value = s.list()
		case "GET services2":
			value, err = s.show(part[1])
		case "GET services3":
			value, err = s.explain(part[1], part[2])
		case "POST services3":
			err = s.act(part[1], part[2], r)
		case "GET edges1":
			value = s.edges()
		case "POST reload1":
			if r.Query("dry") != "" {
				_, value = s.plan()
			} else {
				value = s.reload()
			}
		default:
			err = refusal{404, "there is no page " + r.Path, "see help svc"}
		}
		return err
	})
	if err == nil && key == "POST services3" {
		return s.settle(r, part[1], part[2])
	}
	return value, err
}

// settle waits, if the caller wants to, until what he has asked for has come
// about, and answers with the service as it is then.
func (s *Supervisor) settle(r *httpunix.Request, name, verb string) (value any, err error) {
	ctx := r.Context()
	if wait, err := time.ParseDuration(r.Query("wait")); err == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, wait)
		defer cancel()
		s.waitSettled(ctx, name, verb)
	}
	err = s.ask(r.Context(), func() error {
		value, err = s.show(name)
		return err
	})
	return value, err
}

func (s *Supervisor) waitSettled(ctx context.Context, name, verb string) {
	for seq := 0; ctx.Err() == nil; {
		events, grown := s.events.since(seq)
		if len(events) > 0 {
			seq = events[len(events)-1].Seq
		}
		settled := false
		s.ask(ctx, func() error {
			v := s.services[name]
			settled = v == nil || v.state.settled() && !v.again || v.state == Waiting && s.hopeless(v) && verb != "stop"
			return nil
		})
		if settled {
			return
		}
		select {
		case <-grown:
		case <-ctx.Done():
		}
	}
}

func (s *Supervisor) find(name string) (*service, error) {
	if v := s.services[name]; v != nil {
		return v, nil
	}
	why := refusal{status: 404, text: fmt.Sprintf("there is no service %q", name)}
	if near := nearest.Of(name, s.names); near != "" {
		why.hint = fmt.Sprintf("did you mean %q?", near)
	}
	if err := s.set.Refused()[name]; err != nil {
		why = refusal{422, fmt.Sprintf("the manifest of %s is refused: %v", name, err), ""}
	}
	return nil, why
}

func (s *Supervisor) list() []control.Service {
	all := make([]control.Service, 0, len(s.names))
	for _, name := range s.names {
		all = append(all, s.describeService(s.services[name]))
	}
	for name, err := range s.set.Refused() {
		if s.services[name] == nil {
			all = append(all, control.Service{Name: name, State: "refused", Reason: err.Error()})
		}
	}
	slices.SortFunc(all, func(a, b control.Service) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (s *Supervisor) describeService(v *service) control.Service {
	c := control.Service{Name: v.m.Name, Description: v.m.Description, Kind: string(v.m.Kind), State: string(v.state), Wanted: v.wanted,
		Enabled: s.isEnabled(v), Critical: v.m.Critical, Status: v.status, Since: v.since, Began: v.began, Ready: v.ready,
		Restarts: v.restarts, Last: v.last}
	if v.state != Up && v.state != Done || v.reason != "" {
		c.Reason = v.why()
	}
	if v.main != nil {
		c.Pid = v.main.pid
	}
	if !v.next.IsZero() && v.state == Up {
		c.Next = &v.next
	}
	if v.group != nil {
		if u, err := v.group.Usage(); err == nil {
			c.Memory, c.CPU, c.Pids = u.Memory, u.CPU, u.Pids
		}
	}
	return c
}

func (s *Supervisor) show(name string) (control.Service, error) {
	v, err := s.find(name)
	if err != nil {
		return control.Service{}, err
	}
	c := s.describeService(v)
	if s.Lines != nil {
		c.Lines = s.Lines.Last(name)
	}
	return c, nil
}

// explain is the page why.
func (s *Supervisor) explain(name, verb string) (control.Why, error) {
	if verb != "why" {
		return control.Why{}, refusal{404, "there is no page " + verb, ""}
	}
	c, err := s.show(name)
	if err != nil {
		return control.Why{}, err
	}
	why := control.Why{Service: c}
	if State(c.State).there() {
		return why, nil
	}
	for _, chain := range s.set.Blockers(name, s.blocks) {
		var causes []control.Cause
		for _, e := range chain {
			to := s.services[e.To]
			causes = append(causes, control.Cause{Edge: edgeOf(e), State: string(to.state), Reason: to.why()})
		}
		why.Chains = append(why.Chains, causes)
	}
	return why, nil
}

// blocks says whether one service waits for another right now.
func (s *Supervisor) blocks(e manifest.Edge) bool {
	from, to := s.services[e.From], s.services[e.To]
	if from == nil || to == nil || from.state != Waiting && from.state != Failed {
		return false
	}
	if e.Strength == manifest.Requires {
		return !to.state.there()
	}
	return to.wanted && !to.state.settled()
}

func edgeOf(e manifest.Edge) control.Edge {
	return control.Edge{From: e.From, To: e.To, Strength: e.Strength.String()}
}

func (s *Supervisor) edges() []control.Edge {
	all := []control.Edge{}
	for _, name := range s.names {
		for _, e := range s.set.Needs(name) {
			all = append(all, edgeOf(e))
		}
	}
	return all
}

// act does what svc asks for.
func (s *Supervisor) act(name, verb string, r *httpunix.Request) error {
	v, err := s.find(name)
	if err != nil {
		return err
	}
	switch verb {
	case "start":
		if s.stopping {
			return refusal{409, "the machine is going down", ""}
		}
		s.want(name)
	case "stop":
		s.stop(v, "it is being stopped by hand")
	case "restart":
		s.restart(v, "it is being restarted by hand")
	case "reload":
		return s.reloadService(v)
	case "enable", "disable":
		return s.enable(v, verb == "enable")
	case "signal":
		return s.signalService(v, r.Query("name"))
	default:
		return refusal{404, fmt.Sprintf("there is nothing called %q to do with a service", verb), ""}
	}
	return nil
}

func (s *Supervisor) signalService(v *service, name string) error {
	sig, err := signame.Parse(name)
	if err != nil {
		return refusal{422, fmt.Sprintf("%q is no signal", name), "signals have names, such as HUP"}
	}
	if v.main == nil {
		return refusal{409, fmt.Sprintf("%s has no process: %s", v.m.Name, v.why()), ""}
	}
	s.signal(v.main, sig)
	return nil
}

// reloadService tells a service to read its configuration again.
func (s *Supervisor) reloadService(v *service) error {
	if v.state != Up || v.main == nil {
		return refusal{409, fmt.Sprintf("%s is not up: %s", v.m.Name, v.why()), ""}
	}
	switch r := v.m.Reload; {
	case r.Signal != "":
		s.signal(v.main, syscall.Signal(r.Signal.Number()))
	case len(r.Exec) > 0:
		s.runHooks(v, "reload", []manifest.Hook{{Exec: r.Exec, Timeout: r.Timeout}}, func(err error) {
			if err != nil {
				s.warn("%s: %v", v.m.Name, err)
			}
		})
	default:
		s.restart(v, "it is being restarted to read its configuration")
	}
	return nil
}

// serveEvents streams events, one a line.
func (s *Supervisor) serveEvents(w *httpunix.Response, r *httpunix.Request) {
	seq, _ := strconv.Atoi(r.Query("since"))
	follow := r.Query("follow") != ""
	w.Header("Content-Type", "application/x-ndjson")
	for {
		events, grown := s.events.since(seq)
		for _, e := range events {
			seq = e.Seq
			if data, err := json.Marshal(e); err == nil {
				w.Write(append(data, '\n'))
			}
		}
		if !follow || w.Flush() != nil {
			return
		}
		select {
		case <-grown:
		case <-r.Context().Done():
			return
		}
	}
}
