#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { REPLACEMENT = 0xfffd };

/* By the first byte: length, bits it holds, smallest value (RFC 3629, 3). */
static const struct lead {
	uint8_t mask, head;
	size_t len;
	uint32_t min;
} leads[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

static const struct lead *
lead_of(uint8_t c)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if ((c & leads[i].mask) == leads[i].head)
			return &leads[i];
	return NULL;
}

/* Decodes at p; 0 when no character begins there. */
static size_t
decode(const char *p, size_t n, uint32_t *ret)
{
	const struct lead *l = lead_of((uint8_t)p[0]);
	uint32_t v;

	if (l == NULL || l->len > n)
		return 0;
	v = (uint8_t)p[0] & (uint8_t)~l->mask;
	for (size_t i = 1; i < l->len; i++) {
		uint8_t c = (uint8_t)p[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (c & 0x3f);
	}
	if (v < l->min || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*ret = v;
	return l->len;
}

uint32_t
utf8_take(struct span *s)
{
	uint32_t v = REPLACEMENT;
	size_t n = decode(s->p, s->n, &v);

	if (n == 0)
		n = 1;
	s->p += n;
	s->n -= n;
	return v;
}

size_t
utf8_length(struct span s)
{
	size_t n = 0;

	for (; s.n > 0; n++)
		utf8_take(&s);
	return n;
}

/* Characters that make a terminal do something. */
static const struct {
	uint32_t from, to;
} obeyed[] = {
	{ 0x00, 0x1f },
	{ 0x7f, 0x9f },
	{ 0x061c, 0x061c }, /* Arabic letter mark */
	{ 0x200e, 0x200f }, /* direction marks */
	{ 0x2028, 0x202e }, /* separators, embeddings, overrides */
	{ 0x2066, 0x2069 }, /* isolates */
	{ 0xfeff, 0xfeff },
};

static bool
is_obeyed(uint32_t v)
{
	for (size_t i = 0; i < sizeof(obeyed) / sizeof(obeyed[0]); i++)
		if (v >= obeyed[i].from && v <= obeyed[i].to)
			return true;
	return false;
}

static void
spell(uint32_t v, char out[16])
{
	if (v == '\n')
		snprintf(out, 16, "\\n");
	else if (v == '\t')
		snprintf(out, 16, "\\t");
	else if (v == '\r')
		snprintf(out, 16, "\\r");
	else
		snprintf(out, 16, v < 0x100 ? "\\x%02x" : "\\u%04x",
		    (unsigned)v);
}

static int
add_whole(struct buf *b, const char *p, size_t n)
{
	if (n > b->max - b->len) {
		b->cut = true;
		return -1;
	}
	return buf_add(b, p, n);
}

int
utf8_clean(struct buf *b, struct span s, enum utf8_keep keep)
{
	while (s.n > 0) {
		const char *p = s.p;
		uint32_t v = 0;
		size_t n = decode(p, s.n, &v);
		char shown[16];

		if (n == 0) {
			n = 1;
			memcpy(shown, "\xef\xbf\xbd", 4);
			p = shown;
		} else if (keep != UTF8_VALID && is_obeyed(v) &&
		    !(keep == UTF8_TEXT && (v == '\n' || v == '\t'))) {
			spell(v, shown);
			p = shown;
		}
		if (add_whole(b, p, p == shown ? strlen(shown) : n) < 0)
			return -1;
		s.p += n;
		s.n -= n;
	}
	return 0;
}
