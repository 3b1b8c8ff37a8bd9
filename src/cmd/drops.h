/* drops: what the files of `espy drops` share; nobody else's business. */
#ifndef ESPY_CMD_DROPS_H
#define ESPY_CMD_DROPS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster/drops.h"
#include "cmd/nodes.h"
#include "model/facts.h"

enum { DROPS_SHOWN_MAX = 1 << 26 };

/* Of one node. */
struct drops_node {
	struct facts *before; /* the first answer; NULL until it has come */
	unsigned told;	      /* what the last two compared hold both */
	struct drop *v;	      /* as of its last answer */
	size_t n;
};

struct drops {
	struct nodes *nodes;
	struct drops_node *v; /* as nodes->v */
	int64_t period_s;
	int64_t took_ms;   /* from the first answer to the last one */
	unsigned readings; /* answers asked for */
	bool redraw;	   /* on a terminal, again and again */
	bool stopped;	   /* a signal came; what is known is shown */
};

/* drops_show.c: what rose so far, on an emptied screen. */
void drops_draw(const struct drops *d);
/* Prints what rose; returns how many counters did. */
size_t drops_show(const struct drops *d, bool json);

#endif
