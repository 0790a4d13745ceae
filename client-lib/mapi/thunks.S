// The exported functions that go on to the real MAPI as they come. A thunk is one jump through
// real_functions: registers, stack and return address stay as the caller left them, so it serves any
// signature and costs no call. An entry that is still empty is filled by resolve_mapi_function, which
// runs with the caller's argument registers saved. answer_<name> stands in for a function that the
// real MAPI does not have: it returns the answer of mapi_functions.inc and takes the arguments off
// the stack where the callee has to.
//
// Assembly because neither C++ nor a PE forwarder can pass on a call of unknown signature to a module
// that is only known at run time.

#ifdef __x86_64__

.macro MAPI_THUNK name, bytes, answer, index
        .balign 16
        .globl  thunk_\name
thunk_\name:
        movq    real_functions+8*\index(%rip), %rax
        testq   %rax, %rax
        jz      1f
        jmp     *%rax
1:      movl    $\index, %eax
        jmp     resolve_and_go
        .globl  answer_\name
answer_\name:
        movl    $\answer, %eax
        ret
.endm

        .text
        .balign 16
        .seh_proc resolve_and_go
resolve_and_go:
        subq    $0x88, %rsp
        .seh_stackalloc 0x88
        .seh_endprologue
        movq    %rcx, 0x20(%rsp)
        movq    %rdx, 0x28(%rsp)
        movq    %r8, 0x30(%rsp)
        movq    %r9, 0x38(%rsp)
        movaps  %xmm0, 0x40(%rsp)
        movaps  %xmm1, 0x50(%rsp)
        movaps  %xmm2, 0x60(%rsp)
        movaps  %xmm3, 0x70(%rsp)
        movl    %eax, %ecx
        call    resolve_mapi_function
        movq    0x20(%rsp), %rcx
        movq    0x28(%rsp), %rdx
        movq    0x30(%rsp), %r8
        movq    0x38(%rsp), %r9
        movaps  0x40(%rsp), %xmm0
        movaps  0x50(%rsp), %xmm1
        movaps  0x60(%rsp), %xmm2
        movaps  0x70(%rsp), %xmm3
        addq    $0x88, %rsp
        jmp     *%rax
        .seh_endproc

#else

.macro MAPI_THUNK name, bytes, answer, index
        .balign 16
        .globl  _thunk_\name
_thunk_\name:
        movl    _real_functions+4*\index, %eax
        testl   %eax, %eax
        jz      1f
        jmp     *%eax
1:      pushl   %ecx
        pushl   %edx
        pushl   $\index
        call    _resolve_mapi_function@4
        popl    %edx
        popl    %ecx
        jmp     *%eax
        .globl  _answer_\name
_answer_\name:
        movl    $\answer, %eax
        xorl    %edx, %edx
        ret     $\bytes
.endm

        .text

#endif

#define MAPI_FUNCTION(provider, name, bytes, answer) MAPI_THUNK name, bytes, answer, __COUNTER__
#define MAPI_OWN(provider, name, bytes, answer) MAPI_THUNK name, bytes, answer, __COUNTER__
#include "client-lib/mapi/mapi_functions.inc"
