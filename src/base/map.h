/* map: from strings to numbers, mostly indices into an array. */
#ifndef ESPY_BASE_MAP_H
#define ESPY_BASE_MAP_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct map_slot;

/* All zero is an empty map. */
struct map {
	struct map_slot *slots;
	size_t n, room;
};

/* False when the key is not there; *ret is then untouched. */
bool map_get(const struct map *m, struct span key, size_t *ret);
/* Adds or replaces.  The key is borrowed for as long as the map lives. */
void map_put(struct map *m, struct span key, size_t value);
void map_free(struct map *m);

#endif
