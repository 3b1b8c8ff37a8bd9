/*
 * reasons: why the kernel drops packets, by its own word, for some seconds.
 *
 * The script counts on the node, and prints a section "reasons".  Its lines
 * are COUNT, WHY, WHICH and WHERE with tabs between, and those of count 0 are
 * no drops; where its status is not 0 they say why there are none.  It ends as
 * a capture does (capture_ask), and standard input must be held open likewise.
 */
#ifndef ESPY_PLATFORM_REASONS_H
#define ESPY_PLATFORM_REASONS_H

#include "base/str.h"

struct buf;
struct err;
struct reasons;

enum {
	REASONS_SLACK_S = 10, /* over that, until the script is ended */
	REASONS_S_MAX = 86400 - REASONS_SLACK_S,
	REASONS_ROWS_MAX = 1000
};

struct reasons_ask {
	const char *nonce;
	unsigned seconds; /* 1 to REASONS_S_MAX */
};

/*
 * Adds to ret what a section of status 0 says.  ERR_INPUT: it makes no sense,
 * or is of more than REASONS_ROWS_MAX lines; ret is untouched then.
 */
int reasons_read(struct span text, struct reasons *ret, struct err *e);

/* What all scripts begin with: the head, the watch and $span. */
int reasons_head(const struct reasons_ask *ask, const char *signals,
    struct buf *b, struct err *e);

#endif
