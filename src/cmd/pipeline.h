/*
 * pipeline: a run directory to a verdict.  The one place where the stages meet:
 * platform reads what the nodes printed, decode and correlate the captures, and
 * diagnose the two.
 */
#ifndef ESPY_CMD_PIPELINE_H
#define ESPY_CMD_PIPELINE_H

#include "model/facts.h"
#include "model/finding.h"
#include "model/ledger.h"
#include "model/run.h"

struct err;

struct analysis {
	struct run run;
	struct ledger ledger;
	struct verdict verdict;
};

/* Reads the run at dir; *ret is then the caller's, for analysis_free(). */
int pipeline_analyze(const char *dir, struct analysis *ret, struct err *e);
/* Accepts what is all zero. */
void analysis_free(struct analysis *a);

/*
 * What a node said in one phase: its texts "PHASE/...".  What is missing or
 * makes no sense leaves its bit of `have` unset.  *ret is the caller's, for
 * facts_free().
 */
void pipeline_facts(const struct run_node *n, const char *phase,
    struct facts *ret);

#endif
