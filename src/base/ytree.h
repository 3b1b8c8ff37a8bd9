/*
 * ytree: one YAML document as a read-only tree in which everything knows its
 * line and column.  The only module that knows libyaml.
 */
#ifndef ESPY_BASE_YTREE_H
#define ESPY_BASE_YTREE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct err;
struct ytree;

enum ynode_kind { YNODE_SCALAR, YNODE_LIST, YNODE_MAP };

/*
 * Aliases are the node that they name, so a node may be met more than once, but
 * never within itself.  Merge keys ("<<") are already resolved.
 */
struct ynode {
	enum ynode_kind kind;
	size_t line, column; /* from 1 */
	const char *tag;     /* "!vault"; NULL when none is written */
	bool plain;	     /* YNODE_SCALAR: without quotes, not a block */
	struct span text;    /* YNODE_SCALAR; terminated by a NUL behind it */
	size_t n;	     /* YNODE_LIST, YNODE_MAP */
	const struct ynode *const *keys; /* YNODE_MAP: scalars, no doubles */
	const struct ynode *const *items;
	size_t weight; /* nodes below it and itself, counted as if copied */
};

/* All from 1; a document beyond one of them is an error. */
struct ytree_caps {
	size_t bytes;
	size_t nodes; /* the weight of the whole, aliases followed */
	size_t depth;
	size_t aliases;
};

/*
 * Parses text.  name is what errors call it: ERR_INPUT, "name:line:column:
 * what".  *ret is the caller's; all nodes live as long as it.
 */
int ytree_parse(const char *name, struct span text,
    const struct ytree_caps *caps, struct ytree **ret, struct err *e);
/* Accepts NULL. */
void ytree_free(struct ytree *t);

/* NULL when the document is empty. */
const struct ynode *ytree_root(const struct ytree *t);
/* The value of a key; NULL when there is none or n is no map. */
const struct ynode *ynode_get(const struct ynode *n, const char *key);
/* Nothing, "~" or "null" without quotes (YAML 1.2, 10.3.2). */
bool ynode_is_null(const struct ynode *n);
/* "a word", "a list", "a mapping": for messages. */
const char *ynode_kind_name(const struct ynode *n);

#endif
