/*
 * killer: the second channel of a session, which tells a command's watcher to
 * end it (io/remote.h), through sudo when the command runs so.
 */
#ifndef ESPY_IO_KILLER_H
#define ESPY_IO_KILLER_H
#include <stdbool.h>
#include <stdint.h>

#include "io/become.h"

struct killer;
struct session;
struct transport;

struct killer_spec {
	struct remote_as as;
	const char *password; /* sudo's; NULL: none */
	const char *mark;
	int64_t watcher; /* its process id */
};

/* Its channel goes with the session at the latest. */
struct killer *killer_new(const struct transport *tr, struct session *s,
    const struct killer_spec *spec);
/* Only when it is over.  Accepts NULL. */
void killer_free(struct killer *k);

/*
 * One step; true when it moved.  hurry: what it was to end has ended, so it
 * waits for nobody.
 */
bool killer_step(struct killer *k, bool hurry);
bool killer_is_over(const struct killer *k);
/* The session is gone, and its channel with it. */
void killer_lost(struct killer *k);

#endif
