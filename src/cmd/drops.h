/* drops: what the files of `espy drops` share; nobody else's business. */
#ifndef ESPY_CMD_DROPS_H
#define ESPY_CMD_DROPS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster/drops.h"
#include "cmd/nodes.h"
#include "model/facts.h"
#include "model/reason.h"

enum { DROPS_SHOWN_MAX = 1 << 26 };

/* Of one node. */
struct drops_node {
	struct facts *before; /* the first answer; NULL until it has come */
	unsigned told;	      /* what the last two compared hold both */
	struct drop *v;	      /* as of its last answer */
	size_t n;
	struct reasons reasons; /* its kernel's own, all rounds together */
	char *no_reasons;	/* why it has none to tell; else NULL */
};

struct drops {
	struct nodes *nodes;
	struct drops_node *v; /* as nodes->v */
	int64_t period_s;
	int64_t took_ms;   /* from the first answer to the last one */
	unsigned readings; /* answers asked for */
	bool reasons;	   /* the kernels' own are asked for, too */
	bool redraw;	   /* on a terminal, again and again */
	bool stopped;	   /* a signal came; what is known is shown */
};

/* drops_reasons.c: is there a node left that can tell reasons? */
bool drops_reasons_any(const struct drops *d);
/* Lets all that can tell them for so long. */
int drops_reasons_read(struct drops *d, unsigned seconds, struct err *e);

/* drops_show.c: what rose so far, on an emptied screen. */
void drops_draw(const struct drops *d);
/* Prints what rose, and the reasons; returns how many there are of both. */
size_t drops_show(const struct drops *d, bool json);

#endif
