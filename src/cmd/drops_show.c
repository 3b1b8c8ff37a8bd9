/* drops_show: what rose, as a table and as JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/drops.h"
#include "cmd/table.h"
#include "model/host.h"

/* Home, and all below it empty: ECMA-48, CUP and ED. */
#define CLEAR "\033[H\033[J"

/* So that the head of a long table stays in sight while it is redrawn. */
enum { ROWS_DRAWN = 18 };

struct row {
	const char *host;
	const struct drop *drop;
};

static int
by_count(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r;

	if (x->drop->count != y->drop->count)
		return x->drop->count < y->drop->count ? 1 : -1;
	r = strcmp(x->host, y->host);
	return r != 0 ? r : strcmp(x->drop->name, y->drop->name);
}

/* Of all nodes, the greatest first; *ret is the caller's to free(3). */
static size_t
sort_rows(const struct drops *d, struct row **ret)
{
	size_t n = 0, cap = 0;

	*ret = NULL;
	for (size_t i = 0; i < d->nodes->n; i++) {
		for (size_t k = 0; k < d->v[i].n; k++) {
			*ret = mem_grow(*ret, n, &cap, sizeof(**ret));
			(*ret)[n++] = (struct row){ d->nodes->v[i].host->name,
				&d->v[i].v[k] };
		}
	}
	if (n > 0)
		qsort(*ret, n, sizeof(**ret), by_count);
	return n;
}

static void
put_rows(const struct row *rows, size_t n, struct buf *b)
{
	static const char *const titles[] = { "NODE", "COUNT", "REASON",
		"MEANING" };
	struct table *t = table_new(titles, 4);

	for (size_t i = 0; i < n; i++) {
		const struct drop *d = rows[i].drop;

		table_cell(t, rows[i].host);
		table_cellf(t, "%" PRIu64 "%s", d->count, d->anew ? "+" : "");
		table_cell(t, d->name);
		table_cell(t, d->means);
	}
	table_print(t, b);
	table_free(t);
}

/* ---- the kernels' own reasons ---------------------------------------------
 */

struct why_row {
	const char *host;
	const struct reason *reason;
};

static int
by_events(const void *a, const void *b)
{
	const struct why_row *x = a, *y = b;
	int r;

	if (x->reason->count != y->reason->count)
		return x->reason->count < y->reason->count ? 1 : -1;
	r = strcmp(x->host, y->host);
	if (r == 0)
		r = strcmp(x->reason->why, y->reason->why);
	if (r == 0)
		r = strcmp(x->reason->which, y->reason->which);
	return r != 0 ? r : strcmp(x->reason->where, y->reason->where);
}

/* As sort_rows(). */
static size_t
sort_reasons(const struct drops *d, struct why_row **ret)
{
	size_t n = 0, cap = 0;

	*ret = NULL;
	for (size_t i = 0; i < d->nodes->n; i++) {
		for (size_t k = 0; k < d->v[i].reasons.n; k++) {
			*ret = mem_grow(*ret, n, &cap, sizeof(**ret));
			(*ret)[n++] =
			    (struct why_row){ d->nodes->v[i].host->name,
				    &d->v[i].reasons.v[k] };
		}
	}
	if (n > 0)
		qsort(*ret, n, sizeof(**ret), by_events);
	return n;
}

static void
put_reasons(const struct drops *d, size_t most, struct buf *b)
{
	static const char *const titles[] = { "NODE", "EVENTS", "REASON",
		"PACKET", "WHERE", "MEANING" };
	struct table *t = table_new(titles, 6);
	struct why_row *rows;
	size_t n = sort_reasons(d, &rows);
	uint64_t unseen = 0;

	for (size_t i = 0; i < n && i < most; i++) {
		const struct reason *r = rows[i].reason;

		table_cell(t, rows[i].host);
		table_cellf(t, "%" PRIu64, r->count);
		table_cell(t, r->why);
		table_cell(t, r->which);
		table_cell(t, r->where);
		table_cell(t, drops_reason_means(r->why));
	}
	if (n > 0) {
		buf_puts(b, "\n");
		table_print(t, b);
	} else if (d->took_ms > 0 && drops_reasons_any(d)) {
		buf_puts(b, "\nno kernel told of a drop\n");
	}
	if (n > most)
		buf_printf(b, "and %zu more\n", n - most);
	for (size_t i = 0; i < d->nodes->n; i++)
		unseen += d->v[i].reasons.unseen;
	if (unseen > 0)
		buf_printf(b, "%" PRIu64 " more came too fast to be told\n",
		    unseen);
	table_free(t);
	free(rows);
}

static json_t *
reason_json(const struct why_row *row)
{
	const struct reason *r = row->reason;
	json_t *o = json_object();

	json_object_set_new(o, "host", nodes_json_text(row->host));
	json_object_set_new(o, "count", json_integer((json_int_t)r->count));
	json_object_set_new(o, "reason", nodes_json_text(r->why));
	json_object_set_new(o, "packet", nodes_json_text(r->which));
	json_object_set_new(o, "where", nodes_json_text(r->where));
	json_object_set_new(o, "means",
	    json_string(drops_reason_means(r->why)));
	return o;
}

static void
add_reasons_json(const struct drops *d, json_t *answer)
{
	json_t *list = json_array();
	struct why_row *rows;
	size_t n = sort_reasons(d, &rows);
	uint64_t unseen = 0;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, reason_json(&rows[i]));
	for (size_t i = 0; i < d->nodes->n; i++)
		unseen += d->v[i].reasons.unseen;
	json_object_set_new(answer, "reasons", list);
	json_object_set_new(answer, "unseen", json_integer((json_int_t)unseen));
	free(rows);
}

/* ---- all of it ------------------------------------------------------------
 */

static double
seconds(const struct drops *d)
{
	return (double)d->took_ms / 1000;
}

static bool
any_anew(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].drop->anew)
			return true;
	return false;
}

static bool
any_read(const struct drops *d)
{
	for (size_t i = 0; i < d->nodes->n; i++)
		if (d->v[i].before != NULL)
			return true;
	return false;
}

static void
put_all(const struct drops *d, const struct row *rows, size_t n, struct buf *b)
{
	if (n > 0) {
		put_rows(rows, n, b);
		buf_printf(b,
		    "\nin %.1f s; whole nodes, all peers; a packet may count "
		    "more than once\n",
		    seconds(d));
	} else if (any_read(d) && d->took_ms > 0) {
		buf_printf(b, "no counter of drops rose in %.1f s\n",
		    seconds(d));
	}
	if (any_anew(rows, n))
		buf_puts(b, "+: the counter began anew, it may be more\n");
	if (d->reasons)
		put_reasons(d, SIZE_MAX, b);
	nodes_put_failures(d->nodes, b);
}

void
drops_draw(const struct drops *d)
{
	const size_t asked = d->nodes->n, answer = nodes_alive(d->nodes);
	struct row *rows;
	size_t n = sort_rows(d, &rows);
	size_t drawn = n < ROWS_DRAWN ? n : ROWS_DRAWN;
	struct buf b;

	buf_init(&b, DROPS_SHOWN_MAX);
	buf_printf(&b,
	    CLEAR "%.0f of %d s, %zu of %zu nodes answer; Ctrl-C ends it\n\n",
	    seconds(d), (int)d->period_s, answer, asked);
	put_rows(rows, drawn, &b);
	if (drawn < n)
		buf_printf(&b, "and %zu more\n", n - drawn);
	if (d->reasons)
		put_reasons(d, ROWS_DRAWN, &b);
	fwrite(b.data, 1, b.len, stdout);
	fflush(stdout);
	buf_free(&b);
	free(rows);
}

static json_t *
row_json(const struct row *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "host", nodes_json_text(r->host));
	json_object_set_new(o, "reason", nodes_json_text(r->drop->name));
	json_object_set_new(o, "count",
	    json_integer((json_int_t)r->drop->count));
	json_object_set_new(o, "anew", json_boolean(r->drop->anew));
	json_object_set_new(o, "means", json_string(r->drop->means));
	return o;
}

static void
print_json(const struct drops *d, const struct row *rows, size_t n)
{
	json_t *answer = json_object(), *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, row_json(&rows[i]));
	json_object_set_new(answer, "seconds", json_real(seconds(d)));
	json_object_set_new(answer, "drops", list);
	if (d->reasons)
		add_reasons_json(d, answer);
	json_object_set_new(answer, "failed", nodes_failures_json(d->nodes));
	json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(answer);
}

size_t
drops_show(const struct drops *d, bool json)
{
	struct row *rows;
	size_t n = sort_rows(d, &rows);
	struct buf b;

	buf_init(&b, DROPS_SHOWN_MAX);
	if (json) {
		print_json(d, rows, n);
	} else {
		if (d->redraw)
			buf_puts(&b, CLEAR);
		put_all(d, rows, n, &b);
		fwrite(b.data, 1, b.len, stdout);
	}
	buf_free(&b);
	free(rows);
	for (size_t i = 0; i < d->nodes->n; i++)
		n += d->v[i].reasons.n;
	return n;
}
