package qemu

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vole-linux/vole/internal/cache"
	"github.com/vole-linux/vole/internal/cli"
)

// probeLimit is how long a guest of a few instructions may take. Firmware
// included a working KVM needs a tenth of it.
const probeLimit = 3 * time.Second

// Accel returns "kvm" when guests of m's kind really run under KVM on this
// host, else "tcg", software emulation. $VOLE_ACCEL is believed instead. The
// finding is kept until the host boots again.
func Accel(ctx context.Context, m Machine) (string, error) {
	switch chosen := os.Getenv("VOLE_ACCEL"); chosen {
	case "kvm", "tcg":
		return chosen, nil
	case "":
	default:
		return "", cli.Usagef("VOLE_ACCEL is %q: valid are kvm, tcg", chosen)
	}
	kvm, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil || !m.native() {
		return "tcg", nil
	}
	kvm.Close()
	return remembered(ctx, m)
}

// remembered asks the note of this boot of the host, and probes without one.
func remembered(ctx context.Context, m Machine) (string, error) {
	store, err := cache.Default()
	if err != nil {
		return "", err
	}
	bootID, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("cannot tell this boot of the host from others: %w", err)
	}
	dir, err := store.Build(ctx, nil, "accel", strings.TrimSpace(string(bootID)), func(tmp string) error {
		result := "tcg"
		if probe(ctx, m, tmp) {
			result = "kvm"
		}
		return os.WriteFile(filepath.Join(tmp, "accel"), []byte(result), 0o666)
	})
	if err != nil {
		return "", err
	}
	accel, err := os.ReadFile(filepath.Join(dir, "accel"))
	return string(accel), err
}

// probe runs a guest that ends QEMU with a known status, and tells whether it
// did so in time.
func probe(ctx context.Context, m Machine, tmp string) bool {
	guest := filepath.Join(tmp, "guest")
	if err := os.WriteFile(guest, probeGuest(m.Arch), 0o666); err != nil {
		return false
	}
	defer os.Remove(guest)
	args, want := probeArgs(m.Arch, guest)
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	err := exec.CommandContext(ctx, m.Binary, append(args, "-accel", "kvm")...).Run()
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if err != nil {
		return false
	}
	return ctx.Err() == nil && status == want
}

// probeStatus is what the x86_64 guest gives to isa-debug-exit, which ends
// QEMU with twice that and one.
const probeStatus = 0x10

func probeArgs(arch, guest string) (args []string, status int) {
	common := []string{"-nodefaults", "-display", "none", "-no-reboot"}
	if arch == "arm64" {
		return append(common, "-M", "virt", "-cpu", "max", "-kernel", guest), 0
	}
	return append(common, "-M", "pc", "-device", "isa-debug-exit,iobase=0x501,iosize=2",
		"-drive", "if=floppy,format=raw,readonly=on,file="+strings.ReplaceAll(guest, ",", ",,")), probeStatus*2 + 1
}

// probeGuest is the machine code of the guest: for x86_64 a boot sector, for
// arm64 a kernel without a header. Both only say that they ran.
func probeGuest(arch string) []byte {
	if arch == "arm64" {
		var code []byte
		for _, instruction := range []uint32{
			0x52800100, // movz w0, #8
			0x72b08000, // movk w0, #0x8400, lsl #16   PSCI SYSTEM_OFF
			0xd4000002, // hvc  #0
			0x14000000, // b    .
		} {
			code = binary.LittleEndian.AppendUint32(code, instruction)
		}
		return code
	}
	sector := make([]byte, 512)
	copy(sector, []byte{
		0xb8, probeStatus, 0x00, // mov ax, probeStatus
		0xba, 0x01, 0x05, // mov dx, 0x501
		0xef,       // out dx, ax
		0xf4,       // hlt
		0xeb, 0xfd, // jmp to hlt
	})
	sector[510], sector[511] = 0x55, 0xaa // the mark of a boot sector
	return sector
}
