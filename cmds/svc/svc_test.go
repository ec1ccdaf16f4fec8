package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vole-linux/vole/cmds/internal/httpunix"
)

// init is an init that answers with what the test has prepared, by "METHOD PATH".
type fakeInit map[string]string

func (f fakeInit) do(_ context.Context, method, path string) (*httpunix.Answer, error) {
	body, found := f[method+" "+path]
	if !found {
		return nil, errors.New("cannot ask /run/init.sock: " + method + " " + path)
	}
	status := 200
	if strings.HasPrefix(body, `{"error"`) {
		status = 404
	}
	return &httpunix.Answer{Status: status, Body: io.NopCloser(strings.NewReader(body))}, nil
}

const web = `{"name": "web", "description": "pages", "kind": "daemon", "state": "up", "wanted": true, "enabled": true, "pid": 42,
	"since": 1500000000, "began": 1000000000, "ready": 1500000000, "restarts": 2, "memory": 2097152, "cpu": 30000000, "pids": 3,
	"last": {"cause": "status 1", "ran": 4000000000}, "lines": ["listening"]}`

const db = `{"name": "db", "kind": "daemon", "state": "failed", "wanted": true, "enabled": false, "reason": "status 1", "since": 0, "restarts": 0}`

func machineOf() machine {
	f := fakeInit{
		"GET /services":                         "[" + db + "," + web + "]",
		"GET /services/web":                     web,
		"GET /services/db":                      db,
		"GET /services/wbe":                     `{"error": "there is no service \"wbe\"", "hint": "did you mean \"web\"?"}`,
		"GET /services/web/why":                 `{"service": ` + web + `}`,
		"GET /services/db/why":                  `{"service": ` + db + `, "chains": [[{"edge": {"from": "db", "to": "disk", "strength": "requires"}, "state": "backoff", "reason": "no disk"}]]}`,
		"POST /services/web/restart?wait=1m30s": web,
		"POST /services/db/start?wait=1m30s":    db,
		"POST /services/db/stop?wait=1m30s":     strings.Replace(db, `"wanted": true`, `"wanted": false`, 1),
		"POST /services/web/enable":             web,
		"POST /services/web/signal?name=HUP":    web,
		"POST /services/web/start":              web,
		"POST /reload":                          `[{"name": "a", "action": "restart", "fields": ["exec", "user"]}, {"name": "b", "action": "refuse", "reason": "b.json:1:1: no"}]`,
		"POST /reload?dry=1":                    `[]`,
		"GET /edges":                            `[{"from": "web", "to": "db", "strength": "requires"}]`,
		"GET /events": `{"seq": 1, "when": 200000000, "what": "init began"}
{"seq": 2, "when": 300000000, "what": "supervisor began"}
{"seq": 3, "when": 400000000, "service": "web", "what": "starting", "why": ""}
{"seq": 4, "when": 1600000000, "what": "boot complete"}
`,
	}
	files := map[string]string{"good.json": `{"exec": ["x"]}`, "bad.json": `{"exce": ["x"]}`}
	read := func(path string) ([]byte, error) {
		text, found := files[path]
		if !found {
			return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
		}
		return []byte(text), nil
	}
	return machine{do: f.do, readFile: read, width: 80}
}

func TestRun(t *testing.T) {
	tests := []struct {
		args   string
		want   string // part of the output
		err    string // part of the error, "" is none
		status int
	}{
		{args: "", want: "SERVICE  STATE        PID  MEMORY  ABOUT\ndb       failed                    status 1\nweb      up            42    2.0M  pages\n"},
		{args: "list -json", want: `"name": "db"`},
		{args: "status web", want: "web  pages\n  state     up, since 1.5s after the start of the machine\n"},
		{args: "status web", want: "  uses      2.0M of memory, 30ms of processor, 3 processes\n  restarts  2\n  last end  status 1, after 4s\n  at boot   starts\n  |         listening\n"},
		{args: "status db", want: "why       status 1", err: "exit status 1", status: 1},
		{args: "status wbe", err: `there is no service "wbe"`, status: 1},
		{args: "status", err: "status wants a name", status: 2},
		{args: "why web", want: "web is up\n"},
		{args: "why db", want: "db is failed: status 1\n  db requires disk, which is backoff: no disk\n"},
		{args: "restart web"},
		{args: "start db", err: "cannot start db: it is failed: status 1", status: 1},
		{args: "stop db"},
		{args: "start -q web"},
		{args: "enable web"},
		{args: "signal HUP web"},
		{args: "signal HUP", err: "signal wants a name", status: 2},
		{args: "reload", want: "restart a: exec, user\nrefuse b: b.json:1:1: no\n", err: "a manifest is wrong", status: 2},
		{args: "reload -n", want: "nothing has changed\n"},
		{args: "graph", want: "web"},
		{args: "graph -svg", want: "<svg"},
		{args: "graph -json", want: `"strength": "requires"`},
		{args: "timeline", want: "init stage 1    0.200    0.100"},
		{args: "timeline -trace", want: `"traceEvents"`},
		{args: "timeline -svg", want: "<svg"},
		{args: "events", want: "     0.400  web                  starting\n"},
		{args: "events -json", want: `"what": "starting"`},
		{args: "check good.json", want: "good.json: ok: daemon good\n"},
		{args: "check bad.json good.json", want: "good.json: ok", err: `bad.json:1:2: unknown key "exce"`, status: 2},
		{args: "check none.json", err: "cannot read the manifest", status: 1},
		{args: "lits", err: `unknown command "lits"`, status: 2},
		{args: "-x", err: "-x", status: 2},
		{args: "disable web", err: "cannot ask /run/init.sock", status: 1},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			var stdout strings.Builder
			err := machineOf().run(strings.Fields(tt.args), nil, &stdout, io.Discard)
			if !strings.Contains(stdout.String(), tt.want) {
				t.Errorf("output:\n%s\nwant in it:\n%s", stdout.String(), tt.want)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v; want %q", err, tt.err)
			}
			if got := statusOf(err); got != tt.status {
				t.Errorf("status %d; want %d", got, tt.status)
			}
		})
	}
}

func statusOf(err error) int {
	var status interface{ ExitStatus() int }
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return status.ExitStatus()
	}
	return 1
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{1234567: "1ms", 1234567890: "1.23s", 90 * time.Second: "1m30s"} {
		if got := seconds(d); got != want {
			t.Errorf("seconds(%d) = %s; want %s", d, got, want)
		}
	}
}

func TestColor(t *testing.T) {
	m := machineOf()
	m.color = true
	var stdout strings.Builder
	if err := m.run(nil, nil, &stdout, io.Discard); err != nil || !strings.Contains(stdout.String(), "\x1b[1;31mfailed") {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}
