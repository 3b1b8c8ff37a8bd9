/* What can be known to go wrong before anything runs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/play_impl.h"
#include "inventory/inventory.h"
#include "play/py.h"
#include "play/shell.h"
#include "play/template.h"

/* ---- names -------------------------------------------------------------- */

struct names {
	const struct player *p;
	const struct play *play;
	const struct inv_pick *pick;
	json_t *registered; /* a mapping whose keys are all names registered */
	json_t *guarded;    /* likewise: those that may be undefined */
	bool in_loop;
	bool failed;
	struct err *e;
};

static void
note_guarded(void *arg, const char *name, bool guarded)
{
	if (guarded)
		json_object_set_new(arg, name, json_true());
}

/* A variable of any host: elsewhere it may be undefined, and is told then. */
static bool
any_host_has(const struct names *n, const char *name, const char **text,
    const char **where)
{
	for (size_t i = 0; i < n->pick->n; i++) {
		const struct host *h = n->pick->hosts[i];

		for (size_t v = 0; v < h->n_vars; v++) {
			if (strcmp(h->vars[v].name, name) != 0)
				continue;
			*text = h->vars[v].value;
			*where = h->vars[v].where;
			if (template_is(span_of(*text)))
				return true;
		}
	}
	return *text != NULL;
}

static void
check_name(void *arg, const char *name, bool guarded)
{
	struct names *n = arg;
	const char *text = NULL, *where = NULL;
	bool is_fact = str_starts(name, "ansible_");

	if (n->failed || play_is_magic(name) ||
	    (n->in_loop && strcmp(name, "item") == 0) ||
	    json_object_get(n->p->extra, name) != NULL ||
	    json_object_get(n->registered, name) != NULL ||
	    json_object_get(n->play->vars, name) != NULL)
		return;
	if (any_host_has(n, name, &text, &where)) {
		if (template_check(span_of(text), NULL, n->e) == 0)
			return;
		err_wrap(n->e, "%s: variable \"%s\"", where, name);
	} else if (is_fact && !n->play->no_facts) {
		err_set(n->e, ERR_INPUT,
		    "\"%s\" is a fact, and espy gathers none; run it with "
		    "ansible-playbook",
		    name);
	} else if (guarded || json_object_get(n->guarded, name) != NULL) {
		return;
	} else {
		err_set(n->e, ERR_INPUT,
		    "\"%s\" is undefined: no variable, and no task registers "
		    "it",
		    name);
	}
	n->failed = true;
}

static int
check_task_names(struct names *n, const struct play_task *t)
{
	const struct expr_names to = { check_name, n };

	n->in_loop = t->loop.v != NULL;
	if (play_task_names(t, &to, n->e) < 0)
		return -1;
	return n->failed ? play_place_wrap(n->e, t->at) : 0;
}

static int
each_task(const struct playbook *book,
    int (*fn)(void *arg, const struct play *play, const struct play_task *t),
    void *arg)
{
	for (size_t i = 0; i < playbook_n_plays(book); i++) {
		const struct play *play = playbook_play(book, i);

		for (size_t t = 0; t < play->n_tasks; t++)
			if (fn(arg, play, play->tasks[t]) < 0)
				return -1;
		for (size_t t = 0; t < play->n_handlers; t++)
			if (fn(arg, play, play->handlers[t]) < 0)
				return -1;
	}
	return 0;
}

static int
collect(void *arg, const struct play *play, const struct play_task *t)
{
	struct names *n = arg;
	const struct expr_names to = { note_guarded, n->guarded };

	(void)play;
	if (t->registers != NULL)
		json_object_set_new(n->registered, t->registers, json_true());
	return play_task_names(t, &to, n->e);
}

static int
check_one(void *arg, const struct play *play, const struct play_task *t)
{
	struct names *n = arg;

	for (size_t i = 0; i < playbook_n_plays(n->p->book); i++)
		if (playbook_play(n->p->book, i) == play)
			n->pick = &n->p->picks[i];
	n->play = play;
	return check_task_names(n, t);
}

static int
check_names(struct player *p, struct err *e)
{
	struct names n = { .p = p,
		.registered = json_object(),
		.guarded = json_object(),
		.e = e };
	int r = each_task(p->book, collect, &n);

	if (r == 0)
		r = each_task(p->book, check_one, &n);
	json_decref(n.registered);
	json_decref(n.guarded);
	return r;
}

/* ---- files -------------------------------------------------------------- */

int
play_find_file(const struct player *p, const char *name, char **ret,
    struct err *e)
{
	static const char *const dirs[] = { "files/", "" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char *path = name[0] == '/'
		    ? xstrdup(name)
		    : xasprintf("%s/%s%s", p->dir, dirs[i], name);

		if (access(path, R_OK) == 0) {
			*ret = path;
			return 0;
		}
		free(path);
	}
	return err_set(e, ERR_INPUT, "%s: %s", name, strerror(errno));
}

static int
check_file(void *arg, const struct play *play, const struct play_task *t)
{
	const enum module_id id = t->module->id;
	struct names *n = arg;
	const struct play_value *v =
	    &t->args[id == MODULE_SCRIPT ? ARG_CMD : ARG_SRC];
	const char *rest;
	struct buf word;
	char *path;
	int r = 0;

	(void)play;
	if ((id != MODULE_COPY && id != MODULE_SCRIPT) ||
	    !json_is_string(v->v) ||
	    template_is(span_of(json_string_value(v->v))))
		return 0;
	buf_init(&word, PY_TEXT_MAX);
	if (id == MODULE_SCRIPT)
		r = shell_first_word(json_string_value(v->v), &word, &rest,
		    n->e);
	else
		buf_puts(&word, json_string_value(v->v));
	if (r == 0)
		r = play_find_file(n->p, word.data, &path, n->e);
	if (r == 0)
		free(path);
	buf_free(&word);
	return r < 0 ? play_place_wrap(n->e, v->at) : 0;
}

int
play_check(struct player *p, struct err *e)
{
	struct names n = { .p = p, .e = e };

	if (check_names(p, e) < 0)
		return -1;
	return each_task(p->book, check_file, &n);
}
