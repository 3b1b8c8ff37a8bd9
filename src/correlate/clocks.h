/*
 * clocks: how far apart the clocks of two nodes are, from packets that both
 * saw at their underlays.
 *
 * No packet arrives before it was sent, and nothing else is assumed: with
 * theta = B's clock minus A's, each packet from A to B bounds theta from above
 * by the difference of its two times, each from B to A from below.  When the
 * bounds contradict one another a clock has moved meanwhile, and theta is taken
 * from windows of time, between whose middles it is a line.
 *
 * The same packet: ESP by SPI and sequence number; ICMP echo, alone or in clear
 * VXLAN, by VNI, addresses, id, sequence number and the first bytes of its
 * data; IKE by SPIs, message id, exchange and flags.
 *
 * Memory is bounded: 3 MiB for packets that the other node has not seen yet (of
 * which the oldest make way), and 1024 windows.
 */
#ifndef ESPY_CORRELATE_CLOCKS_H
#define ESPY_CORRELATE_CLOCKS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/addr.h"
#include "model/point.h"

struct clocks;
struct packet;

struct clocks_fit {
	uint64_t matched;    /* packets that both saw */
	bool above, below;   /* high, low bound theta; both: in two ways */
	int64_t low, high;   /* ns; only if below, above */
	int64_t theta;	     /* the best guess; 0 when nothing was matched */
	bool moving;	     /* the bounds contradicted one another */
	int64_t first, last; /* moving: theta at the first and last match */
};

/* Which underlay address is whose tells the direction of a packet. */
struct clocks *clocks_new(const struct ip underlay[SIDES]);
/* Accepts NULL. */
void clocks_free(struct clocks *c);

/* A packet seen at the underlay of a node, at the time of that node's clock. */
void clocks_add(struct clocks *c, enum side s, const struct packet *p);

/* What is known so far. */
void clocks_fit(const struct clocks *c, struct clocks_fit *ret);

/*
 * From B's clock to A's, by what is known so far.  clocks_settle() first, when
 * no more packets come: it makes this fast, and lines of a moving clock.
 */
void clocks_settle(struct clocks *c);
struct wall clocks_to_a(const struct clocks *c, struct wall b);

#endif
