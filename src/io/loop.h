/*
 * loop: one poll(2) loop with timers.  Time is read once a turn; whoever is
 * called within a turn sees the same now.
 */
#ifndef ESPY_IO_LOOP_H
#define ESPY_IO_LOOP_H
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct loop;
struct watch;

/* Embedded; all zero but fn and arg is a timer that is not set. */
struct timer {
	struct mono at;
	size_t place; /* in the heap, from 1; 0: not set */
	void (*fn)(void *arg);
	void *arg;
};

/* Instead of the clock and poll(2); tests replay time with them. */
struct loop_hooks {
	struct mono (*now)(void *arg);
	int (*wait)(void *arg, struct pollfd *fds, size_t n, int ms);
	void *arg;
};

/* hooks may be NULL: the real ones. */
struct loop *loop_new(const struct loop_hooks *hooks);
/* Calls what was deferred, nothing else.  Accepts NULL. */
void loop_free(struct loop *l);

/* When the current turn began. */
struct mono loop_now(const struct loop *l);

/*
 * One turn: waits until a descriptor is ready, a timer is due or limit has
 * come, calls their functions, then what was deferred.
 */
void loop_turn(struct loop *l, struct mono limit);

/* fn is called with poll's revents; it may stop any watch, its own too. */
struct watch *watch_start(struct loop *l, int fd, short events,
    void (*fn)(void *arg, short revents), void *arg);
void watch_events(struct watch *w, short events);
/* w is gone when the turn ends.  Accepts NULL. */
void watch_stop(struct watch *w);

/* Sets it, or moves it when it is set; a time in the past is due next. */
void timer_set(struct loop *l, struct timer *t, struct mono at);
void timer_stop(struct loop *l, struct timer *t);

/* Calls fn at the end of this turn: the place to free what is running. */
void loop_defer(struct loop *l, void (*fn)(void *arg), void *arg);

#endif
