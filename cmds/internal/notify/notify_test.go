package notify

import (
	"errors"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"golang.org/x/sys/unix"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want Message
	}{
		{"", Message{}},
		{"READY=1", Message{Ready: true}},
		{"READY=1\n", Message{Ready: true}},
		{"READY=0\nSTOPPING=\nBARRIER", Message{}},
		{"ready=1\n READY=1\nREADY= 1\nREADY=1 ", Message{}},
		{"RELOADING=1\nMONOTONIC_USEC=1500000", Message{Reloading: true, Monotonic: 1500 * time.Millisecond}},
		{"STOPPING=1\nSTATUS=going", Message{Stopping: true, HasStatus: true, Status: "going"}},
		{"STATUS=", Message{HasStatus: true}},
		{"STATUS=a=b\nSTATUS=c", Message{HasStatus: true, Status: "c"}},
		{"STATUS=\x1b[2J\tü\xff\r", Message{HasStatus: true, Status: "\ufffd[2J\ufffdü\ufffd\ufffd"}},
		{"WATCHDOG=1", Message{Alive: true}},
		{"WATCHDOG=trigger", Message{Sick: true}},
		{"WATCHDOG_USEC=20000000", Message{Watchdog: 20 * time.Second}},
		{"EXTEND_TIMEOUT_USEC=18446744073709551615", Message{Extend: math.MaxInt64}},
		{"MAINPID=42\nERRNO=2\nFDSTORE=1\nX_OURS=7\n=\n==", Message{MainPid: 42, Errno: 2}},
		{"BARRIER=1", Message{Barrier: true}},
	}
	for _, tt := range tests {
		if got := Parse([]byte(tt.text)); got != tt.want {
			t.Errorf("%q: %+v\nwant %+v", tt.text, got, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	tests := []struct{ text, want string }{
		{"READY=1\x00", "it has a NUL byte"},
		{"READY=1\nMAINPID=1", `MAINPID: "1" is no number from 2 on`},
		{"MAINPID=-5", `MAINPID: "-5" is no number`},
		{"MAINPID=4294967298", `MAINPID: "4294967298" is no number`},
		{"MAINPID=", `MAINPID: "" is no number`},
		{"ERRNO=x", `ERRNO: "x" is no number`},
		{"WATCHDOG_USEC=1s", `WATCHDOG_USEC: "1s" is no number of microseconds`},
		{"EXTEND_TIMEOUT_USEC=99999999999999999999", "is no number of microseconds"},
	}
	for _, tt := range tests {
		got := Parse([]byte(tt.text))
		if got.Refused == nil || !strings.Contains(got.Refused.Error(), tt.want) {
			t.Errorf("%q: %v; want %q", tt.text, got.Refused, tt.want)
		}
		if got.Ready {
			t.Errorf("%q: half of it was taken", tt.text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("READY=1\nSTATUS=ok\nMAINPID=7"))
	f.Add([]byte("EXTEND_TIMEOUT_USEC=1\nWATCHDOG_USEC=18446744073709551615\nERRNO=0"))
	f.Add([]byte("STATUS=\x1b]0;x\x07\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m := Parse(text)
		if m.Refused != nil && m != (Message{Refused: m.Refused}) {
			t.Errorf("refused, and yet %+v", m)
		}
		if m.MainPid < 0 || m.MainPid == 1 || m.Extend < 0 || m.Watchdog < 0 || m.Monotonic < 0 {
			t.Errorf("nonsense: %+v", m)
		}
		if strings.ContainsFunc(m.Status, func(r rune) bool { return !unicode.IsPrint(r) && r != '\ufffd' }) {
			t.Errorf("a terminal is not safe from %q", m.Status)
		}
	})
}

// listening returns a server, and the environment of its services.
func listening(t *testing.T) (*Server, string, func(string) string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	s, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // a lost message fails the test
	return s, path, env(path)
}

func env(socket string) func(string) string {
	return func(key string) string {
		if key == "NOTIFY_SOCKET" {
			return socket
		}
		return ""
	}
}

func receive(t *testing.T, s *Server) Message {
	t.Helper()
	m, err := s.Receive()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSender(t *testing.T) {
	s, path, getenv := listening(t)
	if err := Send(getenv, "READY=1", "STATUS=serving"); err != nil {
		t.Fatal(err)
	}
	want := Message{Sender: Sender{os.Getpid(), os.Getuid(), os.Getgid()}, Ready: true, HasStatus: true, Status: "serving"}
	if got := receive(t, s); got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o666 {
		t.Errorf("mode %v; every user must be able to write", info.Mode())
	}
}

// Thousands of messages from many senders: none is lost, and those of one
// sender keep their order.
func TestFlood(t *testing.T) {
	const senders, each = 8, 1000
	s, _, getenv := listening(t)
	var group sync.WaitGroup
	for n := range senders {
		group.Go(func() {
			for i := range each {
				if err := Send(getenv, "ERRNO="+strconv.Itoa(n), "STATUS="+strconv.Itoa(i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var next [senders]int
	for range senders * each {
		m := receive(t, s)
		if m.Status != strconv.Itoa(next[m.Errno]) {
			t.Fatalf("sender %d: message %s; want %d", m.Errno, m.Status, next[m.Errno])
		}
		next[m.Errno]++
	}
	group.Wait()
}

// raw sends what Send would not.
func raw(t *testing.T, path string, data []byte, fds ...int) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	if err := unix.Sendmsg(fd, data, rights, &unix.SockaddrUnix{Name: path}, 0); err != nil {
		t.Fatal(err)
	}
}

func TestBounds(t *testing.T) {
	s, path, getenv := listening(t)
	longest := "STATUS=" + strings.Repeat("x", MaxMessage-len("STATUS="))
	if err := Send(getenv, longest); err != nil {
		t.Fatal(err)
	}
	if m := receive(t, s); len(m.Status) != MaxMessage-7 || m.Refused != nil {
		t.Errorf("the longest message: %d bytes, %v", len(m.Status), m.Refused)
	}
	for _, size := range []int{MaxMessage + 1, MaxMessage + 2, 100_000} {
		raw(t, path, append([]byte("READY=1\n"), make([]byte, size-8)...))
		m := receive(t, s)
		if m.Ready || m.Refused == nil || !strings.Contains(m.Refused.Error(), "longer than 4096") || m.Sender.Pid != os.Getpid() {
			t.Errorf("%d bytes: %+v", size, m)
		}
	}
	raw(t, path, nil)
	if m := receive(t, s); m.Refused != nil {
		t.Errorf("an empty message: %v", m.Refused)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// Descriptors sent along are closed, which is what a barrier waits for.
func TestDescriptors(t *testing.T) {
	s, path, _ := listening(t)
	before := openFiles(t)
	for _, count := range []int{1, 2, 253} {
		for range 20 {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			fds := make([]int, count)
			for i := range fds {
				fds[i] = int(w.Fd())
			}
			raw(t, path, []byte("BARRIER=1"), fds...)
			w.Close()
			if m := receive(t, s); !m.Barrier || m.Sender.Pid != os.Getpid() {
				t.Errorf("%+v", m)
			}
			r.SetDeadline(time.Now().Add(5 * time.Second))
			if _, err := r.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
				t.Errorf("%d descriptors: the pipe is still open: %v", count, err)
			}
			r.Close()
		}
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d open files; %d before", after, before)
	}
}

// The socket outlives its reader, and so do the messages in it.
func TestAdopt(t *testing.T) {
	first, _, getenv := listening(t)
	file, err := first.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	first.Close()
	if _, err := first.Receive(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed server: %v", err)
	}
	if err := Send(getenv, "STATUS=meanwhile"); err != nil {
		t.Fatal(err)
	}
	second, err := Adopt(file)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if m := receive(t, second); m.Status != "meanwhile" || m.Sender.Pid != os.Getpid() {
		t.Errorf("%+v", m)
	}
	null, _ := os.Open(os.DevNull)
	defer null.Close()
	if _, err := Adopt(null); err == nil {
		t.Error("/dev/null was adopted")
	}
}

// Close ends a Receive that waits.
func TestClose(t *testing.T) {
	s, _, _ := listening(t)
	ended := make(chan error)
	go func() {
		_, err := s.Receive()
		ended <- err
	}()
	time.Sleep(10 * time.Millisecond)
	s.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("err = %v", err)
	}
}

func TestSend(t *testing.T) {
	if err := Send(env(""), "READY=1"); err != nil {
		t.Errorf("without NOTIFY_SOCKET: %v", err)
	}
	abstract := "@vole-notify-" + strconv.Itoa(os.Getpid())
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: abstract, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := Send(env(abstract), "READY=1", "X=2"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 99)
	if n, _ := conn.Read(got); string(got[:n]) != "READY=1\nX=2" {
		t.Errorf("sent %q", got[:n])
	}
	tests := []struct{ socket, line, want string }{
		{"run/x", "READY=1", "cannot notify run/x: it begins neither with / nor with @"},
		{"/no/such", "READY=1", "no such file"},
		{abstract, "STATUS=a\nREADY=1", "a line break"},
		{abstract, strings.Repeat("x", MaxMessage+1), "longer than 4096"},
	}
	for _, tt := range tests {
		if err := Send(env(tt.socket), tt.line); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", tt.socket, err, tt.want)
		}
	}
}

func TestListenFails(t *testing.T) {
	if _, err := Listen("/no/such/folder/x"); err == nil || !strings.HasPrefix(err.Error(), "cannot hear services at /no/such/folder/x: ") {
		t.Errorf("err = %v", err)
	}
	_, path, _ := listening(t)
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second server: %v", err)
	}
}
