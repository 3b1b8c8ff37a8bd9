#include "play/playbook.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/ytree.h"
#include "play/expr.h"
#include "play/py.h"
#include "play/read.h"
#include "play/template.h"

static const struct ytree_caps caps = {
	.bytes = PLAYBOOK_TEXT_MAX,
	.nodes = 1 << 18,
	.depth = 32,
	.aliases = 1024,
};

/* ---- keywords of a play ------------------------------------------------- */

static int
key_name(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play *play = what;
	struct play_value v;

	if (read_scalar(p, n, &v, e) < 0)
		return -1;
	play->name = arena_dup(&p->arena, n->text);
	return 0;
}

static int
key_hosts(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play *play = what;

	if (n->kind == YNODE_MAP || (n->kind == YNODE_LIST && n->n == 0)) {
		err_set(e, ERR_INPUT, "\"hosts\" is a pattern, or a list");
		return read_wrong(p, n, e);
	}
	return read_value(p, n, &play->hosts, e);
}

static int
key_vars(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play *play = what;
	struct play_value v;

	if (ynode_is_null(n))
		return 0;
	if (n->kind != YNODE_MAP) {
		err_set(e, ERR_INPUT, "\"vars\" must be a mapping, not %s",
		    ynode_kind_name(n));
		return read_refuse(p, n, e);
	}
	for (size_t i = 0; i < n->n; i++) {
		const char *name;

		if (read_identifier(p, n->keys[i], &name, e) < 0 ||
		    read_value(p, n->items[i], &v, e) < 0)
			return -1;
	}
	if (read_value(p, n, &v, e) < 0)
		return -1;
	play->vars = v.v;
	play->vars_at = v.at;
	return 0;
}

static int
key_serial(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct play *play = what;

	if (n->kind != YNODE_MAP)
		return read_value(p, n, &play->serial, e);
	err_set(e, ERR_INPUT, "\"serial\" is a number, a percentage or a list");
	return read_wrong(p, n, e);
}

static int
key_max_fail(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play *play = what;

	return read_scalar(p, n, &play->max_fail, e);
}

static int
key_remote_user(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play *play = what;

	return read_text(p, n, &play->remote_user, e);
}

/* None are gathered; whoever uses one is told so (espy-playbook(5)). */
static int
key_gather_facts(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct play *play = what;
	enum flag f;

	if (read_flag(p, n, &f, e) < 0)
		return -1;
	play->no_facts = f == FLAG_NO;
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
	{ "hosts", key_hosts },
	{ "vars", key_vars },
	{ "serial", key_serial },
	{ "max_fail_percentage", key_max_fail },
	{ "remote_user", key_remote_user },
	{ "gather_facts", key_gather_facts },
	/* Their tasks inherit from the play, so they are read behind it. */
	{ "tasks", key_later },
	{ "handlers", key_later },
	{ NULL, NULL },
};

/* ---- a play ------------------------------------------------------------- */

static int
read_keys(struct playbook *p, const struct ynode *n, struct play *play,
    struct err *e)
{
	for (size_t i = 0; i < n->n; i++) {
		struct span key = n->keys[i]->text;
		const struct keyword *k = keyword_find(keywords, key);
		void *what = play;

		if (k == NULL) {
			k = keyword_find(read_common, key);
			what = &play->said;
		}
		if (k == NULL) {
			err_set(e, ERR_INPUT,
			    "\"%s\" is not a keyword of a play that espy has",
			    key.p);
			return read_refuse(p, n->keys[i], e);
		}
		if (k->read(p, n->items[i], what, e) < 0)
			return -1;
	}
	return 0;
}

bool
play_answers(const struct play_task *handler, const char *name)
{
	for (size_t i = 0; i < handler->listen.n; i++)
		if (strcmp(handler->listen.v[i], name) == 0)
			return true;
	return strcmp(handler->name, name) == 0;
}

static int
check_notify(const struct play *play, struct err *e)
{
	for (size_t i = 0; i < play->n_tasks; i++) {
		const struct play_task *t = play->tasks[i];

		for (size_t j = 0; j < t->notify.n; j++) {
			bool found = false;

			for (size_t h = 0; h < play->n_handlers; h++)
				found |= play_answers(play->handlers[h],
				    t->notify.v[j]);
			if (found)
				continue;
			err_set(e, ERR_INPUT,
			    "it notifies \"%s\", but there is no such handler",
			    t->notify.v[j]);
			return play_place_wrap(e, t->at);
		}
	}
	return 0;
}

static int
read_play(struct playbook *p, const struct ynode *n, struct play *play,
    struct err *e)
{
	const struct ynode *tasks, *handlers;

	if (n->kind != YNODE_MAP) {
		err_set(e, ERR_INPUT, "%s where a play is due",
		    ynode_kind_name(n));
		return read_wrong(p, n, e);
	}
	play->at = read_place(p, n);
	if (read_keys(p, n, play, e) < 0)
		return -1;
	if (play->hosts.v == NULL) {
		err_set(e, ERR_INPUT, "a play without \"hosts\"");
		return read_wrong(p, n, e);
	}
	tasks = ynode_get(n, "tasks");
	handlers = ynode_get(n, "handlers");
	if ((tasks != NULL &&
		read_tasks(p, tasks, play, false, &play->tasks, &play->n_tasks,
		    e) < 0) ||
	    (handlers != NULL &&
		read_tasks(p, handlers, play, true, &play->handlers,
		    &play->n_handlers, e) < 0))
		return -1;
	return check_notify(play, e);
}

static int
read_root(struct playbook *p, const struct ynode *root, struct err *e)
{
	if (root == NULL || root->kind != YNODE_LIST || root->n == 0) {
		const struct ynode top = { .line = 1, .column = 1 };

		if (root != NULL && root->kind == YNODE_SCALAR &&
		    span_starts(root->text, "$ANSIBLE_VAULT")) {
			err_set(e, ERR_INPUT, "a file of Ansible Vault");
			return read_refuse(p, root, e);
		}
		err_set(e, ERR_INPUT, "a playbook is a list of plays");
		return read_wrong(p, root != NULL ? root : &top, e);
	}
	p->plays = arena_alloc(&p->arena, root->n * sizeof(struct play *));
	for (; p->n_plays < root->n; p->n_plays++) {
		struct play *play = arena_alloc(&p->arena, sizeof(*play));

		p->plays[p->n_plays] = play;
		if (read_play(p, root->items[p->n_plays], play, e) < 0)
			return -1;
	}
	return 0;
}

int
playbook_parse(const char *name, struct span text, struct playbook **ret,
    struct err *e)
{
	struct playbook *p;
	struct ytree *tree;
	int r;

	if (ytree_parse(name, text, &caps, &tree, e) < 0)
		return -1;
	p = xcalloc(1, sizeof(*p));
	p->file = arena_dup(&p->arena, span_of(name));
	p->values = json_array();
	r = read_root(p, ytree_root(tree), e);
	ytree_free(tree);
	if (r < 0)
		playbook_free(p);
	else
		*ret = p;
	return r;
}

void
playbook_free(struct playbook *p)
{
	if (p == NULL)
		return;
	json_decref(p->values);
	arena_free(&p->arena);
	free(p);
}

size_t
playbook_n_plays(const struct playbook *p)
{
	return p->n_plays;
}

const struct play *
playbook_play(const struct playbook *p, size_t i)
{
	return p->plays[i];
}

int
play_names(const struct play *p, const struct expr_names *names, struct err *e)
{
	const struct play_value *const values[] = { &p->hosts, &p->serial,
		&p->max_fail, &p->said.become_user };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i]->v != NULL &&
		    template_check_value(values[i]->v, names, e) < 0)
			return play_place_wrap(e, values[i]->at);
	if (p->vars != NULL && template_check_value(p->vars, names, e) < 0)
		return play_place_wrap(e, p->vars_at);
	return 0;
}
