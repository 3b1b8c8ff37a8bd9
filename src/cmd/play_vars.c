/* The variables of a play, in Ansible's order of precedence. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/play_impl.h"
#include "inventory/inventory.h"
#include "play/py.h"
#include "play/shell_word.h"
#include "play/template.h"

enum { DEPTH_MAX = 20 };

/* ---- what every host has ------------------------------------------------ */

static json_t *
names_of(struct play_host *const *hosts, size_t n, bool all)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (all || (!hosts[i]->failed && !hosts[i]->unreachable))
			json_array_append_new(list,
			    py_text(hosts[i]->host->name,
				strlen(hosts[i]->host->name)));
	return list;
}

static void
add_to_group(json_t *groups, const char *group, const struct host *h)
{
	json_t *list = json_object_get(groups, group);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(groups, group, list);
	}
	if (h != NULL)
		json_array_append_new(list, py_text(h->name, strlen(h->name)));
}

static json_t *
all_groups(struct player *p)
{
	if (p->groups != NULL)
		return json_incref(p->groups);
	p->groups = json_object();
	for (size_t i = 0; i < inv_n_groups(p->inv); i++)
		add_to_group(p->groups, inv_group(p->inv, i), NULL);
	for (size_t i = 0; i < inv_n_hosts(p->inv); i++) {
		const struct host *h = inv_host(p->inv, i);
		const char *const *groups;
		size_t n;

		inv_host_groups(p->inv, h, &groups, &n);
		add_to_group(p->groups, "all", h);
		for (size_t g = 0; g < n; g++)
			add_to_group(p->groups, groups[g], h);
	}
	return json_incref(p->groups);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *
group_names(const struct play_scope *s)
{
	const char *const *groups;
	const char **sorted;
	json_t *list = json_array();
	size_t n;

	inv_host_groups(s->p->inv, s->h->host, &groups, &n);
	sorted = xcalloc(n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = groups[i];
	qsort(sorted, n, sizeof(*sorted), by_text);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    py_text(sorted[i], strlen(sorted[i])));
	free(sorted);
	return list;
}

static json_t *
short_name(const char *name)
{
	return py_text(name, strcspn(name, "."));
}

enum magic {
	MAGIC_HOSTNAME,
	MAGIC_SHORT,
	MAGIC_GROUP_NAMES,
	MAGIC_GROUPS,
	MAGIC_PLAY_HOSTS,
	MAGIC_PLAY_HOSTS_ALL,
	MAGIC_BATCH,
	MAGIC_CHECK_MODE,
	MAGIC_DIR
};

static const struct {
	const char *name;
	enum magic magic;
} magics[] = {
	{ "inventory_hostname", MAGIC_HOSTNAME },
	{ "inventory_hostname_short", MAGIC_SHORT },
	{ "group_names", MAGIC_GROUP_NAMES },
	{ "groups", MAGIC_GROUPS },
	{ "ansible_play_hosts", MAGIC_PLAY_HOSTS },
	{ "ansible_play_hosts_all", MAGIC_PLAY_HOSTS_ALL },
	{ "ansible_play_batch", MAGIC_BATCH },
	{ "ansible_check_mode", MAGIC_CHECK_MODE },
	{ "playbook_dir", MAGIC_DIR },
};

bool
play_is_magic(const char *name)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (strcmp(name, magics[i].name) == 0)
			return true;
	return false;
}

static json_t *
make_magic(const struct play_scope *s, enum magic m)
{
	struct player *p = s->p;

	if (s->h == NULL && m <= MAGIC_GROUP_NAMES)
		return NULL;
	switch (m) {
	case MAGIC_HOSTNAME:
		return py_text(s->h->host->name, strlen(s->h->host->name));
	case MAGIC_SHORT:
		return short_name(s->h->host->name);
	case MAGIC_GROUP_NAMES:
		return group_names(s);
	case MAGIC_GROUPS:
		return all_groups(p);
	case MAGIC_PLAY_HOSTS:
		return names_of(p->all, p->n_all, false);
	case MAGIC_PLAY_HOSTS_ALL:
		return names_of(p->all, p->n_all, true);
	case MAGIC_BATCH:
		return names_of(p->batch, p->n_batch, false);
	case MAGIC_CHECK_MODE:
		return json_boolean(p->check);
	case MAGIC_DIR:
		return py_text(p->dir, strlen(p->dir));
	}
	return NULL;
}

static json_t *
find_magic(const struct play_scope *s, const char *name)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (strcmp(name, magics[i].name) == 0)
			return make_magic(s, magics[i].magic);
	return NULL;
}

/* ---- the rest ----------------------------------------------------------- */

/*
 * An inventory's values come as text: whole numbers, truths, lists and mappings
 * are told by their look (espy-playbook(5)).
 */
static json_t *
typed(const char *text)
{
	json_t *v = NULL;
	uint64_t u;

	if (strcmp(text, "true") == 0 || strcmp(text, "True") == 0)
		return json_true();
	if (strcmp(text, "false") == 0 || strcmp(text, "False") == 0)
		return json_false();
	if (text[0] != '\0' && strspn(text, "0123456789") == strlen(text) &&
	    (text[0] != '0' || text[1] == '\0') &&
	    str_u64(text, INT64_MAX, &u) == 0)
		return json_integer((json_int_t)u);
	if (text[0] == '[' || text[0] == '{')
		v = json_loads(text, 0, NULL);
	return v != NULL ? v : py_text(text, strlen(text));
}

/* What is written, with templates in it; NULL: there is no such variable. */
static json_t *
find_written(const struct play_scope *s, const char *name)
{
	const char *text;
	json_t *v = json_object_get(s->p->extra, name);

	if (v == NULL && s->p->play != NULL)
		v = json_object_get(s->p->play->vars, name);
	if (v != NULL)
		return json_incref(v);
	text = s->h != NULL ? host_var(s->h->host, name) : NULL;
	return text != NULL ? typed(text) : NULL;
}

/* What tasks registered is data, never a template. */
static json_t *
find_data(const struct play_scope *s, const char *name)
{
	json_t *v = find_magic(s, name);

	if (v != NULL)
		return v;
	if (s->item != NULL && strcmp(name, "item") == 0)
		return json_incref(s->item);
	if (json_object_get(s->p->extra, name) != NULL)
		return NULL;
	if (s->result_name != NULL && strcmp(name, s->result_name) == 0)
		return json_incref(s->result);
	if (s->h == NULL)
		return NULL;
	return json_incref(json_object_get(s->h->registered, name));
}

static int
get(void *arg, const char *name, json_t **ret, struct err *e)
{
	struct play_scope *s = arg;
	const struct scope scope = play_scope(s);
	json_t *written;
	int r;

	*ret = find_data(s, name);
	if (*ret != NULL)
		return 0;
	written = find_written(s, name);
	if (written == NULL)
		return 0;
	if (s->depth >= DEPTH_MAX) {
		json_decref(written);
		return err_set(e, ERR_INPUT, "\"%s\" needs itself", name);
	}
	s->depth++;
	r = template_expand(written, &scope, ret, e);
	s->depth--;
	json_decref(written);
	return r < 0 ? err_wrap(e, "in \"%s\"", name) : 0;
}

struct scope
play_scope(struct play_scope *s)
{
	return (struct scope){ get, s };
}

/* ---- using them --------------------------------------------------------- */

static int
condition(struct play_scope *s, const struct play_value *c, bool *ret,
    struct err *e)
{
	const struct scope scope = play_scope(s);
	struct span text;

	if (!json_is_string(c->v)) {
		*ret = json_is_null(c->v) || py_truth(c->v);
		return 0;
	}
	text =
	    (struct span){ json_string_value(c->v), json_string_length(c->v) };
	if (span_trim(text).n == 0) {
		*ret = true;
		return 0;
	}
	if (expr_truth(text, &scope, ret, e) == 0)
		return 0;
	err_wrap(e, "%.200s", text.p);
	return play_place_wrap(e, c->at);
}

int
play_hold(struct play_scope *s, const struct conditions *c, bool *ret,
    const struct play_value **failed, struct err *e)
{
	*ret = true;
	for (size_t i = 0; *ret && i < c->n; i++) {
		if (failed != NULL)
			*failed = &c->v[i];
		if (condition(s, &c->v[i], ret, e) < 0)
			return -1;
	}
	return 0;
}

int
play_value(struct play_scope *s, const struct play_value *v, json_t **ret,
    struct err *e)
{
	const struct scope scope = play_scope(s);

	if (template_expand(v->v, &scope, ret, e) < 0)
		return play_place_wrap(e, v->at);
	return 0;
}

int
play_text(struct play_scope *s, const struct play_value *v, char **ret,
    struct err *e)
{
	struct buf b;
	json_t *value;

	*ret = NULL;
	if (v->v == NULL)
		return 0;
	if (play_value(s, v, &value, e) < 0)
		return -1;
	buf_init(&b, PY_TEXT_MAX);
	py_put(value, &b);
	json_decref(value);
	*ret = xstrdup(b.data);
	buf_free(&b);
	return 0;
}

int
play_number(struct play_scope *s, const struct play_value *v, double *ret,
    struct err *e)
{
	char *text, *end;

	if (play_text(s, v, &text, e) < 0)
		return -1;
	*ret = strtod(text, &end);
	if (end == text || (*end != '\0' && strcmp(end, "%") != 0)) {
		err_set(e, ERR_INPUT, "\"%s\" is not a number", text);
		free(text);
		return play_place_wrap(e, v->at);
	}
	free(text);
	return 0;
}

/* ---- the command line's ------------------------------------------------- */

static int
set_extra(json_t *extra, const char *word, struct err *e)
{
	const char *sign = strchr(word, '=');
	char *name;
	int r = 0;

	if (sign == NULL || sign == word || word[0] == '@' || word[0] == '{')
		return err_set(e, ERR_USAGE,
		    "extra variable \"%s\": write NAME=VALUE; the rest is for "
		    "ansible-playbook",
		    word);
	name = xstrndup(word, (size_t)(sign - word));
	if (template_check(span_of(sign + 1), NULL, e) < 0) {
		err_wrap(e, "extra variable \"%s\"", name);
		e->kind = ERR_USAGE;
		r = -1;
	} else {
		json_object_set_new(extra, name,
		    py_text(sign + 1, strlen(sign + 1)));
	}
	free(name);
	return r;
}

int
play_extra(json_t *extra, const char *text, struct err *e)
{
	struct span rest = span_of(text);
	int r = 1;

	while (r > 0) {
		struct buf word;

		buf_init(&word, PY_TEXT_MAX);
		r = shell_word_take(&rest, &word, e);
		if (r > 0 && set_extra(extra, word.data, e) < 0)
			r = -1;
		buf_free(&word);
	}
	if (r < 0)
		e->kind = ERR_USAGE;
	return r;
}
