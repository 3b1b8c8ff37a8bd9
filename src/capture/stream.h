/*
 * stream: a pcap capture (draft-ietf-opsawg-pcap, version 2.4), taken apart as
 * its bytes arrive, and put together as its frames do.
 */
#ifndef ESPY_CAPTURE_STREAM_H
#define ESPY_CAPTURE_STREAM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/frame.h"

struct buf;
struct err;

enum {
	STREAM_HEADER = 24,
	/* No capture holds more of one packet. */
	STREAM_CAPTURED_MAX = 256 * 1024,
	STREAM_RECORD_MAX = 16 + STREAM_CAPTURED_MAX
};

struct stream {
	bool begun;   /* the file header was read */
	bool swapped; /* it came from a little-endian host */
	bool nano;    /* its fractions of seconds are nanoseconds */
	enum frame_link link;
};

enum stream_result {
	STREAM_FRAME, /* *ret is the next frame, its data borrowed from data */
	STREAM_MORE,  /* call again with what is left and more behind it */
	STREAM_BAD    /* these bytes are no pcap capture; e says why */
};

void stream_init(struct stream *s);

/*
 * Takes the header, then one record a call, off the front of data; *used bytes
 * are done with, also on STREAM_MORE.  A buffer of STREAM_RECORD_MAX bytes is
 * enough to make progress.
 */
enum stream_result stream_next(struct stream *s, const uint8_t *data,
    size_t len, size_t *used, struct frame *ret, struct err *e);

/*
 * Appends a file header (big-endian, microseconds), and a record: whole, or
 * nothing and -1 when ret is too small.  The time is 0 to 2^32 seconds.
 */
int stream_put_header(struct buf *ret, enum frame_link link, uint32_t snaplen);
int stream_put_frame(struct buf *ret, const struct frame *f);

#endif
