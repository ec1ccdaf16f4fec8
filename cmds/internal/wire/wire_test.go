package wire

import (
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair makes two ends that the test talks through.
func pair(t *testing.T) (one, other *Conn) {
	t.Helper()
	one, file, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	other, err = Open(fd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { one.Close(); other.Close() })
	return one, other
}

func TestConversation(t *testing.T) {
	one, other := pair(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := Program{ID: 7, Name: "sshd", Path: "/bin/sshd", Argv: []string{"sshd", "", "-D"}, Env: []string{"A=b", "C="},
		Flags: unix.CLONE_NEWNS, Files: []int{int(w.Fd())}, Cgroup: int(w.Fd())}
	if err := one.Send(want.Packet()); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p, err := other.Receive()
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Program()
	if err != nil || len(got.Files) != 1 || got.Cgroup < 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if flags, err := unix.FcntlInt(uintptr(got.Files[0]), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("the file that came along stays open at exec: %d, %v", flags, err)
	}
	unix.Write(got.Files[0], []byte("here"))
	CloseAll(append(got.Files, got.Cgroup))
	if text, _ := io.ReadAll(r); string(text) != "here" {
		t.Errorf("through the file that came along: %q", text)
	}
	got.Files, got.Cgroup = want.Files, want.Cgroup
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestEndOfConversation(t *testing.T) {
	one, other := pair(t)
	one.Send(Packet{Kind: Up})
	one.Close()
	if p, err := other.Receive(); err != nil || p.Kind != Up {
		t.Errorf("the last words are lost: %v, %v", p, err)
	}
	if _, err := other.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v; want EOF", err)
	}
	if err := other.Send(Packet{Kind: Down}); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("sent to nobody: %v; want EPIPE", err)
	}
}

// Process 1 never waits for the supervisor.
func TestTrySend(t *testing.T) {
	one, _ := pair(t)
	done := make(chan error, 1)
	go func() {
		for {
			if err := one.TrySend(Packet{Kind: Exited, Text: []string{strings.Repeat("x", 1000)}}); err != nil {
				done <- err
				return
			}
		}
	}()
	select {
	case err := <-done:
		if !errors.Is(err, syscall.EAGAIN) {
			t.Errorf("err = %v; want EAGAIN", err)
		}
	case <-time.After(time.Minute):
		t.Error("TrySend waits")
	}
}

func TestExit(t *testing.T) {
	want := Exit{Status: 0x0100, User: time.Second, System: time.Millisecond, MaxMemory: 1 << 30, When: time.Hour}
	p := Packet{Kind: Exited, Pid: 12, ID: 1 << 40}
	p.SetExit(want)
	data, err := p.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decode(data)
	if err != nil || back.Pid != 12 || back.ID != 1<<40 {
		t.Fatalf("%+v, %v", back, err)
	}
	if got, ended := back.Exit(); got != want || !ended {
		t.Errorf("got %+v, %v; want %+v", got, ended, want)
	}
	if _, ended := (Packet{Kind: Child}).Exit(); ended {
		t.Error("a living process has ended")
	}
}

func TestRefusals(t *testing.T) {
	for _, p := range []Packet{
		{Kind: Start, Text: []string{strings.Repeat("x", MaxPacket)}},
		{Kind: Start, Text: []string{"a\x00b"}},
	} {
		if _, err := p.encode(); err == nil {
			t.Errorf("%d strings, the first of %d bytes: no error", len(p.Text), len(p.Text[0]))
		}
	}
	for _, p := range []Packet{
		{Kind: Up},
		{Kind: Start},
		{Kind: Start, Text: []string{"n", "/p", "x"}},
		{Kind: Start, Text: []string{"n", "/p", "0"}},
		{Kind: Start, Text: []string{"n", "/p", "2", "one"}},
		{Kind: Start, Text: []string{"n", "/p", "-1", "one"}},
		{Kind: Start, Text: []string{"n", "/p", "1", "one"}, Numbers: [7]int64{0, 1}},
	} {
		if program, err := p.Program(); err == nil {
			t.Errorf("%v became %+v", p, program)
		}
	}
}

// No bytes can harm the reader, and what it reads is what was written.
func FuzzDecode(f *testing.F) {
	for _, p := range []Packet{{Kind: Up}, Program{Name: "a", Path: "/b", Argv: []string{"b"}}.Packet()} {
		data, _ := p.encode()
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decode(data)
		if err != nil {
			return
		}
		p.Program()
		p.Exit()
		again, err := p.encode()
		if err != nil {
			t.Skip() // longer than a packet may be
		}
		if string(again) != string(data) {
			t.Errorf("%q became %q", data, again)
		}
	})
}
