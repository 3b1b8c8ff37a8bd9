/* read: one value of a playbook at a time, checked as it is read. */
#ifndef ESPY_PLAY_READ_H
#define ESPY_PLAY_READ_H
#include "base/arena.h"
#include "play/playbook.h"

struct ynode;

struct playbook {
	struct arena arena;
	json_t *values; /* a list that owns every value */
	const char *file;
	struct play **plays;
	size_t n_plays, n_tasks;
};

/* Where n stands. */
struct play_place read_place(const struct playbook *p, const struct ynode *n);
/*
 * Both put the place before the text that e already has, and return -1: for a
 * mistake, and for what only Ansible can run.
 */
int read_wrong(const struct playbook *p, const struct ynode *n, struct err *e);
int read_refuse(const struct playbook *p, const struct ynode *n, struct err *e);

/* Any value; templates in it are checked. */
int read_value(struct playbook *p, const struct ynode *n,
    struct play_value *ret, struct err *e);
/* A value that is one already, found at n. */
void read_own(struct playbook *p, const struct ynode *n, json_t *v,
    struct play_value *ret);
/* A word or text, numbers and truths included. */
int read_scalar(struct playbook *p, const struct ynode *n,
    struct play_value *ret, struct err *e);
/* The same without a template in it. */
int read_text(struct playbook *p, const struct ynode *n, const char **ret,
    struct err *e);
int read_flag(struct playbook *p, const struct ynode *n, enum flag *ret,
    struct err *e);
/* A list of words, or one text in which commas stand between them. */
int read_strings(struct playbook *p, const struct ynode *n, struct strings *ret,
    struct err *e);
int read_conditions(struct playbook *p, const struct ynode *n,
    struct conditions *ret, struct err *e);
/* Letters, digits and "_", as variables are called. */
int read_identifier(struct playbook *p, const struct ynode *n, const char **ret,
    struct err *e);
bool read_is_identifier(const char *s);

/* A row of a table of keywords; what is the play or the task. */
struct keyword {
	const char *name;
	int (*read)(struct playbook *p, const struct ynode *n, void *what,
	    struct err *e);
};

/* NULL when the table, whose last row has no name, lacks it. */
const struct keyword *keyword_find(const struct keyword *table,
    struct span name);
/* What plays and tasks have in common: also a table of keywords. */
extern const struct keyword read_common[];

/* A list of tasks, or of handlers. */
int read_tasks(struct playbook *p, const struct ynode *n,
    const struct play *play, bool handlers, struct play_task ***ret,
    size_t *ret_n, struct err *e);

/*
 * Words KEY=VALUE of text, for those arguments that m has, into args.  For a
 * module of free form what is left is ARG_CMD.
 */
int freeform_read(struct playbook *p, const struct ynode *n,
    const struct module *m, struct play_value args[MODULE_ARGS], struct err *e);
/* The argument's value in the form that its kind asks for. */
int freeform_arg(struct playbook *p, const struct ynode *n,
    enum module_arg_id a, struct play_value *v, struct err *e);

#endif
