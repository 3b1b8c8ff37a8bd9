#include "platform/ruleset.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

/* Kernels let chains jump sixteen deep (NFT_JUMP_STACK_SIZE). */
enum { DEPTH_MAX = 16 };

struct ruleset_chain *
ruleset_add_chain(struct ruleset *r, const char *name)
{
	struct ruleset_chain *c;

	if (r->n_chains == RULESET_MAX)
		return NULL;
	r->chains = mem_grow(r->chains, r->n_chains, &r->chains_cap,
	    sizeof(*r->chains));
	c = &r->chains[r->n_chains++];
	*c = (struct ruleset_chain){ 0 };
	span_copy(span_of(name), c->name, sizeof(c->name));
	return c;
}

struct fw_rule *
ruleset_add_rule(struct ruleset *r, const char *chain)
{
	struct fw_rule *f;

	if (r->n_rules == RULESET_MAX)
		return NULL;
	r->rules =
	    mem_grow(r->rules, r->n_rules, &r->rules_cap, sizeof(*r->rules));
	f = &r->rules[r->n_rules++];
	*f = (struct fw_rule){ 0 };
	span_copy(span_of(chain), f->chain, sizeof(f->chain));
	return f;
}

int
ruleset_add_jump(struct ruleset *r, const char *from, const char *to)
{
	struct ruleset_jump *j;

	if (r->n_jumps == RULESET_MAX)
		return -1;
	r->jumps =
	    mem_grow(r->jumps, r->n_jumps, &r->jumps_cap, sizeof(*r->jumps));
	j = &r->jumps[r->n_jumps++];
	*j = (struct ruleset_jump){ 0 };
	span_copy(span_of(from), j->from, sizeof(j->from));
	span_copy(span_of(to), j->to, sizeof(j->to));
	return 0;
}

/* Gives the target of each jump the hook of its source; did any change? */
static bool
follow_jumps(struct ruleset *r, const struct map *names)
{
	bool changed = false;
	size_t from, to;

	for (size_t i = 0; i < r->n_jumps; i++) {
		if (!map_get(names, span_of(r->jumps[i].from), &from) ||
		    !map_get(names, span_of(r->jumps[i].to), &to) ||
		    r->chains[from].hook[0] == '\0' ||
		    r->chains[to].hook[0] != '\0')
			continue;
		memcpy(r->chains[to].hook, r->chains[from].hook,
		    sizeof(r->chains[to].hook));
		changed = true;
	}
	return changed;
}

static void
find_hooks(struct ruleset *r)
{
	struct map names = { 0 };
	size_t at;

	for (size_t i = 0; i < r->n_chains; i++)
		map_put(&names, span_of(r->chains[i].name), i);
	for (int depth = 0; depth < DEPTH_MAX; depth++)
		if (!follow_jumps(r, &names))
			break;
	for (size_t i = 0; i < r->n_rules; i++)
		if (map_get(&names, span_of(r->rules[i].chain), &at))
			memcpy(r->rules[i].hook, r->chains[at].hook,
			    sizeof(r->rules[i].hook));
	map_free(&names);
}

void
ruleset_give(struct ruleset *r, struct facts *f)
{
	find_hooks(r);
	if (r->n_rules > 0) {
		f->fw_rules = xreallocarray(f->fw_rules,
		    f->n_fw_rules + r->n_rules, sizeof(*f->fw_rules));
		memcpy(f->fw_rules + f->n_fw_rules, r->rules,
		    r->n_rules * sizeof(*r->rules));
		f->n_fw_rules += r->n_rules;
	}
	ruleset_free(r);
}

void
ruleset_free(struct ruleset *r)
{
	free(r->chains);
	free(r->jumps);
	free(r->rules);
	*r = (struct ruleset){ 0 };
}
