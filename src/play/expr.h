/*
 * expr: the expressions of when and of {{ }}: the part of Jinja2's that
 * espy-playbook(5) names.  No call, no arithmetic, no regular expression; what
 * is not known is refused when it is read, never when it is evaluated.
 */
#ifndef ESPY_PLAY_EXPR_H
#define ESPY_PLAY_EXPR_H
#include <stdbool.h>

#include <jansson.h>

#include "base/str.h"

struct err;
struct expr;

enum {
	EXPR_TEXT_MAX = 8192, /* bytes */
	EXPR_DEPTH_MAX = 64   /* parentheses, nots, brackets within others */
};

/* Where names get their values from. */
struct scope {
	/*
	 * A new reference; NULL when there is no such variable.  -1 when its
	 * own value cannot be made.
	 */
	int (*get)(void *arg, const char *name, json_t **ret, struct err *e);
	void *arg;
};

/* Whoever wants to know which variables an expression names. */
struct expr_names {
	/* guarded: it may be undefined: "x is defined", "x | default(1)". */
	void (*name)(void *arg, const char *name, bool guarded);
	void *arg;
};

/* ERR_INPUT without a place.  *ret is the caller's. */
int expr_parse(struct span text, struct expr **ret, struct err *e);
/* Accepts NULL. */
void expr_free(struct expr *x);
void expr_names(const struct expr *x, const struct expr_names *to);

/*
 * *ret is a new reference, never NULL: what is undefined in the end is an
 * error, ERR_INPUT, that names it.
 */
int expr_eval(const struct expr *x, const struct scope *s, json_t **ret,
    struct err *e);

/* Parses, evaluates, and takes Python's truth of it. */
int expr_truth(struct span text, const struct scope *s, bool *ret,
    struct err *e);

#endif
