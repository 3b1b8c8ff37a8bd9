/*
 * report: a run's ledger and verdict as bytes: for people, at most a screen as
 * a rule, and for programs, everything.  The same input gives the same bytes.
 * Whatever came from a node is made harmless on its way.
 */
#ifndef ESPY_REPORT_REPORT_H
#define ESPY_REPORT_REPORT_H
#include <stdbool.h>

struct buf;
struct ledger;
struct run;
struct verdict;

enum { REPORT_VERSION = 1 };

struct report_opts {
	bool colour;	      /* text only; the reader is a terminal */
	const char *run_path; /* where the run is kept; NULL: it is not */
};

/*
 * Appends the report: the verdict in one sentence, the path with the probes
 * seen at each of the eight sightings, the cause, its evidence, the remedy,
 * doubts, and where the run is kept.  -1 when out's cap was reached.
 */
int report_text(const struct run *r, const struct ledger *l,
    const struct verdict *v, const struct report_opts *o, struct buf *out);

/*
 * Appends one JSON object, as espy-run(5) describes it, all probes in it.  -1
 * when out's cap was reached; what is there is then no JSON.
 */
int report_json(const struct run *r, const struct ledger *l,
    const struct verdict *v, const struct report_opts *o, struct buf *out);

#endif
