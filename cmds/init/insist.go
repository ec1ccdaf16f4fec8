package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Who presses Ctrl-Alt-Del seven times within two seconds does not want to wait
// for anybody any more.
const (
	presses = 7
	quickly = 2 * time.Second
)

// insist waits for that and then reboots at once, whatever the main loop does.
// It runs beside all else for as long as the machine lives.
func insist(k kernel, keys <-chan os.Signal) {
	var times []time.Duration
	for range keys {
		times = append(times, k.sinceStart())
		if len(times) > presses {
			times = times[1:]
		}
		if len(times) == presses && times[presses-1]-times[0] <= quickly {
			within(time.Second, func() error { k.sync(); return nil })
			k.reboot(unix.LINUX_REBOOT_CMD_RESTART)
			times = nil
		}
	}
}
