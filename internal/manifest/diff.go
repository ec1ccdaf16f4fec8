package manifest

import (
	"encoding/json"
	"reflect"
	"strings"
)

// A Change is one field that differs between two versions of a manifest.
type Change struct {
	Field    string // "exec", "limits.memory"
	Old, New string // as JSON; "" where it is absent
	Restart  bool   // whether a running service must be restarted for it
}

// Diff lists the fields that differ, in the order of the manifest. Neither may
// be nil.
func Diff(old, new *Manifest) []Change {
	return diff(nil, "", reflect.ValueOf(*old), reflect.ValueOf(*new))
}

// NeedsRestart tells whether one of the changes needs a restart.
func NeedsRestart(changes []Change) bool {
	for _, c := range changes {
		if c.Restart {
			return true
		}
	}
	return false
}

// diff compares two structs and adds what differs to found.
func diff(found []Change, prefix string, old, new reflect.Value) []Change {
	for field, a := range old.Fields() {
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "-" {
			continue
		}
		b := new.FieldByIndex(field.Index)
		if field.Type.Kind() == reflect.Struct {
			found = diff(found, prefix+key+".", a, b)
			continue
		}
		if same(a, b, options) {
			continue
		}
		name := prefix + key
		found = append(found, Change{Field: name, Old: text(a), New: text(b), Restart: needsRestart(name)})
	}
	return found
}

// same tells whether two fields are alike. Of lists and maps an empty one is
// like none, unless it is the one that says that nothing is allowed.
func same(a, b reflect.Value, options string) bool {
	switch a.Kind() {
	case reflect.Slice, reflect.Map:
		if a.Len() == 0 && b.Len() == 0 && options != "omitzero" {
			return true
		}
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// text is a field as it stands in a manifest.
func text(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		if v.IsNil() {
			return ""
		}
	}
	data, err := json.Marshal(v.Interface())
	if err != nil { // no field of ours can fail
		return "?"
	}
	return string(data)
}

// needsRestart tells whether a field is given to a process as it starts. All
// else is what init does with it, now or the next time, or what the kernel lets
// init change while it runs.
func needsRestart(field string) bool {
	section, key, _ := strings.Cut(field, ".")
	switch section {
	case "description", "after", "requires", "wants", "enabled", "critical",
		"restart", "ready", "health", "stop", "reload", "hooks", "timer", "conditions":
		return false
	case "limits":
		switch key {
		case "memory", "memory_high", "memory_min", "cpu", "cpu_weight", "pids": // the cgroup's
			return false
		}
	}
	return true
}

// A ServiceChange is what differs between two sets in one service.
type ServiceChange struct {
	Name    string
	Old     *Manifest // nil: it is new
	New     *Manifest // nil: it is gone
	Changes []Change  // of a service that is in both
}

// Changes lists the services that are new, gone or different, sorted by name.
// A service whose file is refused now is not gone: its old manifest stays in
// force, see Keep.
func Changes(old, new *Set) []ServiceChange {
	var all []ServiceChange
	for _, name := range names(old, new) {
		a, b := old.services[name], new.services[name]
		change := ServiceChange{Name: name, Old: a, New: b}
		if a != nil && b != nil {
			change.Changes = Diff(a, b)
			if len(change.Changes) == 0 {
				continue
			}
		}
		all = append(all, change)
	}
	return all
}

// Keep returns the set s with the manifests of an older set for those services
// whose file is refused now: a slip in an editor ends no service.
func (s *Set) Keep(old *Set) *Set {
	services := make(map[string]*Manifest, len(s.services))
	for name, m := range s.services {
		services[name] = m
	}
	for name := range s.refused {
		if m := old.services[name]; m != nil && services[name] == nil {
			services[name] = m
		}
	}
	return newSet(services, s.refused)
}
