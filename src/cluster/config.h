/*
 * config: what the nodes are configured with for IPsec, effective against
 * persistent on each, and node against node: a pair needs a rule, a key and a
 * policy at both ends, and the keys must be equal.  No secret is known here,
 * only digests of one run.
 *
 * A peer is known by its address or its name; what cannot be told whose it is
 * ("*", a certificate's name) is not judged, and stops all that it might stand
 * for from being called missing.
 */
#ifndef ESPY_CLUSTER_CONFIG_H
#define ESPY_CLUSTER_CONFIG_H
#include <stdbool.h>
#include <stddef.h>

#include "model/addr.h"
#include "model/config.h"

struct facts;

/* One node's answer; all borrowed as long as the comparison lives. */
struct configs_node {
	const char *name, *site;     /* site: NULL when not said */
	const struct config *config; /* NULL when it did not answer */
	const struct facts *facts;   /* for its addresses; may be NULL */
	struct ip address;	     /* where the inventory has it; or none */
};

enum configs_fault {
	CONFIGS_NOT_LOADED, /* persistent, and not in effect */
	CONFIGS_NOT_KEPT,   /* in effect, and gone after the next boot */
	CONFIGS_HALF,	    /* one of a pair has it, its peer has none */
	CONFIGS_NO_PEER,    /* no rule between sites at either end */
	CONFIGS_KEYS,	    /* the pre-shared keys of a pair differ */
	CONFIGS_MODE	    /* others may read a file of keys */
};

struct configs_finding {
	enum configs_fault fault;
	size_t node; /* whose it is; of CONFIGS_HALF: who lacks it */
	size_t peer; /* SIZE_MAX: not of a pair */
	char *text;  /* a sentence */
};

/* What of a pair is known; the worse of its two ends. */
enum configs_state {
	CONFIGS_UNKNOWN,
	CONFIGS_NONE,
	CONFIGS_PART,
	CONFIGS_BOTH
};

struct configs_pair {
	size_t a, b;
	enum configs_state state[CONFIG_KINDS];
	bool keys_known, keys_equal;
};

struct configs {
	const struct configs_node *nodes;
	size_t n_nodes;
	struct configs_pair *pairs; /* those with something of a kind */
	size_t n_pairs, pairs_room;
	struct configs_finding *findings;
	size_t n_findings, findings_room;
};

/* *ret is then the caller's, for configs_free(). */
void configs_compare(const struct configs_node *nodes, size_t n,
    struct configs *ret);
/* Accepts what is all zero. */
void configs_free(struct configs *c);

/* "not-loaded", ... */
const char *configs_word(enum configs_fault f);
/* What of the kind counts on the node: in effect, or persistent. */
enum config_where configs_where(const struct config *c, enum config_kind k);
/*
 * Is the item of one place in the other place too?  A key that differs is not.
 */
bool configs_has(const struct config *c, enum config_where where,
    const struct config_item *item);

#endif
