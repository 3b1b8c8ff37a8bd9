/* child: run a local program and wait for it, no longer than it may take. */
#ifndef ESPY_IO_CHILD_H
#define ESPY_IO_CHILD_H
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct child_spec {
	const char *const *argv; /* argv[0] is a path; ends with NULL */
	int64_t limit_ms;
	/*
	 * Both NULL: the program has espy's own stdin, stdout and stderr and
	 * its terminal.  Otherwise both are initialised and what it writes is
	 * appended; it reads /dev/null.  More on stdout than out's cap is an
	 * error, what stderr has too much is dropped.
	 */
	struct buf *out, *err;
	/*
	 * With out: also called with every piece of either, as it comes.  What
	 * goes beyond out's cap is then dropped, and is no error.
	 */
	void (*sink)(void *arg, const void *p, size_t n);
	void *arg;
};

/*
 * *ret is the exit status, or 128 and the signal's number.  Fails with ERR_SYS
 * when the program cannot be started, with ERR_LIMIT when time or output
 * passed the limit or espy was interrupted; the program, and with out and err
 * all that it started, has then been killed.
 */
int child_run(const struct child_spec *spec, int *ret, struct err *e);

#endif
