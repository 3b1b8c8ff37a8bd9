/* Tasks and handlers. */
#include <string.h>

#include "base/err.h"
#include "base/ytree.h"
#include "play/expr.h"
#include "play/py.h"
#include "play/read.h"
#include "play/template.h"

enum { TIMEOUT_MAX = 86400 };

/* ---- keywords of a task ------------------------------------------------- */

static int
key_name(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play_task *t = what;
	struct play_value v;

	/* It may hold a template, and is shown as it is written. */
	if (read_scalar(p, n, &v, e) < 0)
		return -1;
	if (!ynode_is_null(n))
		t->name = arena_dup(&p->arena, n->text);
	return 0;
}

static int
key_when(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play_task *t = what;

	return read_conditions(p, n, &t->when, e);
}

static int
key_changed_when(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play_task *t = what;

	return read_conditions(p, n, &t->changed_when, e);
}

static int
key_failed_when(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play_task *t = what;

	return read_conditions(p, n, &t->failed_when, e);
}

static int
key_register(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play_task *t = what;

	return read_identifier(p, n, &t->registers, e);
}

static int
key_notify(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play_task *t = what;

	return read_strings(p, n, &t->notify, e);
}

static int
key_listen(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play_task *t = what;

	return read_strings(p, n, &t->listen, e);
}

static int
key_loop(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play_task *t = what;

	if (n->kind == YNODE_LIST ||
	    (n->kind == YNODE_SCALAR && template_is(n->text)))
		return read_value(p, n, &t->loop, e);
	err_set(e, ERR_INPUT, "%s where a list is due", ynode_kind_name(n));
	return read_refuse(p, n, e);
}

static int
key_with_items(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play_task *t = what;

	t->with_items = true;
	return key_loop(p, n, what, e);
}

static int
key_timeout(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play_task *t = what;
	const char *s;
	uint64_t u;

	if (read_text(p, n, &s, e) < 0)
		return -1;
	if (str_u64(s, TIMEOUT_MAX, &u) < 0) {
		err_set(e, ERR_INPUT, "\"%s\" is not a number from 0 to %d", s,
		    TIMEOUT_MAX);
		return read_wrong(p, n, e);
	}
	t->timeout_s = (unsigned)u;
	return 0;
}

/* The module must be known: args come last. */
static int
read_args(struct playbook *p, const struct ynode *n, struct play_task *t,
    struct err *e)
{
	if (n->kind != YNODE_MAP) {
		err_set(e, ERR_INPUT, "%s where a mapping is due",
		    ynode_kind_name(n));
		return read_refuse(p, n, e);
	}
	for (size_t i = 0; i < n->n; i++) {
		const struct ynode *key = n->keys[i], *at;
		enum module_arg_id a;
		json_t *v;

		if (module_arg_find(t->module, key->text, &a) < 0) {
			err_set(e, ERR_INPUT, "\"%s\" of %s", key->text.p,
			    t->module->name);
			return read_refuse(p, key, e);
		}
		if (t->args[a].v != NULL) {
			err_set(e, ERR_INPUT, "\"%s\" is said twice",
			    key->text.p);
			return read_wrong(p, key, e);
		}
		if (py_from_yaml(n->items[i], &v, &at, e) < 0)
			return read_refuse(p, at, e);
		if (json_is_null(v))
			continue;
		read_own(p, n->items[i], v, &t->args[a]);
		if (freeform_arg(p, n->items[i], a, &t->args[a], e) < 0)
			return -1;
	}
	return 0;
}

static int
key_later(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	(void)p, (void)n, (void)what, (void)e;
	return 0;
}

static const struct keyword keywords[] = {
	{ "name", key_name },
	{ "when", key_when },
	{ "changed_when", key_changed_when },
	{ "failed_when", key_failed_when },
	{ "register", key_register },
	{ "notify", key_notify },
	{ "listen", key_listen },
	{ "loop", key_loop },
	{ "with_items", key_with_items },
	{ "timeout", key_timeout },
	{ "args", key_later },
	{ NULL, NULL },
};

/* ---- the module --------------------------------------------------------- */

static int
unknown_key(struct playbook *p, const struct ynode *key, bool last,
    struct err *e)
{
	err_set(e, ERR_INPUT,
	    last ? "\"%s\" is neither a keyword nor a module that espy has "
		   "(%s)"
		 : "a task cannot say \"%s\"",
	    key->text.p, module_names());
	return read_refuse(p, key, e);
}

static int
read_module(struct playbook *p, const struct ynode *key, const struct ynode *n,
    struct play_task *t, struct err *e)
{
	const struct module *m = module_find(key->text);

	if (m == NULL)
		return unknown_key(p, key, true, e);
	if (t->module != NULL) {
		err_set(e, ERR_INPUT, "a second module, %s beside %s", m->name,
		    t->module->name);
		return read_wrong(p, key, e);
	}
	t->module = m;
	if (n->tag != NULL) {
		err_set(e, ERR_INPUT, "the tag %s", n->tag);
		return read_refuse(p, n, e);
	}
	if (n->kind == YNODE_MAP)
		return read_args(p, n, t, e);
	if (n->kind == YNODE_SCALAR)
		return ynode_is_null(n) ? 0
					: freeform_read(p, n, m, t->args, e);
	err_set(e, ERR_INPUT, "a list where %s's arguments are due", m->name);
	return read_refuse(p, n, e);
}

static int
check_args(struct playbook *p, const struct ynode *n, const struct play_task *t,
    struct err *e)
{
	const struct module *m = t->module;

	for (int a = 0; a < MODULE_ARGS; a++) {
		if ((m->needed & MODULE_ARG_BIT(a)) != 0 &&
		    t->args[a].v == NULL) {
			err_set(e, ERR_INPUT, "%s needs \"%s\"", m->name,
			    module_arg_name((enum module_arg_id)a));
			return read_wrong(p, n, e);
		}
	}
	if (m->id == MODULE_COPY &&
	    (t->args[ARG_SRC].v != NULL) == (t->args[ARG_CONTENT].v != NULL)) {
		err_set(e, ERR_INPUT,
		    "copy needs either \"src\" or "
		    "\"content\"");
		return read_wrong(p, n, e);
	}
	if (m->id == MODULE_PAUSE &&
	    (t->args[ARG_SECONDS].v != NULL) ==
		(t->args[ARG_MINUTES].v != NULL)) {
		err_set(e, ERR_INPUT,
		    "a pause that is neither \"seconds\" nor \"minutes\"");
		return read_refuse(p, n, e);
	}
	if (m->id == MODULE_DEBUG && t->args[ARG_MSG].v != NULL &&
	    t->args[ARG_VAR].v != NULL) {
		err_set(e, ERR_INPUT, "debug has both \"msg\" and \"var\"");
		return read_wrong(p, n, e);
	}
	return 0;
}

/* ---- a task ------------------------------------------------------------- */

static int
read_keys(struct playbook *p, const struct ynode *n, struct play_task *t,
    struct err *e)
{
	for (size_t i = 0; i < n->n; i++) {
		struct span key = n->keys[i]->text;
		const struct keyword *k = keyword_find(keywords, key);
		int r;

		if (k != NULL)
			r = k->read(p, n->items[i], t, e);
		else if ((k = keyword_find(read_common, key)) != NULL)
			r = k->read(p, n->items[i], &t->said, e);
		else
			r = read_module(p, n->keys[i], n->items[i], t, e);
		if (r < 0)
			return -1;
	}
	if (t->module == NULL) {
		err_set(e, ERR_INPUT, "a task without a module");
		return read_wrong(p, n, e);
	}
	return 0;
}

/* The flags that the task leaves open are the play's. */
static void
inherit(struct playbook *p, struct play_task *t, const struct keywords *from)
{
	enum flag *own[] = { &t->said.become, &t->said.any_errors_fatal,
		&t->said.ignore_errors, &t->said.check_mode,
		&t->said.run_once };
	const enum flag its[] = { from->become, from->any_errors_fatal,
		from->ignore_errors, from->check_mode, from->run_once };
	struct strings *tags = &t->said.tags;
	size_t n = tags->n + from->tags.n;
	const char **all = arena_alloc(&p->arena, (n + 1) * sizeof(*all));

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (*own[i] == FLAG_UNSAID)
			*own[i] = its[i];
	if (t->said.become_user.v == NULL)
		t->said.become_user = from->become_user;
	for (size_t i = 0; i < n; i++)
		all[i] = i < tags->n ? tags->v[i] : from->tags.v[i - tags->n];
	*tags = (struct strings){ all, n };
}

static int
check_task(struct playbook *p, const struct ynode *n, const struct play_task *t,
    bool handler, struct err *e)
{
	if (handler && t->notify.n > 0) {
		err_set(e, ERR_INPUT, "a handler that notifies");
		return read_refuse(p, n, e);
	}
	if (!handler && t->listen.n > 0) {
		err_set(e, ERR_INPUT, "only a handler can \"listen\"");
		return read_wrong(p, n, e);
	}
	if (t->module->once && t->loop.v != NULL) {
		err_set(e, ERR_INPUT, "%s in a loop", t->module->name);
		return read_refuse(p, n, e);
	}
	return check_args(p, n, t, e);
}

static int
read_task(struct playbook *p, const struct ynode *n, const struct play *play,
    bool handler, struct play_task **ret, struct err *e)
{
	struct play_task *t = arena_alloc(&p->arena, sizeof(*t));
	const struct ynode *args;

	if (n->kind != YNODE_MAP) {
		err_set(e, ERR_INPUT, "%s where a task is due",
		    ynode_kind_name(n));
		return read_refuse(p, n, e);
	}
	if (++p->n_tasks > PLAYBOOK_TASKS_MAX) {
		err_set(e, ERR_INPUT, "more than %d tasks", PLAYBOOK_TASKS_MAX);
		return read_refuse(p, n, e);
	}
	t->at = read_place(p, n);
	args = ynode_get(n, "args");
	if (read_keys(p, n, t, e) < 0 ||
	    (args != NULL && read_args(p, args, t, e) < 0) ||
	    check_task(p, n, t, handler, e) < 0)
		return -1;
	if (t->name == NULL)
		t->name = t->module->name;
	inherit(p, t, &play->said);
	*ret = t;
	return 0;
}

int
read_tasks(struct playbook *p, const struct ynode *n, const struct play *play,
    bool handlers, struct play_task ***ret, size_t *ret_n, struct err *e)
{
	struct play_task **list;

	if (ynode_is_null(n))
		return 0;
	if (n->kind != YNODE_LIST) {
		err_set(e, ERR_INPUT, "%s where a list of tasks is due",
		    ynode_kind_name(n));
		return read_wrong(p, n, e);
	}
	list = arena_alloc(&p->arena, (n->n + 1) * sizeof(struct play_task *));
	for (size_t i = 0; i < n->n; i++)
		if (read_task(p, n->items[i], play, handlers, &list[i], e) < 0)
			return -1;
	*ret = list;
	*ret_n = n->n;
	return 0;
}

/* ---- what is asked about a task ----------------------------------------- */

bool
play_task_changes(const struct play_task *t)
{
	switch (t->module->id) {
	case MODULE_ASSERT:
	case MODULE_PAUSE:
	case MODULE_DEBUG:
	case MODULE_FETCH:
		return false;
	case MODULE_COMMAND:
	case MODULE_SHELL:
	case MODULE_SCRIPT:
	case MODULE_RAW:
	case MODULE_COPY:
		return t->said.check_mode != FLAG_NO;
	}
	return true;
}

static int
condition_names(const json_t *v, const struct expr_names *names, struct err *e)
{
	struct span s = { json_string_value(v), json_string_length(v) };
	struct expr *x;

	if (!json_is_string(v) || span_trim(s).n == 0)
		return 0;
	if (expr_parse(s, &x, e) < 0)
		return -1;
	expr_names(x, names);
	expr_free(x);
	return 0;
}

static int
all_names(const struct conditions *c, const struct expr_names *names,
    struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (condition_names(c->v[i].v, names, e) < 0)
			return play_place_wrap(e, c->v[i].at);
	return 0;
}

static int
arg_names(enum module_arg_id a, const struct play_value *v,
    const struct expr_names *names, struct err *e)
{
	enum module_arg_kind kind = module_arg_kind(a);

	if (kind != KIND_CONDITIONS && kind != KIND_EXPR)
		return template_check_value(v->v, names, e);
	if (!json_is_array(v->v))
		return condition_names(v->v, names, e);
	for (size_t i = 0; i < json_array_size(v->v); i++)
		if (condition_names(json_array_get(v->v, i), names, e) < 0)
			return -1;
	return 0;
}

int
play_task_names(const struct play_task *t, const struct expr_names *names,
    struct err *e)
{
	if (all_names(&t->when, names, e) < 0 ||
	    all_names(&t->changed_when, names, e) < 0 ||
	    all_names(&t->failed_when, names, e) < 0)
		return -1;
	for (int a = 0; a < MODULE_ARGS; a++)
		if (t->args[a].v != NULL &&
		    arg_names((enum module_arg_id)a, &t->args[a], names, e) < 0)
			return play_place_wrap(e, t->args[a].at);
	if (t->loop.v != NULL && template_check_value(t->loop.v, names, e) < 0)
		return play_place_wrap(e, t->loop.at);
	if (t->said.become_user.v != NULL &&
	    template_check_value(t->said.become_user.v, names, e) < 0)
		return play_place_wrap(e, t->said.become_user.at);
	return 0;
}
