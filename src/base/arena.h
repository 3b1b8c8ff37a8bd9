/* arena: many small strings and structs, one free. */
#ifndef ESPY_BASE_ARENA_H
#define ESPY_BASE_ARENA_H
#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *head; /* NULL while empty */
};

/* Zeroed, aligned for any type; lives until arena_free(). */
void *arena_alloc(struct arena *a, size_t size);
/* A terminated copy. */
char *arena_dup(struct arena *a, struct span s);
/* Frees everything; the arena is empty and usable again. */
void arena_free(struct arena *a);

#endif
