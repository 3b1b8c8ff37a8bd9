/*
 * ruleset: firewall rules being collected, with the chains that lead to them.
 * A rule in a chain of the user's own is met at the hook whose chain jumps
 * there.
 */
#ifndef ESPY_PLATFORM_RULESET_H
#define ESPY_PLATFORM_RULESET_H
#include <stddef.h>

#include "model/facts.h"

enum { RULESET_MAX = 65536 };

struct ruleset_chain {
	char name[FACT_NAME_MAX];
	char hook[FACT_NAME_MAX]; /* "" until something leads there */
};

struct ruleset_jump {
	char from[FACT_NAME_MAX], to[FACT_NAME_MAX];
};

/* All zero is an empty one. */
struct ruleset {
	struct ruleset_chain *chains;
	size_t n_chains, chains_cap;
	struct ruleset_jump *jumps;
	size_t n_jumps, jumps_cap;
	struct fw_rule *rules;
	size_t n_rules, rules_cap;
};

/* Zeroed but for the name; NULL when there are too many. */
struct ruleset_chain *ruleset_add_chain(struct ruleset *r, const char *name);
struct fw_rule *ruleset_add_rule(struct ruleset *r, const char *chain);
int ruleset_add_jump(struct ruleset *r, const char *from, const char *to);
/* Finds every rule's hook, moves the rules behind f's own; r is empty then. */
void ruleset_give(struct ruleset *r, struct facts *f);
void ruleset_free(struct ruleset *r);

#endif
