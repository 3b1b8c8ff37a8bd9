/* source: the bytes of a file, piece by piece. */
#ifndef ESPY_IO_SOURCE_H
#define ESPY_IO_SOURCE_H
#include <stddef.h>

struct buf;
struct err;
struct source;

enum { SOURCE_PIECE = 64 * 1024 };

/*
 * The first n bytes of a regular file, and how many there are; 0 of anything
 * else, which could be read only once, and when it cannot be read at all.
 */
size_t source_peek(const char *path, void *ret, size_t n);

/* ERR_INPUT when there is no such file, ERR_SYS when it cannot be opened. */
int source_open(const char *path, struct source **ret, struct err *e);
/*
 * Appends at most SOURCE_PIECE bytes, and no more than b's cap allows.  1 when
 * there were any, 0 at the end of the file, -1 on an error.
 */
int source_read(struct source *s, struct buf *b, struct err *e);
/* Accepts NULL. */
void source_close(struct source *s);

#endif
