/* gather_impl: what gather's own files share; nobody else's business. */
#ifndef ESPY_CMD_GATHER_IMPL_H
#define ESPY_CMD_GATHER_IMPL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/run.h"

struct fanout;
struct gather_opts;
struct host;
struct ping_ask;
struct platform;
struct rundir_file;
struct section;
struct tap_capture;
struct task;

struct gather;

/* A capture at one point of one node. */
struct watch {
	struct gather *g;
	struct rundir_file *file;
	struct tap_capture *tap; /* NULL: not started */
};

/* DTrace on one node. */
struct trace {
	struct gather *g;
	enum side side;
	struct task *task; /* NULL: not started, or it has ended */
	bool late;	   /* it had not begun when the probes had to go */
	struct buf script, heard;
};

struct gather {
	struct fanout *fanout;
	const struct host *const *hosts;
	const struct gather_opts *opts;
	const char *dir;
	struct run *run;
	const struct platform *platform[SIDES];
	struct facts facts[SIDES];
	char nonce[2 * RUN_NONCE_BYTES + 1];
	struct watch watches[SIDES][POINTS];
	struct trace traces[SIDES];
	size_t pending; /* jobs under way */
	/* The run is done with; what still ends on a node is not kept. */
	bool over;
	bool interrupted;
	bool failed; /* this host failed; err says how */
	struct err err;
};

/* gather.c: into the run, as PHASE/NAME of that node; failure is g's. */
void gather_keep_section(struct gather *g, enum side side, const char *phase,
    const struct section *s);
/*
 * A node may not answer even the order to end.  Then tasks outlive the run, and
 * the last of them frees g.
 */
void gather_settle(struct gather *g);

/* gather_probes.c: what the side has to ping, in order; ret has room for
 * GATHER_PINGS_MAX. */
enum { GATHER_PINGS_MAX = RUN_SIZES_MAX + 3 };
size_t gather_pings(const struct gather *g, enum side s, struct ping_ask *ret);

/* gather_captures.c; limit_s: on the node.  Failure of this host is g's. */
void gather_watch_start(struct gather *g, enum side s, enum point p,
    unsigned limit_s);
/* Waits until each capture that was started sees packets, or has ended. */
void gather_await_captures(struct gather *g, int64_t limit_ms);
/* Asks every capture to end, and makes those end that do not. */
void gather_stop_captures(struct gather *g);
/* Puts into the run what they left. */
void gather_close_captures(struct gather *g);

/* gather_dtrace.c: on SmartOS nodes; limit_s: on the node. */
void gather_dtrace_start(struct gather *g, unsigned limit_s);
/* Waits until each that was started has its probes in place, or has ended;
 * one that takes too long is ended. */
void gather_await_dtrace(struct gather *g);
/* Asks them for what they counted, and waits for it. */
void gather_stop_dtrace(struct gather *g);
/* None runs on a node. */
bool gather_dtrace_ended(const struct gather *g);

#endif
