package supervisor

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/cmds/internal/listen"
	"github.com/vole-linux/vole/cmds/internal/sandbox"
	"github.com/vole-linux/vole/internal/manifest"
)

// From a manifest to a process: most go through the shim of package sandbox,
// which confines itself and then becomes the program. What is to be confined
// in no way starts without the detour.

// open prepares a process of a service.
func open(spec Spec) (*Opened, error) {
	o := &Opened{}
	var mine []*os.File // what is the child's only
	o.Close = func() {
		for _, f := range mine {
			f.Close()
		}
	}
	err := fill(o, spec, &mine)
	if err != nil {
		o.Close()
		for _, f := range []*os.File{o.Status, o.Output} {
			if f != nil {
				f.Close()
			}
		}
		return nil, err
	}
	return o, nil
}

func fill(o *Opened, spec Spec, mine *[]*os.File) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	*mine = append(*mine, null)
	output, printed, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot make a pipe: %w", err)
	}
	*mine = append(*mine, printed)
	o.Output = output
	o.Files = []*os.File{null, printed, printed}
	if spec.Group != nil {
		if o.Cgroup, err = spec.Group.Open(); err != nil {
			return err
		}
		*mine = append(*mine, o.Cgroup)
	}
	if spec.ReadyFD != nil {
		*mine = append(*mine, spec.ReadyFD)
	}
	confined := sandboxOf(spec)
	if spec.direct() {
		o.Path, o.Argv, o.Env = programPath(spec.Exec[0]), spec.Exec, confined.Env
		return nil
	}
	return fillShim(o, spec, confined, mine)
}

// fillShim prepares the shim: descriptors 3 and 4 are its own.
func fillShim(o *Opened, spec Spec, confined sandbox.Spec, mine *[]*os.File) error {
	data, err := confined.Encode()
	if err != nil {
		return err
	}
	fd, err := unix.MemfdCreate("spec", unix.MFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("cannot hand over the specification: %w", err)
	}
	written := os.NewFile(uintptr(fd), "spec")
	*mine = append(*mine, written)
	if _, err := written.Write(data); err != nil {
		return fmt.Errorf("cannot hand over the specification: %w", err)
	}
	if _, err := written.Seek(0, 0); err != nil {
		return err
	}
	status, report, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot make a pipe: %w", err)
	}
	*mine = append(*mine, report)
	o.Status = status
	o.Path, o.Argv, o.Env, o.Flags = "/proc/self/exe", []string{"init", "exec"}, []string{"PATH=" + binFolder}, confined.CloneFlags()
	o.Files = append(o.Files, written, report)
	if spec.Role == roleMain {
		o.Files = append(o.Files, spec.Sockets...)
		if spec.ReadyFD != nil {
			o.Files = append(o.Files, spec.ReadyFD)
		}
	}
	return nil
}

const binFolder = "/bin"

func programPath(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return filepath.Join(binFolder, name)
}

// direct says that there is nothing for the shim to do. Process 1's children
// begin as root, in /, with umask 022.
func (spec Spec) direct() bool {
	m := spec.Manifest
	b, l := m.Sandbox, m.Limits
	return (m.User == "root" || m.User == "0") && m.Group == "" && len(m.Groups) == 0 && m.Dir == "/" && m.Umask == 0o022 &&
		!b.NoNewPrivileges && slices.Equal(b.Capabilities, []string{"all"}) && b.Seccomp == "none" && len(b.Namespaces) == 0 &&
		!b.Landlock() && !b.PrivateTmp && l.NoFile == manifest.Defaults(m.Kind).Limits.NoFile && l.Core == 0 && l.MemLock == 0 &&
		l.Nice == 0 && l.OOMScoreAdjust == 0 && len(spec.Sockets) == 0 && spec.ReadyFD == nil
}

// sandboxOf says it in the shim's words.
func sandboxOf(spec Spec) sandbox.Spec {
	m := spec.Manifest
	s := sandbox.Spec{
		Exec: spec.Exec, Env: environment(spec), Dir: m.Dir, Umask: fmt.Sprintf("%03o", uint32(m.Umask)),
		User: m.User, Group: m.Group, Groups: m.Groups, OOMScore: m.Limits.OOMScoreAdjust, Nice: m.Limits.Nice,
		NoNewPrivileges: m.Sandbox.NoNewPrivileges, Seccomp: m.Sandbox.Seccomp, PrivateTmp: m.Sandbox.PrivateTmp,
		ReadOnly: m.Sandbox.ReadOnly, ReadWrite: m.Sandbox.ReadWrite,
		Rlimits: []sandbox.Rlimit{
			{Name: "nofile", Soft: uint64(m.Limits.NoFile), Hard: uint64(m.Limits.NoFile)},
			{Name: "core", Soft: uint64(m.Limits.Core), Hard: uint64(m.Limits.Core)},
		},
	}
	if n := uint64(m.Limits.MemLock); n > 0 {
		s.Rlimits = append(s.Rlimits, sandbox.Rlimit{Name: "memlock", Soft: n, Hard: n})
	}
	for _, name := range m.Sandbox.Capabilities {
		s.Capabilities = append(s.Capabilities, strings.ToLower(strings.TrimPrefix(name, "CAP_")))
	}
	for _, n := range m.Sandbox.Namespaces {
		s.Namespaces = append(s.Namespaces, string(n))
	}
	if spec.Role == roleMain {
		for i := range spec.Sockets {
			s.Descriptors = append(s.Descriptors, 3+i)
		}
		if spec.ReadyFD != nil {
			s.Descriptors = append(s.Descriptors, m.Ready.FD)
		}
	}
	return s
}

// environment is what a program finds. Little: whatever is there some program
// will lean on.
func environment(spec Spec) []string {
	m := spec.Manifest
	env := []string{"PATH=" + binFolder}
	if spec.Role == roleMain {
		env = append(env, listen.Env(socketsOf(m))...)
		if m.Ready.Notify || m.Watchdog > 0 {
			env = append(env, "NOTIFY_SOCKET="+notifySocket)
		}
		if m.Watchdog > 0 {
			env = append(env, "WATCHDOG_USEC="+strconv.FormatInt(time.Duration(m.Watchdog).Microseconds(), 10))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Env)) {
		env = append(env, name+"="+m.Env[name])
	}
	return env
}
