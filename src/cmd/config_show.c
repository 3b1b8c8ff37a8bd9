/* espy config for people, and for programs. */
#include <stdio.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cluster/config.h"
#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/nodes.h"
#include "cmd/table.h"

enum { SHOWN_MAX = 1 << 26 };

/* ---- for people --------------------------------------------------------- */

static const char *
state_words(enum configs_state s)
{
	static const char *const words[] = { [CONFIGS_UNKNOWN] = "unknown",
		[CONFIGS_NONE] = "none",
		[CONFIGS_PART] = "ONE END",
		[CONFIGS_BOTH] = "both" };

	return words[s];
}

static const char *
keys_words(const struct configs_pair *p)
{
	if (p->state[CONFIG_PSK] != CONFIGS_BOTH)
		return state_words(p->state[CONFIG_PSK]);
	if (!p->keys_known)
		return "both, unknown whether equal";
	return p->keys_equal ? "equal" : "DIFFER";
}

static void
put_pairs(const struct configs *c, struct buf *ret)
{
	static const char *const titles[] = { "PAIR", "", "RULE", "KEY",
		"POLICY" };
	struct table *t = table_new(titles, sizeof(titles) / sizeof(*titles));

	for (size_t i = 0; i < c->n_pairs; i++) {
		const struct configs_pair *p = &c->pairs[i];

		table_cell(t, c->nodes[p->a].name);
		table_cell(t, c->nodes[p->b].name);
		table_cell(t, state_words(p->state[CONFIG_RULE]));
		table_cell(t, keys_words(p));
		table_cell(t, state_words(p->state[CONFIG_POLICY]));
	}
	if (c->n_pairs > 0)
		table_print(t, ret);
	else
		buf_puts(ret, "no pair of these nodes has IPsec configured\n");
	table_free(t);
}

static void
put_findings(const struct configs *c, struct buf *ret)
{
	if (c->n_findings > 0)
		buf_puts(ret, "\n");
	for (size_t i = 0; i < c->n_findings; i++) {
		buf_puts(ret, "WRONG: ");
		utf8_clean(ret, span_of(c->findings[i].text), UTF8_LINE);
		buf_puts(ret, "\n");
	}
}

static void
put_item(char sign, const struct config_item *item, struct buf *ret)
{
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	buf_printf(&b, "%c%s %s %s", sign, config_kind_name(item->kind),
	    item->local, item->remote);
	if (item->kind == CONFIG_PSK)
		buf_puts(&b, " (key removed)");
	utf8_clean(ret, (struct span){ b.data, b.len }, UTF8_LINE);
	buf_puts(ret, "\n");
	buf_free(&b);
}

/* What stands in one place and not in the other. */
static void
put_differing(const struct config *v, enum config_where where, char sign,
    struct buf *ret)
{
	enum config_where other =
	    where == CONFIG_PERSISTENT ? CONFIG_EFFECTIVE : CONFIG_PERSISTENT;

	for (size_t i = 0; i < v->n_items; i++)
		if (v->items[i].where == where &&
		    v->have[other][v->items[i].kind] &&
		    !configs_has(v, other, &v->items[i]))
			put_item(sign, &v->items[i], ret);
}

/* What the node's diff(1) said of files without secrets. */
static void
put_said(const struct node *n, struct buf *ret)
{
	const struct run_text *t = nodes_text(n, "config", "diff");
	struct span rest, line;

	if (t == NULL)
		return;
	rest = (struct span){ t->text, t->len };
	while (span_line(&rest, &line)) {
		utf8_clean(ret, line, UTF8_LINE);
		buf_puts(ret, "\n");
	}
}

static void
put_diff(const struct nodes *ns, const struct configs *c, struct buf *ret)
{
	for (size_t i = 0; i < ns->n; i++) {
		const struct config *v = c->nodes[i].config;
		struct buf b;

		if (v == NULL)
			continue;
		buf_init(&b, SHOWN_MAX);
		put_differing(v, CONFIG_PERSISTENT, '-', &b);
		put_differing(v, CONFIG_EFFECTIVE, '+', &b);
		put_said(&ns->v[i], &b);
		if (b.len > 0)
			buf_printf(ret,
			    "\n--- %s persistent\n+++ %s effective\n%s",
			    c->nodes[i].name, c->nodes[i].name, b.data);
		buf_free(&b);
	}
}

void
configs_print(const struct nodes *ns, const struct configs *c, bool diff)
{
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	put_pairs(c, &b);
	if (diff)
		put_diff(ns, c, &b);
	put_findings(c, &b);
	nodes_put_failures(ns, &b);
	fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
}

/* ---- for programs ------------------------------------------------------- */

static void
set(json_t *o, const char *name, json_t *value)
{
	json_object_set_new(o, name, value);
}

static json_t *
pair_json(const struct configs *c, const struct configs_pair *p)
{
	static const char *const words[] = { [CONFIGS_UNKNOWN] = "unknown",
		[CONFIGS_NONE] = "none",
		[CONFIGS_PART] = "one",
		[CONFIGS_BOTH] = "both" };
	json_t *o = json_object();

	set(o, "a", nodes_json_text(c->nodes[p->a].name));
	set(o, "b", nodes_json_text(c->nodes[p->b].name));
	for (int k = 0; k < CONFIG_KINDS; k++)
		set(o, config_kind_name((enum config_kind)k),
		    json_string(words[p->state[k]]));
	set(o, "keys_equal",
	    p->keys_known ? json_boolean(p->keys_equal) : json_null());
	return o;
}

static json_t *
finding_json(const struct configs *c, const struct configs_finding *f)
{
	json_t *o = json_object();

	set(o, "kind", json_string(configs_word(f->fault)));
	set(o, "node", nodes_json_text(c->nodes[f->node].name));
	set(o, "peer",
	    f->peer == SIZE_MAX ? json_null()
				: nodes_json_text(c->nodes[f->peer].name));
	set(o, "what", nodes_json_text(f->text));
	return o;
}

void
configs_print_json(const struct nodes *ns, const struct configs *c)
{
	json_t *answer = json_object(), *pairs = json_array(),
	       *findings = json_array();

	for (size_t i = 0; i < c->n_pairs; i++)
		json_array_append_new(pairs, pair_json(c, &c->pairs[i]));
	for (size_t i = 0; i < c->n_findings; i++)
		json_array_append_new(findings,
		    finding_json(c, &c->findings[i]));
	set(answer, "findings", findings);
	set(answer, "pairs", pairs);
	nodes_print_json(ns, answer);
}
