/*
 * snoop: the capture format of Solaris and illumos (RFC 1761), taken apart as
 * its bytes arrive.
 */
#ifndef ESPY_CAPTURE_SNOOP_H
#define ESPY_CAPTURE_SNOOP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/frame.h"

struct err;

enum {
	SNOOP_MAGIC_LEN = 8,
	/* No capture holds more of one packet; a record is hardly longer. */
	SNOOP_CAPTURED_MAX = 256 * 1024,
	SNOOP_RECORD_MAX = SNOOP_CAPTURED_MAX + 1024
};

struct snoop {
	bool begun; /* the file header was read */
	enum frame_link link;
	/* Packets that the capturing host lost so far, all told. */
	uint32_t drops;
};

enum snoop_result {
	SNOOP_FRAME, /* *ret is the next frame, its data borrowed from data */
	SNOOP_MORE,  /* call again with what is left and more behind it */
	SNOOP_BAD    /* these bytes are no snoop capture; e says why */
};

/* Do the first SNOOP_MAGIC_LEN bytes begin a snoop capture? */
bool snoop_recognize(const uint8_t *data, size_t len);

void snoop_init(struct snoop *s);

/*
 * Takes the header, then one record a call, off the front of data; *used bytes
 * are done with, also on SNOOP_MORE.  A buffer of SNOOP_RECORD_MAX bytes is
 * enough to make progress.
 */
enum snoop_result snoop_next(struct snoop *s, const uint8_t *data, size_t len,
    size_t *used, struct frame *ret, struct err *e);

/*
 * May a capture end here, with so many bytes left over?  snoop writes the last
 * field of its header with the first packet only, so that a capture of nothing
 * has 12 bytes.
 */
bool snoop_may_end(const struct snoop *s, size_t left);

#endif
