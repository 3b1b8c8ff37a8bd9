/* block: memory that knows its size, for a library that does not tell. */
#ifndef ESPY_IO_BLOCK_H
#define ESPY_IO_BLOCK_H
#include <stddef.h>

/* As malloc(3), realloc(3), free(3): NULL when there is none. */
void *block_new(size_t size);
void *block_resize(void *p, size_t size);
void block_free(void *p);
/* Bytes that were asked for; p is not NULL. */
size_t block_size(const void *p);

#endif
