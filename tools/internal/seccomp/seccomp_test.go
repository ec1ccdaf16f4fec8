package seccomp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write the compiled profiles anew")

const profiles = "../../../cmds/internal/sandbox/profiles"

// numbers returns the tables of all architectures and the names in any.
func numbers(t *testing.T) (tables map[string]map[string]uint32, names []string) {
	t.Helper()
	tables = map[string]map[string]uint32{}
	all := map[string]bool{}
	for _, arch := range Archs() {
		table, err := Numbers(arch)
		if err != nil {
			t.Fatal(err)
		}
		tables[arch.Name] = table
		for name := range table {
			all[name] = true
		}
	}
	return tables, slices.Sorted(maps.Keys(all))
}

func readGroups(t *testing.T, names []string) *Groups {
	t.Helper()
	groups, err := ReadGroups(os.DirFS(profiles), names)
	if err != nil {
		t.Fatal(err)
	}
	return groups
}

// profileNames are all texts but the groups.
func profileNames(t *testing.T) []string {
	t.Helper()
	texts, err := filepath.Glob(profiles + "/*.txt")
	if err != nil || len(texts) < 4 {
		t.Fatalf("profiles %q, %v", texts, err)
	}
	var names []string
	for _, text := range texts {
		if name := strings.TrimSuffix(filepath.Base(text), ".txt"); name != "groups" {
			names = append(names, name)
		}
	}
	return names
}

// TestFresh fails when a compiled profile is not what its text says, and when
// one is left whose text is gone.
func TestFresh(t *testing.T) {
	tables, names := numbers(t)
	groups := readGroups(t, names)
	var want []string
	for _, name := range profileNames(t) {
		p, err := groups.ReadProfile(os.DirFS(profiles), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, arch := range Archs() {
			program, err := p.Compile(arch, tables[arch.Name])
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(profiles, name+"."+arch.Name+".bpf")
			want = append(want, file)
			if *update {
				if err := os.WriteFile(file, program, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if have, _ := os.ReadFile(file); !bytes.Equal(have, program) {
				t.Errorf("%s is stale: go test ./tools/internal/seccomp -update", file)
			}
			t.Logf("%s: %d instructions", filepath.Base(file), len(program)/8)
		}
	}
	have, _ := filepath.Glob(profiles + "/*.bpf")
	if slices.Sort(want); !slices.Equal(have, want) {
		t.Errorf("compiled profiles are %q; want %q", have, want)
	}
}

// A call is the filter's input.
type call struct {
	arch, number uint32
	arg0         uint64
}

// run is the kernel's side: it runs a program over a call and counts its steps.
func run(program []byte, c call) (answer uint32, steps int, err error) {
	data := binary.LittleEndian.AppendUint32(nil, c.number)
	data = binary.LittleEndian.AppendUint32(data, c.arch)
	data = binary.LittleEndian.AppendUint64(data, 0xdeadbeef) // the instruction pointer
	data = binary.LittleEndian.AppendUint64(data, c.arg0)
	data = append(data, bytes.Repeat([]byte{0xaa}, 40)...) // the other arguments
	var accumulator uint32
	for at := 0; at*8 < len(program); steps++ {
		i := program[at*8:]
		k := binary.LittleEndian.Uint32(i[4:])
		at++
		ahead := func(condition bool) {
			if condition {
				at += int(i[2])
			} else {
				at += int(i[3])
			}
		}
		switch code := binary.LittleEndian.Uint16(i); code {
		case 0x20: // BPF_LD | BPF_W | BPF_ABS
			if k%4 != 0 || k > 60 {
				return 0, steps, fmt.Errorf("load of offset %d", k)
			}
			accumulator = binary.LittleEndian.Uint32(data[k:])
		case 0x05: // BPF_JMP | BPF_JA
			at += int(k)
		case 0x15: // BPF_JMP | BPF_JEQ | BPF_K
			ahead(accumulator == k)
		case 0x35: // BPF_JMP | BPF_JGE | BPF_K
			ahead(accumulator >= k)
		case 0x45: // BPF_JMP | BPF_JSET | BPF_K
			ahead(accumulator&k != 0)
		case 0x06: // BPF_RET | BPF_K
			return k, steps, nil
		default:
			return 0, steps, fmt.Errorf("instruction %d has code %#x", at-1, code)
		}
	}
	return 0, steps, errors.New("ran out of the program")
}

func name(answer uint32) string {
	switch answer {
	case 0x80000000:
		return "kill"
	case 0x7fff0000:
		return "allow"
	case 0x00050001:
		return "EPERM"
	case 0x00050026:
		return "ENOSYS"
	}
	return fmt.Sprintf("%#x", answer)
}

func compiled(t *testing.T, profile string, arch Arch) []byte {
	t.Helper()
	program, err := os.ReadFile(filepath.Join(profiles, profile+"."+arch.Name+".bpf"))
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TestAnswers asks the compiled profiles what they answer.
func TestAnswers(t *testing.T) {
	tables, _ := numbers(t)
	tests := []struct {
		profile, call string
		arg0          uint64
		want          string
	}{
		{"default", "read", 0, "allow"}, {"default", "openat", 0, "allow"}, {"default", "execve", 0, "allow"},
		{"default", "futex", 0, "allow"}, {"default", "socket", 2, "allow"}, {"default", "exit_group", 0, "allow"},
		{"default", "restart_syscall", 0, "allow"}, {"default", "rt_sigreturn", 0, "allow"}, {"default", "prctl", 0, "allow"},
		{"default", "seccomp", 0, "allow"}, {"default", "clock_gettime", 0, "allow"},
		{"default", "mount", 0, "EPERM"}, {"default", "umount2", 0, "EPERM"}, {"default", "move_mount", 0, "EPERM"},
		{"default", "init_module", 0, "EPERM"}, {"default", "finit_module", 0, "EPERM"}, {"default", "kexec_load", 0, "EPERM"},
		{"default", "reboot", 0, "EPERM"}, {"default", "swapon", 0, "EPERM"}, {"default", "bpf", 0, "EPERM"},
		{"default", "perf_event_open", 0, "EPERM"}, {"default", "ptrace", 0, "EPERM"}, {"default", "process_vm_readv", 0, "EPERM"},
		{"default", "process_vm_writev", 0, "EPERM"}, {"default", "keyctl", 0, "EPERM"}, {"default", "io_uring_setup", 0, "EPERM"},
		{"default", "userfaultfd", 0, "EPERM"}, {"default", "acct", 0, "EPERM"}, {"default", "settimeofday", 0, "EPERM"},
		{"default", "clock_settime", 0, "EPERM"}, {"default", "adjtimex", 0, "EPERM"}, {"default", "open_by_handle_at", 0, "EPERM"},
		{"default", "setns", 0, "EPERM"}, {"default", "unshare", 0, "EPERM"}, {"default", "pivot_root", 0, "EPERM"},
		{"default", "quotactl", 0, "EPERM"}, {"default", "iopl", 0, "EPERM"}, {"default", "ioperm", 0, "EPERM"},
		{"default", "modify_ldt", 0, "EPERM"}, {"default", "lookup_dcookie", 0, "EPERM"},
		{"default", "clone3", 0, "ENOSYS"},
		{"default", "clone", 0x50f00, "allow"},         // a Go thread
		{"default", "clone", 0x4111, "allow"},          // vfork with SIGCHLD
		{"default", "clone", 0x10000011, "EPERM"},      // CLONE_NEWUSER
		{"default", "clone", 0x00020011, "EPERM"},      // CLONE_NEWNS
		{"default", "clone", 0x02000011, "EPERM"},      // CLONE_NEWCGROUP
		{"default", "clone", 0x40000011, "EPERM"},      // CLONE_NEWNET
		{"default", "personality", 0, "allow"},         //
		{"default", "personality", 1<<32 - 1, "allow"}, // asks
		{"default", "personality", 1<<64 - 1, "allow"}, // asks, as an int
		{"default", "personality", 0x40000, "EPERM"},   // ADDR_NO_RANDOMIZE
		{"time", "clock_settime", 0, "allow"}, {"time", "adjtimex", 0, "allow"}, {"time", "mount", 0, "EPERM"},
		{"time", "clone", 0x10000011, "EPERM"},
		{"local", "socket", 1, "allow"}, {"local", "socket", 2, "EPERM"}, {"local", "socket", 10, "EPERM"}, {"local", "socket", 16, "EPERM"},
		{"local", "connect", 3, "allow"}, {"local", "clock_settime", 0, "EPERM"},
	}
	for _, arch := range Archs() {
		for _, tt := range tests {
			number, there := tables[arch.Name][tt.call]
			if !there { // as ioperm on arm64
				continue
			}
			answer, _, err := run(compiled(t, tt.profile, arch), call{arch.audit, number, tt.arg0})
			if err != nil || name(answer) != tt.want {
				t.Errorf("%s: profile %s answers %s to %s(%#x), %v; want %s", arch.Name, tt.profile, name(answer), tt.call, tt.arg0, err, tt.want)
			}
		}
	}
}

// TestEveryNumber compares the search with the rules it was made of, for each
// number there is and those beside it.
func TestEveryNumber(t *testing.T) {
	tables, names := numbers(t)
	groups := readGroups(t, names)
	for _, profile := range profileNames(t) {
		p, err := groups.ReadProfile(os.DirFS(profiles), profile)
		if err != nil {
			t.Fatal(err)
		}
		for _, arch := range Archs() {
			program := compiled(t, profile, arch)
			want := map[uint32]uint32{}
			for name, number := range tables[arch.Name] {
				switch r := p.rules[name]; {
				case r.is != nil && !slices.Contains(r.is, 0):
					want[number] = refuse // the argument is 0
				default:
					want[number] = r.do
				}
			}
			longest := 0
			for number := range uint32(1000) {
				expected, there := want[number]
				if !there {
					expected = absent
				}
				answer, steps, err := run(program, call{arch: arch.audit, number: number})
				if err != nil || answer != expected {
					t.Errorf("%s: %s answers %s to %d, %v; want %s", arch.Name, profile, name(answer), number, err, name(expected))
				}
				longest = max(longest, steps)
			}
			if longest > 20 {
				t.Errorf("%s: %s takes %d steps", arch.Name, profile, longest)
			}
		}
	}
}

// Strange numbers and other processors' calls.
func TestForeign(t *testing.T) {
	const i386, arm = 0x40000003, 0x40000028
	for _, arch := range Archs() {
		program := compiled(t, "default", arch)
		x32 := "ENOSYS"
		if arch.x32 {
			x32 = "EPERM"
		}
		for c, want := range map[call]string{
			{arch: i386}: "kill", {arch: arm}: "kill", {}: "kill", {arch: arch.audit ^ 0x80000000}: "kill",
			{arch: arch.audit, number: 1 << 30}:   x32,
			{arch: arch.audit, number: 1<<30 | 1}: x32,
			{arch: arch.audit, number: 1<<32 - 1}: x32,
			{arch: arch.audit, number: 1<<30 - 1}: "ENOSYS",
			{arch: arch.audit, number: 5000}:      "ENOSYS",
		} {
			if answer, _, err := run(program, c); err != nil || name(answer) != want {
				t.Errorf("%s: %+v: %s, %v; want %s", arch.Name, c, name(answer), err, want)
			}
		}
	}
}

// A search so wide that its jumps don't fit 8 bits.
func TestWide(t *testing.T) {
	p := &Profile{"wide", map[string]rule{}}
	table := map[string]uint32{}
	for i := range uint32(600) {
		call := fmt.Sprint("call", i)
		table[call] = i
		p.rules[call] = rule{do: allow, is: []uint32{i, i + 1}}
	}
	program, err := p.Compile(Archs()[0], table)
	if err != nil {
		t.Fatal(err)
	}
	for number := range uint32(600) {
		for arg0, want := range map[uint32]string{number: "allow", number + 1: "allow", number + 2: "EPERM"} {
			answer, _, err := run(program, call{Archs()[0].audit, number, uint64(arg0)})
			if err != nil || name(answer) != want {
				t.Fatalf("%d(%d): %s, %v; want %s", number, arg0, name(answer), err, want)
			}
		}
	}
	for i := range uint32(2000) {
		table[fmt.Sprint("call", i)] = i
		p.rules[fmt.Sprint("call", i)] = rule{do: allow, is: []uint32{i}}
	}
	if _, err := p.Compile(Archs()[0], table); err == nil || !strings.Contains(err.Error(), "the kernel takes 4096") {
		t.Errorf("a program too long: %v", err)
	}
}

const smallGroups = "group a: files\n    read open\ngroup b: mounts\n    mount\n"

func TestReadGroups(t *testing.T) {
	for text, want := range map[string]string{
		smallGroups:                       "",
		"# only that\n\n" + smallGroups:   "",
		"group a: files\n    read open\n": "groups.txt: system call mount is in no group",
		"group a: x\n    read read\n":     "groups.txt:2: system call read is in group a already",
		"group a: x\n    raed\n":          `groups.txt:2: unknown system call "raed": did you mean "read"?`,
		"group a: x\ngroup a: y\n":        "groups.txt:2: group a is there twice",
		"group a\n":                       "groups.txt:1: expected",
		"group a: \n":                     "groups.txt:1: expected",
		"    read\n":                      "groups.txt:1: expected",
	} {
		_, err := ReadGroups(fstest.MapFS{"groups.txt": {Data: []byte(text)}}, []string{"read", "open", "mount"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
	if _, err := ReadGroups(fstest.MapFS{}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without groups.txt: %v", err)
	}
}

func TestReadProfile(t *testing.T) {
	groups, err := ReadGroups(fstest.MapFS{"groups.txt": {Data: []byte(smallGroups)}}, []string{"read", "open", "mount"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text string
		want string // rules of read, open, mount
		err  string
	}{
		{text: "allow a\nrefuse b\n", want: "allow allow EPERM"},
		{text: "allow a b\n", want: "allow allow allow"},
		{text: "refuse a b\nallow b\n", want: "EPERM EPERM allow"},
		{text: "allow a b\nabsent open: old\n", want: "allow ENOSYS allow"},
		{text: "include base\nallow b\n", want: "allow allow allow"},
		{text: "refuse a b\nonly open is 1 0x2: why\nonly read without 4: why\n", want: "allow without 4 allow is [1 2] EPERM"},
		{text: "allow a\n", err: "p.txt: group b is neither allowed nor refused"},
		{text: "allow c\n", err: `p.txt:1: unknown group "c"`},
		{text: "absent open: x\nallow a b\n", err: "p.txt:1: the group a of system call open is to be decided before"},
		{text: "allow a b\nabsent open\n", err: "p.txt:2: \"absent open\" lacks its reason"},
		{text: "allow a b\nonly open is 1:\n", err: "p.txt:2: \"only open is 1:\" lacks its reason"},
		{text: "allow a b\nonly open is x: y\n", err: `p.txt:2: "x" is no number`},
		{text: "allow a b\nonly open is 0x100000000: y\n", err: "is no number of 32 bits"},
		{text: "allow a b\nonly open was 1: y\n", err: "p.txt:2: expected"},
		{text: "allow a b\nonly open without 1 2: y\n", err: "p.txt:2: expected"},
		{text: "allow a b\nonly open without 0: y\n", err: "p.txt:2: expected"},
		{text: "allow a b\nonly opne is 1: y\n", err: `p.txt:2: unknown system call "opne": did you mean "open"?`},
		{text: "permit a\n", err: `p.txt:1: cannot understand "permit a"`},
		{text: "include p\n", err: "profile p includes itself"},
		{text: "include none\n", err: "none.txt"},
		{text: ":\n", err: "cannot understand"},
	}
	for _, tt := range tests {
		dir := fstest.MapFS{"p.txt": {Data: []byte(tt.text)}, "base.txt": {Data: []byte("allow a\nrefuse b\n")}}
		p, err := groups.ReadProfile(dir, "p")
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: %v; want %q", tt.text, err, tt.err)
		}
		if err != nil {
			continue
		}
		var got []string
		for _, call := range []string{"read", "open", "mount"} {
			r := p.rules[call]
			got = append(got, name(r.do))
			if r.is != nil {
				got = append(got, fmt.Sprint("is ", r.is))
			}
			if r.without != 0 {
				got = append(got, fmt.Sprint("without ", r.without))
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q: %s; want %s", tt.text, got, tt.want)
		}
	}
}

func TestParseNumbers(t *testing.T) {
	if _, err := parseNumbers("SYS_READ = 0\n"); err == nil {
		t.Error("a table of one call was taken")
	}
	if _, err := parseNumbers("SYS_READ = x\n"); err == nil {
		t.Error("a number x was taken")
	}
	tables, _ := numbers(t)
	for arch, want := range map[string]uint32{"x86_64": 257, "arm64": 56} {
		if got := tables[arch]["openat"]; got != want {
			t.Errorf("openat is %d on %s; want %d", got, arch, want)
		}
	}
}

// Whatever stands in a profile, it is refused or decides each call.
func FuzzReadProfile(f *testing.F) {
	f.Add("allow a\nrefuse b\nonly open is 1 2: why\n")
	f.Add("include p\nabsent read: x\n:\n")
	groups, err := ReadGroups(fstest.MapFS{"groups.txt": {Data: []byte(smallGroups)}}, []string{"read", "open", "mount"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := groups.ReadProfile(fstest.MapFS{"p.txt": {Data: []byte(text)}}, "p")
		if err != nil {
			return
		}
		if _, err := p.Compile(Archs()[0], map[string]uint32{"read": 0, "open": 2, "mount": 165}); err != nil {
			t.Error(err)
		}
	})
}
