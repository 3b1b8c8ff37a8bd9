/*
 * sadb: the SADBs of many nodes laid together.  Every SA has two halves, the
 * outbound one at the node that sends and the inbound one at its peer, under
 * one SPI; what lacks its other half, or differs from it, is found here without
 * any traffic.
 *
 * SADBs are not read at one instant: a rekey between two answers looks like an
 * SA that is gone.  A complaint counts only when sadb_confirm() has seen it in
 * two comparisons; what a node did not say is unknown, never wrong.
 */
#ifndef ESPY_CLUSTER_SADB_H
#define ESPY_CLUSTER_SADB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/addr.h"
#include "model/facts.h"

enum { SADB_ADDRESSES_MAX = 4 };

/* One node's answer; all borrowed as long as the comparison lives. */
struct sadb_node {
	const char *name;
	/* NULL, or without HAVE_SAS, when it did not say. */
	const struct facts *facts;
	/* Where the inventory says it is, besides what it says itself. */
	struct ip known[SADB_ADDRESSES_MAX];
	size_t n_known;
};

enum sadb_kind {
	SADB_FINE,
	/* Wrong: packets are lost, or will be. */
	SADB_STALE,	 /* from sends on an SPI that to lacks */
	SADB_LOST,	 /* ... and to has no SA with from at all */
	SADB_ONE_WAY,	 /* from has nothing to send on, though to has */
	SADB_ALGORITHMS, /* cipher, its key's length, or ICV differ */
	SADB_KEYS,	 /* the keys themselves do */
	SADB_SHAPE,	 /* mode, encapsulation in UDP or ESN differ */
	SADB_SEQUENCE,	 /* to's window is ahead of from's counter */
	SADB_LARVAL,	 /* from has been negotiating for too long */
	/* To be looked at: nothing need be lost. */
	SADB_NOTES,
	SADB_OLD = SADB_NOTES, /* as SADB_STALE; from has a newer one */
	SADB_NEWEST,	       /* to has a newer one, which from lacks */
	SADB_LIFETIME,	       /* from's half outlives to's */
	SADB_MANY,    /* more SAs in one direction than a rekey makes */
	SADB_REJECTS, /* to rejected packets that came on it */
	SADB_KINDS
};

/*
 * An SA from one node to another: halves that are not there are NULL.  Without
 * both nodes in the set, or without to's answer, nothing is said of it.
 */
struct sadb_row {
	size_t from, to; /* indices of nodes; SADB_NOBODY */
	const struct sa *out, *in;
	enum sadb_kind word; /* the gravest complaint about it */
};

#define SADB_NOBODY SIZE_MAX /* an address that is of no node asked */

struct sadb_complaint {
	enum sadb_kind kind;
	size_t from, to;
	size_t row; /* in rows */
	uint32_t spi;
	const struct sa *out, *in; /* the halves; either may be NULL */
	/* SADB_LOST: to came up after out was made; seconds since then. */
	bool rebooted;
	uint64_t uptime_s;
	uint64_t count; /* SADB_MANY: how many; LARVAL: seconds */
};

struct sadb {
	const struct sadb_node *nodes;
	size_t n_nodes;
	struct sadb_row *rows; /* by pair of nodes, direction, age */
	size_t n_rows, rows_room;
	struct sadb_complaint *complaints;
	size_t n_complaints, complaints_room;
};

/* Compares; *ret is then the caller's, for sadb_free(). */
void sadb_compare(const struct sadb_node *nodes, size_t n, struct sadb *ret);
/* Accepts what is all zero. */
void sadb_free(struct sadb *s);

/*
 * again was compared after first, from later answers of the nodes that first
 * complained about: drops from it whatever first did not say too.
 */
void sadb_confirm(const struct sadb *first, struct sadb *again);

/* Of the SA's time, in seconds by the node's own clock; -1 when unknown. */
int64_t sadb_age_s(const struct sadb_node *n, const struct sa *sa);
/* "larval", "dying" (soft lifetime over), "mature"; "-" for NULL. */
const char *sadb_state(const struct sadb_node *n, const struct sa *sa);
/* "stale", "lost", "one-way", ... */
const char *sadb_word(enum sadb_kind k);
/* Is the kind wrong, rather than a note? */
bool sadb_wrong(enum sadb_kind k);

/* sadb_judge.c: appends s's complaints, and sets the rows' words. */
void sadb_judge(struct sadb *s);

#endif
