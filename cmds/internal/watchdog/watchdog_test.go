package watchdog

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fake is hardware that writes down what is done to it.
type fake struct {
	options uint32
	boot    int
	timeout int   // what it has chosen, or 0 if it doesn't tell
	most    int   // the longest time-out it can have
	fails   error // of every ioctl
	closing error
	done    []string
}

func (f *fake) Write(p []byte) (int, error) {
	f.done = append(f.done, "write "+string(p))
	return len(p), nil
}

func (f *fake) Close() error {
	f.done = append(f.done, "close")
	return f.closing
}

func (f *fake) Support() (info unix.WatchdogInfo, err error) {
	copy(info.Identity[:], "Fake Timer")
	info.Options = f.options
	return info, f.fails
}

func (f *fake) GetInt(request uint) (int, error) {
	switch {
	case f.fails != nil:
		return 0, f.fails
	case request == unix.WDIOC_GETTIMEOUT && f.timeout > 0:
		return f.timeout, nil
	case request == unix.WDIOC_GETTIMELEFT:
		return 7, nil
	case request == unix.WDIOC_GETBOOTSTATUS:
		return f.boot, nil
	}
	return 0, unix.EOPNOTSUPP
}

func (f *fake) SetInt(request uint, value int) error {
	if request != unix.WDIOC_SETTIMEOUT {
		return unix.EINVAL
	}
	if f.fails != nil {
		return f.fails
	}
	if f.timeout > 0 {
		f.timeout = min(value, f.most)
	}
	return nil
}

func (f *fake) KeepAlive() error {
	f.done = append(f.done, "feed")
	return f.fails
}

func TestTimeout(t *testing.T) {
	tests := []struct {
		name    string
		fake    fake
		ask     time.Duration
		want    time.Duration
		wantErr string
	}{
		{"as asked", fake{timeout: 60, most: 100}, 30 * time.Second, 30 * time.Second, ""},
		{"rounded up", fake{timeout: 60, most: 100}, 1500 * time.Millisecond, 2 * time.Second, ""},
		{"at most", fake{timeout: 16, most: 16}, time.Minute, 16 * time.Second, ""},
		{"doesn't tell", fake{}, 30 * time.Second, 30 * time.Second, ""},
		{"zero", fake{timeout: 60, most: 100}, 0, time.Minute, "cannot set the watchdog to 0s: it is no time"},
		{"refused", fake{fails: unix.EOPNOTSUPP}, time.Minute, 0, "cannot set the watchdog to 60 s: operation not supported"},
	}
	for _, tt := range tests {
		w := New(&tt.fake)
		err := w.SetTimeout(tt.ask)
		if got := errorText(err); got != tt.wantErr {
			t.Errorf("%s: error %q; want %q", tt.name, got, tt.wantErr)
		}
		if w.Timeout() != tt.want {
			t.Errorf("%s: time-out %v; want %v", tt.name, w.Timeout(), tt.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFeedAndStop(t *testing.T) {
	tests := []struct {
		name string
		fake fake
		do   func(*Watchdog) error
		want []string
		err  string
	}{
		{"feed", fake{}, (*Watchdog).Feed, []string{"feed"}, ""},
		{"feed an old one", fake{fails: unix.ENOTTY}, (*Watchdog).Feed, []string{"feed", "write \x00"}, ""},
		{"feed fails", fake{fails: unix.EIO}, (*Watchdog).Feed, []string{"feed"}, "cannot feed the watchdog: input/output error"},
		{"disarm", fake{options: unix.WDIOF_MAGICCLOSE}, (*Watchdog).Disarm, []string{"write V", "close"}, ""},
		{"no way out", fake{}, (*Watchdog).Disarm, []string{"write V", "close"}, "cannot stop the watchdog: the hardware knows no magic close"},
		{"hand over", fake{}, (*Watchdog).Close, []string{"close"}, ""},
		{"hand over fails", fake{closing: unix.EIO}, (*Watchdog).Close, []string{"close"}, "cannot close the watchdog: input/output error"},
	}
	for _, tt := range tests {
		if got := errorText(tt.do(New(&tt.fake))); got != tt.err {
			t.Errorf("%s: error %q; want %q", tt.name, got, tt.err)
		}
		if !slices.Equal(tt.fake.done, tt.want) {
			t.Errorf("%s: %q; want %q", tt.name, tt.fake.done, tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	w := New(&fake{options: unix.WDIOF_MAGICCLOSE | unix.WDIOF_SETTIMEOUT, boot: unix.WDIOF_CARDRESET})
	if got, want := w.Report(), (Report{"Fake Timer", true, true, false}); got != want {
		t.Errorf("%+v; want %+v", got, want)
	}
	w = New(&fake{boot: unix.WDIOF_OVERHEAT})
	if got, want := w.Report(), (Report{"Fake Timer", false, false, true}); got != want {
		t.Errorf("%+v; want %+v", got, want)
	}
	w = New(&fake{boot: -1}) // what drivers say that know nothing
	if got := w.Report(); got.CausedBy || got.Overheat {
		t.Errorf("%+v", got)
	}
	if left, err := w.TimeLeft(); left != 7*time.Second || err != nil {
		t.Errorf("%v, %v", left, err)
	}
	if _, err := New(&fake{fails: unix.EIO}).TimeLeft(); err == nil {
		t.Error("no error")
	}
}

// A file that is no watchdog answers to none of the ioctls.
func TestOpen(t *testing.T) {
	if _, err := Open("/no/such/watchdog"); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "cannot open the watchdog /no/such/watchdog: ") {
		t.Errorf("err = %v", err)
	}
	w, err := Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if w.Timeout() != 0 || w.Report() != (Report{}) {
		t.Errorf("%v, %+v", w.Timeout(), w.Report())
	}
	if err := w.Feed(); err != nil { // by a write, as it has no ioctl
		t.Error(err)
	}
	if err := w.SetTimeout(time.Second); err == nil {
		t.Error("a time-out was set")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
