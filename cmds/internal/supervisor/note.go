package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/internal/manifest"
)

// stateFolder holds a note for each service: what the next supervisor can't
// learn from process 1.
const stateFolder = "/run/init/state"

// A note is the memory of one service.
type note struct {
	Manifest *manifest.Manifest `json:"manifest"` // the one in force
	State    State              `json:"state"`
	Wanted   bool               `json:"wanted"`
	Reason   string             `json:"reason,omitempty"`
	Status   string             `json:"status,omitempty"`
	Main     uint64             `json:"main,omitempty"` // ID of its program
	Began    time.Duration      `json:"began"`
	Since    time.Duration      `json:"since"`
	Ready    time.Duration      `json:"ready"`
	Restarts int                `json:"restarts"`
	Failures int                `json:"failures"`
	History  []time.Duration    `json:"history,omitempty"`
	Last     *control.End       `json:"last,omitempty"`
	Killed   string             `json:"killed,omitempty"`
	Again    bool               `json:"again,omitempty"`
}

// bootFile holds when the parts of the boot began and ended, for svc timeline.
const bootFile = "/run/init/boot.json"

// noteBoot keeps the events of the boot that have no service.
func (s *Supervisor) noteBoot() {
	var marks []control.Event
	all, _ := s.events.since(0)
	for _, e := range all {
		if e.Service == "" {
			marks = append(marks, e)
		}
	}
	data, err := json.Marshal(marks)
	if err == nil {
		err = s.WriteFile(bootFile, data)
	}
	if err != nil {
		s.warn("cannot note when the boot was complete: %v", err)
	}
}

// recallBoot enters what a predecessor has noted of the boot, false if it did
// not live to see the end of it.
func (s *Supervisor) recallBoot() bool {
	data, err := s.ReadFile(bootFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	var marks []control.Event
	if err == nil {
		err = json.Unmarshal(data, &marks)
	}
	if err != nil {
		s.warn("cannot tell how the boot went: %v", err)
	}
	for _, e := range marks {
		s.events.add(e.When, "", e.What, e.Why)
	}
	return true
}

// save writes the notes that are not up to date.
func (s *Supervisor) save() {
	for _, v := range s.services {
		if !v.dirty {
			continue
		}
		v.dirty = false
		n := note{Manifest: v.m, State: v.state, Wanted: v.wanted, Reason: v.reason, Status: v.status, Began: v.began, Since: v.since, Ready: v.ready,
			Restarts: v.restarts, Failures: v.failures, History: v.history, Last: v.last, Killed: v.killed, Again: v.again}
		if v.main != nil {
			n.Main = v.main.id
		}
		data, err := json.Marshal(n)
		if err == nil {
			err = s.WriteFile(noteFile(v.m.Name), data)
		}
		if err != nil {
			s.warn("cannot note the state of %s: %v", v.m.Name, err)
		}
	}
}

func noteFile(name string) string { return fmt.Sprintf("%s/%s.json", stateFolder, name) }

// readNote reads the note on a service; false if there is none.
func (s *Supervisor) readNote(name string) (note, bool) {
	data, err := s.ReadFile(noteFile(name))
	if err != nil {
		return note{}, false
	}
	var n note
	if err := json.Unmarshal(data, &n); err != nil || n.Manifest == nil {
		s.warn("cannot read the note on %s: %v", name, err)
		return note{}, false
	}
	n.Manifest.Name = name
	return n, true
}

// recall makes a service what its note says.
func (s *Supervisor) recall(v *service) (note, bool) {
	n, found := s.readNote(v.m.Name)
	if !found {
		return n, false
	}
	v.wanted, v.reason, v.status, v.began, v.since, v.ready = n.Wanted, n.Reason, n.Status, n.Began, n.Since, n.Ready
	v.restarts, v.failures, v.history, v.last, v.killed, v.again = n.Restarts, n.Failures, n.History, n.Last, n.Killed, n.Again
	return n, true
}
