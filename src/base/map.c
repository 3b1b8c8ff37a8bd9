#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct map_slot {
	struct span key; /* p is NULL in a free slot */
	size_t value;
};

/* FNV-1a, 64 bits. */
static uint64_t
hash(struct span s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++) {
		h ^= (unsigned char)s.p[i];
		h *= UINT64_C(1099511628211);
	}
	return h ^ h >> 29;
}

/* The key's slot, or the free one where it belongs; room is a power of 2. */
static struct map_slot *
seek(const struct map *m, struct span key)
{
	size_t i = (size_t)hash(key) & (m->room - 1);

	for (;;) {
		struct map_slot *s = &m->slots[i];

		if (s->key.p == NULL)
			return s;
		if (s->key.n == key.n &&
		    (key.n == 0 || memcmp(s->key.p, key.p, key.n) == 0))
			return s;
		i = (i + 1) & (m->room - 1);
	}
}

/* Never more than half full: a search always meets a free slot soon. */
static void
grow(struct map *m)
{
	struct map old = *m;

	m->room = old.room > 0 ? old.room * 2 : 16;
	m->slots = xcalloc(m->room, sizeof(*m->slots));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].key.p != NULL)
			*seek(m, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

bool
map_get(const struct map *m, struct span key, size_t *ret)
{
	const struct map_slot *s;

	if (m->room == 0)
		return false;
	s = seek(m, key);
	if (s->key.p == NULL)
		return false;
	*ret = s->value;
	return true;
}

void
map_put(struct map *m, struct span key, size_t value)
{
	struct map_slot *s;

	if (m->n * 2 >= m->room)
		grow(m);
	s = seek(m, key);
	if (s->key.p == NULL) {
		s->key = (struct span){ key.p != NULL ? key.p : "", key.n };
		m->n++;
	}
	s->value = value;
}

void
map_free(struct map *m)
{
	free(m->slots);
	*m = (struct map){ 0 };
}
