/*
 * logs: lines of many nodes' logs, brought to one clock and into one order.
 *
 * A line is held for a moment after it has come; then everything that was
 * written earlier goes before it.  Lines of one source keep their order.  Where
 * a log tells whole seconds only, a line that has just come was written, as
 * near as can be known, when it came.
 */
#ifndef ESPY_CLUSTER_LOGS_H
#define ESPY_CLUSTER_LOGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct logs;

enum {
	LOGS_SOURCES_MAX = 8,
	LOGS_HELD_MAX = 8192,
	LOGS_HELD_BYTES_MAX = 8 * 1024 * 1024
};

/* Whose word its time is. */
enum logs_when {
	LOGS_WRITTEN,	/* the node's, to a fraction of a second */
	LOGS_WRITTEN_S, /* the node's, to the second */
	LOGS_WITH,	/* none: it belongs to the line before it */
	LOGS_CAME	/* none that makes sense: it is when it came */
};

struct logs_line {
	size_t node;
	unsigned source; /* below LOGS_SOURCES_MAX: the caller's number */
	enum logs_when when;
	struct wall time; /* by our clock */
	struct wall said; /* by the node's; where it said one */
	char *text;	  /* terminated */
	size_t rest;	  /* where in text the node's time ends */
	/* The order. */
	struct wall sort;
	uint64_t nth;
	struct mono came;
};

struct logs *logs_new(size_t nodes, int64_t hold_ms);
/* Accepts NULL. */
void logs_free(struct logs *l);

/*
 * At "came" by our clock a node's word arrived that its clock was at "said",
 * or within the second after when coarse.  It was asked at "asked", by our
 * clock, or before that; 0: that is not known.
 */
void logs_clock(struct logs *l, size_t node, struct wall said, bool coarse,
    struct wall asked, struct wall came);
/*
 * How far the node's clock is ahead of ours, in ns; 0 while nothing is known,
 * and when it may well be that they agree.
 */
int64_t logs_ahead(const struct logs *l, size_t node);

struct logs_add {
	size_t node;
	unsigned source;
	struct span text;
	bool timed, coarse;
	struct wall said; /* by the node's clock, when timed */
	size_t rest;	  /* of text, behind the time */
	struct wall came; /* by our clock */
	struct mono at;	  /* the same moment */
};

/* Copies the text. */
void logs_add(struct logs *l, const struct logs_add *a);
/* No more can be held: some must go, due or not. */
bool logs_full(const struct logs *l);

/*
 * Puts those that are held in order and says how many of the first are due:
 * all of them, when all is true.  logs_line() for those, then logs_drop().
 */
size_t logs_due(struct logs *l, struct mono now, bool all);
/* When full: the older half, in order, as due. */
size_t logs_due_half(struct logs *l);
const struct logs_line *logs_line(const struct logs *l, size_t i);
void logs_drop(struct logs *l, size_t n);

#endif
