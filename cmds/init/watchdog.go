package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/vole-linux/vole/cmds/internal/watchdog"
)

// The watchdog is a clock in hardware that resets the machine unless it is fed
// in time. It is fed by the main loop, which must turn, and only as long as the
// supervisor says that all critical services are well: what proves nothing must
// not feed it.
const (
	watchdogTime = 60 * time.Second // or what the hardware can
	wellFor      = 30 * time.Second // so long the supervisor's word counts
)

// A dog is the watchdog. Tests bring their own.
type dog interface {
	Feed() error
	Disarm() error
}

// armWatchdog starts the clock. Few machines lack one, but a missing one is no
// failure.
func armWatchdog(m *machine) error {
	d, err := m.kernel.watchdog()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	m.dog = d
	return d.Feed()
}

func openWatchdog() (dog, error) {
	w, err := watchdog.Open("/dev/watchdog")
	if err != nil {
		return nil, err
	}
	if err := w.SetTimeout(watchdogTime); err != nil {
		return nil, err
	}
	return w, nil
}

// feed feeds the watchdog while all is well. A person at a rescue shell, a boot
// that is under way and a machine on its way down are given their time.
func (m *machine) feed() {
	if m.dog == nil {
		return
	}
	now := m.kernel.sinceStart()
	if m.rescue == "" && !m.stopping && m.late == nil && now-m.healthy > wellFor {
		return
	}
	if err := m.dog.Feed(); err != nil {
		m.fail(fmt.Errorf("cannot feed the watchdog: %w", err))
		m.dog = nil
	}
}
