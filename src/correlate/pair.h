/*
 * pair: the four captures of a pair to a ledger.
 *
 * Feed every decoded packet of every capture, in any order of captures but each
 * capture in its own order; then finish.  Identity of a packet in two places is
 * never a matter of time alone:
 *
 *   overlay to overlay    ICMP id, sequence and the run's nonce; where ping
 *                         cannot write that, the size, which is rare
 *   underlay to underlay  ESP SPI and sequence number; clear VXLAN by the inner
 *                         packet
 *   overlay to underlay   on one host, one clock: length, order and time
 */
#ifndef ESPY_CORRELATE_PAIR_H
#define ESPY_CORRELATE_PAIR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ledger.h"
#include "model/run.h"

struct err;
struct pair;

enum {
	PAIR_PACKETS_MAX = 2000000 /* tunnel packets kept of one capture */
};

struct pair_spec {
	struct ip overlay[SIDES], underlay[SIDES];
	uint8_t nonce[16]; /* repeated through a probe's data from byte 16 on */
	/* Whose pings cannot carry it: the size tells them from others'. */
	bool unmarked[SIDES];
	uint16_t sizes[RUN_SIZES_MAX]; /* of the probes, when unmarked */
	size_t n_sizes;
	uint16_t sentinel; /* ICMP data bytes of the underlay's sentinels */
	unsigned asked;	   /* pings that A was told to send */
	struct tap taps[SIDES][POINTS]; /* what the capture tools said */
	/*
	 * A time by the side's clock, ns since 1970, when all was over and its
	 * captures were still open, if they ended cleanly; 0: not known.
	 */
	int64_t open_until[SIDES];
};

/* Copies the spec. */
struct pair *pair_new(const struct pair_spec *spec);
void pair_free(struct pair *p);

/* -1 when a capture holds more than PAIR_PACKETS_MAX tunnel packets. */
int pair_add(struct pair *p, enum side side, enum point point,
    const struct packet *pkt, struct err *e);

/* *ret is then the caller's, for ledger_free(). */
void pair_finish(struct pair *p, struct ledger *ret);

#endif
