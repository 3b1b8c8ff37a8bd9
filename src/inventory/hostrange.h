/*
 * hostrange: many names written as one, node[01:16], and names folded back,
 * node[01-03,07].
 */
#ifndef ESPY_INVENTORY_HOSTRANGE_H
#define ESPY_INVENTORY_HOSTRANGE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf;
struct err;

enum {
	HOSTRANGE_TEXT_MAX = 1 << 20, /* bytes of text to expand */
	HOSTRANGE_NAME_MAX = 512,     /* of them outside of brackets */
	HOSTRANGE_PARTS_MAX = 8	      /* brackets in one text */
};

/* Names of the caller's own. */
struct names {
	char **v;
	size_t n;
};

/*
 * Expands every [...] in text, the last one fastest.  Within brackets stand,
 * between commas, numbers or BEGIN:END or BEGIN:END:STEP (or BEGIN-END), both
 * ends included; a BEGIN with a leading zero sets the width, which END must
 * share.  Ends may be single letters, a to z, then A to Z.  Text without
 * brackets gives itself.  ERR_INPUT when a range is bad or more than max names
 * would come out; *at is then the offset of the bracket.
 */
int hostrange_expand(struct span text, size_t max, struct names *ret,
    size_t *at, struct err *e);

/*
 * Appends the names, sorted by number and without doubles, in the shortest
 * form that hostrange_expand() understands: "gw1,node[01-03,07].example.com".
 * Names must not hold brackets or commas.  Only the last number of the first
 * label is folded.  What the buffer's cap cuts is lost; see b->cut.
 */
void hostrange_fold(const char *const *names, size_t n, struct buf *b);

/* Accepts one that is all zero. */
void names_free(struct names *n);

#endif
