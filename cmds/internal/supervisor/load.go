package supervisor

import (
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/internal/manifest"
	"github.com/vole-linux/vole/internal/strictjson"
)

// enabledFile holds what "svc enable" and "svc disable" have changed against
// the manifests.
const enabledFile = "/var/lib/init/enabled.json"

// forgetPause is how often it is looked whether a service whose manifest is
// gone has stopped.
const forgetPause = 100 * time.Millisecond

// load reads the manifests, at the start.
func (s *Supervisor) load() {
	s.set, s.problems = manifest.Load(s.Manifests)
	for _, problem := range s.problems {
		s.warn("%v", problem)
	}
	s.keepNoted()
	s.names = s.set.Names()
	for _, name := range s.names {
		s.services[name] = &service{m: s.set.Get(name), state: Off}
	}
}

// keepNoted leaves in force what a predecessor has noted of services whose
// files are wrong by now.
func (s *Supervisor) keepNoted() {
	var noted []*manifest.Manifest
	for name := range s.set.Refused() {
		if n, found := s.readNote(name); found {
			noted = append(noted, n.Manifest)
		}
	}
	s.set = s.set.Keep(manifest.NewSet(noted...))
}

// plan says what a reload would do.
func (s *Supervisor) plan() (set *manifest.Set, changes []control.Change) {
	fresh, problems := manifest.Load(s.Manifests)
	for _, problem := range problems {
		change := control.Change{Action: "refuse", Reason: problem.Error()}
		var file *manifest.FileError
		if errors.As(problem, &file) {
			change.Name = file.Name
		}
		changes = append(changes, change)
	}
	set = fresh.Keep(s.set)
	for _, c := range manifest.Changes(s.set, set) {
		change := control.Change{Name: c.Name}
		for _, field := range c.Changes {
			change.Fields = append(change.Fields, field.Field)
		}
		switch v := s.services[c.Name]; {
		case c.Old == nil:
			change.Action = "add"
		case c.New == nil:
			change.Action = "remove"
		case manifest.NeedsRestart(c.Changes) && v.state.active():
			change.Action = "restart"
		default:
			change.Action = "update"
		}
		changes = append(changes, change)
	}
	return set, changes
}

// reload reads the manifests again and touches only what has changed.
func (s *Supervisor) reload() []control.Change {
	set, changes := s.plan()
	old := s.set
	s.set, s.problems = set, nil
	s.names = set.Names()
	for _, c := range changes {
		switch v := s.services[c.Name]; c.Action {
		case "add":
			s.services[c.Name] = &service{m: set.Get(c.Name), state: Off}
		case "remove":
			s.set = withOld(set, old, c.Name) // until it has stopped
			s.stop(v, "its manifest is gone")
			s.later(func() { s.forget(c.Name) })
		case "restart":
			v.m = set.Get(c.Name)
			s.restart(v, "its manifest has changed")
		case "update":
			v.m = set.Get(c.Name)
			if v.group != nil {
				v.group.Limit(limitsOf(v.m))
			}
		}
	}
	var added []string
	for _, c := range changes {
		if v := s.services[c.Name]; v != nil && c.Action == "add" && s.isEnabled(v) {
			added = append(added, c.Name)
		}
	}
	s.want(added...)
	for _, name := range s.names { // what was missing may be there now
		if v := s.services[name]; v.state == Waiting {
			s.later(func() { s.consider(name) })
		} else if v.wanted && v.state == Failed && old.Fault(name) != nil && set.Fault(name) == nil {
			s.later(func() { s.want(name) })
		}
	}
	return changes
}

// withOld is the set with one service of the old set.
func withOld(set, old *manifest.Set, name string) *manifest.Set {
	all := []*manifest.Manifest{old.Get(name)}
	for _, n := range set.Names() {
		all = append(all, set.Get(n))
	}
	return manifest.NewSet(all...)
}

// forget drops a service whose manifest is gone, once it has stopped.
func (s *Supervisor) forget(name string) {
	v := s.services[name]
	if v == nil {
		return
	}
	if v.state.active() {
		s.after(forgetPause, func() { s.forget(name) })
		return
	}
	delete(s.services, name)
	s.RemoveFile(noteFile(name))
	fresh, _ := manifest.Load(s.Manifests)
	s.set = fresh.Keep(s.set)
}

// readCommandLine takes the words of the kernel's command line.
func (s *Supervisor) readCommandLine() {
	text, _ := s.ReadFile("/proc/cmdline")
	s.words = strings.Fields(string(text))
}

// chosen says whether the command line lets the service start at boot:
// init.mask= names those that don't, init.only= the only ones that do.
func (s *Supervisor) chosen(name string) bool {
	for _, word := range s.words {
		if list, found := strings.CutPrefix(word, "init.mask="); found && slices.Contains(strings.Split(list, ","), name) {
			return false
		}
		if list, found := strings.CutPrefix(word, "init.only="); found && !slices.Contains(s.set.With(strings.Split(list, ",")...), name) {
			return false
		}
	}
	return true
}

func (s *Supervisor) readEnabled() {
	data, err := s.ReadFile(enabledFile)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = strictjson.Decode(enabledFile, data, &s.enabled)
	}
	if err != nil {
		s.warn("cannot tell which services were enabled or disabled: %v", err)
	}
}

// enable makes the service start at boot, or not.
func (s *Supervisor) enable(v *service, on bool) error {
	if v.m.Enabled == on {
		delete(s.enabled, v.m.Name)
	} else {
		s.enabled[v.m.Name] = on
	}
	data, err := json.Marshal(s.enabled)
	if err != nil {
		return err
	}
	return s.WriteFile(enabledFile, append(data, '\n'))
}
