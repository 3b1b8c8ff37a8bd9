/*
 * logs: what the parts of `espy logs` share.  logs.c reads the command line,
 * logs_follow.c runs the nodes, logs_show.c prints.
 */
#ifndef ESPY_CMD_LOGS_H
#define ESPY_CMD_LOGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "cluster/logs.h"
#include "platform/logs.h"

struct nodes;
struct task;

/* What nodes say of themselves, equal words of several told once. */
enum logs_note { NOTE_SOURCES, NOTE_RAISED, NOTE_LOWERED, NOTES };

struct logs_node {
	struct logs_run *run;
	size_t i;		 /* of nodes->v, and in lines */
	struct task *task;	 /* NULL: none runs */
	struct buf script, held; /* held: a line that is not yet whole */
	bool skips;		 /* the rest of a line that was too long */
	char *names[LOGS_SOURCES_MAX];
	unsigned n_names;
	struct wall asked; /* when it was started; 0 once a clock came */
	int32_t zone_s;
	struct buf notes[NOTES];
	bool whole[NOTES], told[NOTES];
};

struct logs_run {
	struct nodes *nodes;
	uint64_t lines;
	bool debug;
	int64_t period_s; /* 0: no end of its own */
	struct logs *logs;
	struct logs_node *v;
	size_t running;
	bool asked;   /* all were told to end */
	bool flooded; /* lines come faster than they can be ordered */
	bool flood_told;
	bool stopped; /* an interrupt came while our output stood still */
	bool failed;  /* this host failed, err says how */
	struct err err;
	struct buf out; /* not yet written */
	int name_width;
};

/* ---- logs_follow.c ---- */

/* Follows until the end.  -1 when this host failed. */
int logs_follow(struct logs_run *r, struct err *e);

/* ---- logs_show.c ---- */

void logs_show_line(struct logs_run *r, const struct logs_line *line);
/* What is in no log: --json only. */
void logs_show_record(struct logs_run *r, const struct logs_node *n,
    const struct log_record *rec);
/* The notes that all have written; the others too when late. */
void logs_show_notes(struct logs_run *r, bool late);
/* A node failed just now. */
void logs_show_failure(struct logs_run *r, size_t i);
/* Of all, at the end. */
void logs_show_failures(struct logs_run *r);
/* Writes r->out. */
void logs_say(struct logs_run *r);

#endif
