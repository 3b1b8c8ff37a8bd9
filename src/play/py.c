#include "play/py.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "base/ytree.h"

/* ---- from YAML ---------------------------------------------------------- */

int
py_yaml_truth(const char *word)
{
	/* yaml.org/type/bool.html, as PyYAML has it: without y and n. */
	static const char *const yes[] = { "yes", "Yes", "YES", "true", "True",
		"TRUE", "on", "On", "ON" };
	static const char *const no[] = { "no", "No", "NO", "false", "False",
		"FALSE", "off", "Off", "OFF" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(word, yes[i]) == 0)
			return 1;
		if (strcmp(word, no[i]) == 0)
			return 0;
	}
	return -1;
}

static bool
all_of(const char *s, const char *set)
{
	return *s != '\0' && strspn(s, set) == strlen(s);
}

/* A number as YAML 1.1 writes them: 12, -3, 0644 (octal), 0x1f. */
static bool
is_integer(const char *s, json_int_t *ret)
{
	const char *digits = s + (*s == '-' || *s == '+');
	int base = 10;

	if (strlen(digits) > 18)
		return false;
	if (digits[0] == '0' && digits[1] == 'x')
		base = 16;
	else if (digits[0] == '0' && digits[1] != '\0')
		base = 8;
	if (!all_of(base == 16 ? digits + 2 : digits,
		base == 16	? "0123456789abcdefABCDEF"
		    : base == 8 ? "01234567"
				: "0123456789"))
		return false;
	*ret = (json_int_t)strtoll(digits, NULL, base);
	if (*s == '-')
		*ret = -*ret;
	return true;
}

static bool
is_real(const char *s, double *ret)
{
	const char *digits = s + (*s == '-' || *s == '+');
	const char *dot = strchr(digits, '.');
	char *end;

	if (dot == NULL || dot == digits || !all_of(dot + 1, "0123456789") ||
	    strspn(digits, "0123456789") != (size_t)(dot - digits))
		return false;
	*ret = strtod(s, &end);
	return *end == '\0' && isfinite(*ret);
}

/* 1:30 is ninety and 1_000 is a thousand; whoever writes it means a word. */
static bool
is_surprising(const char *s)
{
	return all_of(s, "0123456789:_") && s[0] != '_' && s[0] != ':' &&
	    strpbrk(s, ":_") != NULL;
}

static int
scalar(const struct ynode *n, json_t **ret, struct err *e)
{
	const char *s = n->text.p;
	json_int_t number;
	double real;

	if (!n->plain)
		*ret = py_text(n->text.p, n->text.n);
	else if (ynode_is_null(n) || strcmp(s, "Null") == 0 ||
	    strcmp(s, "NULL") == 0)
		*ret = json_null();
	else if (py_yaml_truth(s) >= 0)
		*ret = json_boolean(py_yaml_truth(s));
	else if (is_integer(s, &number))
		*ret = json_integer(number);
	else if (is_real(s, &real))
		*ret = json_real(real);
	else if (is_surprising(s))
		return err_set(e, ERR_INPUT,
		    "YAML 1.1 reads %s as another number; put it in quotes", s);
	else
		*ret = py_text(n->text.p, n->text.n);
	return 0;
}

/* Depth is ytree's to limit. */
static int
collection(const struct ynode *n, json_t **ret, const struct ynode **at,
    struct err *e)
{
	json_t *all = n->kind == YNODE_MAP ? json_object() : json_array();

	for (size_t i = 0; i < n->n; i++) {
		json_t *v;

		if (py_from_yaml(n->items[i], &v, at, e) < 0) {
			json_decref(all);
			return -1;
		}
		if (n->kind == YNODE_LIST)
			json_array_append_new(all, v);
		else if (json_object_set_new(all, n->keys[i]->text.p, v) < 0) {
			*at = n->keys[i];
			json_decref(all);
			return err_set(e, ERR_INPUT, "a key is not UTF-8");
		}
	}
	*ret = all;
	return 0;
}

int
py_from_yaml(const struct ynode *n, json_t **ret, const struct ynode **at,
    struct err *e)
{
	*at = n;
	if (n->tag != NULL && strcmp(n->tag, "!vault") == 0)
		return err_set(e, ERR_INPUT, "a value of Ansible Vault");
	if (n->tag != NULL)
		return err_set(e, ERR_INPUT, "the tag %s", n->tag);
	return n->kind == YNODE_SCALAR ? scalar(n, ret, e)
				       : collection(n, ret, at, e);
}

json_t *
py_text(const char *p, size_t n)
{
	struct buf b;
	json_t *v;

	buf_init(&b, (size_t)PY_TEXT_MAX * 3);
	utf8_clean(&b, (struct span){ p, n }, UTF8_VALID);
	v = json_stringn(b.data, b.len);
	buf_free(&b);
	return v;
}

/* ---- as text ------------------------------------------------------------ */

bool
py_truth(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return json_object_size(v) > 0;
	case JSON_ARRAY:
		return json_array_size(v) > 0;
	case JSON_STRING:
		return json_string_length(v) > 0;
	case JSON_INTEGER:
		return json_integer_value(v) != 0;
	case JSON_REAL:
		return json_real_value(v) != 0;
	case JSON_TRUE:
		return true;
	case JSON_FALSE:
	case JSON_NULL:
		return false;
	}
	return false;
}

/* The fewest digits that give the number back. */
static void
put_real(double d, struct buf *b)
{
	char text[64];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	buf_printf(b, "%s%s", text, strpbrk(text, ".en") ? "" : ".0");
}

static void
put_quoted(const json_t *v, struct buf *b)
{
	const char *s = json_string_value(v);
	char q = strchr(s, '\'') != NULL && strchr(s, '"') == NULL ? '"' : '\'';

	buf_add(b, &q, 1);
	for (; *s != '\0'; s++) {
		if (*s == '\\' || *s == q)
			buf_printf(b, "\\%c", *s);
		else if (*s == '\n')
			buf_puts(b, "\\n");
		else if (*s == '\r')
			buf_puts(b, "\\r");
		else if (*s == '\t')
			buf_puts(b, "\\t");
		else
			buf_add(b, s, 1);
	}
	buf_add(b, &q, 1);
}

/* Python's repr(). */
static void
put_repr(const json_t *v, struct buf *b)
{
	if (json_is_string(v))
		put_quoted(v, b);
	else if (json_is_null(v))
		buf_puts(b, "None");
	else
		py_put(v, b);
}

static void
put_object(const json_t *v, struct buf *b)
{
	/* jansson only reads here, but does not say so. */
	void *it = json_object_iter((json_t *)(uintptr_t)v);

	buf_puts(b, "{");
	for (bool first = true; it != NULL; first = false) {
		json_t *key = json_string(json_object_iter_key(it));

		buf_puts(b, first ? "" : ", ");
		put_quoted(key, b);
		buf_puts(b, ": ");
		put_repr(json_object_iter_value(it), b);
		json_decref(key);
		it = json_object_iter_next((json_t *)(uintptr_t)v, it);
	}
	buf_puts(b, "}");
}

void
py_put(const json_t *v, struct buf *b)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_object(v, b);
		break;
	case JSON_ARRAY:
		buf_puts(b, "[");
		for (size_t i = 0; i < json_array_size(v); i++) {
			buf_puts(b, i > 0 ? ", " : "");
			put_repr(json_array_get(v, i), b);
		}
		buf_puts(b, "]");
		break;
	case JSON_STRING:
		buf_add(b, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		put_real(json_real_value(v), b);
		break;
	case JSON_TRUE:
		buf_puts(b, "True");
		break;
	case JSON_FALSE:
		buf_puts(b, "False");
		break;
	case JSON_NULL:
		break;
	}
}

const char *
py_kind(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "a mapping";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a truth";
	case JSON_NULL:
		return "nothing";
	}
	return "?";
}

/* ---- comparing ---------------------------------------------------------- */

/* In Python True is 1. */
static bool
number_of(const json_t *v, double *ret)
{
	if (json_is_boolean(v))
		*ret = json_is_true(v);
	else if (json_is_number(v))
		*ret = json_number_value(v);
	else
		return false;
	return true;
}

static bool
equal_lists(const json_t *a, const json_t *b)
{
	if (json_array_size(a) != json_array_size(b))
		return false;
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!py_equal(json_array_get(a, i), json_array_get(b, i)))
			return false;
	return true;
}

static bool
equal_objects(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *v;

	if (json_object_size(a) != json_object_size(b))
		return false;
	json_object_foreach((json_t *)(uintptr_t)a, key, v)
	{
		const json_t *other = json_object_get(b, key);

		if (other == NULL || !py_equal(v, other))
			return false;
	}
	return true;
}

bool
py_equal(const json_t *a, const json_t *b)
{
	double x, y;

	if (json_is_integer(a) && json_is_integer(b))
		return json_integer_value(a) == json_integer_value(b);
	if (number_of(a, &x) && number_of(b, &y))
		return x == y;
	if (json_is_array(a) && json_is_array(b))
		return equal_lists(a, b);
	if (json_is_object(a) && json_is_object(b))
		return equal_objects(a, b);
	return json_equal(a, b) == 1;
}

static int
order_strings(const json_t *a, const json_t *b)
{
	size_t n = json_string_length(a), m = json_string_length(b);
	/* In UTF-8 the order of the bytes is that of the characters. */
	int c =
	    memcmp(json_string_value(a), json_string_value(b), n < m ? n : m);

	if (c != 0)
		return c < 0 ? -1 : 1;
	return n < m ? -1 : n > m;
}

int
py_order(const json_t *a, const json_t *b, int *ret, struct err *e)
{
	double x, y;

	if (json_is_integer(a) && json_is_integer(b)) {
		json_int_t i = json_integer_value(a), j = json_integer_value(b);

		*ret = i < j ? -1 : i > j;
	} else if (number_of(a, &x) && number_of(b, &y)) {
		*ret = x < y ? -1 : x > y;
	} else if (json_is_string(a) && json_is_string(b)) {
		*ret = order_strings(a, b);
	} else {
		return err_set(e, ERR_INPUT,
		    "%s is neither less nor greater than %s", py_kind(a),
		    py_kind(b));
	}
	return 0;
}

static bool
holds(const char *p, size_t n, const char *what, size_t m)
{
	for (size_t i = 0; i + m <= n; i++)
		if (memcmp(p + i, what, m) == 0)
			return true;
	return false;
}

int
py_in(const json_t *a, const json_t *b, bool *ret, struct err *e)
{
	if (json_is_array(b)) {
		*ret = false;
		for (size_t i = 0; !*ret && i < json_array_size(b); i++)
			*ret = py_equal(a, json_array_get(b, i));
	} else if (json_is_object(b)) {
		*ret = json_is_string(a) &&
		    json_object_get(b, json_string_value(a)) != NULL;
	} else if (json_is_string(a) && json_is_string(b)) {
		*ret = holds(json_string_value(b), json_string_length(b),
		    json_string_value(a), json_string_length(a));
	} else {
		return err_set(e, ERR_INPUT, "%s cannot be in %s", py_kind(a),
		    py_kind(b));
	}
	return 0;
}
