#include "io/loop.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

struct watch {
	struct loop *loop;
	int fd;
	short events;
	void (*fn)(void *arg, short revents); /* NULL: stopped */
	void *arg;
};

struct deferred {
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	struct loop_hooks hooks;
	struct mono now;
	struct watch **watches;
	size_t n_watches, watches_cap;
	bool any_stopped;
	struct pollfd *fds;
	size_t fds_cap;
	struct timer **heap; /* heap[0] is timer 1, the soonest */
	size_t n_timers, heap_cap;
	struct deferred *deferred;
	size_t n_deferred, deferred_cap;
};

static struct mono
clock_now(void *arg)
{
	struct timespec ts;

	(void)arg;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (struct mono){ (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec };
}

static int
poll_wait(void *arg, struct pollfd *fds, size_t n, int ms)
{
	(void)arg;
	return poll(fds, (nfds_t)n, ms);
}

struct loop *
loop_new(const struct loop_hooks *hooks)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	if (hooks != NULL)
		l->hooks = *hooks;
	else
		l->hooks = (struct loop_hooks){ clock_now, poll_wait, NULL };
	l->now = l->hooks.now(l->hooks.arg);
	return l;
}

struct mono
loop_now(const struct loop *l)
{
	return l->now;
}

/* ---- timers: a binary heap that knows each timer's place ---- */

static void
put(struct loop *l, size_t place, struct timer *t)
{
	l->heap[place - 1] = t;
	t->place = place;
}

static void
rise(struct loop *l, size_t place)
{
	struct timer *t = l->heap[place - 1];

	while (place > 1 && l->heap[place / 2 - 1]->at.ns > t->at.ns) {
		put(l, place, l->heap[place / 2 - 1]);
		place /= 2;
	}
	put(l, place, t);
}

static void
sink(struct loop *l, size_t place)
{
	struct timer *t = l->heap[place - 1];

	for (;;) {
		size_t child = place * 2;

		if (child > l->n_timers)
			break;
		if (child < l->n_timers &&
		    l->heap[child]->at.ns < l->heap[child - 1]->at.ns)
			child++;
		if (l->heap[child - 1]->at.ns >= t->at.ns)
			break;
		put(l, place, l->heap[child - 1]);
		place = child;
	}
	put(l, place, t);
}

void
timer_set(struct loop *l, struct timer *t, struct mono at)
{
	t->at = at;
	if (t->place == 0) {
		l->heap = mem_grow(l->heap, l->n_timers, &l->heap_cap,
		    sizeof(*l->heap));
		put(l, ++l->n_timers, t);
	}
	rise(l, t->place);
	sink(l, t->place);
}

void
timer_stop(struct loop *l, struct timer *t)
{
	size_t place = t->place;
	struct timer *last;

	if (place == 0)
		return;
	t->place = 0;
	last = l->heap[--l->n_timers];
	if (last == t)
		return;
	put(l, place, last);
	rise(l, place);
	sink(l, last->place);
}

/* A timer set anew by another's function waits for the next turn. */
static void
fire_timers(struct loop *l)
{
	size_t at_most = l->n_timers;

	while (at_most-- > 0 && l->n_timers > 0 &&
	    l->heap[0]->at.ns <= l->now.ns) {
		struct timer *t = l->heap[0];

		timer_stop(l, t);
		t->fn(t->arg);
	}
}

/* ---- descriptors ---- */

struct watch *
watch_start(struct loop *l, int fd, short events,
    void (*fn)(void *arg, short revents), void *arg)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	*w = (struct watch){ l, fd, events, fn, arg };
	l->watches = mem_grow(l->watches, l->n_watches, &l->watches_cap,
	    sizeof(*l->watches));
	l->watches[l->n_watches++] = w;
	return w;
}

void
watch_events(struct watch *w, short events)
{
	w->events = events;
}

void
watch_stop(struct watch *w)
{
	if (w == NULL)
		return;
	w->fn = NULL;
	w->fd = -1;
	w->loop->any_stopped = true;
}

static void
reap_watches(struct loop *l)
{
	size_t kept = 0;

	if (!l->any_stopped)
		return;
	for (size_t i = 0; i < l->n_watches; i++) {
		if (l->watches[i]->fn == NULL)
			free(l->watches[i]);
		else
			l->watches[kept++] = l->watches[i];
	}
	l->n_watches = kept;
	l->any_stopped = false;
}

static size_t
fill_fds(struct loop *l)
{
	size_t n = l->n_watches;

	if (n > l->fds_cap) {
		l->fds_cap = l->watches_cap;
		l->fds = xreallocarray(l->fds, l->fds_cap, sizeof(*l->fds));
	}
	for (size_t i = 0; i < n; i++)
		l->fds[i] = (struct pollfd){ .fd = l->watches[i]->fd,
			.events = l->watches[i]->events };
	return n;
}

/* Watches started within the turn stand behind the first n: not yet polled. */
static void
call_watches(struct loop *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct watch *w = l->watches[i];

		if (l->fds[i].revents != 0 && w->fn != NULL)
			w->fn(w->arg, l->fds[i].revents);
	}
}

/* ---- turns ---- */

void
loop_defer(struct loop *l, void (*fn)(void *arg), void *arg)
{
	l->deferred = mem_grow(l->deferred, l->n_deferred, &l->deferred_cap,
	    sizeof(*l->deferred));
	l->deferred[l->n_deferred++] = (struct deferred){ fn, arg };
}

static void
call_deferred(struct loop *l)
{
	for (size_t i = 0; i < l->n_deferred; i++)
		l->deferred[i].fn(l->deferred[i].arg);
	l->n_deferred = 0;
}

/* Milliseconds to wait: a minute at most, so that no sum overflows. */
static int
wait_ms(const struct loop *l, struct mono limit)
{
	struct mono until = limit;
	int64_t ms;

	if (l->n_timers > 0 && l->heap[0]->at.ns < until.ns)
		until = l->heap[0]->at;
	if (until.ns <= l->now.ns)
		return 0;
	ms = until.ns - l->now.ns > 60 * NS_PER_S
	    ? 60000
	    : mono_ms_until(l->now, until);
	return (int)ms;
}

void
loop_turn(struct loop *l, struct mono limit)
{
	size_t n;
	int ready;

	reap_watches(l);
	n = fill_fds(l);
	l->now = l->hooks.now(l->hooks.arg);
	ready = l->hooks.wait(l->hooks.arg, l->fds, n, wait_ms(l, limit));
	l->now = l->hooks.now(l->hooks.arg);
	if (ready > 0)
		call_watches(l, n);
	fire_timers(l);
	call_deferred(l);
	reap_watches(l);
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	call_deferred(l);
	for (size_t i = 0; i < l->n_watches; i++)
		free(l->watches[i]);
	free(l->watches);
	free(l->fds);
	free(l->heap);
	free(l->deferred);
	free(l);
}
