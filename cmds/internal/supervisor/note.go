package supervisor

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
)

// stateFolder holds a note for each service: what the next supervisor can't
// learn from process 1.
const stateFolder = "/run/init/state"

// A note is the memory of one service.
type note struct {
	State    State           `json:"state"`
	Wanted   bool            `json:"wanted"`
	Reason   string          `json:"reason,omitempty"`
	Status   string          `json:"status,omitempty"`
	Main     uint64          `json:"main,omitempty"` // ID of its program
	Began    time.Duration   `json:"began"`
	Since    time.Duration   `json:"since"`
	Ready    time.Duration   `json:"ready"`
	Restarts int             `json:"restarts"`
	Failures int             `json:"failures"`
	History  []time.Duration `json:"history,omitempty"`
	Last     *control.End    `json:"last,omitempty"`
	Killed   string          `json:"killed,omitempty"`
	Again    bool            `json:"again,omitempty"`
}

// save writes the notes that are not up to date.
func (s *Supervisor) save() {
	for _, v := range s.services {
		if !v.dirty {
			continue
		}
		v.dirty = false
		n := note{State: v.state, Wanted: v.wanted, Reason: v.reason, Status: v.status, Began: v.began, Since: v.since, Ready: v.ready,
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

// recall reads the note of a service; false if there is none.
func (s *Supervisor) recall(v *service) (note, bool) {
	data, err := s.ReadFile(noteFile(v.m.Name))
	if err != nil {
		return note{}, false
	}
	var n note
	if err := json.Unmarshal(data, &n); err != nil {
		s.warn("cannot read the note on %s: %v", v.m.Name, err)
		return note{}, false
	}
	v.wanted, v.reason, v.status, v.began, v.since, v.ready = n.Wanted, n.Reason, n.Status, n.Began, n.Since, n.Ready
	v.restarts, v.failures, v.history, v.last, v.killed, v.again = n.Restarts, n.Failures, n.History, n.Last, n.Killed, n.Again
	return n, true
}
