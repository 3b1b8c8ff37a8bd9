#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max, .room = 64 };
	b->data = xcalloc(b->room, 1);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->cut = false;
	b->data[0] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

/* Room for len bytes and the NUL. */
static void
reserve(struct buf *b, size_t len)
{
	size_t room = b->room;

	if (len < room)
		return;
	while (room <= len)
		room *= 2;
	b->data = xreallocarray(b->data, room, 1);
	b->room = room;
}

int
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len > b->max - b->len) {
		len = b->max - b->len;
		b->cut = true;
	}
	reserve(b, b->len + len);
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return b->cut ? -1 : 0;
}

int
buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int
buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	char *big;
	int n, r;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return -1;
	if ((size_t)n < sizeof(small))
		return buf_add(b, small, (size_t)n);
	big = xcalloc((size_t)n + 1, 1);
	va_start(ap, fmt);
	vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	r = buf_add(b, big, (size_t)n);
	free(big);
	return r;
}

void
buf_drop(struct buf *b, size_t n)
{
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}
