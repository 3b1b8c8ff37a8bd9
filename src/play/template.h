/*
 * template: text with {{ expressions }} in it, and values whose strings are
 * such texts.  Blocks ({% %}) and comments ({# #}) are refused.
 */
#ifndef ESPY_PLAY_TEMPLATE_H
#define ESPY_PLAY_TEMPLATE_H
#include <stdbool.h>

#include <jansson.h>

#include "base/str.h"

struct err;
struct expr_names;
struct scope;

/* Holds "{{", "{%" or "{#". */
bool template_is(struct span text);

/*
 * Refuses what cannot be evaluated, and tells names (unless NULL) of every
 * variable.  For a value: in all its strings.
 */
int template_check(struct span text, const struct expr_names *names,
    struct err *e);
int template_check_value(const json_t *v, const struct expr_names *names,
    struct err *e);

/*
 * What comes out, a new reference.  As in Ansible an expression that stands
 * alone keeps a list, a mapping or a truth as it is, and becomes a string
 * otherwise, also when it is a number, unless it is no more than a name.
 */
int template_eval(struct span text, const struct scope *s, json_t **ret,
    struct err *e);
/* The same with every string in v; others stay as they are. */
int template_expand(json_t *v, const struct scope *s, json_t **ret,
    struct err *e);

#endif
