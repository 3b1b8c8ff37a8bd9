/* firewall: which of a node's dropping rules may have dropped the probes. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/leg.h"

enum {
	SHOWN = 2, /* rules */
	/* Marks of a rule: what it did counts more than what it says. */
	MARK_POSSIBLE = 1,
	MARK_UDP = 1,
	MARK_NAMED = 2,
	MARK_COUNTED = 4
};

static bool
on_the_way(const struct fw_rule *r, enum leg_hooks hooks)
{
	static const char *const names[][4] = {
		[HOOKS_ARRIVING] = { "ingress", "prerouting", "input", NULL },
		[HOOKS_LEAVING] = { "output", "postrouting", "egress", NULL },
	};

	for (const char *const *h = names[hooks]; *h != NULL; h++)
		if (strcmp(r->hook, *h) == 0)
			return true;
	return false;
}

/* Is the word in the text, with no letter or digit beside it? */
static bool
says(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(text, word); at != NULL;
	     at = strstr(at + 1, word)) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]);

		if (begins && !isalnum((unsigned char)at[n]))
			return true;
	}
	return false;
}

/* The same rule in an earlier answer: by its number, or by its text. */
static const struct fw_rule *
earlier(const struct facts *f, const struct fw_rule *r)
{
	for (size_t i = 0; i < f->n_fw_rules; i++) {
		const struct fw_rule *o = &f->fw_rules[i];

		if (strcmp(o->chain, r->chain) == 0 &&
		    strcmp(o->handle, r->handle) == 0 &&
		    (r->handle[0] != '\0' || strcmp(o->text, r->text) == 0))
			return o;
	}
	return NULL;
}

/* 0: it cannot be this one. */
static unsigned
mark(const struct leg *g, const struct fw_rule *r, const char *word)
{
	const struct fw_rule *was = earlier(&g->in->facts[g->here], r);
	unsigned m = MARK_POSSIBLE;
	char port[16];

	snprintf(port, sizeof(port), "%u", leg_node(g, g->peer)->vxlan_port);
	if (r->counted && was != NULL && was->counted &&
	    r->packets >= was->packets) {
		if (!leg_most(g, r->packets - was->packets))
			return 0;
		m += MARK_COUNTED;
	}
	if (says(r->text, word) || says(r->text, port) ||
	    (strcmp(word, "esp") == 0 && says(r->text, "50")))
		m += MARK_NAMED;
	else if (says(r->text, "udp"))
		m += MARK_UDP;
	return m;
}

static void
show(const struct leg *g, const struct fw_rule *r, struct finding *f)
{
	bool tables = strstr(r->undo, "tables") != NULL ||
	    (r->undo[0] == '\0' && r->handle[0] == '\0');

	find_in(f, g, g->here,
	    leg_vocab(g, g->here)->firewall != NULL
		? leg_vocab(g, g->here)->firewall
		: tables ? "after/iptables"
			 : "after/nft",
	    "%s: %s", r->chain, r->text);
	/* Opening a whole chain is no cure. */
	if (r->undo[0] != '\0' && strstr(r->undo, " -P ") == NULL &&
	    strstr(r->undo, "policy accept") == NULL)
		find_remedy(f, leg_name(g, g->here),
		    "remove the rule, if it is this one", "%s", r->undo);
}

size_t
leg_show_drops(const struct leg *g, enum leg_hooks hooks, const char *word,
    struct finding *f)
{
	const struct facts *a = leg_after(g, g->here);
	const struct fw_rule *best[SHOWN] = { NULL };
	unsigned marks[SHOWN] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < a->n_fw_rules; i++) {
		const struct fw_rule *r = &a->fw_rules[i];
		unsigned m = on_the_way(r, hooks) ? mark(g, r, word) : 0;

		for (size_t k = 0; k < SHOWN; k++) {
			const struct fw_rule *lesser = best[k];
			unsigned least = marks[k];

			if (m <= least)
				continue;
			best[k] = r;
			marks[k] = m;
			r = lesser;
			m = least;
		}
	}
	while (n < SHOWN && best[n] != NULL)
		show(g, best[n++], f);
	if (f->n_remedies == 0) {
		find_do(f, g, g->here, DO_FIREWALL, "look for the rule", NULL);
		find_do(f, g, g->here, DO_FIREWALL_OLD,
		    "and among the older kind", NULL);
	}
	return n;
}
