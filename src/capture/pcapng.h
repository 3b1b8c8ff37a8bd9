/*
 * pcapng: writes captures of several points into one file
 * (draft-ietf-opsawg-pcapng): big-endian, one section, an interface a point,
 * times in nanoseconds.
 *
 * Order of use: pcapng_put_section(), pcapng_put_interface() for each, which
 * counts them from 0, then packets, and pcapng_put_statistics() for each.
 * Every function appends one whole block, or nothing and -1 when ret is too
 * small: PCAPNG_PACKET_MORE bytes besides the packet's are enough for any.
 */
#ifndef ESPY_CAPTURE_PCAPNG_H
#define ESPY_CAPTURE_PCAPNG_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/frame.h"

struct buf;

enum {
	PCAPNG_TEXT_MAX = 1024, /* bytes; of a text option; longer is cut */
	PCAPNG_PACKET_MORE = 5 * PCAPNG_TEXT_MAX
};

/* Texts are UTF-8, borrowed; NULL: the option is left out. */
struct pcapng_section {
	const char *application;
	const char *comment;
};

struct pcapng_interface {
	enum frame_link link;
	uint32_t snaplen;
	const char *name;
	const char *description;
	const char *filter; /* that the packets were captured with */
	const char *os;	    /* of the capturing host */
};

enum pcapng_direction { PCAPNG_UNKNOWN, PCAPNG_IN, PCAPNG_OUT };

struct pcapng_packet {
	uint32_t interface;
	enum pcapng_direction direction;
	const char *comment;
};

/* Of one interface, at the end of its capture. */
struct pcapng_statistics {
	uint32_t interface;
	struct wall at;
	bool counted;	   /* the capture tool said the next three */
	uint64_t received; /* let through by the filter */
	uint64_t dropped;  /* of those, by the operating system */
	uint64_t if_dropped;
	uint64_t delivered; /* are in the file */
};

int pcapng_put_section(struct buf *ret, const struct pcapng_section *s);
int pcapng_put_interface(struct buf *ret, const struct pcapng_interface *i);
/* The frame's time is not negative. */
int pcapng_put_packet(struct buf *ret, const struct frame *f,
    const struct pcapng_packet *p);
int pcapng_put_statistics(struct buf *ret, const struct pcapng_statistics *s);

#endif
