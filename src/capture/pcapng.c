#include "capture/pcapng.h"

#include <stddef.h>
#include <string.h>

#include "base/be.h"
#include "base/buf.h"

/* Section 11.1: block types. */
enum {
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a
};

/* Sections 3.5, 4.1, 4.2, 4.3 and 4.6: option codes. */
enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_FILTER = 11,
	IF_OS = 12,
	EPB_FLAGS = 2,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_OSDROP = 7,
	ISB_USRDELIV = 8
};

#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)

/* ---- blocks ------------------------------------------------------------- */

static void
put16(struct buf *b, uint16_t v)
{
	uint8_t p[2];

	be_put16(p, v);
	buf_add(b, p, sizeof(p));
}

static void
put32(struct buf *b, uint32_t v)
{
	uint8_t p[4];

	be_put32(p, v);
	buf_add(b, p, sizeof(p));
}

static void
put64(struct buf *b, uint64_t v)
{
	put32(b, (uint32_t)(v >> 32));
	put32(b, (uint32_t)v);
}

/* Bytes, and zeros up to a multiple of four. */
static void
put_padded(struct buf *b, const void *p, size_t n)
{
	static const uint8_t zeros[3];

	buf_add(b, p, n);
	buf_add(b, zeros, (4 - n % 4) % 4);
}

/* Its length is filled in at the end; *start is for block_end(). */
static void
block_begin(struct buf *b, uint32_t type, size_t *start)
{
	*start = b->len;
	b->cut = false;
	put32(b, type);
	put32(b, 0);
}

static int
block_end(struct buf *b, size_t start)
{
	uint32_t len = (uint32_t)(b->len - start) + 4;

	put32(b, len);
	if (b->cut) {
		/* What is behind the last whole block is no block. */
		b->len = start;
		b->data[start] = '\0';
		b->cut = false;
		return -1;
	}
	be_put32((uint8_t *)b->data + start + 4, len);
	return 0;
}

/* ---- options ------------------------------------------------------------ */

static void
option(struct buf *b, uint16_t code, const void *p, size_t n)
{
	put16(b, code);
	put16(b, (uint16_t)n);
	put_padded(b, p, n);
}

/* Cut within a character when it must be: 0x80 to 0xbf go on with one. */
static size_t
text_length(const char *s)
{
	size_t n = strlen(s);

	if (n <= PCAPNG_TEXT_MAX)
		return n;
	n = PCAPNG_TEXT_MAX;
	while (n > 0 && ((uint8_t)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void
option_text(struct buf *b, uint16_t code, const char *s)
{
	if (s != NULL)
		option(b, code, s, text_length(s));
}

static void
option64(struct buf *b, uint16_t code, uint64_t v)
{
	uint8_t p[8];

	be_put32(p, (uint32_t)(v >> 32));
	be_put32(p + 4, (uint32_t)v);
	option(b, code, p, sizeof(p));
}

static void
options_end(struct buf *b)
{
	option(b, OPT_END, NULL, 0);
}

/* ---- the blocks that are written ---------------------------------------- */

int
pcapng_put_section(struct buf *ret, const struct pcapng_section *s)
{
	size_t start;

	block_begin(ret, BLOCK_SECTION, &start);
	put32(ret, BYTE_ORDER_MAGIC);
	put16(ret, 1); /* version 1.0 */
	put16(ret, 0);
	put64(ret, UINT64_MAX); /* the section's length: not said */
	option_text(ret, OPT_COMMENT, s->comment);
	option_text(ret, SHB_USERAPPL, s->application);
	options_end(ret);
	return block_end(ret, start);
}

/* A filter's first byte is its kind: 0, text. */
static void
option_filter(struct buf *b, const char *filter)
{
	char text[PCAPNG_TEXT_MAX + 1] = { 0 };
	size_t n;

	if (filter == NULL)
		return;
	n = text_length(filter);
	memcpy(text + 1, filter, n);
	option(b, IF_FILTER, text, n + 1);
}

int
pcapng_put_interface(struct buf *ret, const struct pcapng_interface *i)
{
	static const uint8_t nanoseconds = 9;
	size_t start;

	block_begin(ret, BLOCK_INTERFACE, &start);
	put16(ret, (uint16_t)i->link);
	put16(ret, 0);
	put32(ret, i->snaplen);
	option_text(ret, IF_NAME, i->name);
	option_text(ret, IF_DESCRIPTION, i->description);
	option(ret, IF_TSRESOL, &nanoseconds, 1);
	option_filter(ret, i->filter);
	option_text(ret, IF_OS, i->os);
	options_end(ret);
	return block_end(ret, start);
}

int
pcapng_put_packet(struct buf *ret, const struct frame *f,
    const struct pcapng_packet *p)
{
	size_t start;

	block_begin(ret, BLOCK_PACKET, &start);
	put32(ret, p->interface);
	put64(ret, (uint64_t)f->time.ns);
	put32(ret, f->captured);
	put32(ret, f->length);
	put_padded(ret, f->data, f->captured);
	option_text(ret, OPT_COMMENT, p->comment);
	if (p->direction != PCAPNG_UNKNOWN) {
		uint8_t flags[4];

		/* Bits 0 and 1: 1 inbound, 2 outbound. */
		be_put32(flags, p->direction == PCAPNG_IN ? 1 : 2);
		option(ret, EPB_FLAGS, flags, sizeof(flags));
	}
	if (p->comment != NULL || p->direction != PCAPNG_UNKNOWN)
		options_end(ret);
	return block_end(ret, start);
}

int
pcapng_put_statistics(struct buf *ret, const struct pcapng_statistics *s)
{
	size_t start;

	block_begin(ret, BLOCK_STATISTICS, &start);
	put32(ret, s->interface);
	put64(ret, (uint64_t)s->at.ns);
	if (s->counted) {
		option64(ret, ISB_IFRECV, s->received);
		option64(ret, ISB_IFDROP, s->if_dropped);
		option64(ret, ISB_OSDROP, s->dropped);
	}
	option64(ret, ISB_USRDELIV, s->delivered);
	options_end(ret);
	return block_end(ret, start);
}
