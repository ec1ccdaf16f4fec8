package manifest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// A problem is what is wrong at one place of a manifest.
type problem struct {
	path       []string // keys and indices that lead there
	text, hint string
}

// A checker collects the problems of one manifest that the types of its fields
// can't see. What one value may be is in values.go.
type checker struct {
	m     *Manifest
	found []problem
}

// problems returns all that is wrong with m.
func (m *Manifest) problems() []problem {
	c := &checker{m: m}
	c.program()
	c.identity()
	c.dependencies()
	c.restart()
	c.probes()
	c.life()
	c.limits()
	c.sandbox()
	c.sockets()
	c.timer()
	c.conditions()
	c.kind()
	return c.found
}

// at makes a path of keys (strings) and indices (ints).
func at(steps ...any) []string {
	path := make([]string, len(steps))
	for i, step := range steps {
		path[i] = fmt.Sprint(step)
	}
	return path
}

// bad adds a problem.
func (c *checker) bad(path []string, format string, args ...any) {
	c.found = append(c.found, problem{path: path, text: fmt.Sprintf(format, args...)})
}

// hinted adds a problem with the next step.
func (c *checker) hinted(path []string, hint, format string, args ...any) {
	c.found = append(c.found, problem{path, fmt.Sprintf(format, args...), hint})
}

// check adds the problem that err is, if it is one.
func (c *checker) check(path []string, err error) {
	if err != nil {
		c.bad(path, "%v", err)
	}
}

// list checks each element of a list, and that none is there twice.
func list[T ~string](c *checker, key []string, all []T, check func(string) error) {
	for i, element := range all {
		place := append(slices.Clone(key), strconv.Itoa(i))
		if slices.Contains(all[:i], element) {
			c.bad(place, "%q is there twice", element)
		} else if check != nil {
			c.check(place, check(string(element)))
		}
	}
}

// optional checks a value that may be absent.
func (c *checker) optional(path []string, value string, check func(string) error) {
	if value != "" {
		c.check(path, check(value))
	}
}

func (c *checker) program() {
	c.command(at(), c.m.Exec, true)
	for _, name := range slices.Sorted(maps.Keys(c.m.Env)) {
		c.check(at("env", name), checkEnv(name, c.m.Env[name]))
	}
	c.check(at("dir"), checkPath(c.m.Dir))
}

// command checks the exec of what is at a path.
func (c *checker) command(where []string, argv []string, needed bool) {
	place := append(slices.Clone(where), "exec")
	if len(argv) == 0 {
		if needed {
			c.hinted(place, `such as "exec": ["/bin/ntpd", "-n"]`, "exec is missing: the program and its arguments")
		}
		return
	}
	c.check(append(slices.Clone(place), "0"), checkProgram(argv[0]))
	for i, arg := range argv {
		c.check(append(slices.Clone(place), strconv.Itoa(i)), checkText(arg))
	}
}

func (c *checker) identity() {
	c.check(at("description"), checkDescription(c.m.Description))
	c.check(at("user"), checkUser(c.m.User))
	c.optional(at("group"), c.m.Group, checkUser)
	list(c, at("groups"), c.m.Groups, checkUser)
}

func (c *checker) dependencies() {
	m := c.m
	check := func(name string) error {
		switch {
		case !ValidName(name):
			return fmt.Errorf("no service can be called %q", name)
		case name == m.Name:
			return fmt.Errorf("%s depends on itself", name)
		}
		return nil
	}
	list(c, at("after"), m.After, check)
	list(c, at("requires"), m.Requires, check)
	list(c, at("wants"), m.Wants, check)
	for i, name := range m.Wants {
		if slices.Contains(m.Requires, name) {
			c.bad(at("wants", i), "%q is both required and wanted", name)
		}
	}
}

func (c *checker) restart() {
	r := c.m.Restart
	if !(r.Jitter >= 0 && r.Jitter <= 1) {
		c.bad(at("restart", "jitter"), "jitter is a part of the delay, from 0 to 1, not %v", r.Jitter)
	}
	if r.Delay > r.MaxDelay {
		c.bad(at("restart", "delay"), "delay %v is longer than max_delay %v", r.Delay, r.MaxDelay)
	}
	c.between(at("restart", "limit"), r.Limit, 0, 1000000)
	switch {
	case r.Limit > 0 && r.Policy == RestartNo:
		c.bad(at("restart", "limit"), `limit with the policy "no": there are no restarts to count`)
	case r.Limit > 0 && r.Window == 0:
		c.bad(at("restart", "window"), "limit needs a window")
	case r.Limit > 0 && r.Limit <= 1000000 && !r.reachable():
		c.hinted(at("restart", "limit"), "a longer window, a lower limit or a shorter max_delay",
			"%d restarts never happen within %v, for the delays add up to more", r.Limit, r.Window)
	case r.Limit == 0 && r.Policy != RestartNo && r.GiveUp != GiveUpNothing:
		c.hinted(at("restart", "give_up"), `such as "limit": 5`, "give_up without limit: nothing is ever given up")
	}
}

// between checks a number's range.
func (c *checker) between(path []string, n, low, high int) {
	if n < low || n > high {
		c.bad(path, "%s is from %d to %d, not %d", path[len(path)-1], low, high, n)
	}
}

func (c *checker) probes() {
	for _, section := range []struct {
		key   string
		found []Probe
	}{{"ready", c.m.Ready.probes()}, {"health", c.m.Health.probes()}} {
		for i, p := range section.found {
			place := at(section.key, p.Kind)
			if i > 0 {
				c.bad(place, "%s has both %s and %s: one way is enough", section.key, section.found[0].Kind, p.Kind)
			}
			switch p.Kind {
			case ProbeTCP:
				c.check(place, checkAddress(p.Target))
			case ProbeHTTP:
				c.check(place, checkHTTP(p.Target))
			case ProbeUnix:
				c.check(place, checkSocketPath(p.Target))
			case ProbeFile:
				c.check(place, checkPath(p.Target))
			case ProbeExec:
				c.command(at(section.key), p.Exec, true)
			}
		}
	}
	if fd := c.m.Ready.FD; fd != 0 {
		c.between(at("ready", "fd"), fd, 3+len(c.m.Sockets), 1023) // the sockets come first
	}
	h := c.m.Health
	c.between(at("health", "failures"), h.Failures, 1, 1000)
	c.positive(at("health", "interval"), h.Interval)
	c.positive(at("health", "timeout"), h.Timeout)
	if len(h.probes()) == 0 && !reflect.DeepEqual(h, Defaults(c.m.Kind).Health) {
		c.hinted(at("health"), "one of tcp, unix, http, file and exec", "health does not say what is probed")
	}
}

// positive checks that a duration is not 0.
func (c *checker) positive(path []string, d Duration) {
	if d == 0 {
		c.bad(path, "%s is longer than 0s", path[len(path)-1])
	}
}

func (c *checker) life() {
	m := c.m
	if s := m.Stop.Signal; s == "" || s == "STOP" || s == "CONT" {
		c.bad(at("stop", "signal"), "the signal %s ends no process", s)
	}
	if s := m.Reload.Signal; s == "KILL" || s == "STOP" {
		c.bad(at("reload", "signal"), "no program can catch the signal %s", s)
	}
	if m.Reload.Signal != "" && len(m.Reload.Exec) > 0 {
		c.bad(at("reload", "exec"), "reload has both signal and exec: one way is enough")
	}
	c.command(at("reload"), m.Reload.Exec, false)
	c.positive(at("reload", "timeout"), m.Reload.Timeout)
	for _, hooks := range []struct {
		key string
		all []Hook
	}{{"before_start", m.Hooks.BeforeStart}, {"after_start", m.Hooks.AfterStart}, {"before_stop", m.Hooks.BeforeStop}, {"after_stop", m.Hooks.AfterStop}} {
		for i, hook := range hooks.all {
			c.command(at("hooks", hooks.key, i), hook.Exec, true)
		}
	}
}

func (c *checker) limits() {
	l := c.m.Limits
	if !(l.CPU >= 0 && l.CPU <= 4096) {
		c.bad(at("limits", "cpu"), "cpu is a number of processors, from 0 to 4096, not %v", l.CPU)
	}
	if l.CPU > 0 && l.CPU < 0.01 {
		c.bad(at("limits", "cpu"), "the kernel gives no less than 0.01 processors")
	}
	if l.Memory > 0 && l.MemoryHigh > l.Memory {
		c.bad(at("limits", "memory_high"), "memory_high %v is more than memory %v", l.MemoryHigh, l.Memory)
	}
	if l.Memory > 0 && l.MemoryMin > l.Memory {
		c.bad(at("limits", "memory_min"), "memory_min %v is more than memory %v", l.MemoryMin, l.Memory)
	}
	c.between(at("limits", "cpu_weight"), l.CPUWeight, 0, 10000)
	c.between(at("limits", "pids"), l.Pids, 0, 4194304) // the kernel's PID_MAX_LIMIT
	c.between(at("limits", "nofile"), l.NoFile, 16, 1048576)
	c.between(at("limits", "nice"), l.Nice, -20, 19)
	c.between(at("limits", "oom_score_adjust"), l.OOMScoreAdjust, -1000, 1000)
}

func (c *checker) sandbox() {
	s := c.m.Sandbox
	list(c, at("sandbox", "capabilities"), s.Capabilities, checkCapability)
	if i := slices.Index(s.Capabilities, "all"); i >= 0 && len(s.Capabilities) > 1 {
		c.bad(at("sandbox", "capabilities", i), `"all" stands alone`)
	}
	c.check(at("sandbox", "seccomp"), checkProfile(s.Seccomp))
	list(c, at("sandbox", "namespaces"), s.Namespaces, nil)
	list(c, at("sandbox", "read_only"), s.ReadOnly, checkPath)
	list(c, at("sandbox", "read_write"), s.ReadWrite, checkPath)
	for i, path := range s.ReadWrite {
		if slices.Contains(s.ReadOnly, path) {
			c.bad(at("sandbox", "read_write", i), "%q is also in read_only", path)
		}
	}
}

func (c *checker) sockets() {
	names, addresses := map[string]bool{}, map[string]bool{}
	for i, s := range c.m.Sockets {
		c.check(at("sockets", i, "name"), checkSocketName(s.Name))
		c.check(at("sockets", i, "listen"), checkListen(s.Listen))
		if names[s.Name] {
			c.bad(at("sockets", i, "name"), "another socket is called %q", s.Name)
		}
		if addresses[s.Listen] {
			c.bad(at("sockets", i, "listen"), "another socket listens on %s", s.Listen)
		}
		names[s.Name], addresses[s.Listen] = true, true
		if s.Mode != 0 && !s.isUnix() {
			c.bad(at("sockets", i, "mode"), "only Unix sockets have a mode")
		}
	}
	if len(c.m.Sockets) > maxSockets {
		c.bad(at("sockets", maxSockets), "more than %d sockets", maxSockets)
	}
}

// maxSockets keeps the descriptors of sockets apart from those that a program
// opens, and a manifest from using up init's own.
const maxSockets = 64

func (c *checker) timer() {
	t := c.m.Timer
	if t.Every != 0 && t.Every < Duration(time.Second) {
		c.bad(at("timer", "every"), "every is at least 1s, not %v", t.Every)
	}
	if t.Every != 0 && t.Jitter >= t.Every {
		c.bad(at("timer", "jitter"), "jitter %v is as long as every, %v", t.Jitter, t.Every)
	}
	for i, when := range t.Calendar {
		switch {
		case slices.ContainsFunc(t.Calendar[:i], func(other Calendar) bool { return other.text == when.text }):
			c.bad(at("timer", "calendar", i), "%q is there twice", when.text)
		case when.Next(time.Unix(0, 0).UTC()).IsZero():
			c.bad(at("timer", "calendar", i), "there is no such day: %q", when.text)
		}
	}
}

func (c *checker) conditions() {
	list(c, at("conditions", "path_exists"), c.m.Conditions.PathExists, checkPath)
	list(c, at("conditions", "kernel_argument"), c.m.Conditions.KernelArgument, checkArgument)
	list(c, at("conditions", "architecture"), c.m.Conditions.Architecture, nil)
}

// kind refuses what a kind of service has no use for. A section counts as
// given when it differs from the default.
func (c *checker) kind() {
	m, silent := c.m, Defaults(c.m.Kind)
	refuse := func(given bool, key, why string) {
		if given {
			c.bad(at(key), "%s %s", m.Kind.phrase(), why)
		}
	}
	hasTimer := !reflect.DeepEqual(m.Timer, silent.Timer)
	if m.Kind == KindDaemon {
		refuse(hasTimer, "timer", `has no timer; did you forget "kind": "timer"?`)
		return
	}
	refuse(!reflect.DeepEqual(m.Health, silent.Health), "health", "has no health: it ends by itself")
	refuse(m.Watchdog != 0, "watchdog", "has no watchdog: it ends by itself")
	refuse(!reflect.DeepEqual(m.Reload, silent.Reload), "reload", "has no reload: it ends by itself")
	refuse(len(m.Sockets) > 0, "sockets", "has no sockets: it ends by itself")
	if m.Restart.Policy != RestartNo && m.Restart.Policy != RestartOnFailure {
		c.bad(at("restart", "policy"), "%s with the policy %q would never be done", m.Kind.phrase(), m.Restart.Policy)
	}
	if m.Kind == KindOneshot {
		refuse(hasTimer, "timer", `has no timer; did you mean "kind": "timer"?`)
		refuse(len(m.Ready.probes()) > 0, "ready", "has no ready but timeout: it is ready when it has ended")
		return
	}
	refuse(!reflect.DeepEqual(m.Ready, silent.Ready), "ready", "has no ready: it is ready when its clock runs")
	refuse(m.Critical, "critical", "is not critical: most of the time it does not run")
	if m.Timer.Every == 0 && m.Timer.AfterBoot == 0 && len(m.Timer.Calendar) == 0 {
		c.hinted(at("timer"), `such as "timer": {"every": "1h"}`, "a timer says when it runs: every, after_boot or calendar")
	}
}

func (k Kind) phrase() string {
	if k == KindOneshot {
		return "a oneshot"
	}
	return "a " + string(k)
}
