// The first instructions of a position-independent binary of ours, x86_64.
// Assembler, since nothing is relocated yet: Go code could not run.
//
// On entry (System V ABI, AMD64 supplement, "Process Initialization") the stack
// pointer is at argc. All that Go's own entry looks at is there, so the stack
// is left as it is. The words after the code are filled in by the host:
// package loader, type parameters.

	.text
start:	lea	parameters(%rip), %rbx
	mov	%rbx, %r12
	sub	(%rbx), %r12		// r12: how far from its link address all is loaded
	mov	8(%rbx), %rsi		// the relocations
	add	%r12, %rsi
	mov	16(%rbx), %rcx		// and their number
	jmp	2f
1:	mov	(%rsi), %rdi		// *(r_offset + r12) = r_addend + r12
	mov	16(%rsi), %rdx
	add	%r12, %rdx
	mov	%rdx, (%rdi,%r12)
	add	$24, %rsi
	dec	%rcx
2:	test	%rcx, %rcx
	jnz	1b
	mov	24(%rbx), %rdi		// mprotect(2): what was relocated is constant now
	add	%r12, %rdi
	mov	32(%rbx), %rsi
	mov	$1, %edx		// PROT_READ
	mov	$10, %eax
	syscall
	test	%eax, %eax
	jnz	3f
	mov	40(%rbx), %rax		// Go's entry
	add	%r12, %rax
	jmp	*%rax
3:	mov	$127, %edi		// exit(2): better not start than start unprotected
	mov	$60, %eax
	syscall
	hlt
	.balign	8
parameters:
