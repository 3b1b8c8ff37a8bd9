#include "io/block.h"

#include <stdint.h>
#include <stdlib.h>

union head {
	size_t size;
	max_align_t aligned;
};

void *
block_new(size_t size)
{
	return block_resize(NULL, size);
}

void *
block_resize(void *p, size_t size)
{
	union head *h = p != NULL ? (union head *)p - 1 : NULL;

	if (size > SIZE_MAX / 2)
		return NULL;
	h = realloc(h, sizeof(*h) + size);
	if (h == NULL)
		return NULL;
	h->size = size;
	return h + 1;
}

void
block_free(void *p)
{
	if (p != NULL)
		free((union head *)p - 1);
}

size_t
block_size(const void *p)
{
	return ((const union head *)p - 1)->size;
}
