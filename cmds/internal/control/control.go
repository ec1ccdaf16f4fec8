// Package control is the language of the control socket: what the supervisor
// of init is asked, and what it answers. svc speaks it, and so can curl:
//
//	curl --unix-socket /run/init.sock http://init/services
//	curl --unix-socket /run/init.sock -X POST http://init/services/sshd/restart
//
// Who may ask is the kernel's word (SO_PEERCRED in unix(7)): everybody may
// look, root and the group svc may act.
//
// # The pages
//
//	GET  /services                       []Service
//	GET  /services/NAME                  Service, with the last lines it has printed
//	GET  /services/NAME/why              Why
//	POST /services/NAME/start            wait for it with ?wait=30s; Service
//	POST /services/NAME/stop             likewise
//	POST /services/NAME/restart          likewise
//	POST /services/NAME/reload
//	POST /services/NAME/enable           at boot, from now on
//	POST /services/NAME/disable
//	POST /services/NAME/signal?name=HUP
//	GET  /edges                          []Edge
//	GET  /events?since=SEQ&follow=1      Event, one a line
//	POST /reload?dry=1                   []Change
//	GET  /metrics                        Prometheus text
//
// An answer that is no success has a body {"error": "..."}.
//
// # Bugs
//
// Times are counted from the start of the kernel, in nanoseconds.
//
// Next in the tour: none
package control

import "time"

// Socket is where the supervisor listens.
const Socket = "/run/init.sock"

// A Service is what is to be known of one.
type Service struct {
	Name        string        `json:"name"`
	Description string        `json:"description,omitempty"`
	Kind        string        `json:"kind"`
	State       string        `json:"state"`
	Wanted      bool          `json:"wanted"`
	Enabled     bool          `json:"enabled"`
	Critical    bool          `json:"critical,omitempty"`
	Reason      string        `json:"reason,omitempty"` // why it is not up
	Status      string        `json:"status,omitempty"` // what it says of itself
	Pid         int           `json:"pid,omitempty"`
	Since       time.Duration `json:"since"` // it is in this state
	Began       time.Duration `json:"began,omitempty"`
	Ready       time.Duration `json:"ready,omitempty"`
	Restarts    int           `json:"restarts"`
	Last        *End          `json:"last,omitempty"`
	Next        *time.Time    `json:"next,omitempty"` // run of a timer
	Memory      uint64        `json:"memory,omitempty"`
	CPU         time.Duration `json:"cpu,omitempty"`
	Pids        uint64        `json:"pids,omitempty"`
	Lines       []string      `json:"lines,omitempty"` // the last it has printed
}

// An End is how a program has ended.
type End struct {
	When   time.Duration `json:"when"`
	Cause  string        `json:"cause"` // in words: "status 1", "signal 9 (killed)", "out of memory"
	OK     bool          `json:"ok"`
	Status int           `json:"status"` // as wait4(2) has it
	User   time.Duration `json:"user"`   // of processor, in its own code
	System time.Duration `json:"system"` // of processor, in the kernel
	Memory int64         `json:"memory"` // bytes at most
	Ran    time.Duration `json:"ran"`
}

// An Event is one thing that has happened.
type Event struct {
	Seq     int           `json:"seq"`
	When    time.Duration `json:"when"`
	Service string        `json:"service,omitempty"`
	What    string        `json:"what"` // the state entered, or in words
	Why     string        `json:"why,omitempty"`
}

// An Edge is a dependency of one service on another.
type Edge struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Strength string `json:"strength"` // requires, wants or after
}

// A Why explains why a service is not up: the service itself first, and then
// from one to the next what each of them waits for.
type Why struct {
	Service Service   `json:"service"`
	Chains  [][]Cause `json:"chains,omitempty"`
}

// A Cause is one link of a chain.
type Cause struct {
	Edge   Edge   `json:"edge"`
	State  string `json:"state"`  // of Edge.To
	Reason string `json:"reason"` // of Edge.To
}

// A Change is what a reload does, or would do, to one service.
type Change struct {
	Name   string   `json:"name"`
	Action string   `json:"action"` // add, remove, restart, update, refuse
	Fields []string `json:"fields,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

// An Error is the body of an answer that is no success.
type Error struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}
