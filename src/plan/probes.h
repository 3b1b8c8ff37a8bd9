/*
 * probes: how many pings, of which sizes.
 *
 * ESP hides what it holds but its length, so each ping has a size of its own
 * (a cipher block apart), and comes again only after a while.  A ping that can
 * send but once a second gets many sizes, which run at the same time.
 */
#ifndef ESPY_PLAN_PROBES_H
#define ESPY_PLAN_PROBES_H

struct run_probes;

enum {
	/*
	 * ICMP data bytes.  Odd, as nobody else's pings are: where ping cannot
	 * mark its packets, a size and two addresses are all there is.
	 */
	PLAN_SIZE_FIRST = 75,
	PLAN_SIZE_WARM = 59,	  /* sent before the probes, and not judged */
	PLAN_SIZE_SENTINEL = 1011 /* on the underlay, in clear */
};

/*
 * Fills all but the nonce: `total` pings (at least 1; a few more when that does
 * not divide), each size every interval_ms, the least that ping can keep.
 */
void plan_probes(unsigned total, unsigned interval_ms, struct run_probes *ret);

/* How long they take at most, with a wait for the last answer, in seconds. */
unsigned plan_probes_s(const struct run_probes *p);

#endif
