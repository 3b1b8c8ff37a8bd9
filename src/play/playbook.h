/*
 * playbook: Ansible's playbooks, the part that espy-playbook(5) names, as plays
 * and tasks.  Everything else is refused when it is read, with "FILE:LINE:
 * COLUMN: WHAT; run it with ansible-playbook": what runs at all runs as Ansible
 * would run it.
 */
#ifndef ESPY_PLAY_PLAYBOOK_H
#define ESPY_PLAY_PLAYBOOK_H
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/str.h"
#include "play/module.h"

struct err;
struct expr_names;
struct playbook;

enum {
	PLAYBOOK_TEXT_MAX = 4 << 20, /* bytes */
	PLAYBOOK_TASKS_MAX = 4096
};

struct play_place {
	const char *file;
	size_t line, column;
};

/* What a keyword may say, or not say. */
enum flag { FLAG_UNSAID, FLAG_NO, FLAG_YES };

/* A value as written, with templates in its strings; v NULL: not written. */
struct play_value {
	json_t *v;
	struct play_place at;
};

/* Conditions, all of which must hold: strings and truths. */
struct conditions {
	struct play_value *v;
	size_t n;
	bool said; /* "when: []" says nothing but is there */
};

struct strings {
	const char **v;
	size_t n;
};

/* What both plays and tasks may say; a task's own word counts first. */
struct keywords {
	enum flag become, any_errors_fatal, ignore_errors, check_mode, run_once;
	struct play_value become_user;
	struct strings tags; /* of the play and of the task */
};

struct play_task {
	const char *name; /* the module's when none is given */
	struct play_place at;
	const struct module *module;
	struct play_value args[MODULE_ARGS];
	struct keywords said; /* the play's, where the task says nothing */
	struct conditions when, changed_when, failed_when;
	struct play_value loop;
	bool with_items;       /* of the loop's elements, lists are opened */
	const char *registers; /* NULL: nothing */
	struct strings notify; /* handlers by name or what they listen to */
	struct strings listen; /* a handler's */
	unsigned timeout_s;    /* 0: not said */
};

struct play {
	const char *name; /* the pattern when none is given */
	struct play_place at;
	struct play_value hosts;    /* a pattern; a list of them is joined */
	struct play_value serial;   /* number, percentage, or a list of them */
	struct play_value max_fail; /* a percentage */
	json_t *vars;		    /* a mapping; NULL: none */
	struct play_place vars_at;
	const char *remote_user; /* NULL: not said */
	bool no_facts;		 /* it says gather_facts: false */
	struct keywords said;
	struct play_task **tasks, **handlers;
	size_t n_tasks, n_handlers;
};

/*
 * Parses and checks text; name is what errors call it.  *ret is the caller's
 * and owns everything in it.
 */
int playbook_parse(const char *name, struct span text, struct playbook **ret,
    struct err *e);
/* Accepts NULL. */
void playbook_free(struct playbook *p);

size_t playbook_n_plays(const struct playbook *p);
const struct play *playbook_play(const struct playbook *p, size_t i);

/*
 * Tells names of every variable that a task, or the play itself, looks at,
 * with templates in the values of the play's own variables among them.
 */
int play_task_names(const struct play_task *t, const struct expr_names *names,
    struct err *e);
int play_names(const struct play *p, const struct expr_names *names,
    struct err *e);

/* Is the handler called name, or does it listen to it? */
bool play_answers(const struct play_task *handler, const char *name);

/* Would it change a node?  What "espy play -n" runs, too, does not. */
bool play_task_changes(const struct play_task *t);

/* Puts "FILE:LINE:COLUMN: " before the text.  Returns -1. */
int play_place_wrap(struct err *e, struct play_place at);

#endif
