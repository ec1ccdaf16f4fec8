package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vole-linux/vole/internal/nearest"
)

// capabilityNames are those of linux/capability.h, each at its number.
func capabilityNames() []string {
	return strings.Fields(`chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable
		net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace
		sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control
		setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`)
}

// capabilityMask returns a bit for each name.
func capabilityMask(names []string) (mask uint64, err error) {
	known := capabilityNames()
	for _, name := range names {
		number := slices.Index(known, name)
		if number < 0 {
			if near := nearest.Of(strings.TrimPrefix(strings.ToLower(name), "cap_"), known); near != "" {
				return 0, fmt.Errorf("unknown capability %q: did you mean %q?", name, near)
			}
			return 0, fmt.Errorf("unknown capability %q", name)
		}
		mask |= 1 << number
	}
	return mask, nil
}

func (s Spec) allCapabilities() bool { return len(s.Capabilities) == 1 && s.Capabilities[0] == "all" }

// bounding drops from the bounding set what is not to be kept.
func (s *shim) bounding() error {
	all := s.spec.allCapabilities()
	want := ^uint64(0)
	if !all {
		mask, err := capabilityMask(s.spec.Capabilities)
		if err != nil {
			return err
		}
		want = mask
	}
	for capability := range 64 {
		has, err := s.HasBounding(capability)
		if errors.Is(err, unix.EINVAL) { // the kernel knows no more
			break
		}
		if err != nil {
			return err
		}
		wanted := want&(1<<capability) != 0
		switch {
		case has && wanted:
			s.keep |= 1 << capability
		case has:
			if err := s.DropBounding(capability); err != nil {
				return err
			}
		}
	}
	if missing := want &^ s.keep; !all && missing != 0 {
		return fmt.Errorf("this machine has none to give of: %s", strings.Join(capabilityWords(missing), ", "))
	}
	return nil
}

func capabilityWords(mask uint64) (words []string) {
	for number, name := range capabilityNames() {
		if mask&(1<<number) != 0 {
			words = append(words, name)
		}
	}
	return words
}

// capabilities leaves the process with those to keep, and the program, too:
// at execve root gets the bounding set, another user only the ambient set.
func (s *shim) capabilities() error {
	if err := s.Capset(s.keep); err != nil {
		return err
	}
	if !s.account.setUser || s.account.uid == 0 {
		return nil
	}
	for capability := range 64 {
		if s.keep&(1<<capability) != 0 {
			if err := s.RaiseAmbient(capability); err != nil {
				return fmt.Errorf("%s: %w", strings.Join(capabilityWords(1<<capability), ""), err)
			}
		}
	}
	return nil
}
