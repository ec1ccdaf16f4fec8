package main

import (
	"errors"
	"fmt"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/internal/cli"
	"github.com/vole-linux/vole/internal/manifest"
)

// act asks for something to be done with each service, and reports where it
// has not come about.
func (r *request) act(verb string) error {
	waits := !r.quick && (verb == "start" || verb == "stop" || verb == "restart")
	var failed error
	for _, name := range r.names {
		path := page(name, verb)
		if waits {
			path += "?wait=" + patience.String()
		}
		var s control.Service
		err := r.ask("POST", path, &s)
		if err == nil && r.json {
			err = r.print(s)
		}
		if err == nil && waits {
			err = reached(verb, s)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// reached says whether a service is where it was to be.
func reached(verb string, s control.Service) error {
	up := s.State == "up" || s.State == "done"
	if up == (verb != "stop") || verb == "stop" && !s.Wanted && s.State != "stopping" {
		return nil
	}
	return cli.Hint(fmt.Errorf("cannot %s %s: it is %s: %s", verb, s.Name, s.State, s.Reason), "svc why "+s.Name)
}

func (r *request) signal() error {
	var failed error
	for _, name := range r.names[1:] {
		var s control.Service
		failed = errors.Join(failed, r.ask("POST", page(name, "signal?name="+r.names[0]), &s))
	}
	return failed
}

// reload makes services, or init itself, read again what they are told.
func (r *request) reload() error {
	if len(r.names) > 0 {
		return r.act("reload")
	}
	path := "/reload"
	if r.dry {
		path += "?dry=1"
	}
	var changes []control.Change
	if err := r.ask("POST", path, &changes); err != nil {
		return err
	}
	if r.json {
		return r.print(changes)
	}
	if len(changes) == 0 {
		fmt.Fprintln(r.out, "nothing has changed")
	}
	refused := false
	for _, c := range changes {
		text := c.Action + " " + c.Name
		for i, field := range c.Fields {
			text += map[bool]string{true: ": ", false: ", "}[i == 0] + field
		}
		if c.Reason != "" {
			text += ": " + c.Reason
		}
		fmt.Fprintln(r.out, text)
		refused = refused || c.Action == "refuse"
	}
	if refused {
		return cli.Hint(cli.Usage("a manifest is wrong; the service stays as it was"), "svc check FILE")
	}
	return nil
}

// check reads manifests as init would.
func (r *request) check() error {
	var failed error
	for _, file := range r.names {
		data, err := r.readFile(file)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("cannot read the manifest: %w", err))
			continue
		}
		m, err := manifest.Parse(file, data)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if r.json {
			failed = errors.Join(failed, r.print(m))
		} else {
			fmt.Fprintf(r.out, "%s: ok: %s %s\n", file, m.Kind, m.Name)
		}
	}
	return failed
}
