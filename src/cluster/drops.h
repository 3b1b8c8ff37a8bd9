/*
 * drops: which of a node's counters of lost packets rose between two answers,
 * and what each of them means.  Pure.
 *
 * Counters are the whole node's, not one peer's, and a packet may count in
 * several: none of this says which node is to blame.
 */
#ifndef ESPY_CLUSTER_DROPS_H
#define ESPY_CLUSTER_DROPS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct facts;

/* The sections (enum facts_have) that hold such counters. */
#define DROPS_WANT (HAVE_COUNTERS | HAVE_XFRM_STAT | HAVE_LINKS)

enum { DROP_NAME_MAX = 80 };

struct drop {
	char name[DROP_NAME_MAX]; /* "XfrmInNoStates", "eth0 rx_dropped" */
	const char *means;	  /* static */
	uint64_t count;		  /* above 0 */
	/* The counter began anew in between, so there may have been more. */
	bool anew;
};

/*
 * What rose, the greatest count first.  *ret is an array, the caller's to
 * free(3); returns how many.  What only one of the two answers holds is left
 * out, but a link that came in between has counted from 0.
 */
size_t drops_between(const struct facts *before, const struct facts *after,
    struct drop **ret);

/* NULL for what counts no lost packets; else what it counts, static. */
const char *drops_means(const char *counter);

/*
 * What a reason of a kernel's own (model/reason.h) means: of Linux's
 * skb_drop_reason, or the name of an illumos counter.  Static; never NULL.
 */
const char *drops_reason_means(const char *why);

#endif
