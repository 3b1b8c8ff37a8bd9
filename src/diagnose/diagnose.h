/*
 * diagnose: ledger, counters and SADBs of a pair to a verdict.
 *
 * The ledger says in which segment probes died; the rules of that segment, in
 * order, say why.  A rule answers yes, no or unknown; what lacks its evidence
 * is unknown, and a segment none of whose rules says yes is reported without a
 * cause, never with a guessed one.
 */
#ifndef ESPY_DIAGNOSE_DIAGNOSE_H
#define ESPY_DIAGNOSE_DIAGNOSE_H
#include <stddef.h>

#include "model/facts.h"
#include "model/finding.h"
#include "model/ledger.h"
#include "model/run.h"

struct diag_input {
	const struct run *run;
	const struct ledger *ledger;
	/* At the start, and around the probes; have is 0 when there are none.
	 */
	struct facts facts[SIDES], before[SIDES], after[SIDES];
	/* Of what ran beside the probes: drops at most. */
	struct facts during[SIDES];
	/* Why A's ping did not work, as far as it says; or "". */
	char ping_why[FACT_TEXT_MAX];
};

void diag_run(const struct diag_input *in, struct verdict *ret);

/* The rules, in order, for the manual and the tests. */
size_t diag_rules(void);
const char *diag_rule_id(size_t i);
const char *diag_rule_what(size_t i);

#endif
