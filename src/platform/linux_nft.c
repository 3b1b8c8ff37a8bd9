/* `nft -j list ruleset` (libnftables-json(5)): what can drop. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/json.h"
#include "platform/linux.h"
#include "platform/nft_text.h"
#include "platform/ruleset.h"
#include "platform/section.h"

enum { DEPTH_MAX = 32 };

static bool can_drop(json_t *v, int depth);

static bool
object_can_drop(json_t *o, int depth)
{
	const char *key;
	json_t *value;
	bool yes = false;

	json_object_foreach(o, key, value)
	{
		const char *name = json_str(value, "name");

		yes |= strcmp(key, "drop") == 0 || strcmp(key, "reject") == 0;
		/* What nft cannot say in its own words. */
		yes |= strcmp(key, "xt") == 0 && name != NULL &&
		    (strcmp(name, "REJECT") == 0 || strcmp(name, "DROP") == 0);
		yes |= can_drop(value, depth + 1);
	}
	return yes;
}

/* Is there a verdict that drops anywhere within, verdict maps included? */
static bool
can_drop(json_t *v, int depth)
{
	if (depth > DEPTH_MAX)
		return false;
	if (json_is_object(v))
		return object_can_drop(v, depth);
	for (size_t i = 0; i < json_array_size(v); i++)
		if (can_drop(json_array_get(v, i), depth + 1))
			return true;
	return false;
}

/* "inet filter input": how commands name the chain; -1 when too long. */
static int
chain_name(const json_t *o, const char *key, char name[FACT_NAME_MAX])
{
	const char *family = json_str(o, "family");
	const char *table = json_str(o, "table"), *chain = json_str(o, key);
	int n;

	if (family == NULL || table == NULL || chain == NULL)
		return -1;
	n = snprintf(name, FACT_NAME_MAX, "%s %s %s", family, table, chain);
	return n < FACT_NAME_MAX ? 0 : -1;
}

static void
set_undo(struct fw_rule *r, const char *fmt, const char *a, const char *b)
{
	struct buf text;

	buf_init(&text, sizeof(r->undo) - 1);
	buf_puts(&text, fmt);
	buf_puts(&text, a);
	buf_puts(&text, b);
	if (!text.cut)
		span_copy(span_of(text.data), r->undo, sizeof(r->undo));
	buf_free(&text);
}

static int
add_chain(const json_t *o, struct ruleset *set)
{
	char name[FACT_NAME_MAX];
	const char *policy = json_str(o, "policy");
	struct ruleset_chain *c;
	struct fw_rule *r;

	if (chain_name(o, "name", name) < 0 ||
	    (c = ruleset_add_chain(set, name)) == NULL)
		return -1;
	json_copy_str(o, "hook", c->hook, sizeof(c->hook));
	if (policy == NULL || strcmp(policy, "drop") != 0)
		return 0;
	if ((r = ruleset_add_rule(set, name)) == NULL)
		return -1;
	span_copy(span_of("policy drop"), r->text, sizeof(r->text));
	set_undo(r, "nft 'chain ", name, " { policy accept; }'");
	return 0;
}

/* The jumps of a rule, those in verdict maps included. */
static int
add_jumps(const json_t *v, const json_t *rule, struct ruleset *set, int depth)
{
	char from[FACT_NAME_MAX], to[FACT_NAME_MAX];
	static const char *const kinds[] = { "jump", "goto" };

	if (depth > DEPTH_MAX)
		return 0;
	for (size_t i = 0; i < json_array_size(v); i++)
		if (add_jumps(json_array_get(v, i), rule, set, depth + 1) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const json_t *j = json_object_get(v, kinds[i]);
		const char *target = json_str(j, "target");
		int n;

		if (target == NULL || chain_name(rule, "chain", from) < 0)
			continue;
		n = snprintf(to, sizeof(to), "%s %s %s",
		    json_str(rule, "family"), json_str(rule, "table"), target);
		if (n >= (int)sizeof(to) || ruleset_add_jump(set, from, to) < 0)
			return -1;
	}
	v = json_object_get(v, "vmap");
	return v != NULL
	    ? add_jumps(json_object_get(json_object_get(v, "data"), "set"),
		  rule, set, depth + 1)
	    : 0;
}

/* An anonymous counter is an object, a named one a string. */
static void
read_counter(const json_t *expr, struct fw_rule *r)
{
	for (size_t i = 0; i < json_array_size(expr); i++) {
		const json_t *c =
		    json_object_get(json_array_get(expr, i), "counter");

		if (json_u64(c, "packets", UINT64_MAX, &r->packets) == 0)
			r->counted = true;
	}
}

static int
add_rule(const json_t *o, struct ruleset *set)
{
	json_t *expr = json_object_get(o, "expr");
	char name[FACT_NAME_MAX], undo[3 * FACT_NAME_MAX];
	struct fw_rule *r;
	uint64_t handle;

	if (chain_name(o, "chain", name) < 0 ||
	    json_u64(o, "handle", UINT64_MAX, &handle) < 0 ||
	    add_jumps(expr, o, set, 0) < 0)
		return -1;
	if (!can_drop(expr, 0))
		return 0;
	if ((r = ruleset_add_rule(set, name)) == NULL)
		return -1;
	snprintf(r->handle, sizeof(r->handle), "%llu",
	    (unsigned long long)handle);
	snprintf(undo, sizeof(undo), "%s handle %s", name, r->handle);
	set_undo(r, "nft delete rule ", undo, "");
	read_counter(expr, r);
	nft_text(expr, json_str(o, "comment"), r->text, sizeof(r->text));
	return 0;
}

static int
add_all(const json_t *list, struct ruleset *set)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i), *inner;

		if ((inner = json_object_get(o, "chain")) != NULL &&
		    add_chain(inner, set) < 0)
			return -1;
		if ((inner = json_object_get(o, "rule")) != NULL &&
		    add_rule(inner, set) < 0)
			return -1;
	}
	return 0;
}

/* No text: the kernel has no nf_tables, hence no rules of it. */
int
linux_parse_nft(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = span_trim(s->text);
	struct ruleset set = { 0 };
	json_t *doc, *list;
	int r;

	if (text.n == 0)
		return 0;
	if (json_read(text, &doc, e) < 0)
		return -1;
	list = json_object_get(doc, "nftables");
	r = json_is_array(list) ? add_all(list, &set) : -1;
	json_decref(doc);
	if (r < 0) {
		ruleset_free(&set);
		return err_set(e, ERR_INPUT, "not a ruleset as nft prints it");
	}
	ruleset_give(&set, f);
	return 0;
}
