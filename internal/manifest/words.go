package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
	"github.com/vole-linux/vole/internal/signame"
	"github.com/vole-linux/vole/internal/strictjson"
)

// A Kind is what kind of service it is.
type Kind string

// The kinds.
const (
	KindDaemon  Kind = "daemon"
	KindOneshot Kind = "oneshot"
	KindTimer   Kind = "timer"
)

// Values are the words that a manifest may have here.
func (Kind) Values() []string { return []string{"daemon", "oneshot", "timer"} }

// UnmarshalText reads one of the Values.
func (k *Kind) UnmarshalText(text []byte) error { return readWord(k, "kind", text, k.Values()) }

// A Policy is when a service that has ended is started again.
type Policy string

// The policies.
const (
	RestartAlways    Policy = "always"
	RestartOnFailure Policy = "on-failure"
	RestartOnSuccess Policy = "on-success"
	RestartNo        Policy = "no"
)

// Values are the words that a manifest may have here.
func (Policy) Values() []string { return []string{"always", "on-failure", "on-success", "no"} }

// UnmarshalText reads one of the Values.
func (p *Policy) UnmarshalText(text []byte) error { return readWord(p, "policy", text, p.Values()) }

// Again tells whether a service that ended this way is started again.
func (p Policy) Again(success bool) bool {
	return p == RestartAlways || p == RestartOnFailure && !success || p == RestartOnSuccess && success
}

// A GiveUp is what happens when a service has failed too often.
type GiveUp string

// The ways to give up.
const (
	GiveUpNothing GiveUp = "nothing"
	GiveUpReboot  GiveUp = "reboot"
	GiveUpRescue  GiveUp = "rescue"
)

// Values are the words that a manifest may have here.
func (GiveUp) Values() []string { return []string{"nothing", "reboot", "rescue"} }

// UnmarshalText reads one of the Values.
func (g *GiveUp) UnmarshalText(text []byte) error {
	return readWord(g, "way to give up", text, g.Values())
}

// A Namespace is a part of the machine that a service has for itself, as in
// namespaces(7).
type Namespace string

// The namespaces.
const (
	NamespaceMount Namespace = "mount"
	NamespacePid   Namespace = "pid"
	NamespaceNet   Namespace = "net"
	NamespaceIPC   Namespace = "ipc"
	NamespaceUTS   Namespace = "uts"
)

// Values are the words that a manifest may have here.
func (Namespace) Values() []string { return []string{"mount", "pid", "net", "ipc", "uts"} }

// UnmarshalText reads one of the Values.
func (n *Namespace) UnmarshalText(text []byte) error {
	return readWord(n, "namespace", text, n.Values())
}

// An Architecture is called as in distro.json.
type Architecture string

// Values are the words that a manifest may have here.
func (Architecture) Values() []string { return []string{"x86_64", "arm64", "riscv64"} }

// UnmarshalText reads one of the Values.
func (a *Architecture) UnmarshalText(text []byte) error {
	return readWord(a, "architecture", text, a.Values())
}

// readWord sets to if text is one of the valid words.
func readWord[T ~string](to *T, what string, text []byte, valid []string) error {
	if word := string(text); slices.Contains(valid, word) {
		*to = T(word)
		return nil
	}
	return unknown(what, string(text), valid)
}

// unknown is the error for a word that is none of the valid ones.
func unknown(what, word string, valid []string) error {
	hint := "valid are " + strings.Join(valid, ", ")
	if near := nearest.Of(word, valid); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return &strictjson.Error{Problem: fmt.Sprintf("unknown %s %q", what, word), Hint: hint}
}

// A Signal is a signal's name as in signal(7), with or without SIG in the file
// and without here: TERM, RTMIN+3. Numbers differ between architectures.
type Signal string

// Number is the signal itself; 0 for the Signal "".
func (s Signal) Number() int {
	if s == "" {
		return 0
	}
	n, _ := signame.Parse(string(s)) // UnmarshalText has seen it
	return int(n)
}

// UnmarshalText reads a signal.
func (s *Signal) UnmarshalText(text []byte) error {
	name := string(text)
	sig, err := signame.Parse(name)
	if err == nil && name[0] >= 'A' && name == strings.ToUpper(name) {
		*s = Signal(signame.Name(sig))
		return nil
	}
	var names []string
	for _, sig := range signame.All() {
		names = append(names, signame.Name(sig))
	}
	hint := "signals have names, such as TERM or HUP"
	if near := nearest.Of(strings.TrimPrefix(strings.ToUpper(name), "SIG"), names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return &strictjson.Error{Problem: fmt.Sprintf("unknown signal %q", name), Hint: hint}
}
