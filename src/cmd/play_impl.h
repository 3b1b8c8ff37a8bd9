/* play_impl: what the files of espy play share. */
#ifndef ESPY_CMD_PLAY_IMPL_H
#define ESPY_CMD_PLAY_IMPL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "base/map.h"
#include "model/host.h"
#include "play/expr.h"
#include "play/playbook.h"

struct buf;
struct common;
struct fanout;
struct fold;
struct inv;
struct inv_pick;

enum {
	PLAY_WORD_BYTES = 16,
	PLAY_OUTPUT_MAX = 1 << 20, /* kept of a stream of one host's task */
	PLAY_FILE_MAX = 64 << 20   /* of a file that is copied to nodes */
};

/* What Ansible's recap counts. */
enum play_count {
	PLAY_OK,
	PLAY_CHANGED, /* of those that are ok */
	PLAY_UNREACHABLE,
	PLAY_FAILED,
	PLAY_SKIPPED,
	PLAY_IGNORED, /* of those that are ok */
	PLAY_COUNTS
};

/* A host under the name of another user; sessions are one a user. */
struct play_login {
	struct host host;
	struct play_login *next;
};

struct play_host {
	const struct host *host; /* the inventory's */
	struct play_login *logins;
	json_t *registered; /* a mapping */
	bool failed, unreachable;
	bool seen; /* it had a task, so it is in the recap */
	unsigned count[PLAY_COUNTS];
	bool *notified; /* the handlers of the play at work */
};

struct player {
	const struct common *common;
	const struct playbook *book;
	const char *file;
	char *dir; /* where the playbook is: src is found from there */
	const struct inv *inv;
	const char *tags, *skip_tags;
	json_t *extra;	/* of the command line */
	json_t *groups; /* the magic variable; made at its first use */
	bool check;	/* change nothing */
	char word[2 * PLAY_WORD_BYTES + 1]; /* which no node can guess */
	size_t n_works, n_plays_shown;

	struct fanout *fanout;
	struct play_host *hosts; /* all of the inventory's */
	size_t n_hosts;
	struct map by_name;
	struct inv_pick *picks; /* of each play */

	/* The play at work. */
	const struct play *play;
	struct play_host **all, **batch;
	size_t n_all, n_batch;
	size_t pending; /* jobs of the task at work */

	bool interrupted;
	struct err trouble; /* ERR_SYS: this host failed, nothing goes on */
	FILE *record;	    /* --output; NULL: none */
	struct fold *failures;
};

/* ---- play_vars: what a name means on a host ---- */

struct play_scope {
	struct player *p;
	struct play_host *h;	 /* NULL: no host's own */
	json_t *item;		 /* of a loop; NULL: none */
	const char *result_name; /* what the task will register; NULL: none */
	json_t *result;
	unsigned depth; /* of variables within variables */
};

/* Borrows s. */
struct scope play_scope(struct play_scope *s);
/* A variable that every host, or every play, has. */
bool play_is_magic(const char *name);
/* Do they all hold?  *failed, unless NULL, is the one that does not. */
int play_hold(struct play_scope *s, const struct conditions *c, bool *ret,
    const struct play_value **failed, struct err *e);
/* The value with its templates filled in; a new reference. */
int play_value(struct play_scope *s, const struct play_value *v, json_t **ret,
    struct err *e);
/* The same as text, the caller's; NULL when v says nothing. */
int play_text(struct play_scope *s, const struct play_value *v, char **ret,
    struct err *e);
/* The same as a number. */
int play_number(struct play_scope *s, const struct play_value *v, double *ret,
    struct err *e);
/* "a=b c='d e'" of the command line, into the mapping. */
int play_extra(json_t *extra, const char *text, struct err *e);

/* ---- play_check: before anything runs ---- */

/* Are all names known, all files there?  Needs p->picks. */
int play_check(struct player *p, struct err *e);
/* "DIR/files/NAME" or "DIR/NAME", whichever is there; the caller's. */
int play_find_file(const struct player *p, const char *name, char **ret,
    struct err *e);

/* ---- play_task: one task on many hosts ---- */

struct play_job;

/*
 * Runs it on every host of the list, waits for all, counts, registers and
 * prints.  -1 when this host failed.
 */
int play_task(struct player *p, const struct play_task *t, bool handler,
    struct play_host *const *hosts, size_t n, struct err *e);

/* ---- play_do: one task, once, on one host ---- */

struct play_job {
	struct player *p;
	const struct play_task *t;
	struct play_host *h;
	struct play_scope scope;
	json_t *items; /* of a loop; NULL: none */
	size_t at;
	json_t *results; /* of the items so far */
	json_t *result;	 /* what it comes to; what each item comes to */
	bool over, cancelled;
	struct play_work *work;		  /* what is under way; NULL: nothing */
	void (*done)(struct play_job *j); /* when that has ended */
};

/*
 * Does the module's work for the item at hand.  0: j->result says what came of
 * it; 1: it is under way, done() will be called.
 */
int play_do(struct play_job *j);
/* Would it, in this run, change nothing? */
bool play_checks(const struct player *p, const struct play_task *t);
json_t *play_failure(const char *why);
void play_set_text(json_t *o, const char *key, const char *p, size_t n);

/* ---- play_out: what is said ---- */

enum play_row {
	ROW_OK,
	ROW_CHANGED,
	ROW_SKIPPED,
	ROW_IGNORED,
	ROW_FAILED,
	ROW_UNREACHABLE,
	ROW_CANCELLED
};

void play_out_play(struct player *p);
void play_out_task(const struct player *p, const struct play_task *t,
    bool handler);
/* One host's result, into fold, and as a line of JSON where that is wanted. */
void play_out_result(struct player *p, const struct play_task *t, bool handler,
    const struct play_host *h, enum play_row row, const json_t *result,
    struct fold *fold);
void play_out_fold(const struct player *p, const struct fold *fold);
void play_out_recap(const struct player *p);
void play_out_list(const struct player *p);

/* ---- play_run: plays, batches, handlers ---- */

/* Everything.  -1 when this host failed. */
int play_run(struct player *p, struct err *e);

#endif
