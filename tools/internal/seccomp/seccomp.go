// Package seccomp compiles the profiles of system calls that services run
// under to the programs that the kernel runs at each call.
//
// A profile is a text in cmds/internal/sandbox/profiles: which groups of calls
// it allows, which it refuses, and few exceptions, each with its reason. The
// kernel wants a BPF program that gets the number of the call and answers what
// to do. So names are turned into numbers, which differ between processors,
// and the numbers into a binary search: eight comparisons find one of 470
// calls. That is done here on the host, and the device has nothing but the
// bytes, profiles/NAME.ARCH.bpf:
//
//	go test ./tools/internal/seccomp -update
//
// writes them anew, and the same test fails when they are not what the texts
// say.
//
// What a program answers:
//
//   - an allowed call is done
//   - a refused one ends with EPERM, as if the user lacked the right: programs
//     know how to live with that, and a log line tells it
//   - a call that is absent, or that this toolchain doesn't know yet, ends with
//     ENOSYS, as on an older kernel: C libraries then take an older call, which
//     they would not after EPERM
//   - a call by the rules of another processor (32-bit code on a 64-bit kernel)
//     kills the process: its numbers mean other calls, and no program of ours
//     has any. x32, which is x86_64 with other numbers, is refused.
//
// The numbers come from golang.org/x/sys/unix, which makes its tables from the
// kernel's own sources.
//
// Links: seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
//
// # Bugs
//
// Conditions see the low 32 bits of the first argument only; no call that has
// one needs more.
//
// Next in the tour: none
package seccomp

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"syscall"
)

// An Arch is a processor architecture as the filter sees it.
type Arch struct {
	Name   string // as in out/ARCH
	GoArch string
	audit  uint32 // AUDIT_ARCH_* of linux/audit.h
	x32    bool   // numbers from 1<<30 on are a second table
}

// Archs are the architectures that profiles are compiled for.
func Archs() []Arch {
	return []Arch{
		{"x86_64", "amd64", 0xc000003e, true},
		{"arm64", "arm64", 0xc00000b7, false},
	}
}

// What a filter returns, of linux/seccomp.h.
const (
	kill  = 0x80000000
	allow = 0x7fff0000
	errno = 0x00050000

	refuse = errno | uint32(syscall.EPERM)
	absent = errno | uint32(syscall.ENOSYS)
)

// Where the filter's input has what: struct seccomp_data, little endian.
const (
	dataNumber = 0
	dataArch   = 4
	dataArg0   = 16
)

// The instructions that are needed, of linux/bpf_common.h.
const (
	load      = 0x20 // the 32 bits at k of the input
	jump      = 0x05 // k ahead
	jumpEqual = 0x15 // yes or no ahead
	jumpFrom  = 0x35 // if not less
	jumpBits  = 0x45 // if any of these bits is set
	give      = 0x06 // return k
)

// An instruction is struct sock_filter.
type instruction struct {
	code    uint16
	yes, no uint8
	k       uint32
}

// maxLength is the kernel's, BPF_MAXINSNS.
const maxLength = 4096

// Compile returns the profile's program for a processor whose calls have these
// numbers.
func (p *Profile) Compile(arch Arch, numbers map[string]uint32) ([]byte, error) {
	segments, err := p.segments(numbers)
	if err != nil {
		return nil, err
	}
	program := []instruction{
		{code: load, k: dataArch},
		{code: jumpEqual, k: arch.audit, yes: 1},
		{code: give, k: kill},
		{code: load, k: dataNumber},
	}
	if arch.x32 {
		program = append(program, instruction{code: jumpFrom, k: 1 << 30, no: 1}, instruction{code: give, k: refuse})
	}
	program = append(program, search(segments)...)
	if len(program) > maxLength {
		return nil, fmt.Errorf("the program has %d instructions; the kernel takes %d", len(program), maxLength)
	}
	var bytes []byte
	for _, i := range program {
		bytes = binary.LittleEndian.AppendUint16(bytes, i.code)
		bytes = append(bytes, i.yes, i.no)
		bytes = binary.LittleEndian.AppendUint32(bytes, i.k)
	}
	return bytes, nil
}

// A segment is a run of numbers, up to the next one's, with the same rule.
type segment struct {
	from uint32
	rule rule
}

// segments lays the rules out along the numbers. A number without a name is
// absent.
func (p *Profile) segments(numbers map[string]uint32) ([]segment, error) {
	rules := map[uint32]rule{}
	for name, number := range numbers {
		r, known := p.rules[name]
		if !known {
			return nil, fmt.Errorf("system call %s is in no group", name)
		}
		rules[number] = r
	}
	segments := []segment{{0, rule{do: absent}}}
	place := func(from uint32, r rule) {
		last := &segments[len(segments)-1]
		switch {
		case last.rule.equal(r):
		case last.from == from:
			last.rule = r
		default:
			segments = append(segments, segment{from, r})
		}
	}
	for _, number := range slices.Sorted(maps.Keys(rules)) {
		place(number, rules[number])
		if _, next := rules[number+1]; !next {
			place(number+1, rule{do: absent})
		}
	}
	return segments, nil
}

// search finds the segment of the number that is loaded.
func search(segments []segment) []instruction {
	if len(segments) == 1 {
		return segments[0].rule.code()
	}
	half := len(segments) / 2
	low, high := search(segments[:half]), search(segments[half:])
	from := instruction{code: jumpFrom, k: segments[half].from, yes: uint8(len(low))}
	start := []instruction{from}
	if len(low) > 255 { // a conditional jump has 8 bits for how far
		from.yes, from.no = 0, 1
		start = []instruction{from, {code: jump, k: uint32(len(low))}}
	}
	return slices.Concat(start, low, high)
}

// code does what the rule says.
func (r rule) code() []instruction {
	switch {
	case r.without != 0:
		return []instruction{
			{code: load, k: dataArg0},
			{code: jumpBits, k: r.without, no: 1},
			{code: give, k: refuse},
			{code: give, k: allow},
		}
	case r.is != nil:
		code := []instruction{{code: load, k: dataArg0}}
		for i, value := range r.is {
			code = append(code, instruction{code: jumpEqual, k: value, yes: uint8(len(r.is) - i)})
		}
		return append(code, instruction{code: give, k: refuse}, instruction{code: give, k: allow})
	}
	return []instruction{{code: give, k: r.do}}
}
