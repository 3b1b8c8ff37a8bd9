/* capture_impl: what capture's own files share; nobody else's business. */
#ifndef ESPY_CMD_CAPTURE_IMPL_H
#define ESPY_CMD_CAPTURE_IMPL_H
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "capture/pcapng.h"
#include "capture/stream.h"
#include "decode/decode.h"
#include "model/run.h"

struct args;
struct clocks;
struct filter;
struct frame;
struct live;
struct nodes;
struct packet;
struct spool;
struct tap_capture;

/* One of the four points: a link of a node. */
struct spot {
	struct capture *c;
	enum side side;
	enum point point;
	char *filter; /* the capture tool's; NULL: nothing is captured here */
	struct tap_capture *tap;
	struct stream stream;
	struct buf rest;  /* bytes that are no whole record yet */
	uint64_t packets; /* that passed the filter */
	enum frame_link link;
	bool failed; /* it was not captured, or not to the end */
};

struct capture {
	const struct args *args;
	/* Options. */
	const char *path; /* NULL: nothing is written */
	const char *expression;
	uint64_t count, snaplen; /* count 0: no end */
	bool print;

	struct nodes *ns;
	struct run plan; /* its nodes' links and addresses */
	struct spot spots[SIDES][POINTS];
	struct decode_opts decode;
	struct clocks *clocks;
	struct filter *filter; /* NULL: all */
	struct live *live;     /* NULL: nothing is printed */
	struct spool *spool;   /* NULL: nothing is written */
	uint64_t packets;
	bool failed; /* this host failed, err says how */
	struct err err;
};

/* ---- capture_taps.c ----------------------------------------------------- */

/*
 * Which links, with which filters.  A node that cannot be used is marked; -1
 * when none is left, or this host failed.
 */
int capture_plan(struct capture *c, struct err *e);
/*
 * Captures until there are count packets, limit_s have passed, all captures
 * have ended, or a signal comes; that last one is not an interrupt.  -1 when
 * this host failed.
 */
int capture_run(struct capture *c, unsigned limit_s, struct err *e);
void capture_spots_free(struct capture *c);

/* Did the packet leave the node at that point, or come in? */
enum pcapng_direction capture_direction(const struct capture *c,
    const struct spot *s, const struct packet *p);
/*
 * At one instant of one node a packet that comes in is seen below first, one
 * that leaves above: the order of those, from 0.
 */
int capture_rank(const struct spot *s, enum pcapng_direction d);
/* On A's clock, as well as is known by now. */
struct wall capture_time(const struct capture *c, enum side s, struct wall t);
/* "node1 overlay ov0"; the caller's to free(3). */
char *capture_spot_name(const struct spot *s);

/* ---- capture_clock.c ---------------------------------------------------- */

/* What is known of the two clocks, in a sentence or two; appended. */
void capture_put_clocks(const struct capture *c, struct buf *ret);

/* ---- capture_live.c ----------------------------------------------------- */

/* Lines on standard output, held back until they can be put in order. */
struct live *live_new(struct capture *c);
/* Accepts NULL. */
void live_free(struct live *l);
void live_add(struct live *l, const struct spot *s, const struct packet *p);
/* Prints what is due, or everything. */
void live_print(struct live *l, bool all);

/* ---- capture_file.c ----------------------------------------------------- */

/*
 * Makes the directory PATH.part, where each point has its own file until the
 * clocks are known.
 */
int spool_open(struct capture *c, struct spool **ret, struct err *e);
int spool_add(struct spool *p, const struct spot *s, const struct frame *f,
    struct err *e);
/* Puts into the files what is in memory. */
int spool_flush(struct spool *p, struct err *e);
/*
 * Merges them into the file at PATH and removes the directory.  When that
 * fails, the directory is left, and e says so.
 */
int spool_finish(struct spool *p, struct err *e);
/* Removes the directory if it is empty of packets.  Accepts NULL. */
void spool_free(struct spool *p);

#endif
