/*
 * line: a packet in one line of text, as tcpdump(8) and snoop have it.
 */
#ifndef ESPY_REPORT_LINE_H
#define ESPY_REPORT_LINE_H
#include "base/clock.h"

struct buf;
struct packet;

/*
 * Appends what the packet is, without a newline: addresses, protocol, and what
 * tells it from others: SPI and sequence number, id and sequence number, VNI
 * and the inner packet.  Nothing in it can upset a terminal.
 */
void line_packet(struct buf *ret, const struct packet *p);

/* Appends the time of day, UTC, in microseconds: "16:27:40.123456". */
void line_time(struct buf *ret, struct wall t);

/* "12.3 ms", "-0.208 ms", "3.2 s": an interval as people like it. */
void line_interval(struct buf *ret, int64_t ns);

#endif
