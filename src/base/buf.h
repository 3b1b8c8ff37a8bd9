/* buf: bytes that grow up to a cap; always terminated by a NUL. */
#ifndef ESPY_BASE_BUF_H
#define ESPY_BASE_BUF_H
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* never NULL once initialised */
	size_t len; /* bytes used, the NUL not counted */
	size_t room;
	size_t max; /* the cap on len */
	bool cut;   /* something did not fit; what did fit is kept */
};

void buf_init(struct buf *b, size_t max);
/* Forgets the content, keeps the room and the cap. */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

/* Appends what fits; -1, and cut set, when that is not all. */
int buf_add(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Drops the first n bytes; n is at most len. */
void buf_drop(struct buf *b, size_t n);

#endif
