package listen

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain, called "daemon", is a service as systemd would start it: it
// answers one client on each descriptor from 3 on with the socket's name.
func TestMain(m *testing.M) {
	if os.Args[0] != "daemon" {
		os.Exit(m.Run())
	}
	for i, name := range strings.Split(os.Getenv("LISTEN_FDNAMES"), ":") {
		if n, _, err := unix.Accept(3 + i); err == nil {
			unix.Write(n, []byte(name))
			unix.Close(n)
		} else {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
	}
	os.Exit(0)
}

// address asks the kernel where file is bound, as PORT 0 lets it choose.
func address(t *testing.T, file *os.File) string {
	t.Helper()
	l, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A service gets its sockets, and clients that came before it are served.
func TestActivation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	sockets := []Socket{{Name: "web", Listen: "tcp:127.0.0.1:0"}, {Name: "control", Listen: "unix:" + path}}
	files, err := Open(sockets)
	if err != nil {
		t.Fatal(err)
	}
	var clients []net.Conn
	for _, at := range [][2]string{{"tcp", address(t, files[0])}, {"unix", path}} {
		conn, err := net.Dial(at[0], at[1])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		clients = append(clients, conn)
	}
	daemon := exec.Command("/proc/self/exe")
	daemon.Args = []string{"daemon"}
	daemon.Env = Env(sockets)
	daemon.ExtraFiles = files
	if want := []string{"LISTEN_FDS=2", "LISTEN_FDNAMES=web:control"}; !slices.Equal(daemon.Env, want) {
		t.Errorf("environment %q; want %q", daemon.Env, want)
	}
	if out, err := daemon.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, want := range []string{"web", "control"} {
		got := make([]byte, 16)
		clients[i].SetDeadline(time.Now().Add(5 * time.Second))
		n, _ := clients[i].Read(got)
		if string(got[:n]) != want {
			t.Errorf("client %d got %q; want %q", i, got[:n], want)
		}
	}
}

func TestFlags(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	files, err := Open([]Socket{{Listen: "tcp::0"}, {Listen: "udp::0"}, {Listen: "unix:" + path, Mode: 0o660}})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		defer file.Close()
		fd := int(file.Fd())
		if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s is not close-on-exec", file.Name())
		}
		if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK != 0 {
			t.Errorf("%s does not block", file.Name())
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v, %v; want mode 0660", info, err)
	}
	if _, port, _ := net.SplitHostPort(address(t, files[0])); port != "" {
		conn, err := net.Dial("tcp4", "127.0.0.1:"+port)
		if err != nil {
			t.Errorf("tcp::PORT does not hear IPv4: %v", err)
		} else {
			conn.Close()
		}
	}
}

func TestUDP(t *testing.T) {
	files, err := Open([]Socket{{Listen: "udp:127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	defer files[0].Close()
	server, err := net.FilePacketConn(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := net.Dial("udp", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.Write([]byte("x"))
	server.SetDeadline(time.Now().Add(5 * time.Second))
	if n, _, err := server.ReadFrom(make([]byte, 9)); n != 1 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	os.WriteFile(plain, []byte("keep"), 0o600)
	os.Symlink(plain, filepath.Join(dir, "link"))
	tests := []struct{ name, listen, want string }{
		{"", "tcp:localhost:80", "not ADDRESS:PORT"},
		{"", "tcp:127.0.0.1", "not ADDRESS:PORT"},
		{"", "tcp:127.0.0.1:65536", "not ADDRESS:PORT"},
		{"", "tcp::65536", "the port is no number"},
		{"", "tcp:[fe80::1%lo]:80", "scoped"},
		{"", "tcp:192.0.2.1:80", "cannot assign requested address"},
		{"", "sctp:127.0.0.1:80", "begins neither"},
		{"", "", "begins neither"},
		{"", "unix:run/x", "does not begin with /"},
		{"", "unix:", "does not begin with /"},
		{"", "unix:/" + strings.Repeat("x", 107), "longer than 107 bytes"},
		{"", "unix:/no/such/folder/x", "no such file"},
		{"", "unix:" + plain, "no socket"},
		{"", "unix:" + dir + "/link", "no socket"},
		{"a:b", "tcp:127.0.0.1:0", `the name "a:b"`},
		{"a\nb", "tcp:127.0.0.1:0", "has a character"},
		{strings.Repeat("x", 256), "tcp:127.0.0.1:0", "longer than 255"},
	}
	for _, tt := range tests {
		good := filepath.Join(dir, "good")
		files, err := Open([]Socket{{Listen: "unix:" + good}, {Name: tt.name, Listen: tt.listen}})
		if err == nil || !strings.HasPrefix(err.Error(), "cannot listen on "+tt.listen+": ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", tt.listen, err, tt.want)
		}
		if files != nil {
			t.Errorf("%s: files with an error", tt.listen)
		}
		if _, err := os.Lstat(good); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: what was opened before stays: %v", tt.listen, err)
		}
	}
	if text, _ := os.ReadFile(plain); string(text) != "keep" {
		t.Error("a plain file was harmed")
	}
}

// Sockets of the dead are removed, those of the living are not.
func TestStale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	socket := []Socket{{Listen: "unix:" + path}}
	first, err := Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(socket); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second one at a living socket: %v", err)
	}
	first[0].Close()
	second, err := Open(socket)
	if err != nil {
		t.Fatalf("a second one at a dead socket: %v", err)
	}
	second[0].Close()
	os.Remove(path)

	gram, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer gram.Close()
	if _, err := Open(socket); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a stream socket at a living datagram socket: %v", err)
	}
}

// A server that does not accept any more still lives.
func TestFullQueueIsNotStale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	fd, err := BindUnix(unix.SOCK_STREAM, path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	unix.Listen(fd, 0)
	for range 3 {
		c, _ := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		defer unix.Close(c)
		unix.Connect(c, &unix.SockaddrUnix{Name: path})
	}
	if _, err := BindUnix(unix.SOCK_STREAM, path, 0o600); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("err = %v", err)
	}
}

// The mode is exact whatever the umask.
func TestMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, mode := range []fs.FileMode{0o600, 0o660, 0o666, 0o777} {
		fd, err := BindUnix(unix.SOCK_DGRAM, path, mode)
		if err != nil {
			t.Fatal(err)
		}
		unix.Close(fd)
		if info, _ := os.Stat(path); info.Mode().Perm() != mode {
			t.Errorf("mode %v; want %v", info.Mode(), mode)
		}
	}
	if err := setMode(t.TempDir(), 0o777); err == nil {
		t.Error("the mode of a folder was set")
	}
}

func TestEnvOfNothing(t *testing.T) {
	if got := Env(nil); got != nil {
		t.Errorf("Env(nil) = %q", got)
	}
	if got := Env([]Socket{{}})[1]; got != "LISTEN_FDNAMES=unknown" {
		t.Error(got)
	}
}
