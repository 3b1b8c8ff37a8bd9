/*
 * Host ranges: whatever expands can be folded, and what was folded expands to
 * the same names, sorted and without doubles.
 * links: inventory/hostrange inventory/hostfold
 * links: base/buf base/err base/mem base/str
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "inventory/hostrange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 300 };

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t
sort_unique(struct names *x)
{
	size_t kept = 0;

	qsort(x->v, x->n, sizeof(*x->v), compare);
	for (size_t i = 0; i < x->n; i++) {
		if (kept > 0 && strcmp(x->v[kept - 1], x->v[i]) == 0)
			free(x->v[i]);
		else
			x->v[kept++] = x->v[i];
	}
	x->n = kept;
	return kept;
}

/* Expands each of the comma-separated words of a folded text. */
static void
expand_all(const struct buf *folded, struct names *ret)
{
	size_t from = 0, depth = 0, at;
	struct err e;

	*ret = (struct names){ calloc(MOST + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i <= folded->len; i++) {
		struct names part;
		struct span word = { folded->data + from, i - from };

		depth += folded->data[i] == '[';
		depth -= folded->data[i] == ']';
		if (i < folded->len && (folded->data[i] != ',' || depth > 0))
			continue;
		from = i + 1;
		if (hostrange_expand(word, MOST, &part, &at, &e) < 0)
			abort();
		for (size_t k = 0; k < part.n; k++) {
			if (ret->n == MOST)
				abort();
			ret->v[ret->n++] = part.v[k];
		}
		free(part.v);
	}
}

static void
check(struct names *names)
{
	struct names again;
	struct buf b;

	buf_init(&b, 1 << 20);
	hostrange_fold((const char *const *)(void *)names->v, names->n, &b);
	expand_all(&b, &again);
	sort_unique(names);
	sort_unique(&again);
	if (names->n != again.n)
		abort();
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], again.v[i]) != 0)
			abort();
	names_free(&again);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct names names;
	struct err e;
	size_t at;

	/* What names cannot hold; inventory/build refuses it before. */
	if (size == 0 || memchr(data, '\0', size) != NULL)
		return 0;
	if (hostrange_expand(text, MOST, &names, &at, &e) < 0) {
		if (at > size || e.kind != ERR_INPUT)
			abort();
		return 0;
	}
	if (memchr(names.v[0], ',', strlen(names.v[0])) == NULL)
		check(&names);
	names_free(&names);
	return 0;
}
