#include "play/read.h"

#include <string.h>

#include "base/err.h"
#include "base/ytree.h"
#include "play/expr.h"
#include "play/py.h"
#include "play/template.h"

struct play_place
read_place(const struct playbook *p, const struct ynode *n)
{
	return (struct play_place){ p->file, n->line, n->column };
}

int
play_place_wrap(struct err *e, struct play_place at)
{
	char text[ERR_TEXT_MAX];

	memcpy(text, e->text, sizeof(text));
	return err_set(e, e->kind, "%s:%zu:%zu: %s", at.file, at.line,
	    at.column, text);
}

int
read_wrong(const struct playbook *p, const struct ynode *n, struct err *e)
{
	return play_place_wrap(e, read_place(p, n));
}

int
read_refuse(const struct playbook *p, const struct ynode *n, struct err *e)
{
	char text[ERR_TEXT_MAX];

	memcpy(text, e->text, sizeof(text));
	return err_set(e, ERR_INPUT,
	    "%s:%zu:%zu: %.900s; run it with ansible-playbook", p->file,
	    n->line, n->column, text);
}

void
read_own(struct playbook *p, const struct ynode *n, json_t *v,
    struct play_value *ret)
{
	json_array_append_new(p->values, v);
	*ret = (struct play_value){ v, read_place(p, n) };
}

int
read_value(struct playbook *p, const struct ynode *n, struct play_value *ret,
    struct err *e)
{
	const struct ynode *at;
	json_t *v;

	if (py_from_yaml(n, &v, &at, e) < 0)
		return read_refuse(p, at, e);
	read_own(p, n, v, ret);
	if (template_check_value(v, NULL, e) < 0)
		return read_refuse(p, n, e);
	return 0;
}

int
read_scalar(struct playbook *p, const struct ynode *n, struct play_value *ret,
    struct err *e)
{
	if (n->kind == YNODE_SCALAR)
		return read_value(p, n, ret, e);
	err_set(e, ERR_INPUT, "%s where a word is due", ynode_kind_name(n));
	return read_refuse(p, n, e);
}

int
read_text(struct playbook *p, const struct ynode *n, const char **ret,
    struct err *e)
{
	if (n->kind != YNODE_SCALAR || n->tag != NULL) {
		err_set(e, ERR_INPUT, "%s where a word is due",
		    n->tag != NULL ? n->tag : ynode_kind_name(n));
		return read_refuse(p, n, e);
	}
	if (template_is(n->text)) {
		err_set(e, ERR_INPUT, "no template ({{ }}) can stand here");
		return read_refuse(p, n, e);
	}
	if (memchr(n->text.p, '\0', n->text.n) != NULL) {
		err_set(e, ERR_INPUT, "a NUL in a word");
		return read_wrong(p, n, e);
	}
	*ret = arena_dup(&p->arena, n->text);
	return 0;
}

int
read_flag(struct playbook *p, const struct ynode *n, enum flag *ret,
    struct err *e)
{
	const char *s;
	int truth;

	if (read_text(p, n, &s, e) < 0)
		return -1;
	truth = strcmp(s, "1") == 0 ? 1
	    : strcmp(s, "0") == 0   ? 0
				    : py_yaml_truth(s);
	if (truth < 0) {
		err_set(e, ERR_INPUT, "\"%s\" is neither true nor false", s);
		return read_wrong(p, n, e);
	}
	*ret = truth ? FLAG_YES : FLAG_NO;
	return 0;
}

bool
read_is_identifier(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return *s != '\0' && strspn(s, letters) == strlen(s) &&
	    strchr("0123456789", *s) == NULL;
}

int
read_identifier(struct playbook *p, const struct ynode *n, const char **ret,
    struct err *e)
{
	if (read_text(p, n, ret, e) < 0)
		return -1;
	if (read_is_identifier(*ret))
		return 0;
	err_set(e, ERR_INPUT, "\"%s\" cannot be the name of a variable", *ret);
	return read_wrong(p, n, e);
}

/* ---- lists -------------------------------------------------------------- */

static void
add_string(struct playbook *p, struct strings *to, struct span s)
{
	const char **v = arena_alloc(&p->arena, (to->n + 1) * sizeof(*v));

	if (to->n > 0)
		memcpy(v, to->v, to->n * sizeof(*v));
	v[to->n++] = arena_dup(&p->arena, s);
	to->v = v;
}

int
read_strings(struct playbook *p, const struct ynode *n, struct strings *ret,
    struct err *e)
{
	const struct ynode *const *items =
	    n->kind == YNODE_LIST ? n->items : &n;
	size_t count = n->kind == YNODE_LIST ? n->n : 1;

	for (size_t i = 0; i < count; i++) {
		struct span rest, word;
		const char *s;

		if (read_text(p, items[i], &s, e) < 0)
			return -1;
		rest = span_of(s);
		while (span_until(&rest, ',', &word))
			if (span_trim(word).n > 0)
				add_string(p, ret, span_trim(word));
	}
	return 0;
}

static int
check_condition(struct playbook *p, const struct ynode *n, const json_t *v,
    struct err *e)
{
	struct span s;
	struct expr *x;

	if (json_is_array(v) || json_is_object(v)) {
		err_set(e, ERR_INPUT, "%s where a condition is due",
		    py_kind(v));
		return read_refuse(p, n, e);
	}
	if (!json_is_string(v))
		return 0;
	s = (struct span){ json_string_value(v), json_string_length(v) };
	if (template_is(s)) {
		err_set(e, ERR_INPUT,
		    "a condition is an expression by itself, without {{ }}");
		return read_refuse(p, n, e);
	}
	if (span_trim(s).n == 0)
		return 0;
	if (expr_parse(s, &x, e) < 0) {
		err_wrap(e, "in \"%.*s\"", (int)(s.n < 200 ? s.n : 200), s.p);
		return read_refuse(p, n, e);
	}
	expr_free(x);
	return 0;
}

int
read_conditions(struct playbook *p, const struct ynode *n,
    struct conditions *ret, struct err *e)
{
	const struct ynode *const *items =
	    n->kind == YNODE_LIST ? n->items : &n;
	size_t count = n->kind == YNODE_LIST ? n->n : 1;

	ret->said = true;
	ret->v = arena_alloc(&p->arena, (count + 1) * sizeof(*ret->v));
	for (size_t i = 0; i < count; i++) {
		const struct ynode *at;
		json_t *v;

		if (py_from_yaml(items[i], &v, &at, e) < 0)
			return read_refuse(p, at, e);
		read_own(p, items[i], v, &ret->v[ret->n]);
		if (check_condition(p, items[i], v, e) < 0)
			return -1;
		ret->n++;
	}
	return 0;
}

/* ---- keywords ----------------------------------------------------------- */

const struct keyword *
keyword_find(const struct keyword *table, struct span name)
{
	for (; table->name != NULL; table++)
		if (span_is(name, table->name))
			return table;
	return NULL;
}

static int
read_become(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct keywords *k = what;

	return read_flag(p, n, &k->become, e);
}

static int
read_become_user(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct keywords *k = what;

	return read_scalar(p, n, &k->become_user, e);
}

static int
read_become_method(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	(void)what;
	if (n->kind == YNODE_SCALAR && span_is(n->text, "sudo"))
		return 0;
	err_set(e, ERR_INPUT, "espy becomes another user by sudo alone");
	return read_refuse(p, n, e);
}

static int
read_any_errors(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct keywords *k = what;

	return read_flag(p, n, &k->any_errors_fatal, e);
}

static int
read_ignore(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct keywords *k = what;

	return read_flag(p, n, &k->ignore_errors, e);
}

static int
read_check_mode(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct keywords *k = what;

	return read_flag(p, n, &k->check_mode, e);
}

static int
read_run_once(struct playbook *p, const struct ynode *n, void *what,
    struct err *e)
{
	struct keywords *k = what;

	return read_flag(p, n, &k->run_once, e);
}

static int
read_tags(struct playbook *p, const struct ynode *n, void *what, struct err *e)
{
	struct keywords *k = what;

	return read_strings(p, n, &k->tags, e);
}

const struct keyword read_common[] = {
	{ "become", read_become },
	{ "become_user", read_become_user },
	{ "become_method", read_become_method },
	{ "any_errors_fatal", read_any_errors },
	{ "ignore_errors", read_ignore },
	{ "check_mode", read_check_mode },
	{ "run_once", read_run_once },
	{ "tags", read_tags },
	{ NULL, NULL },
};
