/* inventory: what the fuzz targets of the inventory's formats share. */
#ifndef ESPY_TESTS_FUZZ_INVENTORY_H
#define ESPY_TESTS_FUZZ_INVENTORY_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "inventory/inventory.h"

static inline void
fuzz_require(int holds)
{
	if (!holds)
		abort();
}

/* Whatever is accepted can be walked, and names what it should name. */
static inline void
fuzz_walk(const struct inv *inv)
{
	for (size_t i = 0; i < inv_n_hosts(inv); i++) {
		const struct host *h = inv_host(inv, i);
		const char *const *groups;
		size_t n;

		fuzz_require(inv_find_host(inv, span_of(h->name)) == h);
		fuzz_require(strpbrk(h->name, "/ \t\n'\"$`") == NULL);
		fuzz_require(h->name[0] != '-' && h->name[0] != '.');
		fuzz_require(h->address == NULL ||
		    strpbrk(h->address, "/ \t\n'\"$`") == NULL);
		fuzz_require(h->where != NULL);
		inv_host_groups(inv, h, &groups, &n);
		fuzz_require(n >= 1);
		for (size_t k = 0; k < n; k++)
			fuzz_require(inv_has(inv, INV_GROUP,
			    span_of(groups[k])));
		for (size_t k = 0; k < h->n_vars; k++)
			fuzz_require(h->vars[k].value != NULL &&
			    h->vars[k].where != NULL);
	}
}

static inline void
fuzz_inventory(enum inv_format format, const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct inv *inv = inv_new();
	struct err e = { .kind = ERR_NONE };

	inv_guess("hosts", text);
	if (inv_parse(inv, format, "f", text, &e) == 0 &&
	    inv_finish(inv, &e) == 0)
		fuzz_walk(inv);
	else
		fuzz_require(e.kind == ERR_INPUT && e.text[0] == 'f' &&
		    e.text[1] == ':');
	inv_free(inv);
}

#endif
