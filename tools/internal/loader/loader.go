// Package loader makes a position-independent Go binary start by itself.
//
// Go can link position-independent binaries without a C compiler, but such a
// binary leaves to a dynamic linker what must be done before its first
// instruction: to add the address at which it was loaded to every pointer in
// its data. It names /lib64/ld-linux-x86-64.so.2 for that, which no device of
// ours has. All there is to do, though, is one kind of relocation and one call
// of mprotect(2), so Embed puts forty instructions into the binary that do it:
//
//   - the program header that names the interpreter becomes one that loads the
//     instructions, appended to the file (elf(5): PT_INTERP, PT_LOAD);
//   - the entry point becomes theirs; Go's entry is the last they jump to;
//   - what has been relocated and is constant from then on (PT_GNU_RELRO) is
//     made read-only before that.
//
// The binary then starts in an empty root, at another address each time
// (kernel.randomize_va_space), with all pointers bound.
//
// # Files
//
//	stub/ARCH.S      the instructions
//	stub/ARCH.bin    assembled; a test compares the two
//
// # Bugs
//
// Only binaries whose every relocation is "relative" are accepted, which is
// true of Go binaries that link nothing else.
//
// Next in the tour: none
package loader

import (
	"bytes"
	"debug/elf"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

//go:embed stub/x86_64.bin
var stubX86 []byte

//go:embed stub/arm64.bin
var stubArm []byte

// A target is what differs between architectures.
type target struct {
	stub     []byte
	relative uint32 // the one relocation type that is understood
}

func targets() map[elf.Machine]target {
	return map[elf.Machine]target{
		elf.EM_X86_64:  {stubX86, uint32(elf.R_X86_64_RELATIVE)},
		elf.EM_AARCH64: {stubArm, uint32(elf.R_AARCH64_RELATIVE)},
	}
}

// parameters follow the stub's code. All addresses are as linked.
type parameters struct {
	Self        uint64 // of this struct
	Relocations uint64 // of the table
	Count       uint64 // of its entries
	Relro       uint64 // of what becomes read-only
	RelroLen    uint64 // bytes
	Entry       uint64 // of Go
}

const (
	headerLen     = 64 // Elf64_Ehdr
	progHeaderLen = 56 // Elf64_Phdr
	relaLen       = 24 // Elf64_Rela
)

// Embed rewrites the binary at path in place, all at once.
func Embed(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, err := rewrite(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", out, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// rewrite returns the binary with the stub in it.
func rewrite(data []byte) ([]byte, error) {
	file, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("no ELF file: %w", err)
	}
	t, ok := targets()[file.Machine]
	if !ok || file.Class != elf.ELFCLASS64 || file.Type != elf.ET_DYN || file.Data != elf.ELFDATA2LSB {
		return nil, fmt.Errorf("no position-independent binary of x86_64 or arm64, but %v %v", file.Machine, file.Type)
	}
	p, err := collect(file, data, t)
	if err != nil {
		return nil, err
	}
	return place(file, data, t, p)
}

// collect finds what the stub must know, and checks that it can do the work.
func collect(file *elf.File, data []byte, t target) (parameters, error) {
	table, err := dynamic(file)
	if err != nil {
		return parameters{}, err
	}
	if table[elf.DT_NEEDED] != 0 || table[elf.DT_JMPREL] != 0 && table[elf.DT_PLTRELSZ] != 0 || table[elf.DT_REL] != 0 {
		return parameters{}, errors.New("it needs a dynamic linker: it uses libraries")
	}
	p := parameters{Relocations: table[elf.DT_RELA], Count: table[elf.DT_RELASZ] / relaLen, Entry: file.Entry}
	if err := checkRelocations(file, data, p, t); err != nil {
		return parameters{}, err
	}
	for _, seg := range file.Progs {
		if seg.Type == elf.PT_GNU_RELRO {
			p.Relro, p.RelroLen = seg.Vaddr, seg.Memsz
		}
	}
	if p.RelroLen == 0 {
		return parameters{}, errors.New("it has no read-only relocations")
	}
	return p, nil
}

// dynamic returns the entries of the dynamic section.
func dynamic(file *elf.File) (map[elf.DynTag]uint64, error) {
	for _, seg := range file.Progs {
		if seg.Type != elf.PT_DYNAMIC {
			continue
		}
		raw := make([]byte, min(seg.Filesz, 1<<16))
		if _, err := seg.ReadAt(raw, 0); err != nil {
			return nil, fmt.Errorf("cannot read its dynamic section: %w", err)
		}
		table := map[elf.DynTag]uint64{}
		for ; len(raw) >= 16; raw = raw[16:] {
			table[elf.DynTag(binary.LittleEndian.Uint64(raw))] = binary.LittleEndian.Uint64(raw[8:])
		}
		return table, nil
	}
	return nil, errors.New("it has no dynamic section")
}

// checkRelocations refuses any kind of relocation but the relative one.
func checkRelocations(file *elf.File, data []byte, p parameters, t target) error {
	offset, err := fileOffset(file, p.Relocations, p.Count*relaLen)
	if err != nil {
		return fmt.Errorf("cannot find its relocations: %w", err)
	}
	if offset+p.Count*relaLen > uint64(len(data)) {
		return errors.New("its relocations end after the file")
	}
	for i := range p.Count {
		entry := data[offset+i*relaLen:]
		if kind := binary.LittleEndian.Uint32(entry[8:]); kind != t.relative {
			return fmt.Errorf("relocation %d is of type %d; only relative ones (%d) are understood", i, kind, t.relative)
		}
	}
	return nil
}

// fileOffset turns a linked address into an offset in the file.
func fileOffset(file *elf.File, addr, size uint64) (uint64, error) {
	for _, seg := range file.Progs {
		if seg.Type == elf.PT_LOAD && addr >= seg.Vaddr && size <= seg.Filesz && addr-seg.Vaddr <= seg.Filesz-size {
			return seg.Off + addr - seg.Vaddr, nil
		}
	}
	return 0, fmt.Errorf("address %#x is in no part of the file", addr)
}

// place appends the stub and gives it the interpreter's program header.
func place(file *elf.File, data []byte, t target, p parameters) ([]byte, error) {
	align, end := uint64(0x1000), uint64(0)
	for _, seg := range file.Progs {
		if seg.Type == elf.PT_LOAD {
			align, end = max(align, seg.Align), max(end, seg.Vaddr+seg.Memsz)
		}
	}
	if align > 1<<20 || align&(align-1) != 0 || end > 1<<40 {
		return nil, errors.New("its segments are not laid out as the go command does")
	}
	out := bytes.Clone(data)
	for uint64(len(out))%0x1000 != 0 { // the offset in the file and the address agree modulo the page
		out = append(out, 0)
	}
	offset := uint64(len(out))
	vaddr := (end+align-1)/align*align + offset%align
	p.Self = vaddr + uint64(len(t.stub))
	out = append(out, t.stub...)
	out, err := binary.Append(out, binary.LittleEndian, p)
	if err != nil {
		return nil, err
	}
	stub := elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Off: offset, Vaddr: vaddr, Paddr: vaddr,
		Filesz: uint64(len(out)) - offset, Memsz: uint64(len(out)) - offset, Align: align}
	if err := replaceHeaders(file, out, stub); err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint64(out[24:], vaddr) // e_entry
	return out, nil
}

// replaceHeaders writes the program headers anew: without the interpreter's,
// and with the stub's after the last PT_LOAD, since those are in ascending
// order of addresses (elf(5)).
func replaceHeaders(file *elf.File, out []byte, stub elf.Prog64) error {
	at := binary.LittleEndian.Uint64(out[32:]) // e_phoff
	var kept [][]byte
	last, dropped := -1, false
	for i, seg := range file.Progs {
		from := at + uint64(i)*progHeaderLen
		if from+progHeaderLen > uint64(len(out)) {
			return errors.New("its program headers end after the file")
		}
		if seg.Type == elf.PT_INTERP && !dropped {
			dropped = true
			continue
		}
		if seg.Type == elf.PT_LOAD {
			last = len(kept)
		}
		kept = append(kept, bytes.Clone(out[from:from+progHeaderLen]))
	}
	if !dropped || last < 0 {
		return errors.New("it names no interpreter, so there is no room for the stub")
	}
	raw, err := binary.Append(nil, binary.LittleEndian, stub)
	if err != nil {
		return err
	}
	kept = append(kept[:last+1], append([][]byte{raw}, kept[last+1:]...)...)
	copy(out[at:], bytes.Join(kept, nil))
	return nil
}
