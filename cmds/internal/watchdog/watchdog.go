// Package watchdog keeps the clock that resets a machine which hangs.
//
// A watchdog is a timer in hardware. Once opened it runs, and when it has not
// been fed for its time-out, it resets the machine, whatever the software is
// doing. So whoever feeds it must be what has to work: the main loop of init,
// and only while the critical services are healthy.
//
//	w, err := watchdog.Open("/dev/watchdog")
//	w.SetTimeout(30 * time.Second)
//	w.Feed()   // at least every w.Timeout() / 2
//	w.Disarm() // stops the clock, if the hardware lets it be stopped
//
// Close without Disarm leaves the clock running: that is how a machine that
// reboots is guarded until the firmware has it, and how a successor takes
// over. A clock that stops by mistake is worse than none, so the kernel wants
// the letter V written before the close ("magic close"). Hardware without it,
// or a kernel with CONFIG_WATCHDOG_NOWAYOUT, cannot be stopped at all.
//
// After a reboot Report tells whether it was the watchdog's doing.
//
// Files: /dev/watchdog. See Documentation/watchdog/watchdog-api.rst of Linux.
//
// # Bugs
//
// Pretimeouts are not used. Some drivers know no time-out in their settings;
// then Timeout is 0 and one should feed every few seconds.
//
// Next in the tour: none
package watchdog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A Device is an open watchdog. Its methods are those ioctls that are needed
// here; tests have one of their own.
type Device interface {
	io.WriteCloser
	Support() (unix.WatchdogInfo, error)  // WDIOC_GETSUPPORT
	GetInt(request uint) (int, error)     // WDIOC_GETTIMEOUT and others
	SetInt(request uint, value int) error // WDIOC_SETTIMEOUT
	KeepAlive() error                     // WDIOC_KEEPALIVE
}

// A Watchdog is a clock that runs. One goroutine may use it at a time.
type Watchdog struct {
	device  Device
	info    unix.WatchdogInfo
	timeout time.Duration
}

// A Report is what the hardware says of itself.
type Report struct {
	Identity  string
	Stoppable bool // it knows the magic close
	CausedBy  bool // the last boot was a reset by this watchdog
	Overheat  bool // the last boot was a reset for the heat
}

// Open starts the clock of a device, or takes over one that runs.
func Open(path string) (*Watchdog, error) {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open the watchdog %s: %w", path, err)
	}
	return New(device{os.NewFile(uintptr(fd), path), fd}), nil
}

// New takes a device that is open already.
func New(device Device) *Watchdog {
	w := &Watchdog{device: device}
	// Not every driver knows these two; then it is fed all the same.
	w.info, _ = device.Support()
	w.readTimeout()
	return w
}

func (w *Watchdog) readTimeout() {
	if seconds, err := w.device.GetInt(unix.WDIOC_GETTIMEOUT); err == nil && seconds > 0 {
		w.timeout = time.Duration(seconds) * time.Second
	}
}

// Timeout is after how long without food the machine is reset; 0 if the
// device doesn't tell.
func (w *Watchdog) Timeout() time.Duration { return w.timeout }

// SetTimeout asks for a time-out, rounded up to whole seconds. The hardware
// may choose another one near it, which Timeout tells.
func (w *Watchdog) SetTimeout(timeout time.Duration) error {
	seconds := int((timeout + time.Second - 1) / time.Second)
	if seconds < 1 {
		return fmt.Errorf("cannot set the watchdog to %v: it is no time", timeout)
	}
	if err := w.device.SetInt(unix.WDIOC_SETTIMEOUT, seconds); err != nil {
		return fmt.Errorf("cannot set the watchdog to %d s: %w", seconds, err)
	}
	w.timeout = time.Duration(seconds) * time.Second
	w.readTimeout()
	return nil
}

// Feed starts the time-out anew.
func (w *Watchdog) Feed() error {
	err := w.device.KeepAlive()
	if errors.Is(err, unix.ENOTTY) || errors.Is(err, unix.EOPNOTSUPP) {
		_, err = w.device.Write([]byte{0}) // any byte but V feeds, too
	}
	if err != nil {
		return fmt.Errorf("cannot feed the watchdog: %w", err)
	}
	return nil
}

// TimeLeft is when the machine will be reset, if the device tells.
func (w *Watchdog) TimeLeft() (time.Duration, error) {
	seconds, err := w.device.GetInt(unix.WDIOC_GETTIMELEFT)
	if err != nil {
		return 0, fmt.Errorf("cannot read the watchdog: %w", err)
	}
	return time.Duration(seconds) * time.Second, nil
}

// Report tells about the hardware and the last boot.
func (w *Watchdog) Report() Report {
	identity, _, _ := bytes.Cut(w.info.Identity[:], []byte{0})
	status, _ := w.device.GetInt(unix.WDIOC_GETBOOTSTATUS) // 0 where it is unknown
	return Report{
		Identity:  string(identity),
		Stoppable: w.info.Options&unix.WDIOF_MAGICCLOSE != 0,
		CausedBy:  status > 0 && status&unix.WDIOF_CARDRESET != 0,
		Overheat:  status > 0 && status&unix.WDIOF_OVERHEAT != 0,
	}
}

// Disarm stops the clock and closes the device. If the clock can't be stopped
// it says so, and it is closed and will reset the machine.
func (w *Watchdog) Disarm() error {
	_, err := w.device.Write([]byte{'V'})
	err = errors.Join(err, w.device.Close())
	if err == nil && w.info.Options&unix.WDIOF_MAGICCLOSE == 0 {
		err = errors.New("the hardware knows no magic close")
	}
	if err != nil {
		return fmt.Errorf("cannot stop the watchdog: %w", err)
	}
	return nil
}

// Close leaves the clock running, for the firmware or a successor.
func (w *Watchdog) Close() error {
	if err := w.device.Close(); err != nil {
		return fmt.Errorf("cannot close the watchdog: %w", err)
	}
	return nil
}

// device is a Device of the kernel.
type device struct {
	*os.File
	fd int // File.Fd would do the same, and make it block, which it does
}

func (d device) Support() (unix.WatchdogInfo, error) {
	info, err := unix.IoctlGetWatchdogInfo(d.fd)
	if err != nil {
		return unix.WatchdogInfo{}, err
	}
	return *info, nil
}

func (d device) GetInt(request uint) (int, error) { return unix.IoctlGetInt(d.fd, request) }
func (d device) SetInt(request uint, value int) error {
	return unix.IoctlSetPointerInt(d.fd, request, value)
}
func (d device) KeepAlive() error { return unix.IoctlWatchdogKeepalive(d.fd) }
