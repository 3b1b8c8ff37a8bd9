/*
 * run_impl: the parts of `espy run`.  run.c reads the command line, run_hosts.c
 * works through the hosts, run_lines.c shows lines as they come, run_show.c
 * what has ended, run_files.c keeps it.
 */
#ifndef ESPY_CMD_RUN_IMPL_H
#define ESPY_CMD_RUN_IMPL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cmd/fold.h"
#include "cmd/run_steps.h"
#include "io/fanout.h"

struct args;
struct err;
struct inv_pick;

/* What was asked; everything is borrowed but steps and input. */
struct run_ask {
	const struct args *args;
	const char *script, *each; /* files; "-": standard input */
	const char *failed_file;
	bool prefix, live, diff, use_stdin, keep_going;
	uint64_t serial, stop_after; /* 0: no bound */
	uint64_t out_max;	     /* bytes of each stream */
	struct run_steps steps;	     /* at least one */
	struct buf input;	     /* the script, or what all are given */
};

/* ---- run_hosts.c ---- */

/*
 * Runs every step on every host of pick and shows what came of it; the exit
 * status.  A step waits for the one before it on the same host alone.
 */
int run_hosts(const struct run_ask *ask, const struct inv_pick *pick,
    struct err *e);

/* ---- run_lines.c ---- */

/* One host's output as it comes; all zero when it is not shown. */
struct run_lines {
	const char *host;   /* borrowed; NULL: all zero */
	bool live;	    /* --live: on stderr, and kept */
	struct buf held[2]; /* the line that is not yet whole */
	struct buf kept[2];
};

/* out_max bounds what --live keeps of each stream. */
void run_lines_init(struct run_lines *l, const char *host, bool live,
    size_t out_max);
/*
 * Prints the lines that are whole, a very long one in pieces.  As say(): 1 when
 * an interrupt came while our output stood still, -1 when it takes no more.
 */
int run_lines_take(struct run_lines *l, enum task_stream s, const void *p,
    size_t n, struct err *e);
/* The end: prints what is held, and puts what was kept into *r: borrowed. */
int run_lines_end(struct run_lines *l, struct task_result *r, struct err *e);
/* Accepts what is all zero. */
void run_lines_free(struct run_lines *l);

/* ---- run_show.c ---- */

/* One line on stderr, on a terminal, that the next one takes the place of. */
struct run_progress {
	bool wanted;
	struct mono shown; /* when it last was; 0: never */
};

void run_show_progress(struct run_progress *p, struct mono now, size_t done,
    size_t all, size_t failed);
void run_hide_progress(struct run_progress *p);

/* --json: an object on a line of its own. */
void run_show_json(const struct run_ask *ask, const char *host, size_t step,
    const struct task_result *r);
/* The answers, folded; folds has one for each step. */
void run_show_folded(const struct run_ask *ask, struct fold *const *folds);
/* How many hosts ended how; counts has FOLD_CLASSES elements. */
void run_show_summary(const size_t *counts, size_t hosts);
/* --dry-run */
void run_show_plan(const struct run_ask *ask, const struct inv_pick *pick);

#endif
