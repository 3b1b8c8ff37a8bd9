/* tally: counters being collected, then added to facts all at once. */
#ifndef ESPY_PLATFORM_TALLY_H
#define ESPY_PLATFORM_TALLY_H
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct counter;
struct facts;

enum { TALLY_MAX = 65536 };

/* All zero is an empty one. */
struct tally {
	struct counter *v;
	size_t n, cap;
};

/* "TABLE.NAME"; table may be "".  -1 when a name or the tally is too long. */
int tally_add(struct tally *t, struct span table, struct span name,
    uint64_t value);
/* Adds to the counter of that name, or begins it. */
int tally_sum(struct tally *t, const char *name, uint64_t value);
/* Moves all of it to the end of f's counters; t is empty then. */
void tally_give(struct tally *t, struct facts *f);
void tally_free(struct tally *t);

#endif
