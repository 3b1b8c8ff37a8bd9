#include "platform/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/facts.h"

int
tally_add(struct tally *t, struct span table, struct span name, uint64_t value)
{
	struct counter *c;
	size_t head = table.n > 0 ? table.n + 1 : 0;

	if (t->n >= TALLY_MAX || name.n == 0 || head + name.n >= FACT_NAME_MAX)
		return -1;
	t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
	c = &t->v[t->n++];
	*c = (struct counter){ .value = value };
	if (head > 0) {
		memcpy(c->name, table.p, table.n);
		c->name[table.n] = '.';
	}
	memcpy(c->name + head, name.p, name.n);
	return 0;
}

int
tally_sum(struct tally *t, const char *name, uint64_t value)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->v[i].name, name) == 0) {
			t->v[i].value += value;
			return 0;
		}
	}
	return tally_add(t, span_of(""), span_of(name), value);
}

void
tally_give(struct tally *t, struct facts *f)
{
	if (t->n > 0) {
		f->counters = xreallocarray(f->counters, f->n_counters + t->n,
		    sizeof(*f->counters));
		memcpy(f->counters + f->n_counters, t->v, t->n * sizeof(*t->v));
		f->n_counters += t->n;
	}
	tally_free(t);
}

void
tally_free(struct tally *t)
{
	free(t->v);
	*t = (struct tally){ 0 };
}
