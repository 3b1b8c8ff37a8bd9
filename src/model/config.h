/*
 * config: what a node is configured with for IPsec, without its secrets: peers,
 * pre-shared keys by digest, policies, and the files that hold them.
 */
#ifndef ESPY_MODEL_CONFIG_H
#define ESPY_MODEL_CONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/facts.h"

enum { CONFIG_ITEMS_MAX = 65536, CONFIG_DIGEST_MAX = 33 };

enum config_kind {
	CONFIG_RULE,   /* IKE may negotiate with the peer */
	CONFIG_PSK,    /* a pre-shared key */
	CONFIG_POLICY, /* traffic to the peer must be protected */
	CONFIG_KINDS
};

/* What is in effect, and what would be after the next boot. */
enum config_where { CONFIG_EFFECTIVE, CONFIG_PERSISTENT, CONFIG_WHERES };

/*
 * Of whom with whom: addresses or names, "*" for anybody; of a key also how it
 * is written ('t' text, 'x' hex, 's' base64,
 * 'q' hex digits in quotes) and a digest, keyed with something
 * that is new in each run; "" when the node cannot make one.
 */
struct config_item {
	enum config_kind kind;
	enum config_where where;
	char local[FACT_NAME_MAX], remote[FACT_NAME_MAX];
	char form;
	char digest[CONFIG_DIGEST_MAX];
};

struct config_file {
	enum config_kind kind;
	enum config_where where;
	char path[FACT_TEXT_MAX];
	bool there;
	char mode[FACT_NAME_MAX]; /* as ls prints it: "-rw-------" */
};

struct config {
	/* The node said all that it has of this, which may be nothing. */
	bool have[CONFIG_WHERES][CONFIG_KINDS];
	struct config_item *items;
	size_t n_items;
	struct config_file *files;
	size_t n_files;
};

/* Accepts what is all zero. */
void config_free(struct config *c);
/* "rule", "psk", "policy" */
const char *config_kind_name(enum config_kind k);
/* "effective", "persistent" */
const char *config_where_name(enum config_where w);

#endif
