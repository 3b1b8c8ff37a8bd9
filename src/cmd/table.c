#include "cmd/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum { CELL_MAX = 4096, GAP = 2 };

struct table {
	const char *const *titles;
	size_t columns;
	char **cells;
	size_t n, room;
	size_t *width; /* in characters */
};

static void
widen(struct table *t, size_t column, const char *text)
{
	size_t n = utf8_length(span_of(text));

	if (n > t->width[column])
		t->width[column] = n;
}

struct table *
table_new(const char *const *titles, size_t columns)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->titles = titles;
	t->columns = columns;
	t->width = xcalloc(columns, sizeof(*t->width));
	for (size_t i = 0; i < columns; i++)
		widen(t, i, titles[i]);
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t->width);
	free(t);
}

void
table_cell(struct table *t, const char *text)
{
	struct buf b;

	buf_init(&b, CELL_MAX);
	if (text != NULL)
		utf8_clean(&b, span_of(text), UTF8_LINE);
	if (b.len == 0)
		buf_puts(&b, "-");
	widen(t, t->n % t->columns, b.data);
	t->cells = mem_grow(t->cells, t->n, &t->room, sizeof(*t->cells));
	t->cells[t->n++] = xstrdup(b.data);
	buf_free(&b);
}

void
table_cellf(struct table *t, const char *fmt, ...)
{
	char text[CELL_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	table_cell(t, text);
}

/* No row ends in spaces. */
static void
put_row(const struct table *t, const char *const *cells, struct buf *ret)
{
	size_t gap = 0;

	for (size_t i = 0; i < t->columns; i++) {
		const char *text = cells[i];

		for (; text[0] != '\0' && gap > 0; gap--)
			buf_puts(ret, " ");
		buf_puts(ret, text);
		gap += t->width[i] + GAP - utf8_length(span_of(text));
	}
	buf_puts(ret, "\n");
}

void
table_print(const struct table *t, struct buf *ret)
{
	put_row(t, t->titles, ret);
	for (size_t i = 0; i + t->columns <= t->n; i += t->columns)
		put_row(t, (const char *const *)&t->cells[i], ret);
}
