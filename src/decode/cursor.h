/*
 * cursor: a place in captured bytes that cannot leave them.  The first read
 * that does not fit fails, and all reads behind it fail the same way.
 */
#ifndef ESPY_DECODE_CURSOR_H
#define ESPY_DECODE_CURSOR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "decode/decode.h"

struct cursor {
	const uint8_t *p;
	size_t left; /* captured bytes at p */
	size_t wire; /* bytes that were on the wire; never below left */
	/*
	 * What follows the last byte is elsewhere: in the next fragment, or in
	 * the part of a packet that an ICMP error did not quote.
	 */
	bool open;
	enum decode_result fail; /* sticky */
};

static inline struct cursor
cursor_of(const uint8_t *data, size_t captured, size_t wire)
{
	return (struct cursor){ .p = data,
		.left = captured,
		.wire = wire > captured ? wire : captured };
}

/*
 * The next n bytes, or NULL: fail is then DEC_SHORT when they were on the wire
 * and not captured, DEC_BAD when the packet itself is too small.
 */
static inline const uint8_t *
cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (c->fail != DEC_OK)
		return NULL;
	if (n > c->left) {
		c->fail = n <= c->wire || c->open ? DEC_SHORT : DEC_BAD;
		return NULL;
	}
	c->p += n;
	c->left -= n;
	c->wire -= n;
	return p;
}

/* Forgets what lies behind the next n bytes: padding, trailers. */
static inline void
cursor_narrow(struct cursor *c, size_t n)
{
	if (c->wire > n)
		c->wire = n;
	if (c->left > n)
		c->left = n;
}

/* Records that what was read makes no sense; returns DEC_BAD. */
static inline enum decode_result
cursor_bad(struct cursor *c)
{
	c->fail = DEC_BAD;
	return DEC_BAD;
}

#endif
