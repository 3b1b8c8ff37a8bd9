/* Arguments on one line, "copy: src=a dest=b" and "shell: ls chdir=/tmp". */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/ytree.h"
#include "play/expr.h"
#include "play/py.h"
#include "play/read.h"
#include "play/template.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length of the word at s: up to a blank outside of quotes and {{ }}. */
static size_t
word_length(struct span s)
{
	char quote = '\0';
	int braces = 0;
	size_t i = 0;

	for (; i < s.n; i++) {
		char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : '\0';

		if (quote != '\0') {
			if (c == '\\' && quote == '"')
				i++;
			else if (c == quote)
				quote = '\0';
		} else if (c == '{' && next == '{') {
			braces++;
			i++;
		} else if (c == '}' && next == '}' && braces > 0) {
			braces--;
			i++;
		} else if (c == '\\') {
			i++;
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (is_blank(c) && braces == 0) {
			break;
		}
	}
	return i < s.n ? i : s.n;
}

/* 'a value' in quotes on both sides without them. */
static struct span
unquote(struct span s)
{
	if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') &&
	    s.p[s.n - 1] == s.p[0])
		return (struct span){ s.p + 1, s.n - 2 };
	return s;
}

static int
check_expr(struct span s, struct err *e)
{
	struct expr *x;

	if (template_is(s))
		return err_set(e, ERR_INPUT,
		    "an expression by itself stands here, without {{ }}");
	if (expr_parse(s, &x, e) < 0)
		return -1;
	expr_free(x);
	return 0;
}

static int
check_conditions(const json_t *v, struct err *e)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 1;

	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_is_array(v) ? json_array_get(v, i) : v;

		if (json_is_array(c) || json_is_object(c))
			return err_set(e, ERR_INPUT,
			    "%s where a condition is due", py_kind(c));
		if (json_is_string(c) &&
		    check_expr((struct span){ json_string_value(c),
				   json_string_length(c) },
			e) < 0)
			return -1;
	}
	return 0;
}

static int
check_flag(struct playbook *p, const struct ynode *n, struct play_value *v,
    struct err *e)
{
	int truth = json_is_string(v->v)
	    ? py_yaml_truth(json_string_value(v->v))
	    : json_is_boolean(v->v) ? json_is_true(v->v)
				    : -1;

	if (truth < 0)
		return err_set(e, ERR_INPUT, "neither true nor false");
	read_own(p, n, json_boolean(truth), v);
	return 0;
}

static int
check_kind(struct playbook *p, const struct ynode *n, enum module_arg_id a,
    struct play_value *v, struct err *e)
{
	switch (module_arg_kind(a)) {
	case KIND_TEXT:
		if (json_is_array(v->v) || json_is_object(v->v))
			return err_set(e, ERR_INPUT, "%s where a word is due",
			    py_kind(v->v));
		return template_check_value(v->v, NULL, e);
	case KIND_FLAG:
		return check_flag(p, n, v, e);
	case KIND_CONDITIONS:
		return check_conditions(v->v, e);
	case KIND_EXPR:
		if (!json_is_string(v->v))
			return err_set(e, ERR_INPUT, "%s is no variable",
			    py_kind(v->v));
		return check_expr((struct span){ json_string_value(v->v),
				      json_string_length(v->v) },
		    e);
	case KIND_ANY:
		return template_check_value(v->v, NULL, e);
	}
	return 0;
}

int
freeform_arg(struct playbook *p, const struct ynode *n, enum module_arg_id a,
    struct play_value *v, struct err *e)
{
	if (check_kind(p, n, a, v, e) == 0)
		return 0;
	err_wrap(e, "\"%s\"", module_arg_name(a));
	return read_refuse(p, n, e);
}

/* 1: the word was an argument; 0: it is not one. */
static int
take_word(struct playbook *p, const struct ynode *n, const struct module *m,
    struct span word, struct play_value args[MODULE_ARGS], struct err *e)
{
	const char *sign = memchr(word.p, '=', word.n);
	enum module_arg_id a;
	struct span key, value;

	if (sign == NULL)
		return 0;
	key = (struct span){ word.p, (size_t)(sign - word.p) };
	value = (struct span){ sign + 1, word.n - key.n - 1 };
	if (module_arg_find(m, key, &a) < 0 || (m->free_form && a == ARG_CMD))
		return 0;
	value = unquote(value);
	read_own(p, n, py_text(value.p, value.n), &args[a]);
	return freeform_arg(p, n, a, &args[a], e) < 0 ? -1 : 1;
}

static int
not_an_argument(struct playbook *p, const struct ynode *n,
    const struct module *m, struct span word, struct err *e)
{
	err_set(e, ERR_INPUT, "\"%.*s\" is no argument of %s",
	    (int)(word.n < 60 ? word.n : 60), word.p, m->name);
	return read_refuse(p, n, e);
}

int
freeform_read(struct playbook *p, const struct ynode *n, const struct module *m,
    struct play_value args[MODULE_ARGS], struct err *e)
{
	struct span rest = n->text;
	struct buf left;
	int r = 0;

	buf_init(&left, PLAYBOOK_TEXT_MAX);
	while (rest.n > 0 && r >= 0) {
		size_t length = word_length(rest);
		struct span word = { rest.p, length };

		r = length > 0 ? take_word(p, n, m, word, args, e) : 0;
		if (r == 0 && length > 0 && !m->free_form)
			r = not_an_argument(p, n, m, word, e);
		if (r == 0)
			buf_add(&left, word.p, length);
		rest = (struct span){ rest.p + length, rest.n - length };
		if (rest.n > 0) { /* the blank */
			buf_add(&left, rest.p, 1);
			rest = (struct span){ rest.p + 1, rest.n - 1 };
		}
	}
	if (r >= 0 && m->free_form) {
		struct span text =
		    span_trim((struct span){ left.data, left.len });

		read_own(p, n, py_text(text.p, text.n), &args[ARG_CMD]);
		r = freeform_arg(p, n, ARG_CMD, &args[ARG_CMD], e);
	}
	buf_free(&left);
	return r < 0 ? -1 : 0;
}
