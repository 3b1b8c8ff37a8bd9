/*
 * convert: a capture of snoop (RFC 1761), as its bytes arrive, to pcap.
 */
#ifndef ESPY_CAPTURE_CONVERT_H
#define ESPY_CAPTURE_CONVERT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "capture/snoop.h"

struct err;

struct convert {
	struct snoop snoop; /* its drops: what the node lost so far */
	struct buf rest;    /* bytes that are no whole record yet */
	bool begun;	    /* pcap's header has been written */
	bool bad;	    /* what came is no snoop capture */
	uint64_t packets;   /* written so far */
};

void convert_init(struct convert *c);
/* c itself is the caller's. */
void convert_free(struct convert *c);

/*
 * Takes the next n bytes and appends to *ret what they make in pcap: version
 * 2.4, big-endian, microseconds, Ethernet.  The caller writes it away and
 * clears it.  It has n bytes at most and CONVERT_MORE; a packet is shorter in
 * pcap.  -1 when it is no snoop capture (then again at each call) or ret is
 * too small; what stands in *ret then is right nevertheless.
 */
int convert_feed(struct convert *c, const void *data, size_t n, struct buf *ret,
    struct err *e);
enum { CONVERT_MORE = SNOOP_RECORD_MAX + 24 };

/*
 * May the capture end here?  snoop prints a newline behind its last record
 * when it is told to end.  False: it was cut.
 */
bool convert_may_end(const struct convert *c);

/*
 * For the capture's log, when it may end here: "espy: snoop: 12 packets
 * captured, 0 dropped" and a newline; snoop prints no counts.  Packets lost
 * behind the last one written are not known to anybody.
 */
int convert_summary(const struct convert *c, struct buf *ret);

#endif
