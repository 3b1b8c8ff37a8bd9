/*
 * xstate: lets user-mode Linux 6.1 run on processors with AMX.
 *
 * That kernel sets a task's extended state (PTRACE_SETREGSET,
 * NT_X86_XSTATE) from a buffer made for AVX-512.  Where the processor has
 * more, the host insists on all of it and answers EFAULT, and init dies.
 * Preloaded, this makes the buffer as long as the host wants it.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

/* More than any processor's state: with AMX it is 11,008 bytes. */
enum { STATE_MAX = 65536 };

static long (*next_ptrace)(enum __ptrace_request, ...);

/* Static: the caller's stack is a kernel's, 16 KiB.  One thread traces. */
static char whole[STATE_MAX];
static size_t whole_len;

/* What is past the caller's buffer stays zero: the header within it says
 * that those components are in their initial state. */
static long
set_whole_state(pid_t pid, const struct iovec *part)
{
	struct iovec iov = { whole, sizeof(whole) };

	if (whole_len == 0) {
		if (next_ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov) < 0)
			return -1;
		memset(whole, 0, sizeof(whole));
		whole_len = iov.iov_len;
	}
	if (whole_len <= part->iov_len) {
		errno = EFAULT;
		return -1;
	}
	memcpy(whole, part->iov_base, part->iov_len);
	iov.iov_len = whole_len;
	return next_ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov);
}

long
ptrace(enum __ptrace_request request, ...)
{
	va_list ap;
	pid_t pid;
	void *addr, *data;
	int sets_state;
	long r;

	va_start(ap, request);
	pid = va_arg(ap, pid_t);
	addr = va_arg(ap, void *);
	data = va_arg(ap, void *);
	va_end(ap);
	if (next_ptrace == NULL)
		*(void **)&next_ptrace = dlsym(RTLD_NEXT, "ptrace");
	sets_state = request == PTRACE_SETREGSET && (long)addr == NT_X86_XSTATE;
	if (sets_state && whole_len != 0)
		return set_whole_state(pid, data);
	r = next_ptrace(request, pid, addr, data);
	if (r < 0 && errno == EFAULT && sets_state)
		return set_whole_state(pid, data);
	return r;
}
