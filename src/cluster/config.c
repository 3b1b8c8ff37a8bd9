#include "cluster/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/facts.h"

enum { TEXT_MAX = 1024 };

/* Nobody that was asked, and somebody who cannot be told. */
#define NOBODY SIZE_MAX
#define ANYBODY (SIZE_MAX - 1)

const char *
configs_word(enum configs_fault f)
{
	static const char *const words[] = {
		[CONFIGS_NOT_LOADED] = "not-loaded",
		[CONFIGS_NOT_KEPT] = "not-kept",
		[CONFIGS_HALF] = "half",
		[CONFIGS_NO_PEER] = "no-peer",
		[CONFIGS_KEYS] = "keys",
		[CONFIGS_MODE] = "mode",
	};

	return words[f];
}

static const char *
kind_words(enum config_kind k)
{
	static const char *const words[] = { [CONFIG_RULE] = "IKE rule",
		[CONFIG_PSK] = "pre-shared key",
		[CONFIG_POLICY] = "IPsec policy" };

	return words[k];
}

static void __attribute__((format(printf, 5, 6))) find(struct configs *c,
    enum configs_fault fault, size_t node, size_t peer, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->findings = mem_grow(c->findings, c->n_findings, &c->findings_room,
	    sizeof(*c->findings));
	c->findings[c->n_findings++] =
	    (struct configs_finding){ fault, node, peer, xstrdup(text) };
}

/* ---- one node ----------------------------------------------------------- */

enum config_where
configs_where(const struct config *c, enum config_kind k)
{
	return c->have[CONFIG_EFFECTIVE][k] ? CONFIG_EFFECTIVE
					    : CONFIG_PERSISTENT;
}

static bool
same_ends(const struct config_item *a, const struct config_item *b)
{
	return a->kind == b->kind && strcmp(a->local, b->local) == 0 &&
	    strcmp(a->remote, b->remote) == 0;
}

/* Keys of different forms may be equal all the same. */
static bool
keys_known(const struct config_item *a, const struct config_item *b)
{
	return a->form == b->form && a->digest[0] != '\0' &&
	    b->digest[0] != '\0';
}

bool
configs_has(const struct config *c, enum config_where where,
    const struct config_item *item)
{
	for (size_t i = 0; i < c->n_items; i++) {
		const struct config_item *o = &c->items[i];

		if (o->where == where && same_ends(o, item) &&
		    (!keys_known(o, item) ||
			strcmp(o->digest, item->digest) == 0))
			return true;
	}
	return false;
}

static void
check_drift(struct configs *c, size_t node)
{
	const struct config *v = c->nodes[node].config;

	for (size_t i = 0; i < v->n_items; i++) {
		const struct config_item *item = &v->items[i];
		bool kept = item->where == CONFIG_PERSISTENT;
		enum config_where other =
		    kept ? CONFIG_EFFECTIVE : CONFIG_PERSISTENT;

		if (!v->have[other][item->kind] || configs_has(v, other, item))
			continue;
		find(c, kept ? CONFIGS_NOT_LOADED : CONFIGS_NOT_KEPT, node,
		    SIZE_MAX,
		    kept ? "%s: the %s from %s to %s is not in effect as it is "
			   "in its files"
			 : "%s: the %s from %s to %s is not in its files as it "
			   "is in effect, and will not outlive a boot",
		    c->nodes[node].name, kind_words(item->kind), item->local,
		    item->remote);
	}
}

/* "-rw-r-----": may group or others read it? */
static void
check_modes(struct configs *c, size_t node)
{
	const struct config *v = c->nodes[node].config;

	for (size_t i = 0; i < v->n_files; i++) {
		const struct config_file *f = &v->files[i];

		if (f->kind != CONFIG_PSK || strlen(f->mode) < 10 ||
		    (f->mode[4] != 'r' && f->mode[7] != 'r'))
			continue;
		find(c, CONFIGS_MODE, node, SIZE_MAX,
		    "%s: %s holds keys, and others than root may read it (%s)",
		    c->nodes[node].name, f->path, f->mode);
	}
}

/* ---- whose it is -------------------------------------------------------- */

static bool
is_of(const struct configs_node *n, const char *id, const struct ip *ip)
{
	if (strcmp(n->name, id) == 0)
		return true;
	return ip_is_set(ip) &&
	    (ip_equal(&n->address, ip) ||
		(n->facts != NULL && facts_has_addr(n->facts, ip)));
}

static size_t
owner(const struct configs *c, const char *id)
{
	struct ip ip = { 0 };
	size_t found = NOBODY;

	/* A name may be of anybody; an address is of whoever has it. */
	if (ip_parse(span_of(id), &ip) < 0)
		found = ANYBODY;
	for (size_t i = 0; i < c->n_nodes; i++) {
		if (!is_of(&c->nodes[i], id, &ip))
			continue;
		if (found < c->n_nodes)
			return ANYBODY;
		found = i;
	}
	return found;
}

/* The kind at one end: an item, or why there is none. */
struct end {
	const struct config_item *item;
	bool known; /* with item NULL: the node has none for this peer */
};

/* Which peer each item is for, of all items of all nodes, looked up once. */
struct peers {
	size_t **of; /* of[node][item] */
};

static struct end
end_of(const struct configs *c, const struct peers *p, size_t node, size_t peer,
    enum config_kind k)
{
	const struct config *v = c->nodes[node].config;
	enum config_where where = configs_where(v, k);
	struct end e = { .known = v->have[where][k] };

	for (size_t i = 0; i < v->n_items; i++) {
		const struct config_item *item = &v->items[i];

		if (item->kind != k || item->where != where)
			continue;
		if (p->of[node][i] == peer)
			return (struct end){ item, true };
		if (p->of[node][i] == ANYBODY)
			e.known = false;
	}
	return e;
}

static enum configs_state
state_of(const struct end e[2])
{
	if (e[0].item != NULL && e[1].item != NULL)
		return CONFIGS_BOTH;
	if (!e[0].known || !e[1].known)
		return CONFIGS_UNKNOWN;
	return e[0].item != NULL || e[1].item != NULL ? CONFIGS_PART
						      : CONFIGS_NONE;
}

/* ---- pairs -------------------------------------------------------------- */

static void
find_half(struct configs *c, const struct configs_pair *p, enum config_kind k,
    const struct end e[2])
{
	size_t with = e[0].item != NULL ? p->a : p->b;
	size_t without = e[0].item != NULL ? p->b : p->a;

	find(c, CONFIGS_HALF, without, with,
	    "%s has no %s for %s, which has one for it", c->nodes[without].name,
	    kind_words(k), c->nodes[with].name);
}

static void
compare_keys(struct configs *c, struct configs_pair *p, const struct end e[2])
{
	p->keys_known = keys_known(e[0].item, e[1].item);
	p->keys_equal =
	    p->keys_known && strcmp(e[0].item->digest, e[1].item->digest) == 0;
	if (p->keys_known && !p->keys_equal)
		find(c, CONFIGS_KEYS, p->a, p->b,
		    "the pre-shared keys of %s and %s differ: IKE cannot "
		    "authenticate",
		    c->nodes[p->a].name, c->nodes[p->b].name);
}

static void
check_pair(struct configs *c, const struct peers *peers, size_t a, size_t b)
{
	struct configs_pair p = { .a = a, .b = b };
	bool any = false;

	for (int i = 0; i < CONFIG_KINDS; i++) {
		enum config_kind k = (enum config_kind)i;
		const struct end e[2] = { end_of(c, peers, a, b, k),
			end_of(c, peers, b, a, k) };

		p.state[k] = state_of(e);
		any = any || e[0].item != NULL || e[1].item != NULL;
		if (p.state[k] == CONFIGS_PART)
			find_half(c, &p, k, e);
		else if (p.state[k] == CONFIGS_BOTH && k == CONFIG_PSK)
			compare_keys(c, &p, e);
	}
	if (!any && p.state[CONFIG_RULE] != CONFIGS_NONE)
		return;
	c->pairs =
	    mem_grow(c->pairs, c->n_pairs, &c->pairs_room, sizeof(*c->pairs));
	c->pairs[c->n_pairs++] = p;
}

static bool
sites_differ(const struct configs *c, const struct configs_pair *p)
{
	const char *a = c->nodes[p->a].site, *b = c->nodes[p->b].site;

	return a != NULL && b != NULL && strcmp(a, b) != 0;
}

/* Sites need IPsec between them only where some have it. */
static void
check_sites(struct configs *c)
{
	bool any = false;

	for (size_t i = 0; i < c->n_pairs; i++)
		any = any ||
		    (sites_differ(c, &c->pairs[i]) &&
			c->pairs[i].state[CONFIG_RULE] == CONFIGS_BOTH);
	for (size_t i = 0; any && i < c->n_pairs; i++) {
		const struct configs_pair *p = &c->pairs[i];

		if (sites_differ(c, p) && p->state[CONFIG_RULE] == CONFIGS_NONE)
			find(c, CONFIGS_NO_PEER, p->a, p->b,
			    "%s and %s are of different sites, and neither has "
			    "an IKE rule for the other",
			    c->nodes[p->a].name, c->nodes[p->b].name);
	}
}

/* Pairs of which nothing is said were kept for check_sites() alone. */
static void
drop_empty(struct configs *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_pairs; i++) {
		const struct configs_pair *p = &c->pairs[i];
		bool any = false;

		for (int k = 0; k < CONFIG_KINDS; k++)
			any = any || p->state[k] == CONFIGS_PART ||
			    p->state[k] == CONFIGS_BOTH;
		if (any)
			c->pairs[n++] = *p;
	}
	c->n_pairs = n;
}

/* Keys name their two ends in any order. */
static size_t
peer_of(const struct configs *c, size_t node, const struct config_item *item)
{
	size_t peer = owner(c, item->remote);

	return peer == node ? owner(c, item->local) : peer;
}

static struct peers
find_peers(const struct configs *c)
{
	struct peers p = { xcalloc(c->n_nodes, sizeof(*p.of)) };

	for (size_t i = 0; i < c->n_nodes; i++) {
		const struct config *v = c->nodes[i].config;

		if (v == NULL)
			continue;
		p.of[i] = xcalloc(v->n_items, sizeof(*p.of[i]));
		for (size_t k = 0; k < v->n_items; k++)
			p.of[i][k] = peer_of(c, i, &v->items[k]);
	}
	return p;
}

void
configs_compare(const struct configs_node *nodes, size_t n, struct configs *ret)
{
	struct configs c = { .nodes = nodes, .n_nodes = n };
	struct peers p = find_peers(&c);

	for (size_t i = 0; i < n; i++) {
		if (nodes[i].config == NULL)
			continue;
		check_drift(&c, i);
		check_modes(&c, i);
		for (size_t k = i + 1; k < n; k++)
			if (nodes[k].config != NULL)
				check_pair(&c, &p, i, k);
	}
	check_sites(&c);
	drop_empty(&c);
	for (size_t i = 0; i < n; i++)
		free(p.of[i]);
	free(p.of);
	*ret = c;
}

void
configs_free(struct configs *c)
{
	for (size_t i = 0; i < c->n_findings; i++)
		free(c->findings[i].text);
	free(c->findings);
	free(c->pairs);
	*c = (struct configs){ 0 };
}
