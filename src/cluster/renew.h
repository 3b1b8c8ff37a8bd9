/*
 * renew: which nodes have IPsec SAs with each other, and whether new ones took
 * their place after a flush.  Pure.
 */
#ifndef ESPY_CLUSTER_RENEW_H
#define ESPY_CLUSTER_RENEW_H
#include <stddef.h>

struct facts;

enum renew_state {
	RENEW_KEPT, /* an SA from before is still there: nothing was flushed */
	RENEW_NONE, /* no new SA at all */
	RENEW_HALF, /* not both ends have new ones in both directions */
	RENEW_DONE, /* both directions: new at the sender, and at its receiver
		     */
	RENEW_UNKNOWN /* one of the nodes did not say */
};

/* Two nodes, by their places; a < b. */
struct renew_pair {
	size_t a, b;
	size_t before, after; /* SAs with keys, of both nodes, between them */
	enum renew_state state;
};

/*
 * The pairs that have an SA with each other, or whose policies of both demand
 * one.  facts[i] may be NULL, and that node is then in no pair.  *ret is an
 * array, the caller's to free(3); returns how many.
 */
size_t renew_pairs(const struct facts *const facts[], size_t n,
    struct renew_pair **ret);

/*
 * Fills in after and state, from what the two nodes said before and after.
 * larval SAs do not count.  A node that did not say its SAs is NULL or lacks
 * HAVE_SAS.
 */
void renew_check(const struct facts *const before[],
    const struct facts *const after[], struct renew_pair *p);

#endif
