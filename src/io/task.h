/*
 * task: one command on one ready conn: a channel opened, the command started,
 * both streams drained, input sent, and on request the command ended.
 */
#ifndef ESPY_IO_TASK_H
#define ESPY_IO_TASK_H
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/become.h"
#include "io/fanout.h"
#include "io/loop.h"
#include "io/remote.h"

struct channel;
struct conn;
struct killer;

enum task_state {
	TASK_WAITS, /* for a session, or a free channel */
	TASK_OPENS,
	TASK_STARTS, /* the request to run it is out */
	TASK_RUNS,
	TASK_CLOSES, /* done() was called; the channel is not yet closed */
	TASK_GONE    /* to be freed */
};

struct task {
	struct task *next;
	struct conn *conn;
	struct task_spec spec;
	enum task_state state;
	struct channel *chan;
	bool refused; /* its channel, which is not closed yet */
	struct buf command;
	struct remote_filter filter;
	struct become become;

	struct buf sent; /* copies made by fanout_send() */
	size_t input_at; /* of spec.input; then of sent */
	bool input_closed, eof_sent, input_broken;

	bool ending; /* end says how it will end */
	bool sink_gone;
	enum task_end end;
	struct timer timer; /* set-up, limit, or grace */
	struct killer *killer;

	struct buf out, err;
	struct mono started;
	void (*finished)(void *arg, struct task *t);
	void *arg;
};

/* Queues a task on the conn.  finished is called behind spec->done(). */
struct task *task_new(struct conn *c, const struct task_spec *spec,
    void (*finished)(void *arg, struct task *t), void *arg);

void task_send(struct task *t, const void *p, size_t n);
void task_close_input(struct task *t);
/* Ends it, at once when it has not started, else on the host first. */
void task_end(struct task *t, enum task_end how);

/* Moves every task of a ready conn on; true when anything moved. */
bool task_pump(struct conn *c);
/*
 * The conn has no session any more.  Tasks that ran are lost; those that did
 * not start stay queued when keep is true, else they end as c->fail says.
 */
void task_conn_broke(struct conn *c, bool keep);
/* Whether the conn has a task that is not finished. */
bool task_any(const struct conn *c);
/* Frees those that are gone.  Not from within a callback. */
void task_reap(struct conn *c);

#endif
