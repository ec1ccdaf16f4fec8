// The first instructions of a position-independent binary of ours, arm64.
// Assembler, since nothing is relocated yet: Go code could not run.
//
// On entry the stack pointer is at argc, and stays as it is. Only data is
// relocated, so no cache has to be told. The words after the code are filled
// in by the host: package loader, type parameters.

	.text
start:	adr	x19, parameters
	ldr	x9, [x19]
	sub	x20, x19, x9		// x20: how far from its link address all is loaded
	ldr	x10, [x19, #8]		// the relocations
	add	x10, x10, x20
	ldr	x11, [x19, #16]		// and their number
	b	2f
1:	ldr	x12, [x10]		// *(r_offset + x20) = r_addend + x20
	ldr	x13, [x10, #16]
	add	x13, x13, x20
	str	x13, [x12, x20]
	add	x10, x10, #24
	sub	x11, x11, #1
2:	cbnz	x11, 1b
	ldr	x0, [x19, #24]		// mprotect(2): what was relocated is constant now
	add	x0, x0, x20
	ldr	x1, [x19, #32]
	mov	x2, #1			// PROT_READ
	mov	x8, #226
	svc	#0
	cbnz	x0, 3f
	ldr	x9, [x19, #40]		// Go's entry
	add	x9, x9, x20
	br	x9
3:	mov	x0, #127		// exit(2): better not start than start unprotected
	mov	x8, #93
	svc	#0
	brk	#0
	.balign	8
parameters:
