/* espy sadb for people: a line a pair, a table of what is wrong, sentences. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cmd/nodes.h"
#include "cmd/sadb.h"
#include "cmd/table.h"

/* Rows [first, end) are of the two nodes a and b, a before b. */
struct between {
	size_t a, b, first, end;
};

static bool
next_pair(const struct sadb *s, size_t at, struct between *ret)
{
	const struct sadb_row *r = &s->rows[at];

	if (at == s->n_rows)
		return false;
	ret->a = r->from < r->to ? r->from : r->to;
	ret->b = r->from < r->to ? r->to : r->from;
	ret->first = ret->end = at;
	for (; ret->end < s->n_rows; ret->end++) {
		r = &s->rows[ret->end];
		if ((r->from != ret->a || r->to != ret->b) &&
		    (r->from != ret->b || r->to != ret->a))
			break;
	}
	return true;
}

static bool
is_known(const struct sadb *s, size_t node)
{
	return node != SADB_NOBODY && s->nodes[node].facts != NULL;
}

/* ---- a line a pair ------------------------------------------------------ */

struct sum {
	size_t there, back, wrong, notes, larval;
};

static struct sum
sum_of(const struct sadb *s, const struct between *p)
{
	struct sum n = { 0 };

	for (size_t i = p->first; i < p->end; i++) {
		const struct sadb_row *r = &s->rows[i];

		if (r->out != NULL && r->out->larval)
			n.larval++;
		else if (r->from == p->a)
			n.there++;
		else
			n.back++;
		n.wrong += sadb_wrong(r->word);
		n.notes += r->word >= SADB_NOTES;
	}
	return n;
}

static void
put_counts(const struct sadb *s, const struct between *p, const struct sum *n,
    struct buf *b)
{
	if (n->there == n->back)
		buf_printf(b, "%zu SA%s each way", n->there,
		    n->there == 1 ? "" : "s");
	else
		buf_printf(b, "%zu SA%s to %s, %zu back", n->there,
		    n->there == 1 ? "" : "s", s->nodes[p->b].name, n->back);
	if (n->larval > 0)
		buf_printf(b, ", %zu under way", n->larval);
}

static void
put_state(const struct sadb *s, const struct between *p, struct buf *b)
{
	struct sum n = sum_of(s, p);

	put_counts(s, p, &n, b);
	if (!is_known(s, p->a) || !is_known(s, p->b))
		buf_printf(b, ", unknown: %s did not answer",
		    s->nodes[is_known(s, p->a) ? p->b : p->a].name);
	else if (n.wrong > 0)
		buf_printf(b, ", %zu WRONG", n.wrong);
	else if (n.notes > 0)
		buf_printf(b, ", fine but for %zu to look at", n.notes);
	else
		buf_puts(b, ", fine");
}

static void
put_pairs(const struct sadb *s, struct buf *ret)
{
	struct between p = { 0 };

	for (size_t at = 0; next_pair(s, at, &p); at = p.end) {
		struct buf b;

		if (p.b == SADB_NOBODY)
			continue;
		buf_init(&b, SADB_LINE_MAX);
		buf_printf(&b, "%s <-> %s: ", s->nodes[p.a].name,
		    s->nodes[p.b].name);
		put_state(s, &p, &b);
		utf8_clean(ret, (struct span){ b.data, b.len }, UTF8_LINE);
		buf_puts(ret, "\n");
		buf_free(&b);
	}
}

/* ---- the table ---------------------------------------------------------- */

static void
put_direction(const struct sadb *s, const struct sadb_row *r, struct table *t)
{
	const struct sa *sa = r->out != NULL ? r->out : r->in;
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	table_cellf(t, "%s -> %s",
	    r->from == SADB_NOBODY ? ip_text(&sa->src, src)
				   : s->nodes[r->from].name,
	    r->to == SADB_NOBODY ? ip_text(&sa->dst, dst)
				 : s->nodes[r->to].name);
	table_cellf(t, "0x%08" PRIx32, sa->spi);
}

static const char *
state_of(const struct sadb *s, size_t node, const struct sa *sa)
{
	if (!is_known(s, node))
		return "?";
	return sadb_state(&s->nodes[node], sa);
}

/* "35 s of 300": since it was made, of its lifetime. */
static void
put_age(const struct sadb_node *n, const struct sa *sa, struct table *t)
{
	int64_t age = sadb_age_s(n, sa);

	if (age < 0)
		table_cell(t, "?");
	else if (sa->add_hard_s == 0)
		table_cellf(t, "%" PRId64 " s", age);
	else
		table_cellf(t, "%" PRId64 " s of %" PRIu64, age,
		    sa->add_hard_s);
}

/* By sequence numbers, which every platform tells: sent, and received. */
static void
put_packets(const struct sadb_row *r, struct table *t)
{
	if (r->out != NULL)
		table_cellf(t, "%" PRIu64, r->out->oseq);
	else
		table_cell(t, NULL);
	if (r->in != NULL)
		table_cellf(t, "%" PRIu64, r->in->seq);
	else
		table_cell(t, NULL);
}

static void
put_word(const struct sadb *s, const struct sadb_row *r, struct table *t)
{
	if (r->from == SADB_NOBODY || r->to == SADB_NOBODY)
		table_cell(t, "not asked");
	else if (!is_known(s, r->from) || !is_known(s, r->to))
		table_cell(t, "unknown");
	else if (sadb_wrong(r->word))
		table_cellf(t, "WRONG: %s", sadb_word(r->word));
	else if (r->word == SADB_FINE && r->out == NULL)
		table_cell(t, "left over");
	else
		table_cell(t, sadb_word(r->word));
}

static void
put_rows(const struct sadb *s, bool all, struct buf *ret)
{
	static const char *const titles[] = { "DIRECTION", "SPI", "SENDER",
		"RECEIVER", "AGE", "SENT", "SEEN", "" };
	struct table *t = table_new(titles, sizeof(titles) / sizeof(*titles));
	size_t n = 0;

	for (size_t i = 0; i < s->n_rows; i++) {
		const struct sadb_row *r = &s->rows[i];
		bool out = r->out != NULL;

		if (!all && r->word == SADB_FINE)
			continue;
		put_direction(s, r, t);
		table_cell(t, state_of(s, r->from, r->out));
		table_cell(t, state_of(s, r->to, r->in));
		put_age(&s->nodes[out ? r->from : r->to], out ? r->out : r->in,
		    t);
		put_packets(r, t);
		put_word(s, r, t);
		n++;
	}
	if (n > 0) {
		buf_puts(ret, "\n");
		table_print(t, ret);
	}
	table_free(t);
}

/* ---- sentences ---------------------------------------------------------- */

static void
put_remedies(const struct nodes *ns, const struct sadb *s,
    const struct sadb_complaint *c, struct buf *ret)
{
	struct sadb_remedy r[SADB_REMEDIES_MAX];
	size_t n = sadb_remedies(ns, s, c, r);

	for (size_t i = 0; i < n; i++)
		buf_printf(ret, "  on %s: %s\n    # %s\n", r[i].node,
		    r[i].command, r[i].why);
}

static void
put_complaints(const struct nodes *ns, const struct sadb *s, bool wrong,
    struct buf *ret)
{
	for (size_t i = 0; i < s->n_complaints; i++) {
		const struct sadb_complaint *c = &s->complaints[i];
		struct buf b;

		if (sadb_wrong(c->kind) != wrong || sadb_repeats(s, i))
			continue;
		buf_init(&b, SADB_LINE_MAX);
		buf_puts(&b, wrong ? "" : "note: ");
		sadb_say(s, c, &b);
		buf_puts(ret, "\n");
		utf8_clean(ret, (struct span){ b.data, b.len }, UTF8_LINE);
		buf_puts(ret, "\n");
		buf_free(&b);
		for (size_t k = 0; k < s->n_complaints; k++)
			if (sadb_joins(s, c, k))
				put_remedies(ns, s, &s->complaints[k], ret);
	}
}

/* SAs with those that nobody asked are told of, not judged. */
static void
put_outside(const struct sadb *s, struct buf *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_rows; i++)
		n += s->rows[i].from == SADB_NOBODY ||
		    s->rows[i].to == SADB_NOBODY;
	if (n > 0)
		buf_printf(ret,
		    "%zu SA%s with others than the nodes asked; -v shows "
		    "them\n",
		    n, n == 1 ? "" : "s");
}

void
sadb_print(const struct nodes *ns, const struct sadb *s, bool all,
    struct buf *ret)
{
	if (s->n_rows == 0 && nodes_alive(ns) > 0)
		buf_puts(ret, "no SAs\n");
	put_pairs(s, ret);
	put_outside(s, ret);
	put_rows(s, all, ret);
	put_complaints(ns, s, true, ret);
	put_complaints(ns, s, false, ret);
}
