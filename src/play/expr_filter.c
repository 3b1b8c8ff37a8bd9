/* The filters and tests that expressions may use, as Jinja2 and Ansible have
 * them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/quote.h"
#include "play/expr_impl.h"
#include "play/py.h"

/* ---- filters ------------------------------------------------------------ */

static int
filter_default(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	bool also_false = n > 1 && py_truth(args[1]);

	(void)e;
	if (in != NULL && (!also_false || py_truth(in)))
		*ret = json_incref(in);
	else
		*ret = n > 0 ? json_incref(args[0]) : json_string("");
	return 0;
}

static struct span
text_of(const json_t *v, struct buf *b)
{
	buf_init(b, PY_TEXT_MAX);
	py_put(v, b);
	return (struct span){ b->data, b->len };
}

/* Also what the text of a number with a fraction is cut to. */
static int
filter_int(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	struct buf b;
	struct span s = span_trim(text_of(in, &b));
	char *end;
	double d = strtod(s.p, &end);

	(void)e;
	if (json_is_boolean(in))
		*ret = json_integer(json_is_true(in));
	else if (s.n > 0 && end == s.p + s.n && d > -1e15 && d < 1e15)
		*ret = json_integer((json_int_t)d);
	else
		*ret = n > 0 ? json_incref(args[0]) : json_integer(0);
	buf_free(&b);
	return 0;
}

static int
filter_string(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	struct buf b;
	struct span s = text_of(in, &b);

	(void)args, (void)n, (void)e;
	*ret = json_is_null(in) ? json_string("None") : py_text(s.p, s.n);
	buf_free(&b);
	return 0;
}

static json_t *
change_case(json_t *in, char from, char to)
{
	struct buf b;
	json_t *v;

	text_of(in, &b);
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] >= from && b.data[i] < from + 26)
			b.data[i] = (char)(b.data[i] - from + to);
	v = py_text(b.data, b.len);
	buf_free(&b);
	return v;
}

static int
filter_lower(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	(void)args, (void)n, (void)e;
	*ret = change_case(in, 'A', 'a');
	return 0;
}

static int
filter_upper(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	(void)args, (void)n, (void)e;
	*ret = change_case(in, 'a', 'A');
	return 0;
}

static int
filter_trim(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	struct buf b;
	struct span s = span_trim(text_of(in, &b));

	(void)args, (void)n, (void)e;
	*ret = py_text(s.p, s.n);
	buf_free(&b);
	return 0;
}

static int
filter_join(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	struct buf b;

	if (!json_is_array(in))
		return err_set(e, ERR_INPUT, "join: %s is not a list",
		    py_kind(in));
	buf_init(&b, PY_TEXT_MAX);
	for (size_t i = 0; i < json_array_size(in); i++) {
		if (i > 0 && n > 0)
			py_put(args[0], &b);
		py_put(json_array_get(in, i), &b);
	}
	*ret = py_text(b.data, b.len);
	buf_free(&b);
	return 0;
}

/* Characters, not bytes. */
static json_int_t
count_characters(const json_t *v)
{
	struct span s = { json_string_value(v), json_string_length(v) };
	json_int_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static int
filter_length(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	(void)args, (void)n;
	if (json_is_array(in))
		*ret = json_integer((json_int_t)json_array_size(in));
	else if (json_is_object(in))
		*ret = json_integer((json_int_t)json_object_size(in));
	else if (json_is_string(in))
		*ret = json_integer(count_characters(in));
	else
		return err_set(e, ERR_INPUT, "length: %s has none",
		    py_kind(in));
	return 0;
}

static int
end_of(const char *which, json_t *in, bool last, json_t **ret, struct err *e)
{
	size_t n = json_array_size(in);

	if (!json_is_array(in) || n == 0)
		return err_set(e, ERR_INPUT, "%s: %s without elements", which,
		    py_kind(in));
	*ret = json_incref(json_array_get(in, last ? n - 1 : 0));
	return 0;
}

static int
filter_first(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	(void)args, (void)n;
	return end_of("first", in, false, ret, e);
}

static int
filter_last(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	(void)args, (void)n;
	return end_of("last", in, true, ret, e);
}

static int
filter_quote(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	struct buf text, b;

	(void)args, (void)n, (void)e;
	text_of(in, &text);
	buf_init(&b, PY_TEXT_MAX);
	quote_word(&b, text.data);
	*ret = py_text(b.data, b.len);
	buf_free(&text);
	buf_free(&b);
	return 0;
}

static int
filter_bool(json_t *in, json_t *const *args, size_t n, json_t **ret,
    struct err *e)
{
	static const char *const yes[] = { "yes", "on", "1", "true" };
	struct buf b;
	bool truth = false;

	(void)args, (void)n, (void)e;
	text_of(in, &b);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		truth |= strcasecmp(b.data, yes[i]) == 0;
	*ret = json_is_null(in) ? json_null() : json_boolean(truth);
	buf_free(&b);
	return 0;
}

static const struct expr_filter filters[] = {
	{ "default", filter_default, 2, true },
	{ "d", filter_default, 2, true },
	{ "int", filter_int, 1, false },
	{ "string", filter_string, 0, false },
	{ "bool", filter_bool, 0, false },
	{ "lower", filter_lower, 0, false },
	{ "upper", filter_upper, 0, false },
	{ "trim", filter_trim, 0, false },
	{ "join", filter_join, 1, false },
	{ "length", filter_length, 0, false },
	{ "count", filter_length, 0, false },
	{ "first", filter_first, 0, false },
	{ "last", filter_last, 0, false },
	{ "quote", filter_quote, 0, false },
};

const struct expr_filter *
expr_filter_find(struct span name)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (span_is(name, filters[i].name))
			return &filters[i];
	return NULL;
}

/* ---- tests -------------------------------------------------------------- */

static int
test_defined(json_t *in, bool *ret, struct err *e)
{
	(void)e;
	*ret = in != NULL;
	return 0;
}

static int
test_undefined(json_t *in, bool *ret, struct err *e)
{
	(void)e;
	*ret = in == NULL;
	return 0;
}

static int
test_none(json_t *in, bool *ret, struct err *e)
{
	(void)e;
	*ret = json_is_null(in);
	return 0;
}

/* What a task registered is a mapping with truths in it. */
static int
result_says(json_t *in, const char *key, bool *ret, struct err *e)
{
	const json_t *v = json_object_get(in, key);

	if (!json_is_object(in))
		return err_set(e, ERR_INPUT, "%s is not what a task registered",
		    py_kind(in));
	*ret = v != NULL && py_truth(v);
	return 0;
}

static int
test_failed(json_t *in, bool *ret, struct err *e)
{
	return result_says(in, "failed", ret, e);
}

static int
test_succeeded(json_t *in, bool *ret, struct err *e)
{
	if (result_says(in, "failed", ret, e) < 0)
		return -1;
	*ret = !*ret;
	return 0;
}

static int
test_changed(json_t *in, bool *ret, struct err *e)
{
	return result_says(in, "changed", ret, e);
}

static int
test_skipped(json_t *in, bool *ret, struct err *e)
{
	return result_says(in, "skipped", ret, e);
}

static const struct expr_test tests[] = {
	{ "defined", test_defined, true },
	{ "undefined", test_undefined, true },
	{ "none", test_none, false },
	{ "failed", test_failed, false },
	{ "failure", test_failed, false },
	{ "succeeded", test_succeeded, false },
	{ "success", test_succeeded, false },
	{ "successful", test_succeeded, false },
	{ "changed", test_changed, false },
	{ "change", test_changed, false },
	{ "skipped", test_skipped, false },
	{ "skip", test_skipped, false },
};

const struct expr_test *
expr_test_find(struct span name)
{
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (span_is(name, tests[i].name))
			return &tests[i];
	return NULL;
}
