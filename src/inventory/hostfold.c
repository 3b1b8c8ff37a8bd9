#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "inventory/hostrange.h"

/* A name around its number: head, digits, tail; no digits when it has none. */
struct piece {
	struct span head, digits, tail;
	uint64_t value;
};

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The last run of digits before limit, as offsets; false when there is none. */
static bool
last_number(const char *s, size_t limit, size_t *from, size_t *to)
{
	size_t end = limit, begin;

	while (end > 0 && !digit(s[end - 1]))
		end--;
	begin = end;
	while (begin > 0 && digit(s[begin - 1]))
		begin--;
	*from = begin;
	*to = end;
	return begin < end && end - begin <= 18;
}

static struct piece
piece_of(const char *name)
{
	size_t n = strlen(name), label = strcspn(name, "."), from, to;
	struct piece p = { .head = { name, n },
		.digits = { name + n, 0 },
		.tail = { name + n, 0 } };

	/* An IPv4 address varies in its last number, an IPv6 one anywhere. */
	if (name[strspn(name, "0123456789.")] == '\0')
		label = n;
	if (strchr(name, ':') != NULL || !last_number(name, label, &from, &to))
		return p;
	p.head.n = from;
	p.digits = (struct span){ name + from, to - from };
	p.tail = (struct span){ name + to, n - to };
	for (size_t i = from; i < to; i++)
		p.value = p.value * 10 + (uint64_t)(name[i] - '0');
	return p;
}

static int
compare_spans(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;
	int c = compare_spans(a->head, b->head);

	if (c == 0)
		c = compare_spans(a->tail, b->tail);
	if (c == 0)
		c = (a->digits.n > 0) - (b->digits.n > 0);
	if (c == 0)
		c = (a->value > b->value) - (a->value < b->value);
	return c != 0
	    ? c
	    : (a->digits.n > b->digits.n) - (a->digits.n < b->digits.n);
}

/* Do both differ in their number only? */
static bool
alike(const struct piece *a, const struct piece *b)
{
	return a->digits.n > 0 && b->digits.n > 0 &&
	    compare_spans(a->head, b->head) == 0 &&
	    compare_spans(a->tail, b->tail) == 0;
}

static bool
padded(const struct piece *p)
{
	return p->digits.n > 1 && p->digits.p[0] == '0';
}

/* Is b the next of the run that first began and a ended? */
static bool
follows(const struct piece *first, const struct piece *a, const struct piece *b)
{
	if (b->value != a->value + 1)
		return false;
	return padded(first) ? b->digits.n == first->digits.n : !padded(b);
}

/* Appends the items of p[0..n), all alike; more than one. */
static void
put_bracket(const struct piece *p, size_t n, struct buf *b)
{
	size_t first = 0;

	buf_add(b, p[0].head.p, p[0].head.n);
	buf_puts(b, "[");
	while (first < n) {
		size_t last = first;

		while (last + 1 < n &&
		    follows(&p[first], &p[last], &p[last + 1]))
			last++;
		buf_puts(b, first > 0 ? "," : "");
		buf_add(b, p[first].digits.p, p[first].digits.n);
		if (last > first) {
			buf_puts(b, "-");
			buf_add(b, p[last].digits.p, p[last].digits.n);
		}
		first = last + 1;
	}
	buf_puts(b, "]");
	buf_add(b, p[0].tail.p, p[0].tail.n);
}

static size_t
drop_doubles(struct piece *p, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare_pieces(&p[kept - 1], &p[i]) != 0)
			p[kept++] = p[i];
	return kept;
}

void
hostrange_fold(const char *const *names, size_t n, struct buf *b)
{
	struct piece *p = xcalloc(n, sizeof(*p));

	for (size_t i = 0; i < n; i++)
		p[i] = piece_of(names[i]);
	qsort(p, n, sizeof(*p), compare_pieces);
	n = drop_doubles(p, n);
	for (size_t i = 0, end; i < n; i = end) {
		end = i + 1;
		while (end < n && alike(&p[i], &p[end]))
			end++;
		buf_puts(b, i > 0 ? "," : "");
		if (end - i > 1)
			put_bracket(&p[i], end - i, b);
		else
			buf_puts(b, p[i].head.p);
	}
	free(p);
}
