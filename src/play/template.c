#include "play/template.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "play/expr.h"
#include "play/py.h"

/* Text, then an expression; the last one has no expression. */
struct part {
	struct span text;
	struct span expr;
	bool has_expr;
};

static size_t
find(struct span s, const char *two)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == two[0] && s.p[i + 1] == two[1])
			return i;
	return s.n;
}

bool
template_is(struct span text)
{
	return find(text, "{{") < text.n || find(text, "{%") < text.n ||
	    find(text, "{#") < text.n;
}

/* Where the expression ends: at "}}" outside of quotes; n when nowhere. */
static size_t
find_close(struct span s)
{
	char quote = '\0';

	for (size_t i = 0; i < s.n; i++) {
		if (quote != '\0' && s.p[i] == '\\')
			i++;
		else if (quote != '\0')
			quote = s.p[i] == quote ? '\0' : quote;
		else if (s.p[i] == '\'' || s.p[i] == '"')
			quote = s.p[i];
		else if (s.p[i] == '}' && i + 1 < s.n && s.p[i + 1] == '}')
			return i;
	}
	return s.n;
}

static struct span
skip(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

static int
refuse_block(struct span text, size_t before, struct err *e)
{
	if (find(text, "{%") < before)
		return err_set(e, ERR_INPUT, "a Jinja block ({%% %%})");
	if (find(text, "{#") < before)
		return err_set(e, ERR_INPUT, "a Jinja comment ({# #})");
	return 0;
}

/* Takes the next part off *text; the caller stops at one without expression. */
static int
take_part(struct span *text, struct part *ret, struct err *e)
{
	size_t open = find(*text, "{{"), close;
	struct span inner;

	if (refuse_block(*text, open, e) < 0)
		return -1;
	*ret = (struct part){ .text = { text->p, open } };
	if (open == text->n) {
		*text = skip(*text, open);
		return 0;
	}
	inner = skip(*text, open + 2);
	close = find_close(inner);
	if (close == inner.n)
		return err_set(e, ERR_INPUT, "\"{{\" without \"}}\"");
	ret->has_expr = true;
	ret->expr = (struct span){ inner.p, close };
	if (close > 0 && (inner.p[0] == '-' || inner.p[close - 1] == '-'))
		return err_set(e, ERR_INPUT, "white space control ({{- -}})");
	*text = skip(inner, close + 2);
	return 0;
}

int
template_check(struct span text, const struct expr_names *names, struct err *e)
{
	struct part p;

	do {
		struct expr *x;

		if (take_part(&text, &p, e) < 0)
			return -1;
		if (!p.has_expr)
			break;
		if (expr_parse(p.expr, &x, e) < 0)
			return -1;
		if (names != NULL)
			expr_names(x, names);
		expr_free(x);
	} while (text.n > 0);
	return 0;
}

static struct span
span_of_json(const json_t *v)
{
	return (struct span){ json_string_value(v), json_string_length(v) };
}

/* Depth of values is limited where they are read. */
int
template_check_value(const json_t *v, const struct expr_names *names,
    struct err *e)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_string(v))
		return template_check(span_of_json(v), names, e);
	json_array_foreach(v, i, item)
	{
		if (template_check_value(item, names, e) < 0)
			return -1;
	}
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		if (template_check_value(item, names, e) < 0)
			return -1;
	}
	return 0;
}

static int
eval_part(const struct part *p, const struct scope *s, json_t **ret,
    struct err *e)
{
	struct expr *x;
	int r;

	if (expr_parse(p->expr, &x, e) < 0)
		return -1;
	r = expr_eval(x, s, ret, e);
	expr_free(x);
	return r;
}

/* Ansible's last step: a text that is a truth is one. */
static json_t *
finish(const struct buf *b)
{
	if (strcmp(b->data, "True") == 0)
		return json_true();
	if (strcmp(b->data, "False") == 0)
		return json_false();
	return py_text(b->data, b->len);
}

static bool
is_name(struct span s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(letters, s.p[i]) == NULL)
			return false;
	return s.n > 0 && strchr("0123456789", s.p[0]) == NULL;
}

/*
 * A variable by itself is what it is; the numbers of others become text.
 * Ansible knows the former by a regular expression whose "$" takes a newline
 * for the end, too.
 */
static bool
keeps_kind(const json_t *v, struct span expr, struct span rest)
{
	bool end = rest.n == 0;

	if (json_is_object(v) || json_is_array(v))
		return end;
	if (is_name(expr) && !json_is_string(v))
		return end || span_is(rest, "\n");
	return end && json_is_boolean(v);
}

static int
eval_parts(struct span text, const struct scope *s, struct buf *b,
    json_t **alone, struct err *e)
{
	bool first = true;
	struct part p;

	do {
		json_t *v;

		if (take_part(&text, &p, e) < 0)
			return -1;
		buf_add(b, p.text.p, p.text.n);
		if (!p.has_expr)
			break;
		if (eval_part(&p, s, &v, e) < 0)
			return -1;
		if (first && p.text.n == 0 && keeps_kind(v, p.expr, text)) {
			*alone = v;
			return 0;
		}
		py_put(v, b);
		json_decref(v);
		first = false;
	} while (text.n > 0);
	return b->cut ? err_set(e, ERR_INPUT, "the text becomes too long") : 0;
}

int
template_eval(struct span text, const struct scope *s, json_t **ret,
    struct err *e)
{
	json_t *alone = NULL;
	struct buf b;
	int r;

	if (!template_is(text)) {
		*ret = py_text(text.p, text.n);
		return 0;
	}
	buf_init(&b, PY_TEXT_MAX);
	r = eval_parts(text, s, &b, &alone, e);
	if (r == 0)
		*ret = alone != NULL ? alone : finish(&b);
	buf_free(&b);
	return r;
}

static int
expand_list(json_t *v, const struct scope *s, json_t **ret, struct err *e)
{
	json_t *list = json_array(), *item, *made;
	size_t i;

	json_array_foreach(v, i, item)
	{
		if (template_expand(item, s, &made, e) < 0) {
			json_decref(list);
			return -1;
		}
		json_array_append_new(list, made);
	}
	*ret = list;
	return 0;
}

static int
expand_object(json_t *v, const struct scope *s, json_t **ret, struct err *e)
{
	json_t *object = json_object(), *item, *made;
	const char *key;

	json_object_foreach(v, key, item)
	{
		if (template_expand(item, s, &made, e) < 0) {
			json_decref(object);
			return -1;
		}
		json_object_set_new(object, key, made);
	}
	*ret = object;
	return 0;
}

int
template_expand(json_t *v, const struct scope *s, json_t **ret, struct err *e)
{
	if (json_is_string(v))
		return template_eval(span_of_json(v), s, ret, e);
	if (json_is_array(v))
		return expand_list(v, s, ret, e);
	if (json_is_object(v))
		return expand_object(v, s, ret, e);
	*ret = json_incref(v);
	return 0;
}
