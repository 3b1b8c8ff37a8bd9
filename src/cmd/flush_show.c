/* flush_show: what came of a flush. */
#include <stdio.h>

#include <jansson.h>

#include "base/buf.h"
#include "cmd/flush.h"
#include "cmd/table.h"
#include "model/host.h"

enum { SHOWN_MAX = 1 << 26 };

static const struct {
	const char *name, *said;
} states[] = {
	[RENEW_KEPT] = { "kept", "NOT FLUSHED: an old SA is still there" },
	[RENEW_NONE] = { "none", "NOT RENEGOTIATED" },
	[RENEW_HALF] = { "half", "HALF RENEGOTIATED" },
	[RENEW_DONE] = { "renegotiated", "renegotiated" },
	[RENEW_UNKNOWN] = { "unknown", "unknown: a node did not answer" },
};

static const char *
name_of(const struct flush *f, size_t node)
{
	return f->nodes->v[node].host->name;
}

static const char *
said(const struct flush_pair *p)
{
	if (p->renew.state == RENEW_DONE && !flush_is_back(p))
		return "renegotiated, but NO ANSWER";
	return states[p->renew.state].said;
}

static void
add_row(const struct flush *f, const struct flush_pair *p, struct table *t)
{
	table_cell(t, name_of(f, p->renew.a));
	table_cell(t, name_of(f, p->renew.b));
	table_cellf(t, "%zu", p->renew.before);
	table_cellf(t, "%zu", p->renew.after);
	if (p->sent > 0)
		table_cellf(t, "%zu of %zu", p->came, p->sent);
	else
		table_cell(t, "");
	table_cell(t, said(p));
}

static void
put_reasons(const struct flush *f, struct buf *b)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct flush_pair *p = &f->pairs[i];

		if (p->why != NULL)
			buf_printf(b, "%s %s: %s\n  Run %s\n",
			    name_of(f, p->renew.a), name_of(f, p->renew.b),
			    p->why, p->run);
		else if (!p->planned)
			buf_printf(b,
			    "%s %s: no probe was sent: their overlay addresses "
			    "are not known\n",
			    name_of(f, p->renew.a), name_of(f, p->renew.b));
		else if (!flush_is_back(p) && p->renew.state != RENEW_UNKNOWN)
			buf_printf(b,
			    "%s %s: for the reason: espy diagnose %s %s\n",
			    name_of(f, p->renew.a), name_of(f, p->renew.b),
			    name_of(f, p->renew.a), name_of(f, p->renew.b));
	}
}

static json_t *
text_or_null(const char *text)
{
	return text != NULL ? nodes_json_text(text) : json_null();
}

static json_t *
pair_json(const struct flush *f, const struct flush_pair *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "a", nodes_json_text(name_of(f, p->renew.a)));
	json_object_set_new(o, "b", nodes_json_text(name_of(f, p->renew.b)));
	json_object_set_new(o, "state",
	    json_string(states[p->renew.state].name));
	json_object_set_new(o, "before",
	    json_integer((json_int_t)p->renew.before));
	json_object_set_new(o, "after",
	    json_integer((json_int_t)p->renew.after));
	json_object_set_new(o, "sent", json_integer((json_int_t)p->sent));
	json_object_set_new(o, "answered", json_integer((json_int_t)p->came));
	json_object_set_new(o, "why", text_or_null(p->why));
	json_object_set_new(o, "run", text_or_null(p->run));
	return o;
}

static void
print_json(const struct flush *f)
{
	json_t *o = json_object(), *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		json_array_append_new(list, pair_json(f, &f->pairs[i]));
	json_object_set_new(o, "pairs", list);
	nodes_print_json(f->nodes, o);
}

static void
print_text(const struct flush *f)
{
	static const char *const titles[] = { "NODE", "NODE", "SAS BEFORE",
		"NOW", "ANSWERED", "" };
	struct table *t = table_new(titles, 6);
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	for (size_t i = 0; i < f->n; i++)
		add_row(f, &f->pairs[i], t);
	if (f->n > 0)
		table_print(t, &b);
	else
		buf_puts(&b,
		    "no two of these nodes have SAs with each other\n");
	put_reasons(f, &b);
	nodes_put_failures(f->nodes, &b);
	fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
	table_free(t);
}

size_t
flush_show(const struct flush *f, bool json)
{
	size_t bad = 0;

	for (size_t i = 0; i < f->n; i++)
		bad += !flush_is_back(&f->pairs[i]) &&
		    f->pairs[i].renew.state != RENEW_UNKNOWN;
	if (json)
		print_json(f);
	else
		print_text(f);
	return bad;
}
