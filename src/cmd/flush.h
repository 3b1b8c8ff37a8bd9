/* flush: what the files of `espy flush` share; nobody else's business. */
#ifndef ESPY_CMD_FLUSH_H
#define ESPY_CMD_FLUSH_H
#include <stdbool.h>
#include <stddef.h>

#include "cluster/renew.h"
#include "cmd/nodes.h"
#include "model/facts.h"

struct buf;
struct err;

/* A pair whose SAs are watched as they come back. */
struct flush_pair {
	struct renew_pair renew;
	bool planned;	    /* where its probe goes is known */
	struct ip from, to; /* overlay addresses, of a and of b */
	struct ip ends[2];  /* underlay addresses, of a and of b */
	size_t sent, came;  /* probes and their answers */
	char *why; /* what a diagnosis says of one that did not come back */
	char *run; /* the run directory that shows it */
};

struct flush {
	struct nodes *nodes;
	struct facts *before; /* of each node; all zero when it did not say */
	struct flush_pair *pairs;
	size_t n;
};

/*
 * flush_watch.c: New SAs, and probes that came back by them; where the
 * negotiation takes longer than a round of probes, the SAs alone are new.
 */
bool flush_is_back(const struct flush_pair *p);
/* Until all pairs are back, at most some seconds. */
int flush_watch(struct flush *f, struct err *e);
/*
 * Diagnoses those that were not renewed, the first few of them: the reason
 * is what the wire shows.
 */
int flush_explain(struct flush *f, struct err *e);

/* flush_show.c: prints what came of it; how many pairs are not well. */
size_t flush_show(const struct flush *f, bool json);

#endif
