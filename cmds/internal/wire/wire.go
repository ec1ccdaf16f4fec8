// Package wire is what the two halves of init say to each other.
//
// Process 1 must not end, so it does little; the supervisor decides much, and
// may end. Between them is a pair of connected sockets (unix(7),
// SOCK_SEQPACKET): each message is one packet, whole or not at all, and open
// files travel along (SCM_RIGHTS). When the supervisor ends, the pair is thrown
// away, and the next one gets a new pair and a list of what runs.
//
// # The conversation
//
//	process 1                        supervisor
//	Child ...  one for each process
//	Kept ...   one for each kept file
//	Hello                            (the list is complete)
//	                                 Start      start a process; files come along
//	Started    its number, or errno
//	                                 Signal     send it a signal
//	Exited     how it ended
//	                                 Forget     heard; drop it from the list
//	                                 Keep, Drop keep an open file for your successor
//	                                 Healthy    feed the watchdog
//	                                 Up         the boot is complete
//	Stop       stop all services
//	                                 Down       all are stopped
//	                                 End        poweroff, reboot, halt, rescue, reexec
//
// # The form
//
// A packet is a header of fixed size, in the byte order of the machine (both
// ends are one program), and after it strings, each ended by a zero byte: a
// reader that must never fail has nothing to parse. Nothing in it is longer
// than MaxPacket.
//
// # Bugs
//
// A string can't hold a zero byte. No string of execve(2) can either.
//
// Next in the tour: none
package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// MaxPacket is the size of the largest packet, in bytes: the environment and
// the arguments of a program are the largest thing that is said.
const MaxPacket = 64 << 10

// MaxFiles is how many open files one packet carries; the kernel's limit is
// SCM_MAX_FD, 253.
const MaxFiles = 64

// A Kind says what a packet is about.
type Kind uint32

// The kinds, in the order of the conversation.
const (
	Child   Kind = 1 + iota // ID, Pid, Numbers: see Exit, if it has ended; Text: name
	Kept                    // Text: name; one file
	Hello                   // Numbers: when process 1 began, since the start of the kernel
	Start                   // ID, Numbers: clone flags, files with a meaning; Text: see Program
	Started                 // ID, Pid, Numbers: errno
	Signal                  // ID, Numbers: signal
	Exited                  // ID, Pid, Numbers: see Exit
	Forget                  // ID
	Keep                    // Text: name; one file
	Drop                    // Text: name
	Healthy                 // nothing
	Up                      // Numbers: how many services
	Stop                    // nothing
	Down                    // nothing
	End                     // Numbers: see the Ends; Text: why
	lastKind
)

// A Packet is one message.
type Packet struct {
	Kind    Kind
	ID      uint64   // of a process; the supervisor gives them out
	Pid     int32    // its number
	Numbers [7]int64 // what they mean depends on Kind
	Text    []string
	Files   []int // descriptors; whoever receives them has to close them
}

// headerSize is that of the fixed part: Kind, Pid, ID, Numbers.
const headerSize = 4 + 4 + 8 + 7*8

// An error of a packet that can't have come from the other half.
var errBroken = errors.New("broken packet")

// encode returns the packet without its files.
func (p Packet) encode() ([]byte, error) {
	size := headerSize
	for _, s := range p.Text {
		size += len(s) + 1
	}
	if size > MaxPacket {
		return nil, fmt.Errorf("%d bytes are more than the %d of a packet", size, MaxPacket)
	}
	order := binary.NativeEndian
	b := make([]byte, 0, size)
	b = order.AppendUint32(b, uint32(p.Kind))
	b = order.AppendUint32(b, uint32(p.Pid))
	b = order.AppendUint64(b, p.ID)
	for _, n := range p.Numbers {
		b = order.AppendUint64(b, uint64(n))
	}
	for _, s := range p.Text {
		if strings.IndexByte(s, 0) >= 0 {
			return nil, fmt.Errorf("a zero byte in %q", s)
		}
		b = append(append(b, s...), 0)
	}
	return b, nil
}

// decode reads what encode wrote.
func decode(b []byte) (Packet, error) {
	if len(b) < headerSize || len(b) > headerSize && b[len(b)-1] != 0 {
		return Packet{}, errBroken
	}
	order := binary.NativeEndian
	p := Packet{Kind: Kind(order.Uint32(b)), Pid: int32(order.Uint32(b[4:])), ID: order.Uint64(b[8:])}
	if p.Kind == 0 || p.Kind >= lastKind {
		return Packet{}, errBroken
	}
	for i := range p.Numbers {
		p.Numbers[i] = int64(order.Uint64(b[16+8*i:]))
	}
	for rest := b[headerSize:]; len(rest) > 0; {
		end := bytes.IndexByte(rest, 0)
		p.Text = append(p.Text, string(rest[:end]))
		rest = rest[end+1:]
	}
	return p, nil
}
