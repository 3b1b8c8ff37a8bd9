/*
 * gather: measure a pair, and keep what was learned in a run directory.
 *
 * Nothing is judged here.  Whatever goes wrong on a node becomes part of the
 * run; only what goes wrong on this host is an error.
 */
#ifndef ESPY_CMD_GATHER_H
#define ESPY_CMD_GATHER_H
#include <stdbool.h>

struct err;
struct fanout;
struct host;
struct run;

struct gather_opts {
	unsigned count; /* pings in all, 1 to 6400 */
	bool progress;	/* say each step on stderr */
	bool dtrace;	/* count drops with DTrace, where there is one */
};

/*
 * Fills r, which the caller has initialised, and the directory at dir, which
 * exists.  0 also when the run is incomplete: r->why then says why.  On -1 the
 * directory holds what there was.  *interrupted is set when SIGINT or SIGTERM
 * ended it early.
 */
int gather_pair(struct fanout *f, const struct host *const hosts[2],
    const struct gather_opts *o, const char *dir, struct run *r,
    bool *interrupted, struct err *e);

#endif
