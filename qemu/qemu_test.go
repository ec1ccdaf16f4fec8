package qemu

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMachines(t *testing.T) {
	all, err := Machines()
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]int{}
	for _, m := range all {
		if m.Default {
			defaults[m.Arch]++
		}
		if m.Description == "" || len(m.Accel.TCG) == 0 {
			t.Errorf("%s lacks a description or its flags for tcg", m.Name)
		}
	}
	if defaults["x86_64"] != 1 || defaults["arm64"] != 1 {
		t.Errorf("default machines: %v; want one for each architecture", defaults)
	}
}

func TestFind(t *testing.T) {
	tests := []struct{ arch, name, want, err string }{
		{"x86_64", "", "pc", ""},
		{"arm64", "", "virt", ""},
		{"x86_64", "q35", "q35", ""},
		{"x86_64", "q36", "", `unknown x86_64 machine "q36": valid are pc, q35`},
		{"arm64", "pc", "", `unknown arm64 machine "pc": valid are virt`},
	}
	for _, tt := range tests {
		m, err := Find(tt.arch, tt.name)
		if m.Name != tt.want || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("Find(%s, %s) = %s, %v", tt.arch, tt.name, m.Name, err)
		}
	}
}

func TestParseMachineErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"{\n \"archh\": \"x\"}", `m.json:2:2: unknown key "archh"`},
		{`{"accel": {"kmv": []}}`, "m.json:1:12: unknown key \"kmv\"\n  hint: did you mean \"kvm\"?"},
		{`{"arch": "x", "binary": "q", "console": "c", "accel": {"kvm": [{"why": "w"}]}}`, "m.json:1:56: a flag without words or without a why"},
		{`{"arch": "x", "binary": "q"}`, `m.json:1:1: key "console" is missing or empty`},
		{`{"arch": "x", "binary": "q", "console": "c", "flags": [{"words": ["-a"]}]}`, "m.json:1:46: a flag without words or without a why"},
	}
	for _, tt := range tests {
		if _, err := parseMachine("m.json", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v; want %s", err, tt.want)
		}
	}
}

func TestParseForward(t *testing.T) {
	if f, err := ParseForward("2222:22"); err != nil || f != (Forward{2222, 22}) {
		t.Errorf("got %v, %v", f, err)
	}
	for _, bad := range []string{"", "22", "a:b", "0:22", "22:70000", "1:2:3", "-1:2"} {
		var status interface{ ExitStatus() int }
		if _, err := ParseForward(bad); !errors.As(err, &status) || status.ExitStatus() != 2 {
			t.Errorf("%q: error %v; want one with status 2", bad, err)
		}
	}
}

func testConfig(t *testing.T) Config {
	t.Helper()
	m, err := Find("x86_64", "")
	if err != nil {
		t.Fatal(err)
	}
	kernel := filepath.Join(t.TempDir(), "kernel")
	os.WriteFile(kernel, nil, 0o666)
	m.Binary = os.Args[0] // some program that is there
	return Config{Machine: m, Kernel: kernel, Initramfs: kernel, Accel: "tcg"}
}

func TestCheck(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"good", func(*Config) {}, ""},
		{"no kernel", func(c *Config) { c.Kernel = "/no/such" }, "cannot boot without the kernel"},
		{"no disk", func(c *Config) { c.Disks = []string{"/no/such"} }, "cannot use the disk: open /no/such"},
		{"port in use", func(c *Config) { c.Forwards = []Forward{{port, 22}} }, "cannot forward port"},
		{"no QEMU", func(c *Config) { c.Machine.Binary = "qemu-system-abacus" }, "cannot find qemu-system-abacus"},
		{"too many processors", func(c *Config) { c.CPUs = 1000 }, "1000 processors"},
	}
	for _, tt := range tests {
		c := testConfig(t)
		tt.change(&c)
		_, err := c.prepare(t.Context())
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error %v; want %q", tt.name, err, tt.want)
		}
	}
}

// An interrupt lets QEMU give the terminal back before it ends.
func TestRunInterrupted(t *testing.T) {
	dir := t.TempDir()
	started, restored := filepath.Join(dir, "started"), filepath.Join(dir, "restored")
	c := testConfig(t)
	c.Machine.Binary = filepath.Join(dir, "qemu")
	script := "#!/bin/sh\ntrap 'touch " + restored + "; exit 0' TERM\ntouch " + started + "\nwhile :; do sleep 0.05; done\n"
	if err := os.WriteFile(c.Machine.Binary, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for range 200 {
			if _, err := os.Stat(started); err == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		cancel()
	}()
	if err := Run(ctx, c, strings.NewReader(""), io.Discard); err == nil {
		t.Error("an interrupt is no error")
	}
	if _, err := os.Stat(restored); err != nil {
		t.Error("QEMU was not asked to end")
	}
}

func TestArgs(t *testing.T) {
	c := testConfig(t)
	c.Disks, c.Forwards, c.Append = []string{"a,b"}, []Forward{{2222, 22}}, "rescue"
	args := strings.Join(c.args("tcg"), " ")
	for _, want := range []string{"-accel tcg", "-m 256", "-smp 2", "file=a,,b", "hostfwd=tcp:127.0.0.1:2222-:22", "-cpu max", "rescue"} {
		if !strings.Contains(args, want) {
			t.Errorf("%q is not in %s", want, args)
		}
	}
	if !strings.HasPrefix(c.Cmdline(), "console=ttyS0 ") || !strings.HasSuffix(c.Cmdline(), " rescue") {
		t.Errorf("command line %q", c.Cmdline())
	}
}

func TestConsole(t *testing.T) {
	screen, guest := net.Pipe()
	keys := &strings.Builder{}
	c := NewConsole(screen, keys)
	go func() {
		guest.Write([]byte("boot\r\nname=vole\r\n"))
		guest.Write([]byte("vole# "))
	}()
	match, err := c.Expect(t.Context(), `^name=(\w+)$`)
	if err != nil || match[1] != "vole" {
		t.Fatalf("match %q, %v", match, err)
	}
	if _, err := c.Expect(t.Context(), `vole# `); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = c.Expect(ctx, "boot") // was read already
	if err == nil || !strings.Contains(err.Error(), "name=vole") {
		t.Errorf("error %v; want one with the transcript", err)
	}
	c.Send("ls\n")
	guest.Close()
	if _, err := c.Expect(t.Context(), "never"); err == nil || !strings.Contains(err.Error(), "went off") {
		t.Errorf("err = %v", err)
	}
	if c.Transcript() != "boot\nname=vole\nvole# " || keys.String() != "ls\n" {
		t.Errorf("transcript %q, keys %q", c.Transcript(), keys)
	}
	if _, err := c.Expect(t.Context(), "("); err == nil {
		t.Error("a bad pattern is accepted")
	}
}

func TestQMP(t *testing.T) {
	ours, theirs := net.Pipe()
	go fakeQEMU(theirs)
	q := NewQMP(ours)
	var status struct{ Status string }
	if err := q.Execute(t.Context(), "query-status", nil, &status); err != nil || status.Status != "running" {
		t.Errorf("status %q, %v", status.Status, err)
	}
	if err := q.Execute(t.Context(), "nonsense", map[string]int{"x": 1}, nil); err == nil || !strings.Contains(err.Error(), "no such command") {
		t.Errorf("err = %v", err)
	}
	if err := q.Execute(t.Context(), "quit", nil, nil); err == nil {
		t.Error("an answer from a QEMU that has ended")
	}
	if !slices.Equal(q.Events(), []string{"SHUTDOWN"}) {
		t.Errorf("events %v", q.Events())
	}
}

func fakeQEMU(conn net.Conn) {
	defer conn.Close()
	say := func(s string) { conn.Write([]byte(s + "\r\n")) }
	say(`{"QMP": {"version": {}, "capabilities": []}}`)
	buffer := make([]byte, 4096)
	for _, answer := range []string{
		`{"return": {}, "id": 1}`,
		`{"return": {"status": "running"}, "id": 2}`,
		`{"error": {"class": "CommandNotFound", "desc": "no such command"}, "id": 3}`,
	} {
		conn.Read(buffer)
		say(answer)
	}
	conn.Read(buffer)
	say(`{"event": "SHUTDOWN", "timestamp": {}}`)
}

// The probe's guests are run under emulation, where they must always work.
func TestProbeGuests(t *testing.T) {
	if testing.Short() {
		t.Skip("runs QEMU")
	}
	for _, name := range []string{"pc", "virt"} {
		m, err := find(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath(m.Binary); err != nil {
			t.Errorf("%s is not installed: run scripts/setup", m.Binary)
			continue
		}
		guest := filepath.Join(t.TempDir(), "guest")
		os.WriteFile(guest, probeGuest(m.Arch), 0o666)
		args, want := probeArgs(m.Arch, guest)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, m.Binary, append(args, "-accel", "tcg")...)
		text, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%s: status %d; want %d\n%s", name, got, want, text)
		}
	}
}

func find(name string) (Machine, error) {
	all, err := Machines()
	for _, m := range all {
		if m.Name == name {
			return m, err
		}
	}
	return Machine{}, errors.Join(err, errors.New("no machine "+name))
}

func TestAccelOverride(t *testing.T) {
	m, _ := find("pc")
	t.Setenv("VOLE_ACCEL", "tcg")
	if got, err := Accel(t.Context(), m); got != "tcg" || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	t.Setenv("VOLE_ACCEL", "hvf")
	if _, err := Accel(t.Context(), m); err == nil || !strings.Contains(err.Error(), "valid are kvm, tcg") {
		t.Errorf("err = %v", err)
	}
}
