package main

import (
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The third tier, with services: both halves of init, the shim and the control
// socket are the real ones.

// plain is a manifest of a daemon without any confinement: the namespace of an
// unprivileged user has none to give. The boot tests have the shim.
func plain(kind, more string) string {
	return fmt.Sprintf(`{"exec": ["daemon", %q], %s%s}`, kind, unconfined, more)
}

const unconfined = `"limits": {"pids": 0}, "sandbox": {"no_new_privileges": false, "capabilities": ["all"], "seccomp": "none"}`

// services asks init and returns its lines.
func (g *guest) services() string {
	g.t.Helper()
	all := g.do("services", `(?s).*?that is all\r\n`)
	// Words of init on the console are no services.
	return strings.Join(regexp.MustCompile(`(?m)^\S+ (up|off|failed|refused|waiting|starting|backoff|done) .*$`).FindAllString(all, -1), "\n")
}

func TestServices(t *testing.T) {
	g := bootWith(t, map[string]string{
		"web":    plain("notify", `, "requires": ["db"], "ready": {"notify": true}`),
		"db":     plain("run", ""),
		"wrong":  plain("fail", `, "restart": {"policy": "no"}`),
		"absent": `{"exec": ["/bin/none"], ` + unconfined + `, "restart": {"policy": "no"}}`,
		"bad":    `{"exce": ["x"]}`,
	})
	g.expect(`init: boot complete: [0-9]+ services in`)
	all := g.services()
	for !strings.Contains(all, "wrong failed") { // it is up until its end is known
		all = g.services()
	}
	for _, want := range []string{`db up \d+`, `web up \d+`, `wrong failed 0 status 7`, `absent failed 0 cannot start /bin/none: no such file`, `bad refused 0 .*unknown key "exce"`} {
		if !regexp.MustCompile(want).MatchString(all) {
			t.Errorf("%q is not in\n%s", want, all)
		}
	}
	g.do("stop db", `"state":"off"`)
	if all := g.services(); !strings.Contains(all, "web off") || !strings.Contains(all, "db off") {
		t.Errorf("after the stop of db:\n%s", all)
	}
	g.do("metrics", `init_service_up\{service="db"\} 0`)
}

// case22: the supervisor is killed with a hundred services up. All keep their
// numbers, and the next one knows them.
func TestSupervisorIsKilled(t *testing.T) {
	manifests := map[string]string{}
	for i := range 100 {
		manifests[fmt.Sprintf("s%02d", i)] = plain("run", "")
	}
	g := bootWith(t, manifests)
	g.expect(`init: boot complete: 100 services in`)
	before := g.services()
	g.do("shoot 9", `shot \d+`)
	if after := g.services(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	g.do("shoot 15", `shot \d+`) // not deaf: that would hold up each way down
	g.do("stop s07", `"state":"off"`)
	if after := g.services(); !strings.Contains(after, "s07 off") || strings.Count(after, " up ") != 99 {
		t.Errorf("after the stop of one:\n%s", after)
	}
}

// The way down ends services that don't want to, each in its own time.
func TestEndWithServices(t *testing.T) {
	g := bootWith(t, map[string]string{
		"a": plain("run", ""),
		"b": plain("deaf", `, "after": ["a"], "ready": {"notify": true}, "stop": {"timeout": "1s"}`),
	})
	g.expect(`init: boot complete: 2 services in`)
	began := time.Now()
	g.do("kill 12", "")
	if status := g.wait(); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %#x:\n%s", status, g.text())
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("it took %v; b has a second", took)
	}
}
