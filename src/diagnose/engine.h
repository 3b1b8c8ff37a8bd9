/* engine: what the files that weigh a ledger share; nobody else's business. */
#ifndef ESPY_DIAGNOSE_ENGINE_H
#define ESPY_DIAGNOSE_ENGINE_H
#include <stdbool.h>
#include <stddef.h>

#include "diagnose/leg.h"

enum {
	/* One lost probe accuses nobody. */
	FEW = 1
};

/* A finding without a cause: the segment alone. */
struct finding engine_blank(const struct leg *g);
/* The first rule that says yes; with `placing`, only those that place. */
bool engine_explain(const struct leg *g, bool placing, struct finding *ret);
/* Probes that got as far as this segment, or may have. */
size_t engine_reached(const struct ledger *l, enum stage stage);

void engine_add_finding(struct verdict *v, const struct finding *f);
void engine_add_note(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Its name; borrowed from the run. */
const char *engine_node(const struct diag_input *in, enum side s);

/* notes.c: what was asked for and not said, and what was dropped meanwhile. */
void notes_add(const struct diag_input *in, struct verdict *v);

/* symptom.c: v->symptom and what it means, from the captures alone. */
void symptom_find(const struct diag_input *in, struct verdict *v);

/* harmless.c: losses that are nobody's fault. */
bool harmless_loss(const struct leg *g, struct finding *ret);

/* doubt.c: probes whose end the captures do not prove. */
void doubt_judge(const struct diag_input *in, struct verdict *v);
/*
 * Do counters further down the path, or at its end, contradict that all of them
 * died here?  Then a capture does not see what it should.
 */
bool doubt_contradicts(const struct leg *g, struct verdict *v);

#endif
