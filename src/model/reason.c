#include "model/reason.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool
alike(const struct reason *a, const struct reason *b)
{
	return strcmp(a->why, b->why) == 0 && strcmp(a->which, b->which) == 0 &&
	    strcmp(a->where, b->where) == 0;
}

void
reasons_add(struct reasons *r, const struct reason *more)
{
	for (size_t i = 0; i < r->n; i++) {
		if (alike(&r->v[i], more)) {
			r->v[i].count += more->count;
			return;
		}
	}
	r->v = mem_grow(r->v, r->n, &r->room, sizeof(*r->v));
	r->v[r->n++] = *more;
}

void
reasons_fini(struct reasons *r)
{
	free(r->v);
	*r = (struct reasons){ 0 };
}
