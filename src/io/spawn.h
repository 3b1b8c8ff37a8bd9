/* spawn: a process whose output is collected without waiting for it. */
#ifndef ESPY_IO_SPAWN_H
#define ESPY_IO_SPAWN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct spawn;
struct err;
struct loop;

struct spawn_spec {
	/* Found in PATH; NULL: body runs in the child instead. */
	const char *const *argv;
	/* Writes its answer to fd; the child ends when it returns. */
	void (*body)(void *arg, int fd);
	/* Of standard output and standard error, which are one. */
	size_t out_max;
	int64_t limit_ms;
	/*
	 * Called once, from the loop.  status is the exit status; -1 when it
	 * was killed, by us for lateness or by another.  out is borrowed.
	 */
	void (*done)(void *arg, int status, struct span out);
	void *arg;
};

int spawn_start(struct loop *l, const struct spawn_spec *spec,
    struct spawn **ret, struct err *e);
/* Kills it; done() is not called.  Accepts NULL. */
void spawn_cancel(struct spawn *c);
/* Lets it run on by itself; done() is not called.  Accepts NULL. */
void spawn_abandon(struct spawn *c);

#endif
