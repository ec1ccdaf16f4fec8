package supervisor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/cgroup"
	"github.com/vole-linux/vole/cmds/internal/control"
	"github.com/vole-linux/vole/cmds/internal/httpunix"
	"github.com/vole-linux/vole/cmds/internal/kmsg"
	"github.com/vole-linux/vole/cmds/internal/listen"
	"github.com/vole-linux/vole/cmds/internal/notify"
	"github.com/vole-linux/vole/cmds/internal/owner"
	"github.com/vole-linux/vole/cmds/internal/probe"
	"github.com/vole-linux/vole/internal/manifest"
)

// Where things are on the device.
const (
	manifestFolder = "/etc/services"
	notifySocket   = "/run/init/notify"
	metricsSocket  = "/run/metrics/init.sock"
	crashFile      = "/run/init/supervisor.crash"
)

// Linux returns the real machine. conn leads to process 1.
func Linux(conn Process1, box bool) (Machine, error) {
	for _, folder := range []string{stateFolder, filepath.Dir(metricsSocket)} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return Machine{}, fmt.Errorf("cannot make a folder: %w", err)
		}
	}
	messages, err := hearNotifications()
	if err != nil {
		return Machine{}, err
	}
	lines, err := NewLines(func(service, line string) { kmsg.Write(kmsg.Info, service, line) })
	if err != nil {
		return Machine{}, err
	}
	tree := cgroup.New(cgroup.Root)
	return Machine{
		Process1: conn,
		Now:      sinceStart,
		Clock:    time.Now,
		Random:   rand.Float64,
		Arch:     architecture(runtime.GOARCH),
		InBox:    box,

		Manifests:  os.DirFS(manifestFolder),
		ReadFile:   os.ReadFile,
		WriteFile:  writeFile,
		RemoveFile: os.Remove,
		Exists:     func(path string) bool { _, err := os.Stat(path); return err == nil },

		NewGroup: func(name string, limits cgroup.Limits) (Group, error) { return newGroup(tree, box, name, limits) },
		OldGroup: func(name string) Group { return tree.Group(name) },
		Open:     open,
		Listen:   openSockets,
		Probe:    ask,
		Notify:   messages,
		Lines:    lines,
		Log:      func(s kmsg.Severity, text string) { kmsg.Write(s, "init", text) },
	}, nil
}

// architecture is Go's name of one in the words of manifests.
func architecture(goarch string) string {
	if goarch == "amd64" {
		return "x86_64"
	}
	return goarch // arm64, riscv64
}

// Serve answers on the control socket and for Prometheus, until ctx ends.
func (s *Supervisor) Serve(ctx context.Context) error {
	group := -1
	if gid, err := owner.Groups().Find("svc"); err == nil {
		group = int(gid)
	}
	server := httpunix.Server{Handler: s.Handler(group), Panicked: func(value any, stack []byte) {
		s.Log(kmsg.Error, fmt.Sprintf("a fault in the control socket: %v\n%s", value, stack))
	}}
	var failed error
	for _, path := range []string{control.Socket, metricsSocket} {
		listener, err := listenAt(path)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		go server.Serve(ctx, listener)
	}
	return failed
}

// listenAt takes the place of a predecessor's socket: who is connected to that
// one still gets no answer, and asks again.
func listenAt(path string) (net.Listener, error) {
	os.Remove(path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", path, err)
	}
	return listener, os.Chmod(path, 0o666) // everybody may look; who may act is the kernel's word
}

func sinceStart() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// writeFile writes a file whole or not at all. What lies in /run need not
// survive the power, so only the rest is made sure to be on disk.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && !strings.HasPrefix(path, "/run/") {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(tmp)
		return err
	}
	return os.Rename(tmp, path)
}

// hearNotifications listens on the socket that NOTIFY_SOCKET names.
func hearNotifications() (<-chan notify.Message, error) {
	os.Remove(notifySocket)
	server, err := notify.Listen(notifySocket)
	if err != nil {
		return nil, err
	}
	messages := make(chan notify.Message)
	go func() {
		for {
			m, err := server.Receive()
			if err != nil {
				return
			}
			messages <- m
		}
	}()
	return messages, nil
}

// newGroup makes a cgroup. A container may have none to give; a service without
// limits runs there all the same.
func newGroup(tree *cgroup.Tree, box bool, name string, limits cgroup.Limits) (Group, error) {
	group, err := tree.Create(name, limits)
	if err != nil && box {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return group, nil
}

func openSockets(m *manifest.Manifest) ([]*os.File, error) {
	files, err := listen.Open(socketsOf(m))
	if err != nil {
		return nil, err
	}
	users, groups := owner.Users(), owner.Groups()
	for _, s := range m.Sockets {
		path, found := strings.CutPrefix(s.Listen, "unix:")
		if !found {
			continue
		}
		uid, err1 := users.Find(m.User)
		gid, err2 := uint32(0), error(nil)
		if m.Group != "" {
			gid, err2 = groups.Find(m.Group)
		}
		if err := errors.Join(err1, err2); err != nil {
			return files, err
		}
		if err := os.Chown(path, int(uid), int(gid)); err != nil {
			return files, err
		}
	}
	return files, nil
}

func socketsOf(m *manifest.Manifest) []listen.Socket {
	var all []listen.Socket
	for _, s := range m.Sockets {
		all = append(all, listen.Socket{Name: s.Name, Listen: s.Listen, Mode: os.FileMode(s.Mode)})
	}
	return all
}

func ask(ctx context.Context, p manifest.Probe) error {
	switch p.Kind {
	case manifest.ProbeTCP:
		return probe.TCP(ctx, p.Target)
	case manifest.ProbeUnix:
		return probe.Unix(ctx, p.Target)
	case manifest.ProbeHTTP:
		return probe.HTTP(ctx, p.Target)
	}
	return probe.File(ctx, p.Target)
}
