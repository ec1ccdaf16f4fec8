// Package netif switches network interfaces on.
//
// Switching on the loopback interface is all that a machine needs to talk to
// itself: the kernel then gives it 127.0.0.1/8 and ::1 on its own.
//
// See netdevice(7).
//
// # Bugs
//
// Addresses and routes are not here; they need netlink(7).
//
// Next in the tour: none
package netif

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Up switches on the interface called name.
func Up(name string) error {
	if err := up(name); err != nil {
		return fmt.Errorf("cannot switch on the interface %s: %w", name, err)
	}
	return nil
}

func up(name string) error {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	// Any socket will do to reach the network's ioctls.
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, request); err != nil {
		return err
	}
	request.SetUint16(request.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}
