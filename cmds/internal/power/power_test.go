package power

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vole-linux/vole/internal/cli"
)

func TestRun(t *testing.T) {
	tests := []struct {
		end    End
		args   string
		deaf   bool  // process 1 does nothing
		fails  error // of kill and reboot
		did    string
		status int
		output string // part of it
	}{
		{end: PowerOff(), did: "kill 1 12 "},
		{end: Reboot(), did: "kill 1 15 "},
		{end: Halt(), did: "kill 1 10 "},
		{end: PowerOff(), args: "-f", did: "sync reboot 0x4321fedc "},
		{end: Reboot(), args: "-f", did: "sync reboot 0x1234567 "},
		{end: Halt(), args: "-f", did: "sync reboot 0xcdef0123 "},
		{end: Halt(), args: "-h", output: "usage: halt [-f]"},
		{end: Halt(), args: "now", status: 2, output: `halt: unexpected argument "now"`},
		{end: Halt(), args: "-p", status: 2, output: "hint: usage: halt [-f]"},
		{end: Reboot(), fails: syscall.EPERM, did: "kill 1 15 ", status: 1,
			output: "reboot: cannot ask process 1: operation not permitted\n  hint: only root may do this\n"},
		{end: Reboot(), args: "-f", fails: syscall.EINVAL, did: "sync reboot 0x1234567 ", status: 1,
			output: "reboot: cannot reboot: invalid argument\n"},
		{end: PowerOff(), deaf: true, did: "kill 1 12 ", status: 1, output: "process 1 has done nothing for 1ms\n  hint: poweroff -f asks nobody"},
	}
	for _, tt := range tests {
		t.Run(tt.end.name+" "+tt.args, func(t *testing.T) {
			var did, output strings.Builder
			ended := make(chan os.Signal, 1)
			m := Machine{
				Kill: func(pid int, s syscall.Signal) error {
					fmt.Fprintf(&did, "kill %d %d ", pid, s)
					if !tt.deaf {
						ended <- syscall.SIGTERM
					}
					return tt.fails
				},
				Sync:   func() { did.WriteString("sync ") },
				Reboot: func(command int) error { fmt.Fprintf(&did, "reboot %#x ", command); return tt.fails },
				Ended:  ended,
				Wait:   time.Minute,
			}
			if tt.deaf {
				m.Wait = time.Millisecond
			}
			err := m.Run(tt.end, strings.Fields(tt.args), nil, nil, nil)
			if status := cli.Report(tt.end.name, err, &output, &output); status != tt.status {
				t.Errorf("exit status %d; want %d", status, tt.status)
			}
			if did.String() != tt.did || !strings.Contains(output.String(), tt.output) {
				t.Errorf("did %q, said %q; want %q, %q", did.String(), output.String(), tt.did, tt.output)
			}
			if tt.fails != nil && !errors.Is(err, tt.fails) {
				t.Errorf("error %v hides %v", err, tt.fails)
			}
		})
	}
}
