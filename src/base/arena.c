#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK = 16384 };

struct arena_block {
	struct arena_block *next;
	size_t used, room;
	alignas(max_align_t) unsigned char data[];
};

static struct arena_block *
block_new(struct arena *a, size_t size)
{
	size_t room = size > BLOCK ? size : BLOCK;
	struct arena_block *b = xcalloc(1, sizeof(*b) + room);

	b->room = room;
	b->next = a->head;
	a->head = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	size_t align = alignof(max_align_t);
	void *p;

	size = (size + align - 1) / align * align;
	if (b == NULL || size > b->room - b->used)
		b = block_new(a, size);
	p = b->data + b->used;
	b->used += size;
	return p;
}

char *
arena_dup(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

void
arena_free(struct arena *a)
{
	while (a->head != NULL) {
		struct arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
}
