// Package boottest boots the images that a user builds, and uses them as one
// would: each page of testdata starts a machine, waits for text and types.
//
// The pages are testscript files (txtar). Their commands:
//
//	vm MACHINE [-memory MiB] [-append ARGUMENTS]   builds the image and boots it
//	expect REGEXP                                  waits until the console prints it
//	sh LINE                                        types the line, and waits for its echo
//	key NAME...                                    presses keys: ctrl-c ctrl-d ctrl-z tab up down left right enter
//	type TEXT                                      types text, without enter
//	pause DURATION                                 does nothing, as a person between two keys
//	reject TEXT                                    fails if the console ever printed it
//	status N                                       waits until QEMU ends, with this status
//
// A page under testdata/x86_64 runs on that architecture's machines, one under
// testdata/arm64 on the other's; the pages of testdata/both run on both.
//
// The image comes from the front door, "go-builder image": what is tested is
// what is shipped. VOLE_BOOT_TIMEOUT, in seconds, changes how long an expect
// waits.
//
// # Bugs
//
// All machines of a page share one console transcript.
//
// Next in the tour: none
package boottest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vole-linux/vole/qemu"
)

// repo is the root of the tree, from this folder.
const repo = "../.."

// An image is built once for all pages of an architecture.
type image struct {
	once sync.Once
	err  error
}

func (i *image) build(arch string) error {
	i.once.Do(func() {
		cmd := exec.Command("go", "run", "./tools/go-builder", "image", "-arch", arch)
		cmd.Dir = repo
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		if err := cmd.Run(); err != nil {
			i.err = fmt.Errorf("cannot build the image: %w\n%s", err, complaint.String())
		}
	})
	return i.err
}

func TestBoot(t *testing.T) {
	if testing.Short() {
		t.Skip("boots machines")
	}
	for _, arch := range []string{"x86_64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			built := new(image)
			for _, dir := range []string{arch, "both"} {
				testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", dir), Cmds: commands(arch, built), Setup: setup})
			}
		})
	}
}

// A session is what one page does with its machine.
type session struct {
	arch  string
	built *image
}

func commands(arch string, built *image) map[string]func(*testscript.TestScript, bool, []string) {
	s := session{arch, built}
	return map[string]func(*testscript.TestScript, bool, []string){
		"vm": s.start, "expect": s.expect, "sh": s.shell, "key": s.keys, "type": s.typeText, "reject": s.reject, "pause": pause, "status": s.status,
	}
}

// A holder keeps the machine of one script; holderKey finds it there.
type holder struct{ vm *qemu.VM }

type holderKey struct{}

func setup(e *testscript.Env) error {
	e.Values[holderKey{}] = new(holder)
	return nil
}

func machine(ts *testscript.TestScript) *qemu.VM {
	vm := ts.Value(holderKey{}).(*holder).vm
	if vm == nil {
		ts.Fatalf("no machine is on: start one with vm")
	}
	return vm
}

func (s session) start(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("vm", flag.ContinueOnError)
	memory := flags.Int("memory", 256, "")
	words := flags.String("append", "", "")
	if len(args) == 0 || neg || flags.Parse(args[1:]) != nil {
		ts.Fatalf("usage: vm MACHINE [-memory MiB] [-append ARGUMENTS]; MACHINE may be default")
	}
	name := args[0]
	if name == "default" {
		name = ""
	}
	found, err := qemu.Find(s.arch, name)
	ts.Check(err)
	ts.Check(s.built.build(s.arch))
	out, err := filepath.Abs(filepath.Join(repo, "out", s.arch))
	ts.Check(err)
	// Should the guest's kernel die, the machine ends at once instead of in 10 s.
	vm, err := qemu.Start(context.Background(), qemu.Config{Machine: found, Memory: *memory, Append: strings.TrimSpace("panic=-1 " + *words),
		Kernel: filepath.Join(out, "kernel"), Initramfs: filepath.Join(out, "initramfs")})
	ts.Check(err)
	ts.Value(holderKey{}).(*holder).vm = vm
	ts.Defer(func() {
		vm.Close()
		ts.Logf("%s", vm.Console.Transcript())
	})
}

// limit is how long an expect waits: software emulation on a busy host is slow.
func limit() (context.Context, context.CancelFunc) {
	seconds, err := strconv.Atoi(os.Getenv("VOLE_BOOT_TIMEOUT"))
	if err != nil || seconds <= 0 {
		seconds = 180
	}
	return context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
}

func (s session) expect(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: expect REGEXP")
	}
	ctx, cancel := limit()
	defer cancel()
	_, err := machine(ts).Console.Expect(ctx, args[0])
	ts.Check(err)
}

// shell types a line and waits for its echo, so that the next expect sees only
// what the line did.
func (s session) shell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sh LINE")
	}
	console := machine(ts).Console
	ts.Check(console.Send(args[0] + "\r"))
	ctx, cancel := limit()
	defer cancel()
	// The shell says that a line was entered by ending bracketed paste.
	_, err := console.Expect(ctx, `\x1b\[\?2004l`)
	ts.Check(err)
}

func (s session) typeText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: type TEXT")
	}
	ts.Check(machine(ts).Console.Send(args[0]))
}

// pause gives a program that was just typed the time to start, where nothing
// on the console tells that it has.
func pause(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pause DURATION")
	}
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	time.Sleep(d)
}

func (s session) keys(ts *testscript.TestScript, neg bool, args []string) {
	codes := map[string]string{"ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-z": "\x1a", "tab": "\t", "enter": "\r",
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D"}
	for _, name := range args {
		if codes[name] == "" || neg {
			ts.Fatalf("unknown key %q", name)
		}
		ts.Check(machine(ts).Console.Send(codes[name]))
	}
}

func (s session) reject(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: reject TEXT")
	}
	if text := machine(ts).Console.Transcript(); strings.Contains(text, args[0]) {
		ts.Fatalf("the console printed %q:\n%s", args[0], text)
	}
}

func (s session) status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: status N")
	}
	ctx, cancel := limit()
	defer cancel()
	exit, err := machine(ts).Wait(ctx)
	ts.Check(err)
	if strconv.Itoa(exit.Status) != args[0] {
		ts.Fatalf("QEMU ended with status %d; want %s\n%s", exit.Status, args[0], exit.Stderr)
	}
}
